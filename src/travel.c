/* travel.c — the half of fm.h that carries points along the field: fixed steps, grids and adaptive steps. */
#include "blend.h"
#include "model.h"
#include "params.h"

/* Far beyond any use. */
static const double DIFFUSION_MOST = 1e6;

/* ---- Guidance --------------------------------------------------------------------------------------------- */

/* Far beyond what keeps samples near the data, and far from the range of a float. */
static const double MOST_GUIDANCE = 100;

int model_is_guided(const fm_model *m, int n) { return m->guided == 0 || n <= m->guided; }

static int is_guide(double scale, double from, double to) {
  return scale >= 0 && scale <= MOST_GUIDANCE && model_is_time(from) && model_is_time(to) && from <= to;
}

int fm_guide_set(fm_model *m, const int32_t *labels, int n, double scale, double t_from, double t_to) {
  FM_REQUIRE(model_is(m) && n >= 0 && n <= FM_MAX_POINTS && is_guide(scale, t_from, t_to), FM_E_ARG);
  FM_REQUIRE(n == 0 || m->field.shape.classes > 0, FM_E_STATE);
  FM_REQUIRE(n == 0 || model_are_labels(labels, n, m->field.shape.classes), FM_E_ARG);
  m->guided = n;
  m->sampler.guide = (guide){n > 0 ? labels : NULL, scale, t_from, t_to};
  return FM_OK;
}

int fm_guided_nfe(int solver, const double *times, int count, double scale, double t_from, double t_to) {
  if (count < 2 || params_check_value(FM_SOLVER_STEPS, count - 1) != FM_OK) return 0;
  if (ode_evaluations(solver, 1) == 0 || !is_guide(scale, t_from, t_to)) return 0;
  if (!fm_is_array(times, (uint64_t)count, sizeof(double)) || !model_are_times(times, count)) return 0;
  const ode_plan plan = {
      .solver = solver, .steps = count - 1, .t_start = times[0], .t_end = times[count - 1], .times = times};
  const int32_t some = 0;
  return sample_evaluations(&plan, &(guide){&some, scale, t_from, t_to});
}

/* ---- Fixed steps ------------------------------------------------------------------------------------------ */

int fm_sample(fm_model *m, int weights, int solver, int steps, double t_start, double t_end, real *x, int n) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1 && model_are_points(m, x, n), FM_E_ARG);
  FM_REQUIRE(fm_nfe(solver, steps) > 0, FM_E_ARG);
  FM_REQUIRE(model_is_time(t_start) && model_is_time(t_end) && t_start != t_end, FM_E_ARG);
  FM_REQUIRE(model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  if (solver == FM_SOLVER_DOPRI5) {
    const double rtol = m->params[FM_RTOL], atol = m->params[FM_ATOL];
    const fm_course from = {.t = t_start, .t_end = t_end, .rtol = rtol, .atol = atol, .most = steps};
    return adaptive_flow(&m->adaptive, from, x, n);
  }
  const ode_plan plan = {
      .solver = solver, .steps = steps, .t_start = t_start, .t_end = t_end, .grid = (int)m->params[FM_TIME_GRID]};
  sample_flow(&m->sampler, &plan, NULL, x, n, NULL);
  return FM_OK;
}

int fm_nfe(int solver, int steps) {
  if (params_check_value(FM_SOLVER_STEPS, steps) != FM_OK) return 0;
  return solver == FM_SOLVER_DOPRI5 ? 2 + 6 * steps : ode_evaluations(solver, steps);
}

int fm_grid(int grid, int steps, double t_start, double t_end, double *times) {
  FM_REQUIRE(params_check_value(FM_TIME_GRID, grid) == FM_OK, FM_E_ARG);
  FM_REQUIRE(params_check_value(FM_SOLVER_STEPS, steps) == FM_OK, FM_E_ARG);
  FM_REQUIRE(model_is_time(t_start) && model_is_time(t_end) && t_start != t_end, FM_E_ARG);
  FM_REQUIRE(fm_is_array(times, (uint64_t)steps + 1, sizeof(double)), FM_E_ARG);
  const ode_plan plan = {.steps = steps, .t_start = t_start, .t_end = t_end, .grid = grid};
  for (int i = 0; i <= steps; i++) times[i] = ode_time(&plan, i);
  return FM_OK;
}

