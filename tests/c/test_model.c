/* The model behind fm.h: initial weights, refusals that change nothing, divergence that is undone, and runs that do not
 * depend on how they are cut, saved or restored. */
#include "fm.h"

#include "check.h"

typedef struct {
  fm_model *model;
  uint32_t bytes;
} made;

/* Rows to change in the default preset, ended by index -1. */
typedef struct {
  int index;
  double value;
} setting;
#define END \
  { -1, 0 }

static void params_with(const setting *settings, double *params) {
  fm_preset(FM_PRESET_DEFAULT, params);
  params[FM_HIDDEN] = 12, params[FM_FEATURES] = 8, params[FM_BATCH] = 40, params[FM_SEED] = 5;
  for (; settings->index >= 0; settings++) params[settings->index] = settings->value;
}

static made make(const setting *settings) {
  double params[FM_PARAM_COUNT];
  params_with(settings, params);
  const uint32_t bytes = fm_size(params);
  check(bytes > 0, "fm_size refuses");
  made m = {guarded(bytes ? bytes : 16), bytes};
  memset(m.model, 0xa5, bytes); /* nothing may rely on a clean block */
  const int status = fm_init(m.model, bytes, params);
  check(status == FM_OK, "fm_init gives %d", status);
  return m;
}

static int slots_equal(made a, made b) {
  const size_t bytes = (size_t)fm_slot_size(a.model) * sizeof(real);
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    if (memcmp(fm_slot(a.model, slot), fm_slot(b.model, slot), bytes) != 0) return 0;
  return 1;
}

static int slots_finite(made m) {
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    for (int i = 0; i < fm_slot_size(m.model); i++)
      if (!isfinite(fm_slot(m.model, slot)[i])) return 0;
  return 1;
}

static made copy_of(made m, const setting *settings) {
  made copy = make(settings);
  const size_t bytes = (size_t)fm_slot_size(m.model) * sizeof(real);
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++) memcpy(fm_slot(copy.model, slot), fm_slot(m.model, slot), bytes);
  const fm_stats *stats = fm_stats_get(m.model);
  check(fm_restore(copy.model, stats->step, stats->round) == FM_OK, "fm_restore refuses");
  return copy;
}

/* ---- Beginning ------------------------------------------------------------------------------------ */

