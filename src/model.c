/* model.c — struct fm_model, its layout, and the functions of fm.h that build it, set it up and save it.
 * Training and sampling through fm.h are in learn.c and flow.c. */
#include "model.h"

#include "digest.h"
#include "params.h"

enum { ALIGNMENT = 16 };
static const uint32_t MAGIC = 0x464d6d6f; /* "FMmo": tells a model from any other block */

static int has_slot(const double *params, int slot) {
  return slot == FM_EMA2 ? params[FM_EMA2_DECAY] > 0 : slot == FM_EMA3 ? params[FM_EMA3_DECAY] > 0 : 1;
}

static fm_model *model_layout(arena *a, const double *params) {
  /* While measuring there is no block yet: a model on the stack stands in for it, because sizes come from its shape. */
  fm_model stand_in, *placed = arena_take(a, 1, sizeof(fm_model)), *m = placed ? placed : &stand_in;
  shape_set(&m->field.shape, (int)params[FM_DIM], (int)params[FM_HIDDEN], (int)params[FM_LAYERS],
            (int)params[FM_FEATURES], (int)params[FM_CLASSES], params[FM_TIME_SCALE]);
  m->data = (dataset){.kind = (int)params[FM_DATA], .dim = (int)params[FM_DIM], .noise = params[FM_NOISE]};
  m->source = source_of((int)params[FM_SOURCE], (int)params[FM_DIM], params[FM_NOISE]);
  for (int i = 0; i < MODEL_SLOTS; i++)
    m->slot[i] = has_slot(params, i) ? arena_take(a, (uint64_t)m->field.shape.size, sizeof(real)) : NULL;
  field_layout(&m->field, a);
  train_layout(&m->trainer, &m->field, (int)params[FM_BATCH], (int)params[FM_OT_BATCH], a);
  if (params[FM_OPTIMISER] == FM_OPTIMISER_MUON) muon_layout(&m->muon, m->field.shape.hidden, a);
  adaptive_layout(&m->adaptive, &m->field, &m->trainer.shards[0].pass, &m->sampler.guide, a);
  sample_layout(&m->sampler, &m->field, &m->trainer.shards[0].pass, a);
  likelihood_layout(&m->likelihood, &m->sampler, &m->adaptive, a);
  oracle_layout(&m->oracle, &m->data, (int)params[FM_BATCH], a);
  return placed;
}

uint32_t fm_size(const double *params) {
  if (fm_check(params, NULL) != FM_OK) return 0;
  arena a = {0};
  model_layout(&a, params);
  return a.used <= UINT32_MAX ? (uint32_t)a.used : 0;
}

/* Refuses data whose standard deviation would not fit the parameter's own range: such a model could not be saved. */
static int measure_sigma_data(fm_model *m, const real *x, int n) {
  const double measured = dataset_std(x, n, m->field.shape.dim);
  FM_TRY(params_check_value(FM_SIGMA_DATA, measured));
  m->field.path.sigma_data = m->params[FM_SIGMA_DATA] = measured;
  return FM_OK;
}

static int needs_sigma(const fm_model *m) {
  return m->params[FM_PATH] == FM_PATH_VE || m->params[FM_WEIGHT] == FM_WEIGHT_EDM;
}

/* A model's sigma_data is measured on data that do not depend on its seed, so two seeds share one preconditioning. */
static int start_path(fm_model *m) {
  m->field.path = (path){.kind = (int)m->params[FM_PATH],
                         .sigma_min = m->params[FM_SIGMA_MIN],
                         .sigma_max = m->params[FM_SIGMA_MAX],
                         .sigma_data = m->params[FM_SIGMA_DATA],
                         .power = m->params[FM_PATH_POWER]};
  m->field.predict = condition_prepare(&m->field.path, (int)m->params[FM_PREDICT]);
  m->measures_sigma = m->params[FM_SIGMA_DATA] == 0 && needs_sigma(m);
  if (m->measures_sigma && m->data.kind != FM_DATA_POINTS) {
    dataset_draw(&m->data, (rng_stream){.purpose = RNG_MEASURE}, FM_SAMPLE_ROWS, m->sampler.state);
    return measure_sigma_data(m, m->sampler.state, FM_SAMPLE_ROWS);
  }
  return FM_OK;
}

