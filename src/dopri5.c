#include "dopri5.h"

#include "scalar.h"

static const double C[DOPRI5_STAGES] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
static const double A[DOPRI5_STAGES][DOPRI5_STAGES - 1] = {
    {0},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
};
/* Order 5 less order 4. */
static const double E[DOPRI5_STAGES] = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                        -17253.0 / 339200, 22.0 / 525, -1.0 / 40};
/* Dense output: the coefficient of theta^2 (1 - theta)^2 is h sum_j DENSE_j k_j. */
static const double DENSE[DOPRI5_STAGES] = {-12715105075.0 / 11282082432.0,  0,
                                            87487479700.0 / 32700410799.0,   -10690763975.0 / 1880347072.0,
                                            701980252875.0 / 199316789632.0, -1453857185.0 / 822651844.0,
                                            69997945.0 / 29380423.0};

/* Shorter steps than this, a millionth of a float's rounding of t, come only from a field that is not finite. */
static const double SHORTEST = 1e-12;

void dopri5_layout(dopri5 *d, int dim, arena *a) {
  const uint64_t reals = (uint64_t)FM_ROWS * (uint64_t)dim;
  d->dim = dim;
  d->row = arena_take(a, FM_ROWS, sizeof(int));
  d->t = arena_take(a, FM_ROWS, sizeof(real));
  d->x = arena_take(a, reals, sizeof(real));
  d->y = arena_take(a, reals, sizeof(real));
  for (int i = 0; i < DOPRI5_STAGES; i++) d->k[i] = arena_take(a, reals, sizeof(real));
}

/* What one call works on. */
typedef struct {
  const dopri5 *d;
  dopri5_field *field;
  void *context;
  real *x, *k; /* the caller's */
  fm_course *course;
  const dopri5_dense *dense;
} running;

FM_SMALL double power(double base, double exponent) { return scalar_exp(exponent * scalar_log(base)); }

static double magnitude(double x) { return x < 0 ? -x : x; }

/* Brings the points whose state is from `first` to `last` into rows, x and k_1 with them. */
FM_SMALL int gather(const running *r, int n, int first, int last) {
  const dopri5 *d = r->d;
  const int dim = d->dim;
  int rows = 0;
  for (int i = 0; i < n; i++) {
    if (r->course[i].state < first || r->course[i].state > last) continue;
    for (int j = 0; j < dim; j++) {
      d->x[rows * dim + j] = r->x[i * dim + j];
      d->k[0][rows * dim + j] = r->k[i * dim + j];
    }
    d->row[rows++] = i;
  }
  return rows;
}

/* sum_j w_j k_j of one coordinate. */
FM_HOT double combine(const dopri5 *d, const double *weights, int count, int at) {
  double sum = 0;
  for (int j = 0; j < count; j++) sum += weights[j] * (double)d->k[j][at];
  return sum;
}

/* Sum over D of (value / (atol + rtol |x|))^2. */
FM_SMALL double scaled_square(const fm_course *c, const real *x, const real *value, const real *minus, int dim) {
  double sum = 0;
  for (int j = 0; j < dim; j++) {
    const double off = (double)value[j] - (minus ? (double)minus[j] : 0);
    const double scaled = off / (c->atol + c->rtol * magnitude((double)x[j]));
    sum += scaled * scaled;
  }
  return sum;
}

FM_SMALL void write_dense(const running *r, int point, int k, int coordinate, double value) {
  r->dense->path[(size_t)k * r->dense->stride + (size_t)(point * r->d->dim + coordinate)] = (real)value;
}

/* First guess of a length: what moves x by a hundredth of itself. */
FM_SMALL double first_guess(const fm_course *c, double size, double speed) {
  const double span = magnitude(c->t_end - c->t);
  const double guess = size <= 1e-10 || speed <= 1e-10 ? 1e-6 : 0.01 * fm_sqrt(size / speed);
  return guess < span ? guess : span; /* span for NaN */
}