static void check_init(void) {
  promise("initial weights and biases fill U(-1/sqrt(fan_in), 1/sqrt(fan_in)), tensors named and laid without gaps");
  made m = make((const setting[]){{FM_HIDDEN, 64}, {FM_FEATURES, 128}, {FM_LAYERS, 3}, END});
  const char *names[] = {"t_embed.1.weight", "t_embed.1.bias", "t_embed.3.weight", "t_embed.3.bias",
                         "net.0.weight",     "net.0.bias",     "net.2.weight",     "net.2.bias",
                         "net.4.weight",     "net.4.bias",     "net.6.weight",     "net.6.bias"};
  const int rows[] = {64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 2, 2},
            cols[] = {128, 1, 64, 1, 66, 1, 64, 1, 64, 1, 64, 1};
  check(fm_tensor_count(m.model) == 12, "%d tensors", fm_tensor_count(m.model));
  int offset = 0, fan_in = 0;
  for (int i = 0; i < fm_tensor_count(m.model); i++) {
    const fm_tensor *t = fm_tensor_info(m.model, i);
    check(strcmp(t->name, names[i]) == 0, "tensor %d is %s", i, t->name);
    check(t->rows == rows[i] && t->cols == cols[i] && t->rank == (i % 2 ? 1 : 2), "%s: %d x %d", t->name, t->rows,
          t->cols);
    check(t->offset == offset, "%s at %d, not %d", t->name, t->offset, offset);
    offset += t->rows * t->cols;
    if (i % 2 == 0) fan_in = t->cols;
    const double bound = 1 / sqrt(fan_in);
    const int count = t->rows * t->cols;
    double mean = 0, square = 0, most = 0;
    for (int j = 0; j < count; j++) {
      const double w = fm_slot(m.model, FM_RAW)[t->offset + j];
      mean += w / count, square += w * w / count, most = fmax(most, fabs(w));
    }
    check(most < bound * (1 + 1e-6), "%s reaches %g of %g", t->name, most, bound);
    check(count < 1000 || most > 0.99 * bound, "%s reaches only %g of %g", t->name, most, bound);
    check(fabs(mean) < 5 * bound / sqrt(3.0 * count), "%s: mean %g", t->name, mean);
    check(fabs(square / (bound * bound / 3) - 1) < 5 * sqrt(0.8 / count), "%s: variance %g", t->name, square);
  }
  check(offset == fm_slot_size(m.model), "%d reals, slot of %d", offset, fm_slot_size(m.model));
  for (int i = 0; i < offset; i++)
    check(fm_slot(m.model, FM_EMA)[i] == fm_slot(m.model, FM_RAW)[i] && fm_slot(m.model, FM_MOMENT)[i] == 0 &&
              fm_slot(m.model, FM_VARIANCE)[i] == 0,
          "slot value %d", i);
  free(m.model);

  promise("the same seed gives the same weights, another seed others, and reset returns to them");
  made a = make((const setting[]){END}), b = make((const setting[]){END}),
       c = make((const setting[]){{FM_SEED, 6}, END});
  check(slots_equal(a, b), "same seed");
  check(!slots_equal(a, c), "other seed");
  check(fm_train(a.model, 5, NULL) == FM_OK && !slots_equal(a, b), "training moves");
  check(fm_reset(a.model) == FM_OK && slots_equal(a, b) && fm_stats_get(a.model)->step == 0, "reset");
  free(a.model), free(b.model), free(c.model);
}

/* ---- Refusals ------------------------------------------------------------------------------------- */

static uint8_t block_hash[2][32];