int fm_init(void *block, uint32_t bytes, const double *params) {
  FM_TRY(fm_check(params, NULL));
  const uint32_t needed = fm_size(params);
  FM_REQUIRE(fm_is_aligned(block, ALIGNMENT) && fm_is_array(block, bytes, 1), FM_E_MEMORY);
  FM_REQUIRE(needed > 0 && bytes >= needed, FM_E_MEMORY);
  arena a = {.base = block};
  fm_model *m = model_layout(&a, params);
  m->magic = MAGIC;
  for (int i = 0; i < FM_PARAM_COUNT; i++) m->params[i] = params[i];
  m->first_coupling = params[FM_COUPLING];
  m->sampler.guide = (guide){0};
  m->guided = 0;
  m->pair_x0 = m->pair_x1 = NULL;
  m->pair_labels = NULL;
  m->pairs = 0;
  timenet_start(&m->field.time);
  train_start(&m->trainer);
  pool_start(&m->pool);
  oracle_start(&m->oracle, &m->data, (int)params[FM_BATCH], (int)params[FM_CLASSES]);
  FM_TRY(start_path(m));
  return fm_reset(m);
}

int model_is(const fm_model *m) {
  return fm_is_aligned(m, ALIGNMENT) && fm_is_array(m, 1, sizeof *m) && m->magic == MAGIC;
}

int model_are_labels(const int32_t *labels, int n, int most) {
  if (!fm_is_array(labels, (uint64_t)n, sizeof(int32_t))) return 0;
  for (int i = 0; i < n; i++)
    if (labels[i] < 0 || labels[i] > most) return 0;
  return 1;
}

int model_has_field(const fm_model *m) {
  return path_is_complete(&m->field.path) && (!needs_sigma(m) || m->field.path.sigma_data > 0);
}

int model_all_finite(const real *x, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (!fm_is_finite((double)x[i])) return 0;
  return 1;
}

/* By slot. Training keeps gradients below 1e18, and with them the moments of AdamW and, momentum at most 0.99, those of Muon
 * below 1e20; then no update exceeds 1e37, whatever lr and eps, and weights below 1e38 stay finite in the next step. */
static const double LARGEST_RESTORED[MODEL_SLOTS] = {
    [FM_RAW] = 1e38, [FM_EMA] = 1e38, [FM_MOMENT] = 1e20, [FM_VARIANCE] = 1e36, [FM_EMA2] = 1e38, [FM_EMA3] = 1e38};

static int all_bounded(const real *x, int count, double bound) {
  for (int i = 0; i < count; i++)
    if (!((double)x[i] >= -bound && (double)x[i] <= bound)) return 0; /* NaN fails both */
  return 1;
}

int model_are_weights(const fm_model *m, int weights) {
  if (weights != FM_RAW && weights != FM_EMA && weights != FM_EMA2 && weights != FM_EMA3) return 0;
  return m->slot[weights] != NULL;
}

int model_is_time(double t) { return t >= 0 && t <= 1; }

int model_are_times(const double *times, int count) {
  for (int i = 0; i < count; i++) {
    if (!model_is_time(times[i])) return 0;
    if (i > 0 && (times[1] > times[0] ? !(times[i] > times[i - 1]) : !(times[i] < times[i - 1]))) return 0;
  }
  return 1;
}

int model_can_write(const fm_model *m, const real *x, int n) {
  return n <= FM_MAX_POINTS && fm_is_array(x, (uint64_t)n * (uint64_t)m->field.shape.dim, sizeof(real));
}

int model_are_points(const fm_model *m, const real *x, int n) {
  const uint64_t reals = (uint64_t)n * (uint64_t)m->field.shape.dim;
  return n <= FM_MAX_POINTS && fm_is_array(x, reals, sizeof(real)) && model_all_finite(x, reals);
}

static void start_stats(fm_model *m, fm_stats stats) {
  m->stats = stats;
  m->bins = (train_bins){{0}, {0}};
}

static void copy_slot(const fm_model *m, int from, int to) {
  for (int i = 0; i < m->field.shape.size && m->slot[to]; i++) m->slot[to][i] = m->slot[from][i];
}

/* A round begins at the weights in slot `from`, which every average is then of. */
static void start_slots(fm_model *m, int from) {
  static const int WEIGHTS[] = {FM_RAW, FM_EMA, FM_EMA2, FM_EMA3};
  for (int k = 0; k < 4; k++) copy_slot(m, from, WEIGHTS[k]);
  for (int i = 0; i < m->field.shape.size; i++)
    m->slot[FM_MOMENT][i] = m->slot[FM_VARIANCE][i] = m->slot[FM_GRADIENT][i] = 0;
}

