/* The model behind fm.h: initial weights, and refusals that change nothing. */
#include "made.h"

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
                                {FM_DATA, 10},    {FM_PATH, -1},     {FM_BETA1, 1},           {FM_SOLVER_STEPS, 0}};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    int bad = -1;
    params_with((const setting[]){{FM_SIGMA_MAX, 1}, BAD[i], END}, params);
    check(fm_check(params, &bad) == FM_E_ARG && bad == BAD[i].index, "row %d: bad is %d", BAD[i].index, bad);
    check(fm_size(params) == 0, "row %d has a size", BAD[i].index);
  }
  params_with((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, {FM_BATCH, 2049}, END}, params);
  int bad = -1;
  check(fm_check(params, &bad) == FM_E_ARG && bad == FM_BATCH, "ot batch: bad is %d", bad);
  static const setting NOT_DISTILLED[] = {{FM_PATH, FM_PATH_POLYNOMIAL}, {FM_WEIGHT, FM_WEIGHT_MIN_SNR}};
  for (int i = 0; i < 2; i++) {
    params_with((const setting[]){{FM_COUPLING, FM_COUPLING_DISTILLED}, NOT_DISTILLED[i], END}, params);
    bad = -1;
    check(fm_check(params, &bad) == FM_E_ARG && bad == FM_COUPLING, "distilled, case %d: bad is %d", i, bad);
  }
  params_with((const setting[]){{FM_COUPLING, FM_COUPLING_DISTILLED}, {FM_CLASSES, 2}, END}, params);
  check(fm_check(params, &bad) == FM_OK, "pairs have labels: bad is %d", bad);

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

int main(void) {
  check_init();
  check_refusals();
  check_states();
  check_blocks();
  return report(5);
}
