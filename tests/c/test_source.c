/* Sources other than noise: their law, one stream however it is cut, and what does not exist for them. */
#include "source.h"

#include "made.h"

enum { N = 2000, B = 40 };
static real x0[2 * N], cut[2 * N], x1[2 * N], t[N];

static const int SETS[] = {[FM_SOURCE_MOONS_IID] = FM_DATA_MOONS_IID,
                           [FM_SOURCE_8GAUSSIANS] = FM_DATA_8GAUSSIANS,
                           [FM_SOURCE_CHECKERBOARD] = FM_DATA_CHECKERBOARD,
                           [FM_SOURCE_CIRCLES] = FM_DATA_CIRCLES,
                           [FM_SOURCE_SPIRALS] = FM_DATA_SPIRALS,
                           [FM_SOURCE_MOONS_IID_TORCHCFM] = FM_DATA_MOONS_IID_TORCHCFM,
                           [FM_SOURCE_8GAUSSIANS_TORCHCFM] = FM_DATA_8GAUSSIANS_TORCHCFM};

static void check_stream(void) {
  promise("start points are the data set of that name, the same bits however they are cut");
  for (int kind = FM_SOURCE_MOONS_IID; kind <= FM_SOURCE_8GAUSSIANS_TORCHCFM; kind++) {
    made m = make((const setting[]){{FM_SOURCE, kind}, {FM_NOISE, 0.03}, END});
    const dataset set = {.kind = SETS[kind], .dim = 2, .noise = 0.03};
    dataset_draw(&set, (rng_stream){.seed = 9, .purpose = RNG_NOISE}, N, x1);
    check(fm_noise(m.model, 9, 0, N, x0) == FM_OK && memcmp(x0, x1, sizeof x0) == 0, "source %d", kind);
    for (int first = 0, n = 1; first < N; first += n, n = n % 37 + 1)
      fm_noise(m.model, 9, (uint32_t)first, fm_min(n, N - first), cut + 2 * first);
    check(memcmp(x0, cut, sizeof x0) == 0, "source %d depends on how it is cut", kind);
    const uint32_t most = (1u << 30) - 1;
    check(fm_noise(m.model, 9, most - 1, 1, cut) == FM_OK, "source %d: the last point", kind);
    check(fm_noise(m.model, 9, most, 1, cut) == FM_E_ARG, "source %d: a point too many", kind);
    free(m.model);
  }
}

static void check_batches(void) {
  promise("batches start at the source: their x0 has its law, their x1 and times are those of any source");
  made m = make((const setting[]){{FM_SOURCE, FM_SOURCE_8GAUSSIANS}, {FM_NOISE, 0}, {FM_TARGET, FM_TARGET_PAIR}, END});
  made noise = make((const setting[]){{FM_NOISE, 0}, {FM_TARGET, FM_TARGET_PAIR}, END});
  real other_t[B], other[2 * B], other_x1[2 * B];
  int seen[8] = {0};
  for (int step = 0; step < 50; step++) {
    fm_batch(m.model, step, t, x0, x1), fm_batch(noise.model, step, other_t, other, other_x1);
    check(memcmp(t, other_t, sizeof other_t) == 0 && memcmp(x1, other_x1, sizeof other_x1) == 0, "step %d", step);
    for (int i = 0; i < B; i++) {
      const double turn = atan2(x0[2 * i + 1], x0[2 * i]) * 4 / acos(-1);
      check(fabs(hypot(x0[2 * i], x0[2 * i + 1]) - 4) < 1e-5 && fabs(turn - rint(turn)) < 1e-5, "step %d", step);
      seen[((int)rint(turn) + 8) % 8]++;
    }
  }
  for (int j = 0; j < 8; j++) check(abs(seen[j] - 250) < 5 * sqrt(250), "centre %d was met %d times", j, seen[j]);
  free(m.model), free(noise.model);
}

static void check_target(void) {
  promise("the stable target of a shape is the own pair, and its flow is learned");
  for (int kind = FM_SOURCE_MOONS_IID; kind <= FM_SOURCE_8GAUSSIANS_TORCHCFM; kind++) {
    made stable = make((const setting[]){{FM_SOURCE, kind}, {FM_TARGET, FM_TARGET_STABLE}, END});
    made pair = make((const setting[]){{FM_SOURCE, kind}, {FM_TARGET, FM_TARGET_PAIR}, END});
    check(fm_train(stable.model, 20, NULL) == FM_OK && fm_train(pair.model, 20, NULL) == FM_OK, "source %d", kind);
    check(slots_equal(stable, pair) && slots_finite(pair), "source %d", kind);
    free(stable.model), free(pair.model);
  }
}

