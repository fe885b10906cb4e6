/* The exact marginal velocity: against plain formulas, against the data sets as they are drawn. */
#include "variety.h"

#include "scalar.h"

/* ---- Against the definition in double -------------------------------------------------------------------- */

/* A law as many Gaussians or cells of a fine grid, each of its own weight. */
enum { MOST = 40000 };
static struct {
  int count;
  double std, x[MOST], y[MOST], weight[MOST];
  int part[MOST];
} law;

static void add(int part, double x, double y, double weight) {
  law.part[law.count] = part, law.x[law.count] = x, law.y[law.count] = y, law.weight[law.count++] = weight;
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
        add(inner, 2 * (inner ? 1 - cos(angle) : cos(angle)), 2 * (inner ? 0.5 - sin(angle) : sin(angle)), 1);
      }
      return;
    case FM_DATA_MOONS_IID:
      for (int i = 0; i < fine; i++) {
        const double angle = SCALAR_PI * (i + 0.5) / fine;
        add(0, 2 * cos(angle), 2 * sin(angle), 1), add(1, 2 - 2 * cos(angle), 1 - 2 * sin(angle), 1);
      }
      return;
    case FM_DATA_8GAUSSIANS:
      for (int i = 0; i < 8; i++) add(i, 4 * cos(SCALAR_PI * i / 4), 4 * sin(SCALAR_PI * i / 4), 1);
      return;
    case FM_DATA_8GAUSSIANS_TORCHCFM:
      law.std = pow(0.1, 0.25);
      for (int i = 0; i < 8; i++) add(i, 5 * cos(SCALAR_PI * i / 4), 5 * sin(SCALAR_PI * i / 4), 1);
      return;
    case FM_DATA_CIRCLES:
      for (int i = 0; i < fine; i++)
        for (int k = 1; k <= 2; k++)
          add(k == 1, 3.0 / k * cos(2 * SCALAR_PI * i / fine), 3.0 / k * sin(2 * SCALAR_PI * i / fine), 1);
      return;
    case FM_DATA_SPIRALS:
      for (int i = 0; i < fine; i++) {
        const double r = (i + 0.5) / fine;
        for (int k = -1; k <= 1; k += 2)
          add(k < 0, 4 * k * r * cos(3 * SCALAR_PI * r), 4 * k * r * sin(3 * SCALAR_PI * r), r);
      }
      return;
    case FM_DATA_CHECKERBOARD: /* three Gauss nodes in each of 22 pieces of a cell's side */
      law.std = 0;
      for (int i = 0; i < 264; i++)
        for (int j = 0; j < 264; j++)
          if ((i / 66 + j / 66) % 2 == 0)
            add(j / 66 * 2 + i / 132, gauss_place(i), gauss_place(j), GAUSS_WEIGHT[i % 3] * GAUSS_WEIGHT[j % 3]);
      return;
    default:
      law.std = 0;
      for (int i = 0; i < 300; i++) add(i % 3, own[2 * i], own[2 * i + 1], 1);
  }
}

