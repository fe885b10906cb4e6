#include "sinkhorn.h"

#include "coupling.h"
#include "scalar.h"

/* x - y stands in x1 of a posterior alone. */
static const real NOWHERE[FM_MAX_DIM];

void sinkhorn_layout(sinkhorn *s, int most, int dim, arena *a) {
  posterior_layout(&s->rows, most, dim, a);
  posterior_layout(&s->columns, most, dim, a);
  s->keep = arena_take(a, (uint64_t)most, sizeof(double));
  s->lack = arena_take(a, (uint64_t)most, sizeof(double));
  s->weights = arena_take(a, (uint64_t)((most + 3) & ~3), sizeof(real));
}

static double ratio_of(double reg) { return fm_sqrt(2 / reg); }

/* One half step: the potential of `side`, whose points are x, from the other. Returns how far sums over the other were from 1 in
 * the mean. */
static double balance(const sinkhorn *s, posterior *side, const posterior *other, const real *x, int n, double reg) {
  double off = 0;
  for (int i = 0; i < n; i++) {
    const real *at = x + (size_t)i * (size_t)side->dim;
    const double now = -posterior_log_sum(other, n, ratio_of(reg), NOWHERE, at, s->weights);
    const double sum = scalar_exp((double)side->log_weight[i] - now);
    off += (sum > 1 ? sum - 1 : 1 - sum) / n;
    side->log_weight[i] = (real)now;
  }
  return off;
}

/* Sweeps until the columns are off by less than `tolerance`, at most `most` times; returns how many it took. */
static int hold(sinkhorn *s, const real *x0, const real *x1, int n, double reg, double tolerance, int most) {
  for (int sweeps = 1; sweeps < most; sweeps++) {
    balance(s, &s->rows, &s->columns, x0, n, reg);
    if (balance(s, &s->columns, &s->rows, x1, n, reg) < tolerance) return sweeps;
  }
  return most;
}

/* From the very weights that rows are drawn by, so that roundings of the potentials are made good too. */
static void round_plan(sinkhorn *s, const real *x0, int n, double reg) {
  double *mass = s->keep;
  for (int j = 0; j < n; j++) mass[j] = 0;
  for (int i = 0; i < n; i++) {
    const real *at = x0 + (size_t)i * (size_t)s->rows.dim;
    const double sum = posterior_weigh(&s->columns, n, ratio_of(reg), NOWHERE, at, s->weights);
    for (int j = 0; j < n; j++) mass[j] += (double)s->weights[j] / sum;
  }
  s->lacking = 0;
  for (int j = 0; j < n; j++) {
    s->lack[j] = mass[j] < 1 ? 1 - mass[j] : 0;
    s->keep[j] = mass[j] > 1 ? 1 / mass[j] : 1;
    s->lacking += s->lack[j];
  }
}

double sinkhorn_least(const real *x0, const real *x1, int n, int dim) {
  return SINKHORN_LEAST * coupling_mean_cost(x0, x1, n, dim);
}

int sinkhorn_solve(sinkhorn *s, const real *x0, const real *x1, int n, double reg) {
  enum { HALVES = 17, ROUGHLY = SINKHORN_SWEEPS / 10, NEARLY = SINKHORN_SWEEPS / 2 };
  const double scale = coupling_mean_cost(x0, x1, n, s->rows.dim);
  int halves = 0;
  posterior_take(&s->rows, x0, n);
  posterior_take(&s->columns, x1, n);
  double held = reg;
  for (; held < scale && halves < HALVES; halves++) held *= 2;
  for (; halves > 0; halves--, held /= 2) {
    if (held < SINKHORN_STIFF * scale)
      hold(s, x0, x1, n, held, 2 * SINKHORN_TOLERANCE, NEARLY);
    else
      hold(s, x0, x1, n, held, 0.05, ROUGHLY);
    for (int i = 0; i < n; i++) s->rows.log_weight[i] *= 2, s->columns.log_weight[i] *= 2;
  }
  const int sweeps = hold(s, x0, x1, n, reg, SINKHORN_TOLERANCE, SINKHORN_SWEEPS);
  s->rounded = sweeps == SINKHORN_SWEEPS;
  if (s->rounded) round_plan(s, x0, n, reg);
  return sweeps;
}

/* The column that row i meets in the rounded plan, where it drew j before. */
static int settle(const sinkhorn *s, rng_stream stream, int i, int n, int j) {
  real u;
  rng_uniform(stream, (uint32_t)(FM_MAX_OT_BATCH + i), 1, &u);
  if ((double)u < s->keep[j]) return j;
  rng_uniform(stream, (uint32_t)(2 * FM_MAX_OT_BATCH + i), 1, &u);
  double left = (double)u * s->lacking;
  int last = j;
  for (int k = 0; k < n && left >= 0; k++)
    if (s->lack[k] > 0) left -= s->lack[last = k];
  return last;
}

void sinkhorn_draw(const sinkhorn *s, const real *x0, int n, double reg, rng_stream stream, int count, int32_t *match) {
  for (int i = 0; i < count; i++) {
    real u;
    rng_uniform(stream, (uint32_t)i, 1, &u);
    const real *at = x0 + (size_t)i * (size_t)s->rows.dim;
    match[i] = posterior_draw(&s->columns, n, ratio_of(reg), NOWHERE, at, (double)u, s->weights);
    if (s->rounded) match[i] = settle(s, stream, i, n, match[i]);
  }
}