static void check_refusals(void) {
  promise("a shape is refused with another dimension, under ve, and for what a score or p_0 is needed for");
  static const setting WRONG[][3] = {{{FM_DATA, FM_DATA_POINTS}, {FM_DIM, 3}, END},
                                     {{FM_PATH, FM_PATH_VE}, END},
                                     {{FM_SDE, FM_SDE_SIGMA}, END},
                                     {{FM_PREDICT, FM_PREDICT_SCORE}, END}};
  static const int BLAMED[] = {FM_SOURCE, FM_SOURCE, FM_SDE, FM_PREDICT};
  double params[FM_PARAM_COUNT];
  int bad = -1;
  for (int i = 0; i < 4; i++) {
    params_with(WRONG[i], params);
    check(fm_check(params, &bad) == FM_OK, "case %d of noise", i);
    params[FM_SOURCE] = FM_SOURCE_CIRCLES;
    check(fm_check(params, &bad) == FM_E_ARG && bad == BLAMED[i], "case %d blames %d", i, bad);
  }
  made m = make((const setting[]){{FM_SOURCE, FM_SOURCE_CIRCLES}, END});
  const real at[1] = {0.5}, x[2] = {1, 2};
  const double back[2] = {1, 0}, forth[2] = {0, 1}, g[2] = {1, 0};
  real out[2] = {0};
  double logp = 7;
  check(fm_oracle_size(m.model) == 0, "oracle");
  check(fm_oracle_velocity(m.model, at, x, NULL, 1, out) == FM_E_STATE, "exact velocity");
  check(fm_loglik(m.model, FM_EMA, FM_SOLVER_EULER, back, 2, 0, 1, 0, x, 1, &logp, NULL) == FM_E_STATE, "loglik");
  check(fm_convert(m.model, FM_PREDICT_V, FM_PREDICT_SCORE, at, x, x, 1, out) == FM_E_STATE, "score");
  check(fm_convert(m.model, FM_PREDICT_V, FM_PREDICT_X1, at, x, x, 1, out) == FM_OK, "x1");
  out[0] = 3;
  check(fm_sample_sde(m.model, FM_EMA, FM_SOLVER_EULER, forth, g, 2, 1, 0, out, 1, NULL) == FM_E_STATE, "sde");
  check(logp == 7 && out[0] == 3, "a refused call wrote");
  free(m.model);
}

enum { D = 3, OWN = 5 };

static void check_points(void) {
  promise("points of one's own are a source of any D: every start point is one of them, one stream however it is cut");
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_DIM, D}, {FM_SOURCE, FM_SOURCE_POINTS}, END});
  real own[D * OWN], data[D * 2] = {9, 8, 7, 6, 5, 4};
  int seen[OWN] = {0};
  for (int i = 0; i < D * OWN; i++) own[i] = (real)i - 7;
  check(fm_points_set(m.model, data, 2) == FM_OK && fm_noise(m.model, 9, 0, 1, x0) == FM_E_STATE, "no source yet");
  check(fm_train(m.model, 1, NULL) == FM_E_STATE && fm_batch(m.model, 0, t, x0, x1) == FM_E_STATE, "no source yet");
  check(fm_source_set(m.model, own, OWN) == FM_OK && fm_noise(m.model, 9, 0, 600, x0) == FM_OK, "source");
  for (int first = 0, n = 1; first < 600; first += n, n = n % 37 + 1)
    fm_noise(m.model, 9, (uint32_t)first, fm_min(n, 600 - first), cut + D * first);
  check(memcmp(x0, cut, 600 * D * sizeof(real)) == 0, "it depends on how it is cut");
  for (int i = 0; i < 600; i++) {
    const int which = ((int)x0[D * i] + 7) / D;
    check(memcmp(x0 + D * i, own + D * which, D * sizeof(real)) == 0, "start point %d is not of the source", i);
    seen[which]++;
  }
  for (int j = 0; j < OWN; j++) check(abs(seen[j] - 120) < 5 * sqrt(120), "point %d was met %d times", j, seen[j]);
  check(fm_noise(m.model, 9, UINT32_MAX - 1, 1, cut) == FM_OK, "the last point");
  check(fm_noise(m.model, 9, UINT32_MAX, 1, cut) == FM_E_ARG, "a point too many");
  check(fm_batch(m.model, 3, t, x0, x1) == FM_OK, "batch");
  for (int i = 0; i < D * B; i++) check(x0[i] >= -7 && x0[i] <= 7 && x0[i] == rint(x0[i]), "a batch begins elsewhere");
  check(fm_reset(m.model) == FM_OK && fm_train(m.model, 2, NULL) == FM_OK, "the source stays after reset");
  free(m.model);
}

static void check_points_refusals(void) {
  promise("a source of points is refused where it is not asked for, not finite, under ve, and for what needs p_0");
  made shape = make((const setting[]){{FM_SOURCE, FM_SOURCE_CIRCLES}, END});
  made m = make((const setting[]){{FM_SOURCE, FM_SOURCE_POINTS}, END});
  real own[4] = {1, 2, 3, 4};
  const double back[2] = {1, 0};
  double params[FM_PARAM_COUNT], logp = 7;
  int bad = -1;
  check(fm_source_set(shape.model, own, 2) == FM_E_STATE, "a model of a shape takes a source");
  check(fm_source_set(m.model, own, 0) == FM_E_ARG && fm_source_set(m.model, NULL, 2) == FM_E_ARG, "no points");
  check(fm_source_set(m.model, own, 2) == FM_OK && fm_train(m.model, 1, NULL) == FM_OK, "a sound source");
  real gap[2] = {1, (real)NAN};
  check(fm_source_set(m.model, gap, 1) == FM_E_ARG && fm_train(m.model, 1, NULL) == FM_OK, "a refused one is left out");
  check(fm_loglik(m.model, FM_EMA, FM_SOLVER_EULER, back, 2, 0, 1, 0, own, 1, &logp, NULL) == FM_E_STATE, "loglik");
  params_with((const setting[]){{FM_SOURCE, FM_SOURCE_POINTS}, {FM_PATH, FM_PATH_VE}, END}, params);
  check(fm_check(params, &bad) == FM_E_ARG && bad == FM_SOURCE, "ve");
  free(m.model), free(shape.model);
}

int main(void) {
  check_stream();
  check_batches();
  check_target();
  check_refusals();
  check_points();
  check_points_refusals();
  return report(6);
}