/* Runs `call`, which must give `status`, and asserts that no byte of the model has changed. */
#define REFUSED(m, status, call)                                                         \
  do {                                                                                   \
    fm_digest((m).model, (m).bytes, block_hash[0]);                                      \
    const int got_ = (call);                                                             \
    fm_digest((m).model, (m).bytes, block_hash[1]);                                      \
    check(got_ == (status), "%s gives %d", #call, got_);                                 \
    check(memcmp(block_hash[0], block_hash[1], 32) == 0, "%s changed the model", #call); \
  } while (0)

static void check_refusals(void) {
  promise("every refused call gives the documented status and changes no byte of the model");
  enum { B = 40 };
  made m = make((const setting[]){END});
  real t[B], x0[2 * B], x1[2 * B], v[2 * B];
  double value, losses[2];
  check(fm_train(m.model, 3, NULL) == FM_OK && fm_batch(m.model, 0, t, x0, x1) == FM_OK, "a good start");
  const real *misaligned = (const real *)(const void *)((const char *)x0 + 1);
  fm_model *other = (fm_model *)(void *)((char *)m.model + 16);

  REFUSED(m, FM_E_ARG, fm_train(m.model, -1, NULL));
  REFUSED(m, FM_E_ARG, fm_train(m.model, 1, (double *)(void *)((char *)losses + 4)));
  REFUSED(m, FM_E_ARG, fm_train(NULL, 1, NULL));
  REFUSED(m, FM_E_ARG, fm_train(other, 1, NULL));
  REFUSED(m, FM_E_ARG, fm_train_batch(m.model, t, x0, x1, 0));
  REFUSED(m, FM_E_ARG, fm_train_batch(m.model, t, x0, x1, -1));
  REFUSED(m, FM_E_ARG, fm_train_batch(m.model, NULL, x0, x1, B));
  REFUSED(m, FM_E_ARG, fm_train_batch(m.model, t, misaligned, x1, B));
  REFUSED(m, FM_E_ARG, fm_loss(m.model, t, x0, NULL, B));
  REFUSED(m, FM_E_ARG, fm_batch(m.model, -1, t, x0, x1));
  REFUSED(m, FM_E_ARG, fm_batch(m.model, 0, NULL, x0, x1));
  REFUSED(m, FM_E_ARG, fm_velocity(m.model, FM_MOMENT, t, x0, B, v));
  REFUSED(m, FM_E_ARG, fm_velocity(m.model, FM_RAW, t, x0, 0, v));
  REFUSED(m, FM_E_ARG, fm_velocity(m.model, FM_RAW, t, x0, B, NULL));
  REFUSED(m, FM_E_ARG, fm_noise(m.model, 1, 0, 0, v));
  REFUSED(m, FM_E_ARG, fm_noise(m.model, 1, 0xffffffff, B, v));
  REFUSED(m, FM_E_ARG, fm_data(m.model, 1, -5, v));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, 9, 5, 0, 1, x0, B));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 0, 0, 1, x0, B));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 10001, 0, 1, x0, B));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 5, -0.1, 1, x0, B));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 5, 0, NAN, x0, B));
  REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_VARIANCE, FM_SOLVER_EULER, 5, 0, 1, x0, B));
  REFUSED(m, FM_E_ARG, fm_straightness(m.model, FM_RAW, 0, x0, B, v, v));
  REFUSED(m, FM_E_ARG, fm_straightness(m.model, FM_RAW, 5, x0, B, NULL, v));
  REFUSED(m, FM_E_ARG, fm_param_get(m.model, -1, &value));
  REFUSED(m, FM_E_ARG, fm_param_get(m.model, FM_PARAM_COUNT, &value));
  REFUSED(m, FM_E_ARG, fm_param_set(m.model, FM_HIDDEN, 13));
  REFUSED(m, FM_E_ARG, fm_param_set(m.model, FM_LR, -1));
  REFUSED(m, FM_E_ARG, fm_param_set(m.model, FM_LR, NAN));
  REFUSED(m, FM_E_ARG, fm_param_set(m.model, FM_WARMUP, 2.5));
  REFUSED(m, FM_E_ARG, fm_param_set(m.model, FM_PARAM_COUNT, 1));
  REFUSED(m, FM_E_STATE, fm_points_set(m.model, x0, B));
  REFUSED(m, FM_E_ARG, fm_pairs_set(m.model, x0, NULL, B));
  REFUSED(m, FM_E_ARG, fm_pairs_set(m.model, x0, x1, 0));
  REFUSED(m, FM_E_STATE, fm_reflow_begin(m.model));
  REFUSED(m, FM_E_ARG, fm_restore(m.model, -1, 0));
  REFUSED(m, FM_E_ARG, fm_restore(m.model, 0, -1));
  for (int i = 0; i < 4; i++) {
    const real bad[] = {NAN, INFINITY, -0.01f, 1.01f}, kept_t = t[7], kept_x = x1[7];
    t[7] = bad[i];
    REFUSED(m, FM_E_ARG, fm_train_batch(m.model, t, x0, x1, B));
    REFUSED(m, FM_E_ARG, fm_velocity(m.model, FM_RAW, t, x0, B, v));
    t[7] = kept_t;
    if (i > 1) continue;
    x1[7] = bad[i];
    REFUSED(m, FM_E_ARG, fm_train_batch(m.model, t, x0, x1, B));
    REFUSED(m, FM_E_ARG, fm_pairs_set(m.model, x0, x1, B));
    REFUSED(m, FM_E_ARG, fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 5, 0, 1, x1, B));
    x1[7] = kept_x;
  }
  check(fm_slot(m.model, -1) == NULL && fm_slot(m.model, FM_GRADIENT + 1) == NULL, "unknown slots");
  check(fm_tensor_info(m.model, -1) == NULL && fm_tensor_info(m.model, 99) == NULL, "unknown tensors");
  free(m.model);
}