static int can_write_path(const fm_model *m, const real *path, int n, int count) {
  return fm_is_array(path, (uint64_t)n * (uint64_t)m->field.shape.dim * (uint64_t)count, sizeof(real));
}

static ode_plan plan_along(int solver, const double *times, int count) {
  return (ode_plan){
      .solver = solver, .steps = count - 1, .t_start = times[0], .t_end = times[count - 1], .times = times};
}

int fm_sample_grid(fm_model *m, int weights, int solver, const double *times, int count, real *x, int n, real *path) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1 && model_are_points(m, x, n), FM_E_ARG);
  FM_REQUIRE(count >= 2 && params_check_value(FM_SOLVER_STEPS, count - 1) == FM_OK, FM_E_ARG);
  FM_REQUIRE(ode_evaluations(solver, 1) > 0, FM_E_ARG);
  FM_REQUIRE(fm_is_array(times, (uint64_t)count, sizeof(double)) && model_are_times(times, count), FM_E_ARG);
  FM_REQUIRE(path == NULL || can_write_path(m, path, n, count), FM_E_ARG);
  FM_REQUIRE(model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  const ode_plan plan = plan_along(solver, times, count);
  sample_flow(&m->sampler, &plan, NULL, x, n, path);
  return FM_OK;
}

/* ---- Adaptive steps --------------------------------------------------------------------------------------- */

int model_is_rule(double rtol, double atol, int most) {
  return params_check_value(FM_RTOL, rtol) == FM_OK && params_check_value(FM_ATOL, atol) == FM_OK &&
         params_check_value(FM_SOLVER_STEPS, most) == FM_OK;
}

int fm_course_begin(const fm_model *m, double rtol, double atol, int most, double t_start, double t_end, real *x, int n,
                    fm_course *course) {
  FM_REQUIRE(model_is(m) && model_is_rule(rtol, atol, most) && n >= 1 && model_are_points(m, x, n), FM_E_ARG);
  FM_REQUIRE(model_is_time(t_start) && model_is_time(t_end) && t_start != t_end, FM_E_ARG);
  FM_REQUIRE(fm_is_array(course, (uint64_t)n, sizeof *course), FM_E_ARG);
  const fm_course from = {.t = t_start, .t_end = t_end, .rtol = rtol, .atol = atol, .most = most};
  adaptive_begin(&m->adaptive, from, x, n, course);
  return FM_OK;
}

static int is_course(const fm_course *c) {
  if (!model_is_rule(c->rtol, c->atol, c->most) || !model_is_time(c->t) || !model_is_time(c->t_end)) return 0;
  if (c->state < FM_COURSE_START || c->state > FM_COURSE_STOPPED) return 0;
  if (c->state >= FM_COURSE_ARRIVED) return 1;
  if (c->accepted < 0 || c->rejected < 0 || c->accepted > c->most || c->rejected >= c->most - c->accepted) return 0;
  if (c->state == FM_COURSE_START) return c->t != c->t_end;
  return c->error >= 0 && c->error <= 1 && c->evaluations >= 0 &&
         c->evaluations <= 2 * fm_nfe(FM_SOLVER_DOPRI5, c->most) && fm_is_finite(c->h) &&
         (c->t_end > c->t ? c->h > 0 : c->h < 0 && c->t_end < c->t);
}

int fm_course_run(fm_model *m, int weights, int tries, real *x, real *k, fm_course *course, int n, fm_try *log,
                  const double *times, int count, real *path) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1 && model_can_write(m, x, n), FM_E_ARG);
  FM_REQUIRE(model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(params_check_value(FM_SOLVER_STEPS, tries) == FM_OK && model_can_write(m, k, n), FM_E_ARG);
  FM_REQUIRE(fm_is_array(course, (uint64_t)n, sizeof *course), FM_E_ARG);
  for (int i = 0; i < n; i++) FM_REQUIRE(is_course(&course[i]), FM_E_ARG);
  FM_REQUIRE(log == NULL || fm_is_array(log, (uint64_t)n * (uint64_t)tries, sizeof *log), FM_E_ARG);
  if (path) {
    FM_REQUIRE(count == 1 || params_check_value(FM_SOLVER_STEPS, count - 1) == FM_OK, FM_E_ARG);
    FM_REQUIRE(fm_is_array(times, (uint64_t)count, sizeof(double)) && model_are_times(times, count), FM_E_ARG);
    FM_REQUIRE(can_write_path(m, path, n, count), FM_E_ARG);
  }
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  const dopri5_dense dense = {times, path ? count : 0, path, (size_t)n * (size_t)m->field.shape.dim};
  adaptive_run(&m->adaptive, tries, x, k, course, n, log, &dense);
  return FM_OK;
}