int fm_reset(fm_model *m) {
  FM_REQUIRE(model_is(m), FM_E_ARG);
  shape_init(&m->field.shape, (rng_stream){.seed = (uint32_t)m->params[FM_SEED], .purpose = RNG_WEIGHTS},
             m->slot[FM_RAW]);
  start_slots(m, FM_RAW);
  m->params[FM_COUPLING] = m->first_coupling;
  start_stats(m, (fm_stats){0});
  return FM_OK;
}

/* ---- Parameters ----------------------------------------------------------------------------------------- */

int fm_param_get(const fm_model *m, int index, double *value) {
  FM_REQUIRE(model_is(m) && fm_param_info(index) && fm_is_array(value, 1, sizeof(double)), FM_E_ARG);
  *value = m->params[index];
  return FM_OK;
}

int fm_param_set(fm_model *m, int index, double value) {
  FM_REQUIRE(model_is(m) && fm_param_info(index) && fm_param_info(index)->live, FM_E_ARG);
  const double before = m->params[index];
  m->params[index] = value;
  if (params_check(m->params, NULL) != FM_OK) {
    m->params[index] = before;
    return FM_E_ARG;
  }
  if (index == FM_COUPLING && m->stats.round == 0) m->first_coupling = value;
  return FM_OK;
}

int fm_points_set(fm_model *m, const real *points, int n) {
  FM_REQUIRE(model_is(m) && n >= 1, FM_E_ARG);
  FM_REQUIRE(m->data.kind == FM_DATA_POINTS, FM_E_STATE);
  FM_REQUIRE(model_are_points(m, points, n), FM_E_ARG);
  if (m->measures_sigma) FM_TRY(measure_sigma_data(m, points, n));
  m->data.points = points;
  m->data.count = n;
  m->data.labels = NULL;
  return FM_OK;
}

int fm_source_set(fm_model *m, const real *points, int n) {
  FM_REQUIRE(model_is(m) && n >= 1, FM_E_ARG);
  FM_REQUIRE(model_are_points(m, points, n), FM_E_ARG);
  FM_REQUIRE(m->params[FM_SOURCE] == FM_SOURCE_POINTS, FM_E_STATE);
  m->source.set.points = points;
  m->source.set.count = n;
  return FM_OK;
}

/* A class without a point could never be learned. */
static int all_present(const int32_t *labels, int n, int classes) {
  uint8_t seen[FM_MAX_CLASSES] = {0};
  for (int i = 0; i < n; i++) seen[labels[i]] = 1;
  for (int c = 0; c < classes; c++)
    if (!seen[c]) return 0;
  return 1;
}

int fm_labels_set(fm_model *m, const int32_t *labels, int n) {
  FM_REQUIRE(model_is(m) && n >= 1, FM_E_ARG);
  const int classes = m->field.shape.classes;
  FM_REQUIRE(m->data.kind == FM_DATA_POINTS && m->data.count > 0 && classes > 0, FM_E_STATE);
  FM_REQUIRE(n == m->data.count && model_are_labels(labels, n, classes - 1), FM_E_ARG);
  FM_REQUIRE(all_present(labels, n, classes), FM_E_ARG);
  m->data.labels = labels;
  return FM_OK;
}

