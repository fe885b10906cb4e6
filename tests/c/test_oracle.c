/* The exact marginal velocity: against plain formulas, against the data sets as they are drawn, and what it says of a loss. */
#include "model.h"

#include "made.h"
#include "scalar.h"

static const char *const NAMES[] = {"moons", "moons-iid", "8gaussians", "checkerboard", "circles", "spirals", "points"};
enum { KINDS = FM_DATA_POINTS + 1 };

static real own[2 * 300]; /* points of nobody's data set, in two lumps */

/* Weights of the error and what is predicted take turns with paths and data: four of each, five and seven of those. */
static made made_of(int kind, int course, int target, int batch) {
  made m = make((const setting[]){{FM_DATA, kind},
                                  {FM_PATH, course},
                                  {FM_PATH_POWER, 2},
                                  {FM_WEIGHT, course % 4},
                                  {FM_PREDICT, course == FM_PATH_VE ? FM_PREDICT_V : (kind + course) % 4},
                                  {FM_SIGMA_DATA, 1.5},
                                  {FM_TARGET, target},
                                  {FM_BATCH, batch},
                                  END});
  for (int i = 0; i < 300; i++) own[2 * i] = (real)(sin(i) + (i % 3 ? 1 : -2)), own[2 * i + 1] = (real)cos(7 * i);
  if (kind == FM_DATA_POINTS) check(fm_points_set(m.model, own, 300) == FM_OK, "points");
  return m;
}

/* ---- Against the definition in double -------------------------------------------------------------------- */

/* A law as many Gaussians or cells of a fine grid, each of its own weight. */
enum { MOST = 40000 };
static struct {
  int count;
  double std, x[MOST], y[MOST], weight[MOST];
} law;

static void add(double x, double y, double weight) {
  law.x[law.count] = x, law.y[law.count] = y, law.weight[law.count++] = weight;
}

static const double GAUSS_WEIGHT[] = {5, 8, 5};
static double gauss_place(int i) { return -4 + (i / 3 + 0.5 + (i % 3 - 1) * sqrt(0.15)) / 11; }

/* Straight from the words of dataset.h. */
static void describe(int kind, double noise, int batch) {
  law.count = 0;
  law.std = noise * (kind == FM_DATA_MOONS || kind == FM_DATA_MOONS_IID ? 2 : kind == FM_DATA_CIRCLES ? 3 : 4);
  const int fine = 5000;
  switch (kind) {
    case FM_DATA_MOONS:
      for (int i = 0; i < batch; i++) {
        const int outer = batch / 2, inner = i >= outer, n = inner ? batch - outer : outer;
        const double angle = n > 1 ? SCALAR_PI * (inner ? i - outer : i) / (n - 1) : 0;
        add(2 * (inner ? 1 - cos(angle) : cos(angle)), 2 * (inner ? 0.5 - sin(angle) : sin(angle)), 1);
      }
      return;
    case FM_DATA_MOONS_IID:
      for (int i = 0; i < fine; i++) {
        const double angle = SCALAR_PI * (i + 0.5) / fine;
        add(2 * cos(angle), 2 * sin(angle), 1), add(2 - 2 * cos(angle), 1 - 2 * sin(angle), 1);
      }
      return;
    case FM_DATA_8GAUSSIANS:
      for (int i = 0; i < 8; i++) add(4 * cos(SCALAR_PI * i / 4), 4 * sin(SCALAR_PI * i / 4), 1);
      return;
    case FM_DATA_CIRCLES:
      for (int i = 0; i < fine; i++)
        for (int k = 1; k <= 2; k++)
          add(3.0 / k * cos(2 * SCALAR_PI * i / fine), 3.0 / k * sin(2 * SCALAR_PI * i / fine), 1);
      return;
    case FM_DATA_SPIRALS:
      for (int i = 0; i < fine; i++) {
        const double r = (i + 0.5) / fine;
        for (int k = -1; k <= 1; k += 2) add(4 * k * r * cos(3 * SCALAR_PI * r), 4 * k * r * sin(3 * SCALAR_PI * r), r);
      }
      return;
    case FM_DATA_CHECKERBOARD: /* three Gauss nodes in each of 22 pieces of a cell's side */
      law.std = 0;
      for (int i = 0; i < 264; i++)
        for (int j = 0; j < 264; j++)
          if ((i / 66 + j / 66) % 2 == 0)
            add(gauss_place(i), gauss_place(j), GAUSS_WEIGHT[i % 3] * GAUSS_WEIGHT[j % 3]);
      return;
    default:
      law.std = 0;
      for (int i = 0; i < 300; i++) add(own[2 * i], own[2 * i + 1], 1);
  }
}

