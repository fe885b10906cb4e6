/* The couplings that choose pairs within a batch: transport within classes, at any scale, and over more points than a batch has. */
#include "transport.h"

#include "made.h"

enum { MOST = 256 };

typedef struct {
  real t[MOST], x0[2 * MOST], x1[2 * MOST];
  int32_t labels[MOST];
} batch;

static batch draw(const setting *settings, int step) {
  made m = make(settings);
  batch b;
  check(fm_batch(m.model, step, b.t, b.x0, b.x1) == FM_OK, "batch");
  double classes;
  fm_param_get(m.model, FM_CLASSES, &classes);
  if (classes > 0) check(fm_batch_labels(m.model, step, b.labels) == FM_OK, "labels");
  free(m.model);
  return b;
}

static double batch_cost(const batch *b, int n) {
  double sum = 0;
  for (int i = 0; i < 2 * n; i++) sum += pow((double)b->x0[i] - b->x1[i], 2) / n;
  return sum;
}

static void check_classes(void) {
  promise("ot-conditional pairs within classes when its weight is large, as ot when it is small, at the cost between");
  enum { B = 128 };
  for (int step = 0; step < 5; step++) {
#define OF(coupling, weight)                            \
  draw((const setting[]){{FM_DATA, FM_DATA_8GAUSSIANS}, \
                         {FM_CLASSES, 8},               \
                         {FM_LABEL_DROP, 0},            \
                         {FM_BATCH, B},                 \
                         {FM_TARGET, FM_TARGET_PAIR},   \
                         {FM_COUPLING, coupling},       \
                         {FM_OT_CLASS_WEIGHT, weight},  \
                         END},                          \
       step)
    const batch own = OF(FM_COUPLING_INDEPENDENT, 1), ot = OF(FM_COUPLING_OT, 1);
    const batch near = OF(FM_COUPLING_OT_CONDITIONAL, 1e-3), far = OF(FM_COUPLING_OT_CONDITIONAL, 1e4);
    const batch some = OF(FM_COUPLING_OT_CONDITIONAL, 1);
#undef OF
    int kept = 0, crossed = 0;
    for (int i = 0; i < B; i++) {
      check(memcmp(own.x0 + 2 * i, far.x0 + 2 * i, 2 * sizeof(real)) == 0, "step %d: x0 of row %d", step, i);
      kept += own.labels[i] == far.labels[i], crossed += own.labels[i] != some.labels[i];
    }
    check(kept == B, "step %d: %d of %d within their class", step, kept, B);
    check(crossed > 0 && crossed < B, "step %d: %d cross at a weight between", step, crossed);
    const double least = batch_cost(&ot, B), within = batch_cost(&far, B), all = batch_cost(&own, B);
    check(fabs(batch_cost(&near, B) - least) < 0.01, "step %d: %g, not %g", step, batch_cost(&near, B), least);
    check(least < within && within < all, "step %d: %g, %g, %g", step, least, within, all);
  }
}

enum { CLASSES = 3 };