int fm_path_set(fm_model *m, const real *alpha, const real *sigma, int count, int *bad) {
  FM_REQUIRE(bad == NULL || fm_is_array(bad, 1, sizeof(int)), FM_E_ARG);
  if (bad) *bad = -1;
  FM_REQUIRE(model_is(m) && count >= 2 && count <= FM_MAX_PATH, FM_E_ARG);
  FM_REQUIRE(fm_is_array(alpha, (uint64_t)count, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(sigma, (uint64_t)count, sizeof(real)), FM_E_ARG);
  path *path = &m->field.path;
  FM_REQUIRE(path->kind == FM_PATH_CUSTOM, FM_E_STATE);
  const int fault = path_fault(alpha, sigma, count);
  if (bad) *bad = fault;
  FM_REQUIRE(fault < 0, FM_E_ARG);
  path->alpha = alpha, path->sigma = sigma, path->count = count;
  m->field.predict = condition_prepare(path, m->field.predict.quantity);
  return FM_OK;
}

int fm_pairs_set(fm_model *m, const real *x0, const real *x1, int n) {
  FM_REQUIRE(model_is(m) && n >= 1, FM_E_ARG);
  FM_REQUIRE(model_are_points(m, x0, n) && model_are_points(m, x1, n), FM_E_ARG);
  m->pair_x0 = x0;
  m->pair_x1 = x1;
  m->pair_labels = NULL;
  m->pairs = n;
  return FM_OK;
}

int fm_pair_labels_set(fm_model *m, const int32_t *labels, int n) {
  FM_REQUIRE(model_is(m) && n >= 1, FM_E_ARG);
  FM_REQUIRE(m->pairs > 0 && m->field.shape.classes > 0, FM_E_STATE);
  FM_REQUIRE(n == m->pairs && model_are_labels(labels, n, m->field.shape.classes), FM_E_ARG);
  m->pair_labels = labels;
  return FM_OK;
}

int model_has_pairs(const fm_model *m) {
  return m->pairs > 0 && (m->field.shape.classes == 0 || m->pair_labels != NULL);
}

int fm_reflow_begin(fm_model *m) {
  FM_REQUIRE(model_is(m), FM_E_ARG);
  FM_REQUIRE(m->params[FM_SDE] == FM_SDE_NONE, FM_E_STATE);
  FM_REQUIRE(model_has_pairs(m) && m->field.predict.quantity != FM_PREDICT_SCORE && m->stats.round < MODEL_MOST_ROUNDS,
             FM_E_STATE);
  start_slots(m, FM_EMA);
  m->params[FM_COUPLING] = FM_COUPLING_PAIRED;
  start_stats(m, (fm_stats){.round = m->stats.round + 1});
  return FM_OK;
}

/* ---- Threads ---------------------------------------------------------------------------------------------- */

int fm_threads(fm_model *m, int threads, int patience_ms) {
  FM_REQUIRE(model_is(m) && threads >= 1 && threads <= POOL_MOST && patience_ms >= 1, FM_E_ARG);
  return pool_expect(&m->pool, threads, patience_ms);
}

int fm_serve(fm_model *m) {
  FM_REQUIRE(model_is(m), FM_E_ARG);
  pool_serve(&m->pool);
  return FM_OK;
}

int fm_threads_stop(fm_model *m) {
  FM_REQUIRE(model_is(m), FM_E_ARG);
  pool_stop(&m->pool);
  return FM_OK;
}

/* ---- State ---------------------------------------------------------------------------------------------- */

int fm_tensor_count(const fm_model *m) { return model_is(m) ? m->field.shape.count : 0; }

const fm_tensor *fm_tensor_info(const fm_model *m, int index) {
  return model_is(m) && index >= 0 && index < m->field.shape.count ? &m->field.shape.tensors[index] : NULL;
}

int fm_slot_size(const fm_model *m) { return model_is(m) ? m->field.shape.size : 0; }

real *fm_slot(fm_model *m, int slot) { return model_is(m) && slot >= 0 && slot < MODEL_SLOTS ? m->slot[slot] : NULL; }

const fm_stats *fm_stats_get(const fm_model *m) { return model_is(m) ? &m->stats : NULL; }

int fm_restore(fm_model *m, int step, int round) {
  FM_REQUIRE(model_is(m) && step >= 0 && step <= MODEL_MOST_STEPS, FM_E_ARG);
  FM_REQUIRE(round >= 0 && round <= MODEL_MOST_ROUNDS, FM_E_ARG);
  for (int i = 0; i < MODEL_SLOTS; i++)
    if (i != FM_GRADIENT && m->slot[i])
      FM_REQUIRE(all_bounded(m->slot[i], m->field.shape.size, LARGEST_RESTORED[i]), FM_E_FORMAT);
  for (int i = 0; i < m->field.shape.size; i++) FM_REQUIRE(m->slot[FM_VARIANCE][i] >= 0, FM_E_FORMAT);
  start_stats(m, (fm_stats){.step = step, .round = round});
  return FM_OK;
}

int fm_digest(const void *data, uint32_t bytes, uint8_t *out) {
  FM_REQUIRE(fm_is_array(data, bytes, 1) && fm_is_array(out, 32, 1), FM_E_ARG);
  digest_sha256(data, bytes, out);
  return FM_OK;
}
