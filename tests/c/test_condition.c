/* What the network's output stands for: targets against their names, the ends, and training and sampling from end to end. */
#include "condition.h"

#include "made.h"
#include "model.h"
#include "pathset.h"

enum { QUANTITIES = FM_PREDICT_SCORE + 1 };

static const double X0 = 0.7, X1 = -1.3;

static double target_at(const path *p, const prediction *f, double t) {
  const path_point at = path_at(p, t);
  const condition c = condition_at(p, f, t);
  const double x = at.sigma * X0 + at.alpha * X1, u = at.d_sigma * X0 + at.d_alpha * X1;
  return (u - c.skip * x) / c.out;
}

static void check_names(void) {
  promise("where nothing is held the target is what `predict` names, on every path but ve");
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (int predict = 0; predict < QUANTITIES && PATHSET[i].kind != FM_PATH_VE; predict++) {
      const prediction f = condition_prepare(&PATHSET[i], predict);
      check(f.least <= 0.5 && f.most >= 0.5, "path %d, %d: %g to %g", i, predict, f.least, f.most);
      for (double t = f.least; t <= f.most; t += 0.009) {
        const path_point at = path_at(&PATHSET[i], t);
        const double names[] = {at.d_sigma * X0 + at.d_alpha * X1, X1, X0, -X0 / at.sigma};
        const double error = fabs(target_at(&PATHSET[i], &f, t) - names[predict]);
        check(error < 1e-9 * (1 + fabs(names[predict])), "path %d, t %g, %d: off by %g", i, t, predict, error);
      }
    }
  promise("only the ends that are singular are held");
  const prediction linear[] = {condition_prepare(&PATHSET[0], FM_PREDICT_X1),
                               condition_prepare(&PATHSET[0], FM_PREDICT_NOISE),
                               condition_prepare(&PATHSET[0], FM_PREDICT_SCORE)};
  for (int i = 0; i < 3; i++) {
    check(i == 0 ? linear[i].least == 0 : fabs(linear[i].least - (i == 1 ? 0.1 : 1 / 11.0)) < 0.004, "case %d: from %g",
          i, linear[i].least);
    check(i == 1 ? linear[i].most == 1 : fabs(linear[i].most - 0.9) < 0.004, "case %d: to %g", i, linear[i].most);
  }
}

static void check_ends(void) {
  promise("to the very ends targets count at most 40 and an error of F enters v at most CONDITION_MOST times");
  double target = 0, magnified = 0;
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (int predict = 0; predict < QUANTITIES && PATHSET[i].kind != FM_PATH_VE; predict++) {
      const prediction f = condition_prepare(&PATHSET[i], predict);
      for (int k = 0; k <= 400; k++) {
        const condition c = condition_at(&PATHSET[i], &f, k / 400.0);
        const double value = fabs(target_at(&PATHSET[i], &f, k / 400.0)) * sqrt(c.weight);
        check(value < 40, "path %d, t %g, %d: %g", i, k / 400.0, predict, value);
        check(fabs(c.out) <= CONDITION_MOST && c.out != 0, "path %d, t %g, %d: %g", i, k / 400.0, predict, c.out);
        check(c.weight > 0 && c.weight <= 4, "path %d, t %g, %d: weight %g", i, k / 400.0, predict, c.weight);
        target = fmax(target, value), magnified = fmax(magnified, fabs(c.out));
      }
    }
  note("largest target %.3g, largest factor %.3g", target, magnified);
}

static void check_error_weight(void) {
  promise("the error of a score counts sigma^2 times, every other once");
  for (double t = 0.1; t < 0.95; t += 0.1)
    for (int predict = 0; predict < QUANTITIES; predict++) {
      const double sigma = path_at(&PATHSET[1], t).sigma,
                   weight = condition_at(&PATHSET[1], &(prediction){predict, 0, 1}, t).weight;
      check(fabs(weight - (predict == FM_PREDICT_SCORE ? sigma * sigma : 1)) < 1e-15, "t %g, %d", t, predict);
    }
}