/* v* by the formulas of a mixture, component by component. */
static void plain_velocity(path_point p, const double *x, double *v) {
  const double variance = p.alpha * p.alpha * law.std * law.std + p.sigma * p.sigma;
  double least = INFINITY, mass = 0, mean[2] = {0, 0};
  for (int pass = 0; pass < 2; pass++)
    for (int j = 0; j < law.count; j++) {
      const double gap[2] = {x[0] - p.alpha * law.x[j], x[1] - p.alpha * law.y[j]};
      const double exponent = (gap[0] * gap[0] + gap[1] * gap[1]) / (2 * variance);
      if (pass == 0) least = fmin(least, exponent);
      if (pass == 0) continue;
      const double weight = law.weight[j] * exp(least - exponent), pull = p.alpha * law.std * law.std / variance;
      mass += weight;
      mean[0] += weight * (law.x[j] + pull * gap[0]), mean[1] += weight * (law.y[j] + pull * gap[1]);
    }
  for (int k = 0; k < 2; k++) {
    mean[k] /= mass;
    v[k] = p.d_alpha * mean[k] + p.d_sigma * (x[k] - p.alpha * mean[k]) / p.sigma;
  }
}

static void check_definition(void) {
  promise("v* is that of the law in double, for every data set, path and level of noise");
  static const double NOISES[] = {0.05, 0.3, ORACLE_LEAST_NOISE};
  double worst = 0;
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++)
      for (int noise = 0; noise < (kind == FM_DATA_CHECKERBOARD || kind == FM_DATA_POINTS ? 1 : 3); noise++) {
        made m = make((const setting[]){
            {FM_DATA, kind}, {FM_PATH, course}, {FM_SIGMA_DATA, 1.5}, {FM_BATCH, 41}, {FM_NOISE, NOISES[noise]}, END});
        if (kind == FM_DATA_POINTS) fm_points_set(m.model, own, 300);
        describe(kind, NOISES[noise], 41);
        const double ts[] = {0, 0.02, 0.3, 0.5, 0.7, 0.9, 0.95};
        for (int i = 0; i < 7; i++)
          for (int k = 0; k < 3; k++) {
            const path path = m.model->field.path;
            const path_point p = path_at(&path, (double)(real)ts[i]);
            if (kind == FM_DATA_CHECKERBOARD && p.sigma < 0.08 * p.alpha) continue; /* as far as the nodes carry */
            const int j = (int)((k + 0.37) / 3 * law.count);
            const real t = (real)ts[i], x[2] = {(real)(p.alpha * law.x[j] + p.sigma * (2 * k - 2) * 0.7),
                                                (real)(p.alpha * law.y[j] + p.sigma * (3 - 2 * k) * 0.4)};
            const double at[2] = {x[0], x[1]};
            real v[2];
            double expected[2];
            check(fm_oracle_velocity(m.model, &t, x, 1, v) == FM_OK, "%s", NAMES[kind]);
            plain_velocity(p, at, expected);
            for (int c = 0; c < 2; c++) {
              const double error = fabs(v[c] - expected[c]) / (1 + fabs(expected[c]));
              worst = fmax(worst, error);
              check(error < 1e-4, "%s, path %d, noise %g, t %g, x (%g, %g): %g instead of %g", NAMES[kind], course,
                    NOISES[noise], ts[i], at[0], at[1], v[c], expected[c]);
            }
          }
        free(m.model);
      }
  note("largest error %.1e", worst);
}

/* ---- Against the data as they are drawn ------------------------------------------------------------------ */

enum { BATCH = 300, DRAWS = 60 };
static real t[BATCH], x0[2 * BATCH], x1[2 * BATCH], x[2 * BATCH], v[2 * BATCH];
static double left[BATCH], gap[BATCH], alone[BATCH];

/* What a wrong field would leave in the residual: constants, waves long and short. */
enum { PROBES = 6 };
static double probe(int i, const real *at, double time) {
  switch (i) {
    case 0: return 1;
    case 1: return at[0];
    case 2: return sin(at[0] + 2 * at[1] + 1) * (1 + time);
    case 3: return cos(3 * at[0] - at[1]) * time;
    case 4: return sin(9 * at[0] + 5 * at[1]) * time;
    default: return cos(20 * at[1] - 9 * at[0]) * time * time;
  }
}

