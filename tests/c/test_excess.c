/* What the exact field says of a loss: floor and field error make it up, and where there is no such field. */
#include "variety.h"

static double left[BATCH], gap[BATCH], alone[BATCH];

/* ---- What it says of a loss -------------------------------------------------------------------------------- */

/* Floor and error of the batch at hand, each asked for alone. */
static void check_alone(made m, const int32_t *of) {
  check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, of, BATCH, alone, NULL) == FM_OK, "floor alone");
  check(memcmp(left, alone, sizeof left) == 0, "floor alone");
  check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, of, BATCH, NULL, alone) == FM_OK, "error alone");
  check(memcmp(gap, alone, sizeof gap) == 0, "error alone");
}

typedef struct {
  double loss, floor, error, deviation; /* the last is the standard error of loss - floor - error */
} account;

static account account_of(made m, int draws) {
  account a = {0, 0, 0, 0};
  for (int step = 0; step < draws; step++) {
    double floor = 0, error = 0;
    const int32_t *of = draw(m, step);
    const int status = of ? fm_loss_labelled(m.model, t, x0, x1, of, BATCH) : fm_loss(m.model, t, x0, x1, BATCH);
    check(status == FM_OK, "loss");
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, of, BATCH, left, gap) == FM_OK, "oracle");
    for (int i = 0; i < BATCH; i++) floor += left[i] / BATCH, error += gap[i] / BATCH;
    const double loss = fm_stats_get(m.model)->loss, rest = loss - floor - error;
    a.loss += loss / draws, a.floor += floor / draws, a.error += error / draws, a.deviation += rest * rest;
  }
  a.deviation = sqrt(a.deviation) / draws;
  return a;
}

static void check_account(void) {
  promise(
      "the loss is floor plus field error, within standard errors, for every data set, path and target, with and "
      "without classes");
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; is_known(kind) && course <= FM_PATH_POLYNOMIAL; course++) {
      double floor[2];
      for (int target = FM_TARGET_PAIR; target <= FM_TARGET_STABLE; target++) {
        made m = made_of(kind, course, target, BATCH);
        const account a = account_of(m, 20);
        check_alone(m, draw(m, 19));
        floor[target] = a.floor;
        check(fabs(a.loss - a.floor - a.error) < 4.5 * a.deviation && a.deviation < 0.04 * a.loss,
              "%s, path %d, target %d: %.4f = %.4f + %.4f, standard error %.4f", NAMES[kind], course, target, a.loss,
              a.floor, a.error, a.deviation);
        free(m.model);
      }
      check(floor[FM_TARGET_STABLE] < 0.3 * floor[FM_TARGET_PAIR], "%s, path %d: floors %.4f and %.4f", NAMES[kind],
            course, floor[0], floor[1]);
    }
}

static void check_known_floor(void) {
  promise("the floor of the seed's moons is near 2, as a mean over coordinates");
  made m = make((const setting[]){
      {FM_TARGET, FM_TARGET_PAIR}, {FM_TIME, FM_TIME_LOGIT_NORMAL}, {FM_STRATIFIED, 0}, {FM_BATCH, BATCH}, END});
  const account a = account_of(m, 200);
  check(a.floor > 1.9 && a.floor < 2.1, "%.4f", a.floor);
  note("%.4f", a.floor);
  free(m.model);
}

static void check_gaussian(void) {
  promise("of Gaussians far apart the floor is s^2 / (t^2 s^2 + (1 - t)^2), a coordinate");
  made m = make((const setting[]){{FM_DATA, FM_DATA_8GAUSSIANS}, END});
  /* Near t = 1 the eight are apart, so each is alone: v* = m + c (x - t m), E|u - v*|^2 = s^2 / tau^2 a coordinate. */
  enum { N = 300 };
  double sum = 0, squares = 0, expected = 0;
  for (int step = 0; step < 40; step++) {
    const rng_stream stream = {.seed = 3, .purpose = RNG_MEASURE, .step = (uint32_t)step};
    rng_normal(stream, 0, 2 * N, x0);
    check(fm_data(m.model, (uint32_t)step, N, x1) == FM_OK, "data");
    for (int i = 0; i < N; i++) t[i] = (real)(0.85 + 0.1 * i / N);
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, NULL, N, left, gap) == FM_OK, "oracle");
    for (int i = 0; i < N; i++) {
      const double s = 0.2, time = t[i], value = s * s / (time * time * s * s + (1 - time) * (1 - time));
      sum += left[i] - value, squares += (left[i] - value) * (left[i] - value), expected += value;
    }
  }
  check(fabs(sum) < 4 * sqrt(squares) && sqrt(squares) < 0.02 * expected, "%g against %g, standard error %g",
        sum + expected, expected, sqrt(squares));
  free(m.model);
}