/* ---- Noise on the way ------------------------------------------------------------------------------------- */

int fm_diffusion(const fm_model *m, int kind, double strength, const double *times, int count, double *g) {
  FM_REQUIRE(model_is(m) && params_check_value(FM_SDE, kind) == FM_OK, FM_E_ARG);
  FM_REQUIRE(params_check_value(FM_SDE_STRENGTH, strength) == FM_OK, FM_E_ARG);
  FM_REQUIRE(count >= 2 && params_check_value(FM_SOLVER_STEPS, count - 1) == FM_OK, FM_E_ARG);
  FM_REQUIRE(fm_is_array(times, (uint64_t)count, sizeof(double)) && model_are_times(times, count), FM_E_ARG);
  FM_REQUIRE(fm_is_array(g, (uint64_t)count, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  for (int i = 0; i < count; i++) {
    const double sigma = kind == FM_SDE_SIGMA ? path_at(&m->field.path, times[i]).sigma : 1;
    g[i] = kind == FM_SDE_NONE ? 0 : strength * sigma;
  }
  return FM_OK;
}

/* Whether a plan with noise makes sense: a solver that remembers nothing, times that go one way, and g >= 0. */
static int is_stochastic(int solver, const double *times, const double *g, int count) {
  if (count < 2 || params_check_value(FM_SOLVER_STEPS, count - 1) != FM_OK) return 0;
  if (ode_evaluations(solver, 1) == 0 || solver == FM_SOLVER_AB2) return 0;
  if (!fm_is_array(times, (uint64_t)count, sizeof(double)) || !model_are_times(times, count)) return 0;
  if (!fm_is_array(g, (uint64_t)count, sizeof(double))) return 0;
  for (int i = 0; i < count; i++)
    if (!(g[i] >= 0 && g[i] <= DIFFUSION_MOST)) return 0;
  return 1;
}

/* Whether the field under a guide is a mixture of two, and so the field of no path. */
static int is_blended(const guide *g) { return g->labels != NULL && g->scale != 0 && g->scale != 1; }

int fm_sample_sde(fm_model *m, int weights, int solver, const double *times, const double *g, int count, uint32_t seed,
                  uint32_t first, real *x, int n, real *path) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1 && model_are_points(m, x, n), FM_E_ARG);
  FM_REQUIRE(is_stochastic(solver, times, g, count) && (path == NULL || can_write_path(m, path, n, count)), FM_E_ARG);
  FM_REQUIRE(((uint64_t)first + (uint64_t)n) * (uint64_t)m->field.shape.dim <= UINT32_MAX, FM_E_ARG);
  FM_REQUIRE(model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m) && params_has_score(m->params) && !is_blended(&m->sampler.guide), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  const ode_plan plan = plan_along(solver, times, count);
  const sample_diffusion diffusion = {g, {.seed = seed, .purpose = RNG_DIFFUSION}, first};
  sample_flow(&m->sampler, &plan, &diffusion, x, n, path);
  return FM_OK;
}

int fm_blend(int kind, double fraction, const real *a, const real *b, int n, int dim, real *out) {
  FM_REQUIRE((kind == FM_BLEND_LINEAR || kind == FM_BLEND_SPHERICAL) && model_is_time(fraction), FM_E_ARG);
  FM_REQUIRE(n >= 1 && n <= FM_MAX_POINTS && dim >= 1 && dim <= FM_MAX_DIM, FM_E_ARG);
  const uint64_t reals = (uint64_t)n * (uint64_t)dim;
  FM_REQUIRE(fm_is_array(a, reals, sizeof(real)) && fm_is_array(b, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(out, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(model_all_finite(a, reals) && model_all_finite(b, reals), FM_E_ARG);
  for (size_t i = 0; i < reals; i += (size_t)dim) blend_point(kind, fraction, a + i, b + i, out + i, dim);
  return FM_OK;
}