FM_SMALL double second_guess(const fm_course *c, double guess, double speed, double bend) {
  const double span = magnitude(c->t_end - c->t), fastest = fm_sqrt(bend > speed ? bend : speed);
  double h = fastest <= 1e-15 ? (guess * 1e-3 > 1e-6 ? guess * 1e-3 : 1e-6) : power(0.01 / fastest, 0.2);
  if (h > 100 * guess) h = 100 * guess;
  return h < span ? h : span;
}

/* k_1 and the length of the first step of the points that have not yet begun. */
FM_SMALL void begin(const running *r, int n) {
  const dopri5 *d = r->d;
  const int dim = d->dim, rows = gather(r, n, FM_COURSE_START, FM_COURSE_START);
  if (rows == 0) return;
  for (int i = 0; i < rows; i++) d->t[i] = (real)r->course[d->row[i]].t;
  r->field(r->context, d->t, d->x, d->k[0], rows);
  for (int i = 0; i < rows; i++) {
    fm_course *c = &r->course[d->row[i]];
    const real *x = d->x + i * dim, *k = d->k[0] + i * dim;
    const double way = c->t_end > c->t ? 1 : -1;
    c->h = way * first_guess(c, scaled_square(c, x, x, NULL, dim), scaled_square(c, x, k, NULL, dim));
    d->t[i] = (real)(c->t + c->h);
    for (int j = 0; j < dim; j++) d->y[i * dim + j] = (real)((double)x[j] + c->h * (double)k[j]);
  }
  r->field(r->context, d->t, d->y, d->k[1], rows);
  for (int i = 0; i < rows; i++) {
    fm_course *c = &r->course[d->row[i]];
    const real *x = d->x + i * dim, *k = d->k[0] + i * dim;
    const double guess = magnitude(c->h), speed = scaled_square(c, x, k, NULL, dim);
    const double bend = scaled_square(c, x, d->k[1] + i * dim, k, dim) / (guess * guess);
    c->h = (c->t_end > c->t ? 1 : -1) * second_guess(c, guess, speed, bend);
    c->evaluations = 2;
    c->state = FM_COURSE_UNDER_WAY;
    for (int j = 0; j < dim; j++) r->k[d->row[i] * dim + j] = k[j];
    for (int m = 0; m < r->dense->count; m++)
      for (int j = 0; j < dim && r->dense->times[m] == c->t; j++) write_dense(r, d->row[i], m, j, (double)x[j]);
  }
}

/* Where a step of the course would end: the last one exactly at t_end, and no remainder too short for a step is left. */
FM_SMALL double end_of(const fm_course *c) {
  return magnitude(c->t_end - c->t) <= 1.0001 * magnitude(c->h) ? c->t_end : c->t + c->h;
}

/* k_2 .. k_7 and x', which is left in y. */
FM_SMALL void evaluate_stages(const running *r, int rows) {
  const dopri5 *d = r->d;
  const int dim = d->dim;
  for (int stage = 1; stage < DOPRI5_STAGES; stage++) {
    for (int i = 0; i < rows; i++) {
      const fm_course *c = &r->course[d->row[i]];
      const double end = end_of(c), h = end - c->t;
      d->t[i] = (real)(C[stage] == 1 ? end : c->t + C[stage] * h);
      for (int at = i * dim; at < (i + 1) * dim; at++)
        d->y[at] = (real)((double)d->x[at] + h * combine(d, A[stage], stage, at));
    }
    r->field(r->context, d->t, d->y, d->k[stage], rows);
  }
}

FM_SMALL double error_of(const running *r, int row, double h) {
  const dopri5 *d = r->d;
  const fm_course *c = &r->course[d->row[row]];
  double sum = 0;
  for (int at = row * d->dim; at < (row + 1) * d->dim; at++) {
    const double from = magnitude((double)d->x[at]), to = magnitude((double)d->y[at]);
    const double scaled = h * combine(d, E, DOPRI5_STAGES, at) / (c->atol + c->rtol * (from > to ? from : to));
    sum += scaled * scaled;
  }
  return fm_sqrt(sum / d->dim);
}

