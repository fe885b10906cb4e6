/* flow.c — the sampling half of fm.h: noise, data, velocities, trajectories and measures. */
#include "conversion.h"
#include "coupling.h"
#include "metric.h"
#include "model.h"
#include "params.h"

/* Projections and their squared gaps must stay finite. */
static int are_measurable(const real *x, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (!(x[i] >= (real)-1e18 && x[i] <= (real)1e18)) return 0;
  return 1;
}

static int are_times(const real *t, int n) {
  if (!fm_is_array(t, (uint64_t)n, sizeof(real))) return 0;
  for (int i = 0; i < n; i++)
    if (!model_is_time((double)t[i])) return 0;
  return 1;
}

int fm_velocity(fm_model *m, int weights, const real *t, const real *x, int n, real *v) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1, FM_E_ARG);
  FM_REQUIRE(model_are_points(m, x, n) && model_can_write(m, v, n) && model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(are_times(t, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  field_velocity(&m->field, m->sampler.pass, &m->sampler.guide, t, x, v, n);
  return FM_OK;
}

static int is_quantity(int quantity) { return quantity >= FM_PREDICT_V && quantity <= FM_PREDICT_SCORE; }

int fm_convert(const fm_model *m, int from, int to, const real *t, const real *x, const real *value, int n, real *out) {
  FM_REQUIRE(model_is(m) && is_quantity(from) && is_quantity(to) && n >= 1, FM_E_ARG);
  FM_REQUIRE(model_are_points(m, x, n) && model_are_points(m, value, n) && model_can_write(m, out, n), FM_E_ARG);
  FM_REQUIRE(are_times(t, n), FM_E_ARG);
  const int of_score = from == FM_PREDICT_SCORE || to == FM_PREDICT_SCORE;
  FM_REQUIRE(path_is_complete(&m->field.path) && (!of_score || params_has_score(m->params)), FM_E_STATE);
  const int dim = m->field.shape.dim;
  for (int i = 0; i < n; i++, x += dim, value += dim, out += dim) {
    const conversion c = conversion_between(path_at(&m->field.path, (double)t[i]), from, to);
    conversion_apply(c, x, value, out, dim);
  }
  return FM_OK;
}

int fm_noise(const fm_model *m, uint32_t seed, uint32_t first, int n, real *x0) {
  FM_REQUIRE(model_is(m) && n >= 1 && model_can_write(m, x0, n), FM_E_ARG);
  FM_REQUIRE((uint64_t)first + (uint64_t)n <= source_points(&m->source), FM_E_ARG);
  FM_REQUIRE(source_is_known(&m->source), FM_E_STATE);
  source_draw(&m->source, (rng_stream){.seed = seed, .purpose = RNG_NOISE}, first, n, x0);
  return FM_OK;
}

int fm_data_classes(int data) { return data >= 0 && data < FM_DATA_POINTS ? dataset_parts(data) : 0; }

int fm_data(const fm_model *m, uint32_t seed, int n, real *x1) {
  FM_REQUIRE(model_is(m) && n >= 1 && model_can_write(m, x1, n), FM_E_ARG);
  FM_REQUIRE(m->data.kind != FM_DATA_POINTS || m->data.count > 0, FM_E_STATE);
  dataset_draw(&m->data, (rng_stream){.seed = seed, .purpose = RNG_DATA}, n, x1);
  return FM_OK;
}

int fm_data_labels(const fm_model *m, uint32_t seed, int n, int32_t *labels) {
  FM_REQUIRE(model_is(m) && n >= 1 && n <= FM_MAX_POINTS, FM_E_ARG);
  FM_REQUIRE(fm_is_array(labels, (uint64_t)n, sizeof(int32_t)), FM_E_ARG);
  FM_REQUIRE(m->field.shape.classes > 0 && (m->data.kind != FM_DATA_POINTS || m->data.labels), FM_E_STATE);
  dataset_draw_labels(&m->data, (rng_stream){.seed = seed, .purpose = RNG_DATA}, n, labels);
  return FM_OK;
}

int fm_straightness(fm_model *m, int weights, int steps, const real *x0, int n, real *straightness, real *cost) {
  FM_REQUIRE(model_is(m) && model_are_weights(m, weights) && n >= 1 && model_are_points(m, x0, n), FM_E_ARG);
  FM_REQUIRE(params_check_value(FM_SOLVER_STEPS, steps) == FM_OK && model_is_guided(m, n), FM_E_ARG);
  FM_REQUIRE(fm_is_array(straightness, (uint64_t)n, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(cost, (uint64_t)n, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  field_use(&m->field, m->slot[weights]);
  sample_straightness(&m->sampler, steps, x0, n, straightness, cost);
  return FM_OK;
}

/* One probe would not tell its own error; 64 are as many as a point has coordinates at most, and there exact is better. */
static int are_probes(int probes) { return probes == 0 || (probes >= 2 && probes <= FM_MAX_DIM); }

/* What both ways of following a path ask. */
static int is_loglik(const fm_model *m, int weights, int probes, uint32_t first, const real *x, int n,
                     const double *logp, const double *error) {
  if (!model_is(m) || !model_are_weights(m, weights) || n < 1 || !model_are_points(m, x, n)) return 0;
  if (!are_probes(probes) || (uint64_t)first + (uint64_t)n > (uint64_t)1 << 31) return 0;
  if (!fm_is_array(logp, (uint64_t)n, sizeof(double)) || !model_is_guided(m, n)) return 0;
  return error == NULL || fm_is_array(error, (uint64_t)n, sizeof(double));
}

int fm_loglik(fm_model *m, int weights, int solver, const double *times, int count, int probes, uint32_t seed,
              uint32_t first, const real *x, int n, double *logp, double *error) {
  FM_REQUIRE(is_loglik(m, weights, probes, first, x, n, logp, error), FM_E_ARG);
  FM_REQUIRE(count >= 2 && fm_nfe(solver, count - 1) > 0 && ode_evaluations(solver, 1) > 0, FM_E_ARG);
  FM_REQUIRE(fm_is_array(times, (uint64_t)count, sizeof(double)) && model_are_times(times, count), FM_E_ARG);
  FM_REQUIRE(times[0] <= 1 && times[0] > 0 && times[count - 1] == 0, FM_E_ARG);
  FM_REQUIRE(model_has_field(m) && m->source.gaussian, FM_E_STATE);
  const divergence_probes drawn = {probes, {.seed = seed, .purpose = RNG_PROBE}, first, NULL};
  const ode_plan plan = {.solver = solver, .steps = count - 1, .t_start = times[0], .t_end = 0, .times = times};
  field_use(&m->field, m->slot[weights]);
  likelihood_of(&m->likelihood, &plan, &drawn, x, n, logp, error);
  return FM_OK;
}

int fm_loglik_adaptive(fm_model *m, int weights, double t, double rtol, double atol, int most, int probes,
                       uint32_t seed, uint32_t first, const real *x, int n, double *logp, double *error,
                       int32_t *evaluations) {
  FM_REQUIRE(is_loglik(m, weights, probes, first, x, n, logp, error) && model_is_rule(rtol, atol, most), FM_E_ARG);
  FM_REQUIRE(fm_is_array(evaluations, (uint64_t)n, sizeof(int32_t)) && t > 0 && t <= 1, FM_E_ARG);
  FM_REQUIRE(model_has_field(m) && m->source.gaussian, FM_E_STATE);
  const divergence_probes drawn = {probes, {.seed = seed, .purpose = RNG_PROBE}, first, NULL};
  const fm_course from = {.t = t, .t_end = 0, .rtol = rtol, .atol = atol, .most = most};
  field_use(&m->field, m->slot[weights]);
  return likelihood_adaptive(&m->likelihood, from, &drawn, x, n, logp, error, evaluations);
}

int fm_sw2(const real *a, const real *b, int n, int dim, uint32_t seed, int first, int count, real *scratch,
           double *out) {
  FM_REQUIRE(n >= 1 && n <= FM_MAX_POINTS && dim >= 1 && dim <= FM_MAX_DIM, FM_E_ARG);
  FM_REQUIRE(first >= 0 && count >= 1 && first <= INT32_MAX - count, FM_E_ARG);
  const uint64_t reals = (uint64_t)n * (uint64_t)dim;
  FM_REQUIRE(fm_is_array(a, reals, sizeof(real)) && fm_is_array(b, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(scratch, 3 * (uint64_t)n, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(out, (uint64_t)count, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(are_measurable(a, reals) && are_measurable(b, reals), FM_E_ARG);
  const rng_stream stream = {.seed = seed, .purpose = RNG_DIRECTION};
  for (int i = 0; i < count; i++) out[i] = metric_sliced(a, b, n, dim, stream, (uint32_t)(first + i), scratch);
  return FM_OK;
}

int fm_pair_means(int kernel, double bandwidth, const real *a, int n, const real *b, int m, int dim, int first,
                  int count, double *out) {
  FM_REQUIRE(kernel == FM_PAIR_DISTANCE || kernel == FM_PAIR_GAUSSIAN, FM_E_ARG);
  FM_REQUIRE(bandwidth >= 1e-9 && bandwidth <= 1e18, FM_E_ARG);
  FM_REQUIRE(n >= 1 && n <= FM_MAX_POINTS && m >= 1 && m <= FM_MAX_POINTS && dim >= 1 && dim <= FM_MAX_DIM, FM_E_ARG);
  FM_REQUIRE(first >= 0 && count >= 1 && first <= n - count, FM_E_ARG);
  const uint64_t left = (uint64_t)n * (uint64_t)dim, right = (uint64_t)m * (uint64_t)dim;
  FM_REQUIRE(fm_is_array(a, left, sizeof(real)) && fm_is_array(b, right, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(out, (uint64_t)count, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(are_measurable(a, left) && are_measurable(b, right), FM_E_ARG);
  for (int i = 0; i < count; i++)
    out[i] = metric_pair_mean(kernel, bandwidth, a + (size_t)(first + i) * (size_t)dim, b, m, dim);
  return FM_OK;
}

uint32_t fm_assign_size(int n, int dim) {
  const int fits = n >= 1 && n <= FM_MAX_ASSIGN && dim >= 1 && dim <= FM_MAX_DIM;
  return fits ? coupling_scratch_size(n, dim) : 0;
}

int fm_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match) {
  FM_REQUIRE(fm_assign_size(n, dim) > 0, FM_E_ARG);
  const uint64_t reals = (uint64_t)n * (uint64_t)dim;
  FM_REQUIRE(fm_is_array(x0, reals, sizeof(real)) && fm_is_array(x1, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_aligned(scratch, 8) && fm_is_array(scratch, fm_assign_size(n, dim), 1), FM_E_ARG);
  FM_REQUIRE(fm_is_array(match, (uint64_t)n, sizeof(int32_t)), FM_E_ARG);
  FM_REQUIRE(model_all_finite(x0, reals) && model_all_finite(x1, reals), FM_E_ARG);
  coupling_assign(x0, x1, n, dim, scratch, match);
  return FM_OK;
}
