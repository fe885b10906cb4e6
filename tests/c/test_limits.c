/* States at the edge of what fm_restore and fm_points_set let in, and the measured sigma_data of ve. */
#include <limits.h>

#include "made.h"

static void check_restored_extremes(void) {
  promise("the largest state that fm_restore admits stays finite in every later step; anything beyond is refused");
  static const struct {
    int slot;
    real most;
  } LARGEST[] = {{FM_RAW, 1e38f}, {FM_EMA, 1e38f}, {FM_MOMENT, 1e20f}, {FM_VARIANCE, 1e36f}};
  for (int i = 0; i < 4; i++)
    for (int sign = LARGEST[i].slot == FM_VARIANCE ? 1 : -1; sign <= 1; sign += 2) {
      made m = make((const setting[]){{FM_LR, 10}, {FM_EPS, 1e-12}, {FM_SCHEDULE, 0}, {FM_BETA1, 0.9999}, END});
      real *slot = fm_slot(m.model, LARGEST[i].slot);
      slot[3] = (real)sign * LARGEST[i].most * 1.01f;
      check(fm_restore(m.model, 0, 0) == FM_E_FORMAT, "slot %d beyond", LARGEST[i].slot);
      for (int k = 0; k < fm_slot_size(m.model); k += 7) slot[k] = (real)sign * LARGEST[i].most * 0.99f;
      slot[3] = 0;
      check(fm_restore(m.model, 0, 0) == FM_OK, "slot %d at its bound", LARGEST[i].slot);
      for (int step = 0; step < 5; step++) {
        const int status = fm_train(m.model, 1, NULL);
        check(status == FM_OK || status == FM_E_DIVERGED, "status %d", status);
        check(slots_finite(m), "slot %d, sign %d: not finite after step %d", LARGEST[i].slot, sign, step + 1);
      }
      free(m.model);
    }
}

static void check_counters(void) {
  promise("steps and rounds end at their bounds instead of overflowing");
  made m = make((const setting[]){END});
  const int steps = 1 << 30, rounds = 1 << 20;
  check(fm_restore(m.model, INT_MAX, 0) == FM_E_ARG && fm_restore(m.model, steps + 1, 0) == FM_E_ARG, "steps");
  check(fm_restore(m.model, 0, INT_MAX) == FM_E_ARG && fm_restore(m.model, 0, rounds + 1) == FM_E_ARG, "rounds");
  check(fm_restore(m.model, steps, rounds) == FM_OK, "at the bounds");
  check(fm_train(m.model, 1, NULL) == FM_E_STATE && fm_stats_get(m.model)->step == steps, "a step too many");
  const real pair[2] = {1, 2};
  check(fm_pairs_set(m.model, pair, pair, 1) == FM_OK && fm_reflow_begin(m.model) == FM_E_STATE, "a round too many");
  check(fm_nfe(FM_SOLVER_RK4, INT_MAX) == 0 && fm_nfe(FM_SOLVER_RK4, 10000) == 40000, "evaluations");
  free(m.model);
}

static double sigma_data(made m) {
  double value = -1;
  fm_param_get(m.model, FM_SIGMA_DATA, &value);
  return value;
}

static void check_sigma_data(void) {
  promise("ve measures the data's standard deviation, whatever the seed, and waits for points or refuses them");
  for (int seed = 0; seed < 5; seed++) {
    made m = make((const setting[]){{FM_PATH, FM_PATH_VE}, {FM_SEED, seed}, END});
    /* Moons times 2: angle integrals give variances 3 and 0.990, noise adds 0.01 to each: root of the mean 1.416. */
    check(fabs(sigma_data(m) - 1.416) < 0.02, "seed %d: %g", seed, sigma_data(m));
    made zero = make((const setting[]){{FM_PATH, FM_PATH_VE}, {FM_SEED, 0}, END});
    check(sigma_data(m) == sigma_data(zero), "seed %d: %.17g", seed, sigma_data(m));
    free(m.model), free(zero.model);
  }
  const real far[] = {-9e6f, 0, 9e6f, 0}, near[] = {-2, -2, 2, 2}, t[] = {0.5f, 0.5f};
  real v[4], cost[2], straightness[2];
  made m = make((const setting[]){{FM_PATH, FM_PATH_VE}, {FM_DATA, FM_DATA_POINTS}, END});
  check(fm_velocity(m.model, FM_EMA, t, near, 2, v) == FM_E_STATE, "velocity without points");
  check(fm_loss(m.model, t, near, near, 2) == FM_E_STATE, "loss without points");
  check(fm_train_batch(m.model, t, near, near, 2) == FM_E_STATE, "step without points");
  check(fm_straightness(m.model, FM_EMA, 4, near, 2, straightness, cost) == FM_E_STATE, "straightness without points");
  memcpy(v, near, sizeof v);
  check(fm_sample(m.model, FM_EMA, FM_SOLVER_EULER, 4, 0, 1, v, 2) == FM_E_STATE, "sample without points");
  check(fm_points_set(m.model, far, 2) == FM_E_ARG && sigma_data(m) == 0, "points too far apart");
  check(fm_train(m.model, 1, NULL) == FM_E_STATE, "refused points are not kept");
  check(fm_points_set(m.model, near, 2) == FM_OK && sigma_data(m) == 2, "%g", sigma_data(m));
  check(fm_velocity(m.model, FM_EMA, t, near, 2, v) == FM_OK, "velocity with points");
  free(m.model);
}

static void check_measurable(void) {
  promise("the sliced distance refuses coordinates whose squares leave the range");
  float a[] = {3e38f, 0}, b[] = {-3e38f, 0}, scratch[3];
  double out[1] = {7};
  check(fm_sw2(a, b, 1, 2, 0, 0, 1, scratch, out) == FM_E_ARG && out[0] == 7, "out %g", out[0]);
  a[0] = 1e18f, b[0] = -1e18f;
  check(fm_sw2(a, b, 1, 2, 0, 0, 1, scratch, out) == FM_OK && isfinite(out[0]), "out %g", out[0]);
}

int main(void) {
  check_restored_extremes();
  check_counters();
  check_sigma_data();
  check_measurable();
  return report(4);
}