static void check_states(void) {
  promise("points and pairs are needed before training with them, and only where they belong");
  real points[] = {0, 0, 0, 1, 1, 0, 2, 2, 2}, bad[] = {0, NAN, 0};
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_DIM, 3}, END});
  real t[40], x0[120], x1[120];
  REFUSED(m, FM_E_STATE, fm_train(m.model, 1, NULL));
  REFUSED(m, FM_E_STATE, fm_batch(m.model, 0, t, x0, x1));
  REFUSED(m, FM_E_STATE, fm_data(m.model, 1, 40, x1));
  REFUSED(m, FM_E_ARG, fm_points_set(m.model, bad, 1));
  REFUSED(m, FM_E_ARG, fm_points_set(m.model, points, 0));
  REFUSED(m, FM_E_ARG, fm_points_set(m.model, NULL, 3));
  check(fm_points_set(m.model, points, 3) == FM_OK && fm_train(m.model, 2, NULL) == FM_OK, "points given");
  check(fm_param_set(m.model, FM_COUPLING, FM_COUPLING_PAIRED) == FM_OK, "paired");
  REFUSED(m, FM_E_STATE, fm_train(m.model, 1, NULL));
  check(fm_pairs_set(m.model, points, points, 3) == FM_OK && fm_train(m.model, 2, NULL) == FM_OK, "pairs given");
  free(m.model);
}

static void check_blocks(void) {
  promise("a bad configuration or block is refused before anything is written");
  double params[FM_PARAM_COUNT];
  static const setting BAD[] = {{FM_DIM, 3},      {FM_DIM, 0},       {FM_HIDDEN, 513},        {FM_LAYERS, 9},
                                {FM_FEATURES, 7}, {FM_SEED, -1},     {FM_SEED, 4294967296.0}, {FM_BATCH, 8193},
                                {FM_LR, NAN},     {FM_LR, INFINITY}, {FM_HIDDEN, 2.5},        {FM_SIGMA_MIN, 1},
                                {FM_DATA, 7},     {FM_PATH, -1},     {FM_BETA1, 1},           {FM_SOLVER_STEPS, 0}};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    int bad = -1;
    params_with((const setting[]){{FM_SIGMA_MAX, 1}, BAD[i], END}, params);
    check(fm_check(params, &bad) == FM_E_ARG && bad == BAD[i].index, "row %d: bad is %d", BAD[i].index, bad);
    check(fm_size(params) == 0, "row %d has a size", BAD[i].index);
  }
  params_with((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, {FM_BATCH, 2049}, END}, params);
  int bad = -1;
  check(fm_check(params, &bad) == FM_E_ARG && bad == FM_BATCH, "ot batch: bad is %d", bad);

  params_with((const setting[]){END}, params);
  const uint32_t bytes = fm_size(params);
  uint8_t *block = guarded(bytes + 16);
  memset(block, 7, bytes + 16);
  check(fm_init(block, bytes - 1, params) == FM_E_MEMORY, "too small");
  check(fm_init(NULL, bytes, params) == FM_E_MEMORY, "null");
  check(fm_init(block + 4, bytes, params) == FM_E_MEMORY, "misaligned");
  check(fm_init(block, bytes, NULL) == FM_E_ARG, "no parameters");
  for (uint32_t i = 0; i < bytes + 16; i++) check(block[i] == 7, "byte %u was written", i);
  free(block);
}

/* ---- Training ------------------------------------------------------------------------------------- */

