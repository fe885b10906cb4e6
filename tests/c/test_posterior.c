/* The posterior of x1 given x_t over a set of points, and the stable target made of it. */
#include "posterior.h"

#include "made.h"
#include "minibatch.h"

static double uniform(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

/* ---- The mean against its definition in double ----------------------------------------------------- */

enum { MOST = 71, DIM = 5 };

/* E[x1 | x_t] over y_first .. y_(first + count - 1), straight from the densities. */
static void plain_mean(const real *y, int first, int count, int dim, double ratio, const real *x0, const real *x1,
                       double *mean) {
  double exponent[MOST], least = INFINITY, sum = 0;
  for (int j = 0; j < count; j++) {
    exponent[j] = 0;
    for (int k = 0; k < dim; k++) {
      const double gap = x0[k] + ratio * ((double)x1[k] - y[(first + j) * dim + k]);
      exponent[j] += gap * gap / 2;
    }
    least = fmin(least, exponent[j]);
  }
  for (int k = 0; k < dim; k++) mean[k] = 0;
  for (int j = 0; j < count; j++) {
    const double weight = exp(least - exponent[j]);
    sum += weight;
    for (int k = 0; k < dim; k++) mean[k] += weight * y[(first + j) * dim + k];
  }
  for (int k = 0; k < dim; k++) mean[k] /= sum;
}

static void check_mean(void) {
  promise("the posterior mean is its definition, for sets and parts of sets, from alpha = 0 to sigma near 0");
  static real y[MOST * DIM], weights[MOST + 1];
  uint32_t state = 1;
  double worst = 0;
  for (int n = 1; n < MOST; n += n < 6 ? 1 : 7)
    for (int dim = 1; dim <= DIM; dim += 2) {
      posterior p;
      arena a = {0};
      posterior_layout(&p, n, dim, &a);
      a = (arena){.base = guarded((size_t)a.used)};
      uint8_t *block = a.base;
      posterior_layout(&p, n, dim, &a);
      for (int i = 0; i < n * dim; i++) y[i] = (real)(4 * uniform(&state) - 2);
      posterior_take(&p, y, n);
      for (double ratio = 0; ratio < 2e7; ratio = ratio * 3 + 0.1) {
        const int own = (int)(n * uniform(&state)), first = own >= 4 ? own / 4 * 4 : 0, count = n - first;
        real x0[DIM], mean[DIM];
        double expected[DIM];
        for (int k = 0; k < dim; k++) x0[k] = (real)(4 * uniform(&state) - 2);
        posterior_gap(&p, first, count, ratio, x0, y + own * dim, weights, mean);
        for (int k = 0; k < dim; k++) mean[k] = y[own * dim + k] - mean[k];
        plain_mean(y, first, count, dim, ratio, x0, y + own * dim, expected);
        for (int k = 0; k < dim; k++) {
          const double error = fabs(mean[k] - expected[k]);
          worst = fmax(worst, error);
          check(error < 2e-5, "n %d, D %d, ratio %g: %g instead of %g", n, dim, ratio, mean[k], expected[k]);
        }
      }
      free(block);
    }
  note("largest error %.1e of a set within 2", worst);
}

/* ---- The stable target ------------------------------------------------------------------------------ */

enum { MOST_BATCH = 1100 };
typedef struct {
  real t[MOST_BATCH], x0[2 * MOST_BATCH], x1[2 * MOST_BATCH];
} batch;
static batch pairs, means;

static made with_target(int target, int size, int path, int coupling) {
  return make((const setting[]){
      {FM_TARGET, target}, {FM_BATCH, size}, {FM_PATH, path}, {FM_COUPLING, coupling}, {FM_SIGMA_DATA, 1.5}, END});
}

static void draw(made m, int step, batch *b) { check(fm_batch(m.model, step, b->t, b->x0, b->x1) == FM_OK, "batch"); }

static path path_of(int kind) { return (path){.kind = kind, .sigma_min = 0.01, .sigma_max = 50, .sigma_data = 1.5}; }

static void check_groups(void) {
  promise("the stable target leaves t and x_t, and is the mean over the data of the point's own group");
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_VE; kind++) {
    const path path = path_of(kind);
    made plain = with_target(FM_TARGET_PAIR, MOST_BATCH, kind, FM_COUPLING_INDEPENDENT);
    made stable = with_target(FM_TARGET_STABLE, MOST_BATCH, kind, FM_COUPLING_INDEPENDENT);
    draw(plain, 3, &pairs), draw(stable, 3, &means);
    for (int i = 0; i < MOST_BATCH; i += 3) {
      const path_point p = path_at(&path, pairs.t[i]);
      const int first = i / MINIBATCH_GROUP * MINIBATCH_GROUP, count = fm_min(MINIBATCH_GROUP, MOST_BATCH - first);
      double sum = 0, mean[2] = {0, 0};
      for (int j = first; j < first + count; j++) {
        double square = 0;
        for (int k = 0; k < 2; k++) {
          const double gap =
              pairs.x0[2 * i + k] + p.alpha / p.sigma * ((double)pairs.x1[2 * i + k] - pairs.x1[2 * j + k]);
          square += gap * gap;
        }
        const double own =
            (double)pairs.x0[2 * i] * pairs.x0[2 * i] + (double)pairs.x0[2 * i + 1] * pairs.x0[2 * i + 1];
        const double weight = exp((own - square) / 2);
        sum += weight;
        for (int k = 0; k < 2; k++) mean[k] += weight * pairs.x1[2 * j + k];
      }
      check(means.t[i] == pairs.t[i], "row %d: t %g", i, means.t[i]);
      for (int k = 0; k < 2; k++) {
        const double x = p.sigma * pairs.x0[2 * i + k] + p.alpha * pairs.x1[2 * i + k];
        const double y = p.sigma * means.x0[2 * i + k] + p.alpha * means.x1[2 * i + k];
        check(fabs(x - y) < 3e-6 * (1 + fabs(x)), "path %d, row %d: x_t %g became %g", kind, i, x, y);
        check(fabs(means.x1[2 * i + k] - mean[k] / sum) < 2e-5, "path %d, row %d: E[x1] %g", kind, i,
              means.x1[2 * i + k]);
      }
    }
    free(plain.model), free(stable.model);
  }
}

