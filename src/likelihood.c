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

void likelihood_layout(likelihood *l, const sampler *s, arena *a) {
  divergence_layout(&l->divergence, s->field, s->pass, a);
  l->state = s->state;
  l->work = s->work;
  l->guide = &s->guide;
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