static void check_chunks(void) {
  promise("1 x 60 steps, 60 x 1 and ragged pieces give the same bits, for every path and coupling");
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++)
    for (int coupling = FM_COUPLING_INDEPENDENT; coupling <= FM_COUPLING_OT; coupling++) {
      const setting settings[] = {{FM_PATH, path}, {FM_COUPLING, coupling}, END};
      double losses[60], again[60];
      made whole = make(settings), single = make(settings), ragged = make(settings);
      check(fm_train(whole.model, 60, losses) == FM_OK, "whole");
      for (int i = 0; i < 60; i++) fm_train(single.model, 1, again + i);
      check(slots_equal(whole, single) && memcmp(losses, again, sizeof losses) == 0, "path %d by 1", path);
      for (int done = 0, piece = 1; done < 60; done += piece, piece = piece % 17 + 3) {
        if (piece > 60 - done) piece = 60 - done;
        real x[20] = {0}; /* measuring in between must not disturb the run */
        fm_sample(ragged.model, FM_EMA, FM_SOLVER_EULER, 3, 0, 1, x, 10);
        fm_train(ragged.model, piece, again + done);
      }
      check(slots_equal(whole, ragged) && memcmp(losses, again, sizeof losses) == 0, "path %d ragged", path);
      free(whole.model), free(single.model), free(ragged.model);
    }
}

static void check_resume(void) {
  promise("slots, step and round carried to a new model continue to the same bits");
  for (int cut = 0; cut <= 30; cut += 6) {
    made whole = make((const setting[]){END}), first = make((const setting[]){END});
    fm_train(whole.model, 30, NULL);
    fm_train(first.model, cut, NULL);
    made second = copy_of(first, (const setting[]){{FM_SEED, 5}, END});
    check(fm_train(second.model, 30 - cut, NULL) == FM_OK && slots_equal(whole, second), "cut at %d", cut);
    check(fm_stats_get(second.model)->step == 30, "step %d", fm_stats_get(second.model)->step);
    free(whole.model), free(first.model), free(second.model);
  }
  promise("restored state that is not finite, or a negative variance, is refused as format");
  made m = make((const setting[]){END});
  const real bad[] = {NAN, INFINITY, -INFINITY};
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    for (int i = 0; i < 3; i++) {
      real *place = fm_slot(m.model, slot) + fm_slot_size(m.model) - 1, kept = *place;
      *place = bad[i];
      check(fm_restore(m.model, 0, 0) == FM_E_FORMAT, "slot %d", slot);
      *place = kept;
    }
  fm_slot(m.model, FM_VARIANCE)[0] = -1e-9f;
  check(fm_restore(m.model, 0, 0) == FM_E_FORMAT, "negative variance");
  free(m.model);
}

static void check_batches(void) {
  promise("training on the batches that fm_batch tells gives the bits of fm_train, and fm_loss moves nothing");
  enum { B = 40 };
  real t[B], x0[2 * B], x1[2 * B];
  made whole = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  made given = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  double losses[10];
  fm_train(whole.model, 10, losses);
  for (int i = 0; i < 10; i++) {
    check(fm_batch(given.model, i, t, x0, x1) == FM_OK, "batch %d", i);
    check(fm_loss(given.model, t, x0, x1, B) == FM_OK && fm_stats_get(given.model)->loss == losses[i], "loss %d", i);
    check(fm_stats_get(given.model)->step == i, "step %d", fm_stats_get(given.model)->step);
    check(fm_train_batch(given.model, t, x0, x1, B) == FM_OK, "step %d", i);
    check(fm_stats_get(given.model)->loss == losses[i], "loss %d is %.17g", i, fm_stats_get(given.model)->loss);
  }
  check(slots_equal(whole, given), "after 10 steps");
  free(whole.model), free(given.model);
}

/* ---- Divergence ----------------------------------------------------------------------------------- */

