#include "sample.h"

void sample_layout(sampler *s, const field *f, field_pass *pass, arena *a) {
  const uint64_t reals = (uint64_t)FM_SAMPLE_ROWS * (uint64_t)f->shape.dim;
  s->field = f;
  s->pass = pass;
  s->state = arena_take(a, reals, sizeof(real));
  s->work = arena_take(a, 3 * reals, sizeof(real));
}

static void evaluate(void *context, double t, const real *x, real *v) {
  const sampler *s = context;
  field_velocity_at(s->field, s->pass, &s->own, t, x, v, s->rows);
}

/* Rows first .. first + FM_SAMPLE_ROWS - 1 of the n of a call. */
static void begin_piece(sampler *s, int first, int n) {
  s->rows = fm_min(FM_SAMPLE_ROWS, n - first);
  s->own = guide_from(&s->guide, first);
}

typedef struct {
  const guide *guide;
  int evaluations;
} tally;

static void count_evaluation(void *context, double t, const real *x, real *v) {
  tally *c = context;
  const double scale = guide_scale(c->guide, t);
  (void)x, (void)v;
  c->evaluations += scale == 0 || scale == 1 ? 1 : 2;
}

int sample_evaluations(const ode_plan *plan, const guide *g) {
  tally c = {g, 0};
  real none[1];
  ode_solve(plan, count_evaluation, &c, none, 0, none);
  return c.evaluations;
}

static void multiply(const real *x, double factor, real *out, int count) {
  for (int i = 0; i < count; i++) out[i] = x[i] * (real)factor;
}

static double diffuse(void *context, int i, double t, real *x) {
  sampler *s = context;
  const path *p = &s->field->path;
  const double back = churn_time(p, t, s->diffusion->g[i], ode_time(s->plan, i + 1) - t);
  const uint32_t dim = (uint32_t)s->field->shape.dim;
  rng_stream noise = s->diffusion->stream;
  noise.step = (uint32_t)i;
  if (back < t) churn_noise(p, t, back, noise, s->first * dim, x, s->rows * (int)dim, s->work);
  return back;
}

static void record(void *context, int i, double t, real *x) {
  (void)t;
  const sampler *s = context;
  if (s->path) multiply(x, 1, s->path + (size_t)i * (size_t)s->stride, s->rows * s->field->shape.dim);
}

void sample_flow(sampler *s, const ode_plan *given, const sample_diffusion *diffusion, real *x, int n, real *path) {
  const int dim = s->field->shape.dim;
  const double scale = path_source_scale(&s->field->path);
  ode_plan recorded = *given, *plan = &recorded;
  plan->before = diffusion ? diffuse : NULL;
  plan->after = record;
  s->plan = plan;
  s->diffusion = diffusion;
  s->stride = n * dim;
  for (int first = 0; first < n; first += FM_SAMPLE_ROWS, x += FM_SAMPLE_ROWS * dim) {
    begin_piece(s, first, n);
    s->first = (diffusion ? diffusion->first : 0) + (uint32_t)first;
    s->path = path ? path + (size_t)first * (size_t)dim : NULL;
    const int count = s->rows * dim;
    if (plan->t_start == 0) multiply(x, scale, x, count);
    record(s, 0, plan->t_start, x);
    ode_solve(plan, evaluate, s, x, count, s->work);
    if (plan->t_end == 0) multiply(x, 1 / scale, x, count);
  }
}

/* Along the trajectory x(1) - x(0) is the mean of the velocities, so the integral is their variance over time: kept as a
 * running mean and a running sum of squared deviations (Welford 1962), which does not cancel when the path is straight. */
static void follow(sampler *s, int steps, real *mean, real *deviation, int count) {
  const ode_plan plan = {.solver = FM_SOLVER_EULER, .steps = steps, .t_start = 0, .t_end = 1};
  real *x = s->state, *v = s->work;
  for (int i = 0; i < count; i++) mean[i] = deviation[i] = 0;
  for (int k = 0; k < steps; k++) {
    const double t = ode_time(&plan, k);
    const real h = (real)(ode_time(&plan, k + 1) - t), weight = (real)(1.0 / (k + 1));
    field_velocity_at(s->field, s->pass, &s->own, t, x, v, s->rows);
    for (int i = 0; i < count; i++) {
      const real gap = v[i] - mean[i];
      mean[i] += gap * weight;
      deviation[i] += gap * (v[i] - mean[i]);
      x[i] += h * v[i];
    }
  }
}

void sample_straightness(sampler *s, int steps, const real *x0, int n, real *straightness, real *cost) {
  const int dim = s->field->shape.dim;
  for (int first = 0; first < n; first += FM_SAMPLE_ROWS) {
    begin_piece(s, first, n);
    const int count = s->rows * dim;
    real *mean = s->work + count, *deviation = mean + count;
    multiply(x0 + (size_t)first * dim, path_source_scale(&s->field->path), s->state, count);
    follow(s, steps, mean, deviation, count);
    for (int i = 0; i < s->rows; i++) {
      double bent = 0, moved = 0;
      for (int j = i * dim; j < (i + 1) * dim; j++) {
        bent += (double)deviation[j];
        moved += (double)mean[j] * (double)mean[j];
      }
      straightness[first + i] = (real)(bent / steps);
      cost[first + i] = (real)moved;
    }
  }
}