static void check_draws(void) {
  promise("u - v* has mean 0 against any function of x_t, over batches of every data set, path and target");
  double worst = 0;
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++)
      for (int target = course ? FM_TARGET_STABLE : FM_TARGET_PAIR; target <= FM_TARGET_STABLE; target++) {
        made m = made_of(kind, course, target, BATCH);
        const path path = m.model->field.path;
        double sum[PROBES] = {0}, squares[PROBES] = {0};
        for (int step = 0; step < DRAWS; step++) {
          double batch[PROBES] = {0};
          check(fm_batch(m.model, step, t, x0, x1) == FM_OK, "batch");
          oracle_velocity_of(&m.model->oracle, &path, t, x0, x1, BATCH, v);
          for (int i = 0; i < BATCH; i++) {
            const path_point p = path_at(&path, t[i]);
            const double scale = condition_at(&path, &m.model->field.predict, t[i]).out;
            for (int k = 2 * i; k < 2 * i + 2; k++) x[k] = (real)(p.sigma * x0[k] + p.alpha * x1[k]);
            for (int c = 0; c < 2; c++) {
              const double u = p.d_sigma * x0[2 * i + c] + p.d_alpha * x1[2 * i + c];
              for (int f = 0; f < PROBES; f++) batch[f] += (u - v[2 * i + c]) / scale * probe(f, x + 2 * i, t[i]);
            }
          }
          for (int f = 0; f < PROBES; f++) sum[f] += batch[f], squares[f] += batch[f] * batch[f];
        }
        for (int f = 0; f < PROBES; f++) {
          const double error = sqrt(squares[f] - sum[f] * sum[f] / DRAWS);
          worst = fmax(worst, fabs(sum[f]) / error);
          check(fabs(sum[f]) < 4.5 * error, "%s, path %d, target %d, probe %d: off by %.1f standard errors",
                NAMES[kind], course, target, f, sum[f] / error);
        }
        free(m.model);
      }
  note("largest deviation %.1f standard errors", worst);
}

/* ---- What it says of a loss -------------------------------------------------------------------------------- */

/* Floor and error of the batch at hand, each asked for alone. */
static void check_alone(made m) {
  check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, BATCH, alone, NULL) == FM_OK, "floor alone");
  check(memcmp(left, alone, sizeof left) == 0, "floor alone");
  check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, BATCH, NULL, alone) == FM_OK, "error alone");
  check(memcmp(gap, alone, sizeof gap) == 0, "error alone");
}

typedef struct {
  double loss, floor, error, deviation; /* the last is the standard error of loss - floor - error */
} account;

static account account_of(made m, int draws) {
  account a = {0, 0, 0, 0};
  for (int step = 0; step < draws; step++) {
    double floor = 0, error = 0;
    check(fm_batch(m.model, step, t, x0, x1) == FM_OK && fm_loss(m.model, t, x0, x1, BATCH) == FM_OK, "loss");
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, BATCH, left, gap) == FM_OK, "oracle");
    for (int i = 0; i < BATCH; i++) floor += left[i] / BATCH, error += gap[i] / BATCH;
    const double loss = fm_stats_get(m.model)->loss, rest = loss - floor - error;
    a.loss += loss / draws, a.floor += floor / draws, a.error += error / draws, a.deviation += rest * rest;
  }
  a.deviation = sqrt(a.deviation) / draws;
  return a;
}

static void check_account(void) {
  promise("the loss is floor plus field error, within standard errors, for every data set, path and target");
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++) {
      double floor[2];
      for (int target = FM_TARGET_PAIR; target <= FM_TARGET_STABLE; target++) {
        made m = made_of(kind, course, target, BATCH);
        const account a = account_of(m, 20);
        check_alone(m);
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
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, N, left, gap) == FM_OK, "oracle");
    for (int i = 0; i < N; i++) {
      const double s = 0.2, time = t[i], value = s * s / (time * time * s * s + (1 - time) * (1 - time));
      sum += left[i] - value, squares += (left[i] - value) * (left[i] - value), expected += value;
    }
  }
  check(fabs(sum) < 4 * sqrt(squares) && sqrt(squares) < 0.02 * expected, "%g against %g, standard error %g",
        sum + expected, expected, sqrt(squares));
  free(m.model);
}

/* ---- Near the data ------------------------------------------------------------------------------------------ */

