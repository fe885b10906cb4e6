/* The weights of the error by time, and the loss by time. */
#include "weight.h"

#include "made.h"

static const path PATHS[] = {{.kind = FM_PATH_LINEAR, .sigma_data = 1.5},
                             {.kind = FM_PATH_VP_COSINE, .sigma_data = 1.5},
                             {.kind = FM_PATH_VE, .sigma_min = 0.01, .sigma_max = 50, .sigma_data = 1.5},
                             {.kind = FM_PATH_POLYNOMIAL, .power = 3, .sigma_data = 1.5},
                             {.kind = FM_PATH_VP_LINEAR, .sigma_data = 1.5}};
enum { COUNT = 5 };
static const prediction VELOCITY = {FM_PREDICT_V, 0, 1};

/* The published weight of |x1_theta - x1|^2. */
static double published(const weight *w, const path *p, path_point at) {
  const double snr = pow(at.alpha / at.sigma, 2), s = at.sigma / at.alpha, sd = p->sigma_data;
  switch (w->kind) {
    case FM_WEIGHT_SNR: return snr;
    case FM_WEIGHT_MIN_SNR: return fmin(snr, w->gamma);
    default: return (s * s + sd * sd) / pow(s * sd, 2);
  }
}

static void check_formulas(void) {
  promise("w |F_theta - F|^2 is the published weight times |x1_theta - x1|^2, on every path");
  for (int i = 0; i < COUNT; i++)
    for (int kind = FM_WEIGHT_SNR; kind <= FM_WEIGHT_EDM; kind++)
      for (double t = 0.02; t < 1; t += 0.05) {
        const weight w = {kind, 5};
        const path_point at = path_at(&PATHS[i], t);
        const condition c = condition_at(&PATHS[i], &VELOCITY, t);
        /* F wrong by 1 makes v wrong by `out`, and x1 = (sigma v - sigma' x_t) / Delta wrong by sigma out / Delta. */
        const double off = at.sigma * c.out / (at.d_alpha * at.sigma - at.d_sigma * at.alpha);
        const double expected = fmin(published(&w, &PATHS[i], at) * off * off, WEIGHT_MOST);
        const double factor = weight_at(&w, &PATHS[i], at, c);
        check(fabs(factor - expected) <= 1e-12 * expected, "path %d, weight %d, t %g: %g, not %g", i, kind, t, factor,
              expected);
        if (PATHS[i].kind == FM_PATH_VE && kind == FM_WEIGHT_EDM) check(fabs(factor - 1) < 1e-12, "edm: %g", factor);
      }
}

static void check_ends(void) {
  promise("weights stay within 0 and WEIGHT_MOST to the very ends of time, and none is 1");
  static const double TIMES[] = {0, 1e-7, 0.5, 1 - 1e-7, 1};
  for (int i = 0; i < COUNT; i++)
    for (int kind = FM_WEIGHT_NONE; kind <= FM_WEIGHT_EDM; kind++)
      for (int k = 0; k < 5; k++) {
        const path_point at = path_at(&PATHS[i], TIMES[k]);
        const double factor =
            weight_at(&(weight){kind, 5}, &PATHS[i], at, condition_at(&PATHS[i], &VELOCITY, TIMES[k]));
        check(factor >= 0 && factor <= WEIGHT_MOST, "path %d, weight %d, t %g: %g", i, kind, TIMES[k], factor);
        if (kind == FM_WEIGHT_NONE) check(factor == 1, "%g", factor);
      }
}

static void check_limits(void) {
  promise(
      "at either end a weight is what it tends to, cut off at WEIGHT_MOST: also at the flat end of a polynomial path");
  static const double ENDS[] = {0, 1};
  for (int i = 0; i < COUNT; i++)
    for (int kind = FM_WEIGHT_SNR; kind <= FM_WEIGHT_EDM; kind++)
      for (int k = 0; k < 2; k++) {
        /* The derivatives of vp-linear are held from 1e-5 before t = 1 on, so that nothing is reached beyond it. */
        if (PATHS[i].kind == FM_PATH_VP_LINEAR && k == 1) continue;
        double factor[2];
        for (int near = 0; near < 2; near++) {
          const double t = near ? fabs(ENDS[k] - 1e-7) : ENDS[k];
          factor[near] =
              weight_at(&(weight){kind, 5}, &PATHS[i], path_at(&PATHS[i], t), condition_at(&PATHS[i], &VELOCITY, t));
        }
        check(fabs(factor[0] - factor[1]) <= 1e-5 * (1 + factor[0]), "path %d, weight %d, t %g: %g, near it %g", i,
              kind, ENDS[k], factor[0], factor[1]);
      }
}

enum { B = 40 };