/* Trains until it diverges or `steps` are done; a divergence must leave the bits of the last good step. */
static int train_watching(made m, const setting *settings, int steps) {
  for (int i = 0; i < steps; i++) {
    made before = copy_of(m, settings);
    const int status = fm_train(m.model, 1, NULL);
    const fm_stats *stats = fm_stats_get(m.model);
    check(slots_finite(m), "step %d left a value that is not finite", i);
    if (status == FM_E_DIVERGED) {
      check(slots_equal(m, before) && stats->step == i, "the step that diverged was not undone: step %d", stats->step);
      check(stats->cause != FM_CAUSE_NONE, "no cause");
      check(fm_train(m.model, 5, NULL) == FM_E_DIVERGED && slots_equal(m, before), "the next call moved");
      free(before.model);
      return 1;
    }
    check(status == FM_OK && isfinite(stats->loss), "step %d: status %d, loss %g", i, status, stats->loss);
    free(before.model);
  }
  return 0;
}

static void check_divergence(void) {
  promise("absurd learning rates end finite or diverged, with the last good weights kept");
  int diverged = 0;
  for (int clip = 0; clip < 2; clip++)
    for (double lr = 1e-2; lr <= 10; lr *= 10) {
      const setting settings[] = {{FM_LR, lr},
                                  {FM_CLIP, clip},
                                  {FM_SCHEDULE, FM_SCHEDULE_CONSTANT},
                                  {FM_BETA1, 0},
                                  {FM_BETA2, 0},
                                  {FM_LAYERS, 8},
                                  END};
      made m = make(settings);
      diverged += train_watching(m, settings, 120);
      free(m.model);
    }
  check(diverged > 0, "no run diverged, so nothing was shown");
  note("%d of 8 runs diverged", diverged);
}

static void check_causes(void) {
  promise("a diverged step names its cause: the loss, or the gradient where the loss is still bounded");
  /* A squared error of 1e24 leaves the range. A last layer of zeros hides activations of 1e25 from the loss alone. */
  static const real FAR[] = {1e12f, -1e12f};
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, END});
  check(fm_points_set(m.model, FAR, 1) == FM_OK && fm_train(m.model, 1, NULL) == FM_E_DIVERGED, "far point");
  check(fm_stats_get(m.model)->cause == FM_CAUSE_LOSS, "cause %d", fm_stats_get(m.model)->cause);
  free(m.model);
  m = make((const setting[]){{FM_LAYERS, 1}, END});
  real *weights = fm_slot(m.model, FM_RAW);
  const fm_tensor *bias = fm_tensor_info(m.model, 5), *last = fm_tensor_info(m.model, 6);
  for (int i = 0; i < bias->rows; i++) weights[bias->offset + i] = 1e25f;
  for (int i = 0; i < last->rows * last->cols; i++) weights[last->offset + i] = 0;
  check(fm_train(m.model, 1, NULL) == FM_E_DIVERGED, "huge activations");
  check(fm_stats_get(m.model)->cause == FM_CAUSE_GRADIENT, "cause %d", fm_stats_get(m.model)->cause);
  check(fm_stats_get(m.model)->step == 0 && slots_finite(m), "the step counted");
  free(m.model);
}

static void check_data_extremes(void) {
  promise("huge, constant or single points train or diverge without a value that is not finite");
  static const real SETS[][8] = {{1e30f, 1e30f, -1e30f, 1e30f, 1e30f, -1e30f, 0, 0},
                                 {3.4e38f, -3.4e38f, 3.4e38f, 3.4e38f, 0, 0, 1, 1},
                                 {2.5f, -1, 2.5f, -1, 2.5f, -1, 2.5f, -1},
                                 {1e-40f, 0, 0, 1e-40f, 1e-40f, 1e-40f, 0, 0}};
  int diverged = 0;
  for (int s = 0; s < 4; s++)
    for (int n = 1; n <= 4; n += 3)
      for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++)
        for (int coupling = FM_COUPLING_INDEPENDENT; coupling <= FM_COUPLING_OT; coupling++) {
          made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_PATH, path}, {FM_COUPLING, coupling}, END});
          check(fm_points_set(m.model, SETS[s], n) == FM_OK, "set %d refused", s);
          const int status = fm_train(m.model, 20, NULL), step = fm_stats_get(m.model)->step;
          check(status == FM_OK || status == FM_E_DIVERGED, "set %d: status %d", s, status);
          check(status == FM_OK ? step == 20 : step < 20, "set %d: status %d at step %d", s, status, step);
          check(slots_finite(m), "set %d, n %d, path %d: not finite", s, n, path);
          diverged += status == FM_E_DIVERGED;
          /* A spread of 1e-40 has no reciprocal in float, so ve cannot bring it to unit scale; the rest must train. */
          if (s == 2 || (s == 3 && path != FM_PATH_VE)) check(status == FM_OK, "set %d, n %d, path %d", s, n, path);
          free(m.model);
        }
  check(diverged > 0, "no run diverged");
  note("%d of 48 runs diverged, none on constant points", diverged);
}

