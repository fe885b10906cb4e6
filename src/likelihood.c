#include "likelihood.h"

#include "scalar.h"

/* log N(x; 0, scale^2 I) */
static double log_source(const real *x, int dim, double scale) {
  const double log_root_2_pi = 0.91893853320467274178;
  double squares = 0;
  for (int j = 0; j < dim; j++) squares += (double)x[j] * (double)x[j];
  return -dim * (scalar_log(scale) + log_root_2_pi) - squares / (2 * scale * scale);
}

/* The mean of values[k * stride], and its standard error; two passes, so that nothing cancels. */
static double mean_of(const real *values, int count, int stride, double *error) {
  double sum = 0, squares = 0;
  for (int k = 0; k < count; k++) sum += (double)values[(size_t)k * stride];
  const double mean = sum / count;
  for (int k = 0; k < count; k++) {
    const double gap = (double)values[(size_t)k * stride] - mean;
    squares += gap * gap;
  }
  *error = count > 1 ? fm_sqrt(squares / (count - 1) / count) : 0;
  return mean;
}

void likelihood_follow(const likelihood_piece *piece, const ode_plan *plan, ode_field *field, void *context,
                       real *state, real *work, double *logp, double *error) {
  const int rows = piece->rows, dim = piece->dim, values = piece->values;
  real *integral = state + (size_t)rows * dim;
  for (int i = 0; i < rows * values; i++) integral[i] = 0;
  ode_solve(plan, field, context, state, rows * (dim + values), work);
  for (int i = 0; i < rows; i++) {
    double spread;
    const double change = mean_of(integral + i, values, rows, &spread);
    logp[i] = log_source(state + (size_t)i * dim, dim, piece->scale) + change;
    if (error) error[i] = spread;
  }
}

void likelihood_layout(likelihood *l, const sampler *s, const adaptive *d, arena *a) {
  divergence_layout(&l->divergence, s->field, s->pass, a);
  l->state = s->state;
  l->work = s->work;
  l->guide = &s->guide;
  l->adaptive = d;
}

static void evaluate(void *context, double t, const real *state, real *rate) {
  const likelihood *l = context;
  divergence_at(&l->divergence, &l->probes, t, state, rate, rate + l->rows * l->divergence.field->shape.dim, l->rows);
}

void likelihood_of(likelihood *l, const ode_plan *plan, const divergence_probes *probes, const real *x, int n,
                   double *logp, double *error) {
  const field *f = l->divergence.field;
  const int dim = f->shape.dim, values = divergence_values(probes);
  const int most = FM_SAMPLE_ROWS * dim / (dim + values);
  l->probes = *probes;
  for (int first = 0; first < n; first += most, l->probes.first += (uint32_t)most) {
    l->rows = fm_min(most, n - first);
    l->divergence.guide = guide_from(l->guide, first);
    const likelihood_piece piece = {l->rows, dim, values, path_source_scale(&f->path)};
    for (int i = 0; i < l->rows * dim; i++) l->state[i] = x[(size_t)first * dim + i];
    likelihood_follow(&piece, plan, evaluate, l, l->state, l->work, logp + first, error ? error + first : NULL);
  }
}

/* ---- dopri5, whose rows are points [D + values] at times of their own ------------------------------------------------ */

/* Copies columns from .. from + count - 1 of rows that are `in` apart to columns of rows that are `out` apart. */
static void copy_columns(const real *source, int in, real *target, int out, int count, int rows) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < count; j++) target[i * out + j] = source[i * in + j];
}

static void evaluate_each(void *context, const real *t, const real *state, real *rate, int rows) {
  likelihood *l = context;
  const int dim = l->divergence.field->shape.dim, values = divergence_values(&l->probes), width = dim + values;
  real *x = l->work + FM_ROWS * dim, *v = x + rows * dim, *div = v + rows * dim;
  copy_columns(state, width, x, dim, dim, rows);
  l->divergence.guide = adaptive_guide(l->adaptive, l->first, t, rows);
  divergence_each(&l->divergence, &l->probes, t, x, v, div, rows);
  copy_columns(v, dim, rate, width, dim, rows);
  for (int k = 0; k < values; k++) copy_columns(div + k * rows, 1, rate + dim + k, width, 1, rows);
}

/* logp, error and evaluations of row i, whose course has ended. */
static int conclude(const likelihood *l, const fm_course *c, int i, double *logp, double *error, int32_t *evaluations) {
  const int dim = l->divergence.field->shape.dim, values = divergence_values(&l->probes);
  const real *state = l->state + (size_t)i * (size_t)(dim + values);
  double spread;
  const double change = mean_of(state + dim, values, 1, &spread);
  *logp = log_source(state, dim, path_source_scale(&l->divergence.field->path)) + change;
  if (error) *error = spread;
  *evaluations = c->evaluations + (l->guide->labels ? l->adaptive->twice[i] : 0);
  if (c->state == FM_COURSE_ARRIVED) return FM_OK;
  *logp = __builtin_nan("");
  return FM_E_STEPS;
}

int likelihood_adaptive(likelihood *l, fm_course from, const divergence_probes *probes, const real *x, int n,
                        double *logp, double *error, int32_t *evaluations) {
  const int dim = l->divergence.field->shape.dim, values = divergence_values(probes), width = dim + values;
  const int most = FM_ROWS * dim / width;
  fm_course *course = l->adaptive->course;
  dopri5 solver = l->adaptive->solver;
  int status = FM_OK;
  solver.dim = width;
  l->probes = *probes;
  l->probes.row = solver.row;
  for (l->first = 0; l->first < n; l->first += most, l->probes.first += (uint32_t)most) {
    const int rows = fm_min(most, n - l->first);
    for (int i = 0; i < rows * width; i++) l->state[i] = 0;
    copy_columns(x + (size_t)l->first * (size_t)dim, dim, l->state, width, dim, rows);
    for (int i = 0; i < rows; i++) course[i] = from;
    adaptive_count(l->adaptive, rows);
    dopri5_run(&solver, evaluate_each, l, from.most, l->state, l->work, course, rows, NULL, &(dopri5_dense){0});
    for (int i = 0; i < rows; i++) {
      const int at = l->first + i;
      const int each = conclude(l, &course[i], i, logp + at, error ? error + at : NULL, evaluations + at);
      if (each != FM_OK) status = each;
    }
  }
  return status;
}