/* ---- Where there is none -------------------------------------------------------------------------------------- */

static void check_none(made m, int expected, const char *what) {
  const real time = 0.5f, place[2] = {0, 0};
  real out[2] = {7, 7};
  double floor = 7, error = 7;
  const int size = fm_oracle_size(m.model);
  check((size > 0) == (expected == FM_OK), "%s: size %d", what, size);
  check(fm_oracle_velocity(m.model, &time, place, NULL, 1, out) == expected, "%s: velocity", what);
  check(fm_oracle_loss(m.model, FM_RAW, &time, place, place, NULL, 1, &floor, &error) == expected, "%s: loss", what);
  check(expected == FM_OK || (out[0] == 7 && floor == 7 && error == 7), "%s: wrote", what);
}

static void check_refusals(void) {
  promise(
      "there is no oracle under other couplings, on arcs without noise, on moons of torchcfm, without points or with "
      "points too far");
  const struct {
    const char *what;
    setting settings[3];
    int expected;
  } cases[] = {
      {"ot", {{FM_COUPLING, FM_COUPLING_OT}, END}, FM_E_STATE},
      {"paired", {{FM_COUPLING, FM_COUPLING_PAIRED}, END}, FM_E_STATE},
      {"thin circles", {{FM_DATA, FM_DATA_CIRCLES}, {FM_NOISE, 0.0124}, END}, FM_E_STATE},
      {"thin spirals", {{FM_DATA, FM_DATA_SPIRALS}, {FM_NOISE, 0}, END}, FM_E_STATE},
      {"thin moons-iid", {{FM_DATA, FM_DATA_MOONS_IID}, {FM_NOISE, 0}, END}, FM_E_STATE},
      {"thin moons", {{FM_DATA, FM_DATA_MOONS}, {FM_NOISE, 0}, END}, FM_OK},
      {"checkerboard", {{FM_DATA, FM_DATA_CHECKERBOARD}, {FM_NOISE, 0}, END}, FM_OK},
      {"moons of torchcfm", {{FM_DATA, FM_DATA_MOONS_TORCHCFM}, END}, FM_E_STATE},
      {"even as independent", {{FM_DATA, FM_DATA_MOONS_IID_TORCHCFM}, {FM_CLASSES, 2}, END}, FM_E_STATE},
      {"gaussians of torchcfm", {{FM_DATA, FM_DATA_8GAUSSIANS_TORCHCFM}, {FM_NOISE, 0}, END}, FM_OK},
      {"no points", {{FM_DATA, FM_DATA_POINTS}, END}, FM_E_STATE},
      {"half of the moons", {{FM_BATCH, 1}, {FM_CLASSES, 2}, END}, FM_E_STATE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    made m = make(cases[i].settings);
    check_none(m, cases[i].expected, cases[i].what);
    free(m.model);
  }
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, END});
  real far[] = {0, 0, 2e6f, 0};
  fm_points_set(m.model, far, 2);
  check_none(m, FM_E_STATE, "points too far");
  fm_points_set(m.model, far, 1);
  check_none(m, FM_OK, "points near enough");
  real out[2];
  const real time = 0.5f;
  const int32_t label = 0;
  check(fm_oracle_velocity(m.model, &time, far, &label, 1, out) == FM_E_STATE, "a label without classes");
  check(fm_oracle_velocity(m.model, &time, far + 2, NULL, 1, out) == FM_E_ARG, "x too far");
  check(fm_param_set(m.model, FM_COUPLING, FM_COUPLING_OT) == FM_OK, "coupling");
  check_none(m, FM_E_STATE, "after a change to ot");
  free(m.model);
  m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_CLASSES, 3}, END});
  fm_points_set(m.model, own, 300);
  check_none(m, FM_E_STATE, "points without their labels");
  fm_labels_set(m.model, classes_of_own, 300);
  check_none(m, FM_OK, "points with their labels");
  const int32_t unknown = 4;
  check(fm_oracle_velocity(m.model, &time, far, &unknown, 1, out) == FM_E_ARG, "an unknown class");
  free(m.model);
}

int main(void) {
  check_account();
  check_known_floor();
  check_gaussian();
  check_refusals();
  return report(4);
}