/* ---- Flow ----------------------------------------------------------------------------------------- */

/* Zero weights and an output bias make v constant: everything about the flow is then known. */
static void check_constant_field(void) {
  promise("a constant field moves points along it by every solver, straight, and back");
  made m = make((const setting[]){END});
  const int size = fm_slot_size(m.model), dim = 2;
  for (int slot = FM_RAW; slot <= FM_EMA; slot++) {
    memset(fm_slot(m.model, slot), 0, (size_t)size * sizeof(real));
    fm_slot(m.model, slot)[size - 2] = 3, fm_slot(m.model, slot)[size - 1] = -4;
  }
  check(fm_restore(m.model, 0, 0) == FM_OK, "restore");
  real x[50], start[50], straightness[25], cost[25];
  for (int solver = FM_SOLVER_EULER; solver <= FM_SOLVER_RK4; solver++)
    for (int back = 0; back < 2; back++) {
      fm_noise(m.model, 4, 0, 25, start);
      memcpy(x, start, sizeof x);
      check(fm_sample(m.model, FM_EMA, solver, 8, back, !back, x, 25) == FM_OK, "solver %d", solver);
      for (int i = 0; i < 50; i++) {
        const double truth = start[i] + (i % dim ? -4.0 : 3.0) * (back ? -1 : 1);
        check(fabs(x[i] - truth) < 2e-6, "solver %d, back %d: %g, not %g", solver, back, x[i], truth);
      }
    }
  check(fm_straightness(m.model, FM_RAW, 10, start, 25, straightness, cost) == FM_OK, "straightness");
  for (int i = 0; i < 25; i++)
    check(straightness[i] < 1e-10 && fabs(cost[i] - 25) < 1e-4, "straightness %g, cost %g", straightness[i], cost[i]);
  free(m.model);
}

static void check_flow_cuts(void) {
  promise("a point's sample, velocity and straightness have the same bits alone and in any company, for every path");
  enum { N = 2100 }; /* more than two pieces of the sampler */
  real *all = guarded(N * 2 * sizeof(real)), *out = guarded(N * 2 * sizeof(real)), *t = guarded(N * sizeof(real));
  real *straight = guarded(N * sizeof(real)), *cost = guarded(N * sizeof(real));
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++) {
    made m = make((const setting[]){{FM_PATH, path}, END});
    fm_train(m.model, 20, NULL);
    fm_noise(m.model, 9, 0, N, all);
    for (int i = 0; i < N; i++) t[i] = (real)((i % 7) / 7.0);
    fm_velocity(m.model, FM_RAW, t, all, N, out);
    fm_straightness(m.model, FM_RAW, 4, all, N, straight, cost);
    for (int i = 0; i < N; i += 131) {
      real v[2], s, c, x[2];
      fm_velocity(m.model, FM_RAW, t + i, all + 2 * i, 1, v);
      check(memcmp(v, out + 2 * i, sizeof v) == 0, "path %d: velocity of point %d", path, i);
      fm_straightness(m.model, FM_RAW, 4, all + 2 * i, 1, &s, &c);
      check(s == straight[i] && c == cost[i], "path %d: straightness of point %d", path, i);
      fm_noise(m.model, 9, (uint32_t)i, 1, x);
      check(memcmp(x, all + 2 * i, sizeof x) == 0, "noise of point %d", i);
    }
    memcpy(out, all, N * 2 * sizeof(real));
    fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 5, 0, 1, out, N);
    for (int i = 0; i < N; i += 131) {
      real x[2] = {all[2 * i], all[2 * i + 1]};
      fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 5, 0, 1, x, 1);
      check(memcmp(x, out + 2 * i, sizeof x) == 0, "path %d: sample of point %d", path, i);
      check(isfinite(x[0]) && isfinite(x[1]), "path %d: sample %g, %g", path, x[0], x[1]);
    }
    check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 100, 0, 1, all, 20) == FM_OK, "forwards");
    check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 100, 1, 0, all, 20) == FM_OK, "backwards");
    fm_noise(m.model, 9, 0, 20, out);
    for (int i = 0; i < 40; i++) check(fabs(all[i] - out[i]) < 2e-3, "path %d: %g returns as %g", path, out[i], all[i]);
    free(m.model);
  }
  free(all), free(out), free(t), free(straight), free(cost);
}