enum { N = 64 };

static void check_journey(void) {
  promise("every prediction on every path trains and carries points from t = 0 to 1 and back, all finite");
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_CUSTOM; kind++)
    for (int predict = 0; predict < QUANTITIES; predict++) {
      if (kind == FM_PATH_VE && predict != FM_PREDICT_V) continue;
      made m = make((const setting[]){{FM_PATH, kind}, {FM_PREDICT, predict}, END});
      const int own = kind == FM_PATH_CUSTOM;
      check(!own || fm_path_set(m.model, PATHSET_ALPHA, PATHSET_SIGMA, 5, NULL) == FM_OK, "samples");
      check(fm_train(m.model, 30, NULL) == FM_OK, "path %d, predict %d", kind, predict);
      check(slots_finite(m), "path %d, predict %d", kind, predict);
      real x[2 * N];
      fm_noise(m.model, 1, 0, N, x);
      check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 40, 0, 1, x, N) == FM_OK, "path %d, predict %d", kind, predict);
      for (int i = 0; i < 2 * N; i++) check(fabs((double)x[i]) < 1e6, "path %d, predict %d: %g", kind, predict, x[i]);
      check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 40, 1, 0, x, N) == FM_OK, "path %d, predict %d", kind, predict);
      for (int i = 0; i < 2 * N; i++) check(isfinite(x[i]), "path %d, predict %d: %g", kind, predict, x[i]);
      free(m.model);
    }
}

static void check_refusals(void) {
  promise("a score without independent pairs and other predictions under ve are refused, by the row predict");
  static const setting BAD[][3] = {{{FM_PREDICT, FM_PREDICT_SCORE}, {FM_COUPLING, FM_COUPLING_OT}, END},
                                   {{FM_PREDICT, FM_PREDICT_SCORE}, {FM_COUPLING, FM_COUPLING_PAIRED}, END},
                                   {{FM_PREDICT, FM_PREDICT_X1}, {FM_PATH, FM_PATH_VE}, END},
                                   {{FM_PREDICT, FM_PREDICT_NOISE}, {FM_PATH, FM_PATH_VE}, END},
                                   {{FM_PREDICT, FM_PREDICT_SCORE}, {FM_PATH, FM_PATH_VE}, END}};
  for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
    double params[FM_PARAM_COUNT];
    int bad = -1;
    params_with(BAD[i], params);
    check(fm_check(params, &bad) == FM_E_ARG && bad == FM_PREDICT, "case %zu: row %d", i, bad);
  }
  made m = make((const setting[]){{FM_PREDICT, FM_PREDICT_SCORE}, END});
  const real pairs[4] = {0, 1, 2, 3};
  double coupling;
  check(fm_param_set(m.model, FM_COUPLING, FM_COUPLING_OT) == FM_E_ARG, "ot on a living score model");
  check(fm_pairs_set(m.model, pairs, pairs, 2) == FM_OK && fm_reflow_begin(m.model) == FM_E_STATE, "reflow");
  check(fm_param_get(m.model, FM_COUPLING, &coupling) == FM_OK && coupling == FM_COUPLING_INDEPENDENT, "coupling");
  free(m.model);
  made x1 = make((const setting[]){{FM_PREDICT, FM_PREDICT_X1}, {FM_COUPLING, FM_COUPLING_OT}, END});
  check(fm_pairs_set(x1.model, pairs, pairs, 2) == FM_OK && fm_reflow_begin(x1.model) == FM_OK, "reflow of x1");
  check(fm_train(x1.model, 3, NULL) == FM_OK && slots_finite(x1), "training on pairs");
  free(x1.model);
}

int main(void) {
  check_names();
  check_ends();
  check_error_weight();
  check_journey();
  check_refusals();
  return report(6);
}