static void check_near_data(void) {
  promise("of points the field from a pair stays exact as sigma goes to 0, and from x it stays finite");
  for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++) {
    made m = made_of(FM_DATA_POINTS, course, FM_TARGET_PAIR, BATCH);
    const path path = m.model->field.path;
    for (int i = 0; i < BATCH; i++) {
      t[i] = (real)(1 - pow(10, -1 - 6.0 * i / BATCH));
      if (t[i] == 1) t[i] = 1 - 6e-8f;
      for (int k = 2 * i; k < 2 * i + 2; k++) x0[k] = (real)(2 * sin(5 * k)), x1[k] = own[k];
    }
    oracle_velocity_of(&m.model->oracle, &path, t, x0, x1, BATCH, v);
    for (int i = 0; i < BATCH && course != FM_PATH_VE; i++) {
      const path_point p = path_at(&path, t[i]);
      if (p.sigma > 2e-4) continue; /* below it no other point is near, so u is v* */
      for (int k = 2 * i; k < 2 * i + 2; k++) {
        const double u = p.d_sigma * x0[k] + p.d_alpha * x1[k];
        check(fabs(v[k] - u) < 1e-6 * (10 + fabs(u)), "path %d, t %.9g: %g instead of %g", course, t[i], v[k], u);
      }
    }
    for (int i = 0; i < BATCH; i++) t[i] = i % 2 ? 1 : t[i], x1[2 * i] += (real)0.01;
    check(fm_oracle_velocity(m.model, t, x1, BATCH, v) == FM_OK, "at t = 1");
    for (int k = 0; k < 2 * BATCH; k++) check(fabs(v[k]) < 1e7, "path %d: %g", course, v[k]);
    for (int i = 0; i < BATCH; i++) t[i] = 1;
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, BATCH, left, gap) == FM_OK, "at t = 1");
    for (int i = 0; i < BATCH; i++) check(isfinite(left[i]) && isfinite(gap[i]), "path %d: %g", course, left[i]);
    free(m.model);
  }
}

static void check_rows(void) {
  promise("a point's v* has the same bits alone and in any batch, and equals that of a pair that leads to it");
  for (int kind = 0; kind < KINDS; kind++) {
    made m = made_of(kind, FM_PATH_LINEAR, FM_TARGET_PAIR, BATCH);
    const path path = m.model->field.path;
    fm_batch(m.model, 0, t, x0, x1);
    for (int i = 0; i < 2 * BATCH; i++) x[i] = (1 - t[i / 2]) * x0[i] + t[i / 2] * x1[i];
    check(fm_oracle_velocity(m.model, t, x, BATCH, v) == FM_OK, "velocity");
    for (int i = 0; i < BATCH; i++) {
      real alone[2], pair[2];
      check(fm_oracle_velocity(m.model, t + i, x + 2 * i, 1, alone) == FM_OK, "velocity");
      check(memcmp(alone, v + 2 * i, sizeof alone) == 0, "%s, row %d", NAMES[kind], i);
      oracle_velocity_of(&m.model->oracle, &path, t + i, x0 + 2 * i, x1 + 2 * i, 1, pair);
      for (int k = 0; k < 2; k++)
        check(fabs(pair[k] - v[2 * i + k]) < 2e-5 / (1 - t[i]), "%s, t %g: %g and %g", NAMES[kind], t[i], pair[k],
              v[2 * i + k]);
    }
    free(m.model);
  }
}

/* ---- Where there is none -------------------------------------------------------------------------------------- */

static void check_none(made m, int expected, const char *what) {
  const real time = 0.5f, place[2] = {0, 0};
  real out[2] = {7, 7};
  double floor = 7, error = 7;
  const int size = fm_oracle_size(m.model);
  check((size > 0) == (expected == FM_OK), "%s: size %d", what, size);
  check(fm_oracle_velocity(m.model, &time, place, 1, out) == expected, "%s: velocity", what);
  check(fm_oracle_loss(m.model, FM_RAW, &time, place, place, 1, &floor, &error) == expected, "%s: loss", what);
  check(expected == FM_OK || (out[0] == 7 && floor == 7 && error == 7), "%s: wrote", what);
}

static void check_refusals(void) {
  promise("there is no oracle under other couplings, on arcs without noise, without points or with points too far");
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
      {"no points", {{FM_DATA, FM_DATA_POINTS}, END}, FM_E_STATE},
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
  check(fm_oracle_velocity(m.model, &time, far + 2, 1, out) == FM_E_ARG, "x too far");
  check(fm_param_set(m.model, FM_COUPLING, FM_COUPLING_OT) == FM_OK, "coupling");
  check_none(m, FM_E_STATE, "after a change to ot");
  free(m.model);
}

int main(void) {
  check_definition();
  check_draws();
  check_account();
  check_known_floor();
  check_gaussian();
  check_near_data();
  check_rows();
  check_refusals();
  return report(8);
}