static void check_reflow(void) {
  promise("a reflow round begins at the average with fresh moments, and reset returns to the first coupling");
  made m = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  enum { N = 64 };
  real x0[2 * N], x1[2 * N], t[40], a0[80], a1[80];
  double coupling;
  fm_train(m.model, 20, NULL);
  fm_noise(m.model, 2, 0, N, x0);
  memcpy(x1, x0, sizeof x0);
  fm_sample(m.model, FM_EMA, FM_SOLVER_EULER, 10, 0, 1, x1, N);
  made before = copy_of(m, (const setting[]){END});
  check(fm_pairs_set(m.model, x0, x1, N) == FM_OK && fm_reflow_begin(m.model) == FM_OK, "begin");
  const size_t bytes = (size_t)fm_slot_size(m.model) * sizeof(real);
  check(memcmp(fm_slot(m.model, FM_RAW), fm_slot(before.model, FM_EMA), bytes) == 0, "weights are the average");
  for (int i = 0; i < fm_slot_size(m.model); i++)
    check(fm_slot(m.model, FM_MOMENT)[i] == 0 && fm_slot(m.model, FM_VARIANCE)[i] == 0, "moment %d", i);
  check(fm_stats_get(m.model)->round == 1 && fm_stats_get(m.model)->step == 0, "round and step");
  check(fm_param_get(m.model, FM_COUPLING, &coupling) == FM_OK && coupling == FM_COUPLING_PAIRED, "paired");
  real before_t[40];
  check(fm_batch(before.model, 0, before_t, a0, a1) == FM_OK, "batch of the first round");
  check(fm_batch(m.model, 0, t, a0, a1) == FM_OK, "batch");
  check(memcmp(t, before_t, sizeof t) != 0, "the round draws the times of the round before");
  for (int i = 0; i < 40; i++) {
    int found = 0;
    for (int k = 0; k < N; k++) found |= !memcmp(a0 + 2 * i, x0 + 2 * k, 8) && !memcmp(a1 + 2 * i, x1 + 2 * k, 8);
    check(found, "row %d is no pair", i);
  }
  check(fm_train(m.model, 5, NULL) == FM_OK && fm_reset(m.model) == FM_OK, "train and reset");
  check(fm_param_get(m.model, FM_COUPLING, &coupling) == FM_OK && coupling == FM_COUPLING_OT, "coupling %g", coupling);
  check(fm_stats_get(m.model)->round == 0, "round %d", fm_stats_get(m.model)->round);
  free(m.model), free(before.model);
}

int main(void) {
  check_init();
  check_refusals();
  check_states();
  check_blocks();
  check_chunks();
  check_resume();
  check_batches();
  check_divergence();
  check_causes();
  check_data_extremes();
  check_constant_field();
  check_flow_cuts();
  check_reflow();
  return report(15);
}