/* v* by the formulas of a mixture, component by component, of one part or with -1 of all. */
static void plain_velocity(path_point p, int part, const double *x, double *v) {
  const double variance = p.alpha * p.alpha * law.std * law.std + p.sigma * p.sigma;
  double least = INFINITY, mass = 0, mean[2] = {0, 0};
  for (int pass = 0; pass < 2; pass++)
    for (int j = 0; j < law.count; j++) {
      if (part >= 0 && law.part[j] != part) continue;
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
  promise(
      "v* is that of the law in double, of all data and of a class, for every data set that has one, path and level of "
      "noise");
  static const double NOISES[] = {0.05, 0.3, ORACLE_LEAST_NOISE};
  double worst = 0;
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; is_known(kind) && course <= FM_PATH_POLYNOMIAL; course++)
      for (int noise = 0; noise < (kind == FM_DATA_CHECKERBOARD || kind == FM_DATA_POINTS ? 1 : 3); noise++) {
        made m = make((const setting[]){{FM_DATA, kind},
                                        {FM_PATH, course},
                                        {FM_SIGMA_DATA, 1.5},
                                        {FM_BATCH, 41},
                                        {FM_NOISE, NOISES[noise]},
                                        {FM_CLASSES, classes_of(kind)},
                                        END});
        give_points(m, kind, classes_of(kind));
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
            /* Of all data, of the class that x is near, and of all data as the null class. */
            const int part = k == 1 ? law.part[j] : -1;
            const int32_t label = k == 1 ? part : classes_of(kind);
            check(fm_oracle_velocity(m.model, &t, x, k ? &label : NULL, 1, v) == FM_OK, "%s", NAMES[kind]);
            plain_velocity(p, part, at, expected);
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

enum { DRAWS = 60 };
static real x[2 * BATCH], v[2 * BATCH];
static double left[BATCH], gap[BATCH];

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
  promise(
      "u - v* has mean 0 against any function of x_t, over batches of every data set, path and target, with and "
      "without classes");
  double worst = 0;
  for (int kind = 0; kind < KINDS; kind++)
    for (int course = FM_PATH_LINEAR; is_known(kind) && course <= FM_PATH_POLYNOMIAL; course++)
      for (int target = course ? FM_TARGET_STABLE : FM_TARGET_PAIR; target <= FM_TARGET_STABLE; target++) {
        made m = made_of(kind, course, target, BATCH);
        const path path = m.model->field.path;
        double sum[PROBES] = {0}, squares[PROBES] = {0};
        for (int step = 0; step < DRAWS; step++) {
          double batch[PROBES] = {0};
          const int32_t *of = draw(m, step);
          oracle_velocity_of(&m.model->oracle, &path, of, t, x0, x1, BATCH, v);
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
    oracle_velocity_of(&m.model->oracle, &path, NULL, t, x0, x1, BATCH, v);
    for (int i = 0; i < BATCH && course != FM_PATH_VE; i++) {
      const path_point p = path_at(&path, t[i]);
      if (p.sigma > 2e-4) continue; /* below it no other point is near, so u is v* */
      for (int k = 2 * i; k < 2 * i + 2; k++) {
        const double u = p.d_sigma * x0[k] + p.d_alpha * x1[k];
        check(fabs(v[k] - u) < 1e-6 * (10 + fabs(u)), "path %d, t %.9g: %g instead of %g", course, t[i], v[k], u);
      }
    }
    for (int i = 0; i < BATCH; i++) t[i] = i % 2 ? 1 : t[i], x1[2 * i] += (real)0.01;
    check(fm_oracle_velocity(m.model, t, x1, NULL, BATCH, v) == FM_OK, "at t = 1");
    for (int k = 0; k < 2 * BATCH; k++) check(fabs(v[k]) < 1e7, "path %d: %g", course, v[k]);
    for (int i = 0; i < BATCH; i++) t[i] = 1;
    check(fm_oracle_loss(m.model, FM_RAW, t, x0, x1, NULL, BATCH, left, gap) == FM_OK, "at t = 1");
    for (int i = 0; i < BATCH; i++) check(isfinite(left[i]) && isfinite(gap[i]), "path %d: %g", course, left[i]);
    free(m.model);
  }
}

static void check_rows(void) {
  promise("a point's v* has the same bits alone and in any batch, and equals that of a pair that leads to it");
  for (int kind = 0; kind < KINDS; kind++) {
    if (!is_known(kind)) continue;
    made m = made_of(kind, FM_PATH_LINEAR, FM_TARGET_PAIR, BATCH);
    const path path = m.model->field.path;
    fm_batch(m.model, 0, t, x0, x1);
    for (int i = 0; i < 2 * BATCH; i++) x[i] = (1 - t[i / 2]) * x0[i] + t[i / 2] * x1[i];
    check(fm_oracle_velocity(m.model, t, x, NULL, BATCH, v) == FM_OK, "velocity");
    for (int i = 0; i < BATCH; i++) {
      real alone[2], pair[2];
      check(fm_oracle_velocity(m.model, t + i, x + 2 * i, NULL, 1, alone) == FM_OK, "velocity");
      check(memcmp(alone, v + 2 * i, sizeof alone) == 0, "%s, row %d", NAMES[kind], i);
      oracle_velocity_of(&m.model->oracle, &path, NULL, t + i, x0 + 2 * i, x1 + 2 * i, 1, pair);
      for (int k = 0; k < 2; k++)
        check(fabs(pair[k] - v[2 * i + k]) < 2e-5 / (1 - t[i]), "%s, t %g: %g and %g", NAMES[kind], t[i], pair[k],
              v[2 * i + k]);
    }
    free(m.model);
  }
}

static void check_far(void) {
  promise("of points 1e4 from the origin v* is as near to that of their law as near it");
  static real moved[2 * 300];
  double worst = 0;
  for (int course = FM_PATH_LINEAR; course <= FM_PATH_POLYNOMIAL; course++) {
    made m = made_of(FM_DATA_POINTS, course, FM_TARGET_PAIR, BATCH);
    const path path = m.model->field.path;
    describe(FM_DATA_POINTS, 0, BATCH);
    for (int j = 0; j < 300; j++) {
      law.x[j] = moved[2 * j] = (real)(own[2 * j] + 1e4), law.y[j] = moved[2 * j + 1] = (real)(own[2 * j + 1] - 1e4);
    }
    check(fm_points_set(m.model, moved, 300) == FM_OK, "points");
    if ((FM_DATA_POINTS + course) % 2) check(fm_labels_set(m.model, classes_of_own, 300) == FM_OK, "labels");
    for (int i = 0; i < 40; i++) {
      const real time = (real)(i / 41.0);
      const path_point p = path_at(&path, (double)time);
      real at[2], v[2];
      double wide[2], expected[2];
      for (int k = 0; k < 2; k++) wide[k] = at[k] = (real)(p.alpha * moved[14 * i + k] + p.sigma * cos(3 * i + k));
      check(fm_oracle_velocity(m.model, &time, at, NULL, 1, v) == FM_OK, "velocity");
      plain_velocity(p, -1, wide, expected);
      for (int k = 0; k < 2; k++) {
        const double error = fabs(v[k] - expected[k]) / (1 + fabs(expected[k]));
        worst = fmax(worst, error);
        check(error < 2e-6, "path %d, t %g: %.9g instead of %.9g", course, time, v[k], expected[k]);
      }
    }
    free(m.model);
  }
  note("largest error %.1e", worst);
}

int main(void) {
  check_definition();
  check_draws();
  check_near_data();
  check_rows();
  check_far();
  return report(5);
}