/* Points and a source of the user's own at a scale, with an outlier, in classes of 60, 39 and 1 per cent; crossed of 128 pairs. */
static int count_crossed(double scale, double weight, int step) {
  enum { OWN = 200, B = 128 };
  static real points[2 * OWN], source[2 * OWN];
  static int32_t labels[OWN];
  rng_normal((rng_stream){.seed = 1, .purpose = RNG_MEASURE}, 0, 2 * OWN, points);
  rng_normal((rng_stream){.seed = 2, .purpose = RNG_MEASURE}, 0, 2 * OWN, source);
  for (int i = 0; i < OWN; i++) labels[i] = i < 120 ? 0 : i < 198 ? 1 : 2;
  for (int i = 0; i < OWN; i++) points[2 * i] += (real)(3 * (labels[i] - 1));
  for (int i = 0; i < 2 * OWN; i++) points[i] *= (real)scale, source[i] *= (real)scale;
  points[0] *= 100;
  made own = make((const setting[]){{FM_DATA, FM_DATA_POINTS},
                                    {FM_SOURCE, FM_SOURCE_POINTS},
                                    {FM_CLASSES, CLASSES},
                                    {FM_LABEL_DROP, 0},
                                    {FM_BATCH, B},
                                    {FM_COUPLING, FM_COUPLING_OT_CONDITIONAL},
                                    {FM_OT_CLASS_WEIGHT, weight},
                                    END});
  check(fm_points_set(own.model, points, OWN) == FM_OK && fm_source_set(own.model, source, OWN) == FM_OK, "points");
  check(fm_labels_set(own.model, labels, OWN) == FM_OK, "labels");
  batch b;
  check(fm_batch(own.model, step, b.t, b.x0, b.x1) == FM_OK && fm_batch_labels(own.model, step, b.labels) == FM_OK,
        "batch");
  fm_param_set(own.model, FM_COUPLING, FM_COUPLING_INDEPENDENT);
  batch drawn;
  check(fm_batch(own.model, step, drawn.t, drawn.x0, drawn.x1) == FM_OK, "batch");
  check(fm_batch_labels(own.model, step, drawn.labels) == FM_OK, "labels");
  int crossed = 0;
  for (int i = 0; i < B; i++) crossed += b.labels[i] != drawn.labels[i];
  free(own.model);
  return crossed;
}

static void check_scales(void) {
  promise(
      "at the default weight no pair crosses classes at any scale of the data; a smaller one does the same at each");
  static const double SCALES[] = {1e-6, 1, 200, 1e9};
  double params[FM_PARAM_COUNT];
  fm_preset(FM_PRESET_DEFAULT, params);
  for (int step = 0; step < 3; step++) {
    const int some = count_crossed(1, 1e-2, step);
    check(some > 0, "step %d: none crosses at a weight of 0.01", step);
    for (int k = 0; k < 4; k++) {
      const int crossed = count_crossed(SCALES[k], params[FM_OT_CLASS_WEIGHT], step);
      check(crossed == 0, "scale %g, step %d: %d cross", SCALES[k], step, crossed);
      const int light = count_crossed(SCALES[k], 1e-2, step);
      check(light == some, "scale %g, step %d: %d cross, not %d", SCALES[k], step, light, some);
    }
  }
}

static void check_too_small(void) {
  promise("a reg too small for the distances is refused with the least that works, and the model stays as it was");
  const setting far[] = {{FM_DATA, FM_DATA_POINTS}, {FM_COUPLING, FM_COUPLING_SINKHORN}, {FM_SINKHORN_REG, 0.5}, END};
  made m = make(far), fresh = make(far);
  const real points[] = {1e4f, 0, 1e4f, 1};
  check(fm_points_set(m.model, points, 2) == FM_OK, "points");
  check(fm_train(m.model, 3, NULL) == FM_E_REG, "training");
  const double least = fm_stats_get(m.model)->least_reg;
  check(fabs(least / 1e3 - 1) < 0.01, "least %g", least);
  check(fm_stats_get(m.model)->step == 0 && slots_equal(m, fresh), "the model has moved");
  batch b;
  check(fm_batch(m.model, 0, b.t, b.x0, b.x1) == FM_E_REG, "batch");
  check(fm_param_set(m.model, FM_SINKHORN_REG, 1.01 * least) == FM_OK, "reg");
  check(fm_train(m.model, 3, NULL) == FM_OK, "the nearest that works");
  free(m.model), free(fresh.model);
}

static void check_size(void) {
  promise("an ot_batch of more points pairs nearer, begins with the same x0, and as large as the batch changes no bit");
  static const int COUPLINGS[] = {FM_COUPLING_OT, FM_COUPLING_SINKHORN};
  for (int k = 0; k < 2; k++) {
#define OF(size, step) \
  draw((const setting[]){{FM_DATA, FM_DATA_MOONS_IID}, {FM_COUPLING, COUPLINGS[k]}, {FM_OT_BATCH, size}, END}, step)
    double few = 0, many = 0;
    for (int step = 0; step < 20; step++) {
      const batch alone = OF(0, step), same = OF(40, step), large = OF(256, step);
      check(memcmp(alone.x1, same.x1, 80 * sizeof(real)) == 0, "coupling %d, step %d", k, step);
      check(memcmp(alone.x0, large.x0, 80 * sizeof(real)) == 0, "coupling %d, step %d: x0", k, step);
      few += batch_cost(&alone, 40), many += batch_cost(&large, 40);
    }
#undef OF
    check(many < 0.95 * few, "coupling %d: %g with more points, %g without", k, many, few);
  }
}

