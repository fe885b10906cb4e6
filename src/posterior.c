#include "posterior.h"

#include "scalar.h"
#include "vmath.h"

static int whole_groups(int n) { return (n + 3) & ~3; }

void posterior_layout(posterior *p, int most, int dim, arena *a) {
  p->dim = dim;
  p->stride = whole_groups(most);
  p->points = arena_take(a, (uint64_t)p->stride * (uint64_t)dim, sizeof(real));
  p->log_weight = arena_take(a, (uint64_t)p->stride, sizeof(real));
}

/* Null leaves the place empty. */
static void put(posterior *p, int place, const real *y) {
  p->log_weight[place] = y ? 0 : POSTERIOR_NOTHING;
  for (int k = 0; k < p->dim; k++) p->points[(size_t)k * (size_t)p->stride + (size_t)place] = y ? y[k] : 0;
}

void posterior_take(posterior *p, const real *y, int n) {
  for (int j = 0; j < whole_groups(n); j++) put(p, j, j < n ? y + (size_t)j * (size_t)p->dim : NULL);
}

void posterior_take_ordered(posterior *p, const real *y, const int32_t *order, int n) {
  for (int j = 0; j < n; j++) put(p, j, order[j] >= 0 ? y + (size_t)order[j] * (size_t)p->dim : NULL);
}

static real largest(v4 v) {
  real lane[4];
  v4_store(lane, v);
  for (int i = 1; i < 4; i++)
    if (lane[i] > lane[0]) lane[0] = lane[i];
  return lane[0];
}

static real total(v4 v) {
  real lane[4];
  v4_store(lane, v);
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* weights[j] = log_weight_j - |x0 + ratio (x1 - y_j)|^2 / 2; returns the largest. */
FM_HOT real log_weights(const posterior *p, int first, int count, real ratio, const real *x0, const real *x1,
                        real *weights) {
  const v4 r = v4_all(ratio), half = v4_all((real)0.5);
  v4 most = v4_all(POSTERIOR_NOTHING);
  for (int j = 0; j < count; j += 4) {
    const real *y = p->points + first + j;
    v4 square = v4_zero();
    for (int k = 0; k < p->dim; k++, y += p->stride) {
      const v4 gap = v4_add(v4_all(x0[k]), v4_mul(r, v4_sub(v4_all(x1[k]), v4_load(y))));
      square = v4_add(square, v4_mul(gap, gap));
    }
    const v4 weight = v4_sub(v4_load(p->log_weight + first + j), v4_mul(half, square));
    most = v4_pmax(most, weight);
    v4_store(weights + j, weight);
  }
  return largest(most);
}

/* weights[j] = exp(weights[j] - most); returns their sum. */
FM_HOT real exponentiate(real *weights, int count, real most) {
  v4 sum = v4_zero();
  for (int j = 0; j < count; j += 4) {
    const v4 weight = v4_exp(v4_sub(v4_load(weights + j), v4_all(most)));
    v4_store(weights + j, weight);
    sum = v4_add(sum, weight);
  }
  return total(sum);
}

/* sum_j weights[j] (from - x[j]) */
FM_HOT real weighted_gap(const real *weights, real from, const real *x, int count) {
  const v4 start = v4_all(from);
  v4 sum = v4_zero();
  for (int j = 0; j < count; j += 4) sum = v4_add(sum, v4_mul(v4_load(weights + j), v4_sub(start, v4_load(x + j))));
  return total(sum);
}

void posterior_gap(const posterior *p, int first, int count, double ratio, const real *x0, const real *x1,
                   real *weights, real *gap) {
  const int whole = whole_groups(count);
  const real most = log_weights(p, first, whole, (real)ratio, x0, x1, weights);
  const real sum = exponentiate(weights, whole, most);
  for (int k = 0; k < p->dim; k++)
    gap[k] = weighted_gap(weights, x1[k], p->points + (size_t)k * (size_t)p->stride + first, whole) / sum;
}

double posterior_log_sum(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights) {
  const int whole = whole_groups(count);
  const real most = log_weights(p, 0, whole, (real)ratio, x0, x1, weights);
  return (double)most + scalar_log((double)exponentiate(weights, whole, most));
}

double posterior_weigh(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights) {
  const int whole = whole_groups(count);
  exponentiate(weights, whole, log_weights(p, 0, whole, (real)ratio, x0, x1, weights));
  double sum = 0;
  for (int j = 0; j < count; j++) sum += (double)weights[j];
  return sum;
}

int posterior_draw(const posterior *p, int count, double ratio, const real *x0, const real *x1, double u,
                   real *weights) {
  double left = u * posterior_weigh(p, count, ratio, x0, x1, weights);
  for (int j = 0; j < count - 1; j++) {
    left -= (double)weights[j];
    if (left < 0) return j;
  }
  return count - 1;
}

void posterior_begin(double *total, int dim) {
  total[0] = (double)POSTERIOR_NOTHING;
  for (int k = 1; k < 2 + dim; k++) total[k] = 0;
}

void posterior_add(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights,
                   double *total) {
  const int whole = whole_groups(count);
  const real most = log_weights(p, 0, whole, (real)ratio, x0, x1, weights);
  const double largest = (double)most > total[0] ? (double)most : total[0];
  const double before = scalar_exp(total[0] - largest), now = scalar_exp((double)most - largest);
  total[0] = largest;
  total[1] = before * total[1] + now * (double)exponentiate(weights, whole, most);
  for (int k = 0; k < p->dim; k++) {
    const real gap = weighted_gap(weights, x1[k], p->points + (size_t)k * (size_t)p->stride, whole);
    total[2 + k] = before * total[2 + k] + now * (double)gap;
  }
}