/* Component k of u of row i. */
static double target_of(const batch *b, const path_point *p, int i) {
  return p->d_sigma * b->x0[i] + p->d_alpha * b->x1[i];
}

static void check_expectation(void) {
  promise("E[u phi(x_t)] is the same for both targets however small the batch, and the variance of u falls");
  const path path = path_of(FM_PATH_LINEAR);
  const int sizes[] = {2, 3, 16};
  for (int s = 0; s < 3; s++) {
    const int n = sizes[s], draws = 24000 / n;
    made plain = with_target(FM_TARGET_PAIR, n, FM_PATH_LINEAR, FM_COUPLING_INDEPENDENT);
    made stable = with_target(FM_TARGET_STABLE, n, FM_PATH_LINEAR, FM_COUPLING_INDEPENDENT);
    double sum = 0, squares = 0, norm[2] = {0, 0};
    for (int step = 0; step < draws; step++) {
      draw(plain, step, &pairs), draw(stable, step, &means);
      double difference = 0;
      for (int i = 0; i < 2 * n; i++) {
        const path_point p = path_at(&path, pairs.t[i / 2]);
        const double x = p.sigma * pairs.x0[i] + p.alpha * pairs.x1[i];
        const double a = target_of(&pairs, &p, i), b = target_of(&means, &p, i);
        difference += (a - b) * sin(2 * x + 1);
        norm[0] += a * a, norm[1] += b * b;
      }
      sum += difference, squares += difference * difference;
    }
    const double error = sqrt(squares - sum * sum / draws);
    check(fabs(sum) < 4 * error, "batch %d: off by %g standard errors", n, sum / error);
    check(norm[1] < norm[0] * (n > 3 ? 0.75 : 0.95), "batch %d: E u^2 only fell to %g", n, norm[1] / norm[0]);
    free(plain.model), free(stable.model);
  }
}

static void check_own_pair(void) {
  promise("one point alone, and a coupling that fixes the pairs, keep their own target bit for bit");
  enum { N = 40 };
  const struct {
    int size, coupling;
  } cases[] = {{1, FM_COUPLING_INDEPENDENT}, {N, FM_COUPLING_OT}, {N, FM_COUPLING_PAIRED}};
  real x0[2 * N], x1[2 * N];
  for (int i = 0; i < 2 * N; i++) x0[i] = (real)cos(i), x1[i] = (real)sin(3 * i);
  for (int i = 0; i < 3; i++) {
    made plain = with_target(FM_TARGET_PAIR, cases[i].size, FM_PATH_LINEAR, cases[i].coupling);
    made stable = with_target(FM_TARGET_STABLE, cases[i].size, FM_PATH_LINEAR, cases[i].coupling);
    if (cases[i].coupling == FM_COUPLING_PAIRED) {
      fm_pairs_set(plain.model, x0, x1, N);
      fm_pairs_set(stable.model, x0, x1, N);
    }
    check(fm_train(plain.model, 5, NULL) == FM_OK && fm_train(stable.model, 5, NULL) == FM_OK, "training");
    check(slots_equal(plain, stable), "case %d", i);
    free(plain.model), free(stable.model);
  }
}

static void check_far_points(void) {
  promise("a point that is there many times, however far from the origin, keeps its x0 to rounding");
  enum { N = 64 };
  for (double place = 1; place < 1e9; place *= 31.7) {
    const setting plain[] = {{FM_TARGET, FM_TARGET_PAIR}, {FM_DATA, FM_DATA_POINTS}, {FM_BATCH, N}, END};
    const setting averaged[] = {{FM_TARGET, FM_TARGET_STABLE}, {FM_DATA, FM_DATA_POINTS}, {FM_BATCH, N}, END};
    made pair = make(plain), stable = make(averaged);
    const real point[2] = {(real)place, (real)(-3.3 * place)};
    check(fm_points_set(pair.model, point, 1) == FM_OK && fm_points_set(stable.model, point, 1) == FM_OK, "points");
    draw(pair, 1, &pairs), draw(stable, 1, &means);
    for (int i = 0; i < 2 * N; i++)
      check(pairs.x0[i] == means.x0[i] && pairs.x1[i] == means.x1[i], "place %g: x0 %g became %g", place, pairs.x0[i],
            means.x0[i]);
    free(pair.model), free(stable.model);
  }
}

int main(void) {
  check_mean();
  check_groups();
  check_expectation();
  check_own_pair();
  check_far_points();
  return report(5);
}