static void check_loss(void) {
  promise("the loss is the weighted mean of squared errors, and its gradient takes the weights along");
  const setting plain[] = {{FM_TARGET, FM_TARGET_PAIR}, END};
  const setting heavy[] = {{FM_TARGET, FM_TARGET_PAIR}, {FM_WEIGHT, FM_WEIGHT_MIN_SNR}, {FM_WEIGHT_GAMMA, 2}, END};
  made a = make(plain), b = make(heavy);
  real t[B], x0[2 * B], x1[2 * B];
  check(fm_batch(a.model, 0, t, x0, x1) == FM_OK, "batch");
  double sum = 0, gradient = 0, weighted = 0;
  for (int i = 0; i < B; i++) {
    const path_point at = path_at(&PATHS[0], t[i]);
    const double w =
        weight_at(&(weight){FM_WEIGHT_MIN_SNR, 2}, &PATHS[0], at, condition_at(&PATHS[0], &VELOCITY, t[i]));
    check(fm_loss(a.model, t + i, x0 + 2 * i, x1 + 2 * i, 1) == FM_OK, "row %d", i);
    sum += w * fm_stats_get(a.model)->loss / B;
    gradient += w * (double)fm_slot(a.model, FM_GRADIENT)[0] / B;
  }
  check(fm_loss(b.model, t, x0, x1, B) == FM_OK, "loss");
  weighted = fm_stats_get(b.model)->loss;
  check(fabs(weighted - sum) < 1e-5 * sum, "%g, not %g", weighted, sum);
  check(fabs((double)fm_slot(b.model, FM_GRADIENT)[0] - gradient) < 1e-5, "gradient %g, not %g",
        (double)fm_slot(b.model, FM_GRADIENT)[0], gradient);
  free(a.model), free(b.model);
}

static void check_by_time(void) {
  promise("the loss by time gathers each point's error where its t is, older steps counting less; a reset forgets");
  made m = make((const setting[]){{FM_WEIGHT, FM_WEIGHT_SNR}, {FM_LR, 1e-7}, {FM_MUON_LR, 1e-7}, END});
  double mean[FM_TIME_BINS], expected[2];
  const real t[4] = {0.07f, 0.071f, 0.999f, 1}, x0[8] = {1, 2, 3, 4, 5, 6, 7, 8}, x1[8] = {0};
  for (int i = 0; i < FM_TIME_BINS; i++) check(fm_loss_by_time(m.model, mean) == FM_OK && mean[i] == -1, "bin %d", i);
  made plain = make((const setting[]){END});
  for (int i = 0; i < 2; i++) {
    fm_loss(plain.model, t + 2 * i, x0 + 4 * i, x1 + 4 * i, 2);
    expected[i] = fm_stats_get(plain.model)->loss;
  }
  check(fm_train_batch(m.model, t, x0, x1, 4) == FM_OK && fm_loss_by_time(m.model, mean) == FM_OK, "step");
  for (int i = 0; i < FM_TIME_BINS; i++) {
    const double value = i == 1 ? expected[0] : i == 19 ? expected[1] : -1;
    check(fabs(mean[i] - value) < 1e-6 * fabs(value), "bin %d: %g, not %g", i, mean[i], value);
  }
  const real far[8] = {100, 100, 100, 100, 100, 100, 100, 100};
  check(fm_train_batch(m.model, t, far, x1, 2) == FM_OK && fm_loss_by_time(m.model, mean) == FM_OK, "step");
  const double latest = fm_stats_get(m.model)->loss / weight_at(&(weight){FM_WEIGHT_SNR, 5}, &PATHS[0],
                                                                path_at(&PATHS[0], 0.0705), (condition){1, 0, 1, 1});
  const double blended = (0.99 * 2 * expected[0] + 2 * latest) / (0.99 * 2 + 2);
  check(fabs(mean[1] - blended) < 0.01 * blended, "%g, not about %g", mean[1], blended);
  check(fm_reset(m.model) == FM_OK && fm_loss_by_time(m.model, mean) == FM_OK && mean[1] == -1, "after reset");
  free(m.model), free(plain.model);
}

static void check_sigma(void) {
  promise("the edm weight measures the data where sigma_data is 0, and waits for the points it needs");
  made named = make((const setting[]){{FM_WEIGHT, FM_WEIGHT_EDM}, END});
  double sigma = 0;
  check(fm_param_get(named.model, FM_SIGMA_DATA, &sigma) == FM_OK && sigma > 1 && sigma < 2, "sigma_data %g", sigma);
  check(fm_train(named.model, 2, NULL) == FM_OK, "train");
  made own = make((const setting[]){{FM_WEIGHT, FM_WEIGHT_EDM}, {FM_DATA, FM_DATA_POINTS}, END});
  const real points[4] = {0, 0, 6, 8};
  real t = 0.5f;
  check(fm_train_batch(own.model, &t, points, points, 1) == FM_E_STATE, "a step without points");
  check(fm_points_set(own.model, points, 2) == FM_OK && fm_train(own.model, 2, NULL) == FM_OK, "train");
  fm_param_get(own.model, FM_SIGMA_DATA, &sigma);
  check(fabs(sigma - sqrt(12.5)) < 1e-6, "sigma_data %g", sigma);
  free(named.model), free(own.model);
}

int main(void) {
  check_formulas();
  check_ends();
  check_limits();
  check_loss();
  check_by_time();
  check_sigma();
  return report(6);
}