static void check_pairing(void) {
  promise("the pairing of a step is its batch under the target pair, whatever the target and the coupling");
  for (int coupling = FM_COUPLING_INDEPENDENT; coupling <= FM_COUPLING_OT_CONDITIONAL; coupling++) {
#define OF(target) \
  make((const setting[]){{FM_TARGET, target}, {FM_COUPLING, coupling}, {FM_CLASSES, 2}, {FM_OT_BATCH, 64}, END})
    made stable = OF(FM_TARGET_STABLE), pair = OF(FM_TARGET_PAIR);
#undef OF
    for (int step = 0; step < 3; step++) {
      batch pairs, own, taught;
      check(fm_pairing(stable.model, step, pairs.x0, pairs.x1) == FM_OK, "coupling %d", coupling);
      check(fm_batch(pair.model, step, own.t, own.x0, own.x1) == FM_OK, "coupling %d", coupling);
      check(fm_batch(stable.model, step, taught.t, taught.x0, taught.x1) == FM_OK, "coupling %d", coupling);
      check(memcmp(pairs.x0, own.x0, 80 * sizeof(real)) == 0, "coupling %d, step %d: x0", coupling, step);
      check(memcmp(pairs.x1, own.x1, 80 * sizeof(real)) == 0, "coupling %d, step %d: x1", coupling, step);
      const int same = memcmp(pairs.x1, taught.x1, 80 * sizeof(real)) == 0;
      check(same == (coupling != FM_COUPLING_INDEPENDENT), "coupling %d, step %d: what is taught", coupling, step);
    }
    free(stable.model), free(pair.model);
  }
}

static void check_refusals(void) {
  promise("transports that cannot be are refused by the row that is wrong");
  static const struct {
    setting settings[4];
    int bad;
  } CASES[] = {{{{FM_COUPLING, FM_COUPLING_OT_CONDITIONAL}, END}, FM_COUPLING},
               {{{FM_OT_BATCH, 39}, END}, FM_OT_BATCH},
               {{{FM_OT_BATCH, 2049}, END}, FM_OT_BATCH},
               {{{FM_COUPLING, FM_COUPLING_SINKHORN}, {FM_BATCH, 2049}, END}, FM_BATCH},
               {{{FM_COUPLING, FM_COUPLING_SINKHORN}, {FM_SINKHORN_REG, 0}, END}, FM_SINKHORN_REG},
               {{{FM_COUPLING, FM_COUPLING_SINKHORN}, {FM_PREDICT, FM_PREDICT_SCORE}, END}, FM_PREDICT}};
  double params[FM_PARAM_COUNT];
  for (int i = 0; i < 6; i++) {
    int bad = -1;
    params_with(CASES[i].settings, params);
    check(fm_check(params, &bad) == FM_E_ARG && bad == CASES[i].bad, "case %d blames %d", i, bad);
  }
}

static void check_memory(void) {
  promise("the arrays of a transport lie over those of the gradient: points of a batch cost what holding them does");
  double params[FM_PARAM_COUNT];
  uint32_t size[2];
  for (int k = 0; k < 2; k++) {
    fm_preset(FM_PRESET_DEFAULT, params);
    params[FM_BATCH] = k ? 512 : 256;
    size[k] = fm_size(params);
  }
  check(size[1] - size[0] < 256 * 64, "256 points more take %u bytes", size[1] - size[0]);
  check(coupling_scratch_size(512, 2) > 256 * 64, "%u bytes say nothing", coupling_scratch_size(512, 2));
  note("a batch of 512 instead of 256 takes %u bytes, its transport %u", size[1] - size[0],
       coupling_scratch_size(512, 2));
}

int main(void) {
  check_too_small();
  check_classes();
  check_scales();
  check_size();
  check_pairing();
  check_refusals();
  check_memory();
  return report(7);
}