/* The polynomial through a step from t over h, at the wanted times in (t, t + h]. */
FM_SMALL void interpolate(const running *r, int row, double t, double h, double end) {
  const dopri5 *d = r->d;
  for (int m = 0; m < r->dense->count; m++) {
    const double time = r->dense->times[m], theta = (time - t) / h;
    if (h > 0 ? time <= t || time > end : time >= t || time < end) continue;
    for (int j = 0; j < d->dim; j++) {
      const int at = row * d->dim + j;
      const double from = (double)d->x[at], rise = (double)d->y[at] - from, rest = 1 - theta;
      const double bend = h * (double)d->k[0][at] - rise, unbend = rise - h * (double)d->k[6][at] - bend;
      const double quartic = h * combine(d, DENSE, DOPRI5_STAGES, at);
      const double value = from + theta * (rise + rest * (bend + theta * (unbend + rest * quartic)));
      write_dense(r, d->row[row], m, j, time == end ? (double)d->y[at] : value);
    }
  }
}

/* error^-0.17, at most 1e4: smaller errors let a step grow as far as it may anyway. */
FM_SMALL double shrink(double error) { return error < 1e-20 ? 1e4 : power(error, -0.17); }

FM_SMALL void accept(const running *r, int row, double h, double end, double error) {
  const dopri5 *d = r->d;
  const int point = d->row[row], dim = d->dim;
  fm_course *c = &r->course[point];
  interpolate(r, row, c->t, h, end);
  for (int j = 0; j < dim; j++) {
    r->x[point * dim + j] = d->y[row * dim + j];
    r->k[point * dim + j] = d->k[6][row * dim + j];
  }
  double factor = 0.9 * shrink(error) * power(c->error > 1e-4 ? c->error : 1e-4, 0.04);
  factor = factor < 0.2 ? 0.2 : factor > 10 ? 10 : factor;
  if (c->state == FM_COURSE_REJECTED && factor > 1) factor = 1;
  c->t = end;
  c->h = h * factor;
  c->error = error;
  c->accepted++;
  c->state = end == c->t_end ? FM_COURSE_ARRIVED : FM_COURSE_UNDER_WAY;
}

FM_SMALL void reject(fm_course *c, double h, double error) {
  const double factor = fm_is_finite(error) ? 0.9 * shrink(error) : 0;
  c->h = h * (factor > 0.2 ? factor : 0.2);
  c->rejected++;
  c->state = magnitude(c->h) < SHORTEST ? FM_COURSE_STOPPED : FM_COURSE_REJECTED;
}

/* One step of every point under way; how many there were. */
FM_SMALL int step(const running *r, int n, fm_try *log, int tries, int tried) {
  const dopri5 *d = r->d;
  const int rows = gather(r, n, FM_COURSE_UNDER_WAY, FM_COURSE_REJECTED);
  if (rows == 0) return 0;
  evaluate_stages(r, rows);
  for (int i = 0; i < rows; i++) {
    fm_course *c = &r->course[d->row[i]];
    const double end = end_of(c), h = end - c->t, error = error_of(r, i, h);
    const int accepted = error <= 1; /* false for NaN */
    if (log) log[d->row[i] * tries + tried] = (fm_try){.t = c->t, .h = h, .error = error, .accepted = accepted};
    c->evaluations += DOPRI5_STAGES - 1;
    if (accepted)
      accept(r, i, h, end, error);
    else
      reject(c, h, error);
    const int over = c->accepted + c->rejected >= c->most;
    if (over && c->state < FM_COURSE_ARRIVED) c->state = FM_COURSE_STOPPED;
  }
  return rows;
}

void dopri5_run(const dopri5 *d, dopri5_field *field, void *context, int tries, real *x, real *k, fm_course *course,
                int n, fm_try *log, const dopri5_dense *dense) {
  const running r = {d, field, context, x, k, course, dense};
  begin(&r, n);
  for (int tried = 0; tried < tries; tried++)
    if (step(&r, n, log, tries, tried) == 0) return;
}
