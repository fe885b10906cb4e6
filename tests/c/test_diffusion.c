/* Samples with noise on the way through fm.h: their bits, and what is refused. */
#include "made.h"

enum { N = 1100, COUNT = 7 };
static const double TIMES[COUNT] = {0, 0.1, 0.3, 0.5, 0.7, 0.9, 1};

static void check_bits(void) {
  promise(
      "a point's noise is its own however calls are cut, another seed gives another, and none gives the flow itself");
  real *all = guarded(N * 2 * sizeof(real)), *flow = guarded(N * 2 * sizeof(real)), *x0 = guarded(N * 2 * sizeof(real));
  real *path = guarded(COUNT * N * 2 * sizeof(real));
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_POLYNOMIAL; kind++) {
    made m = make((const setting[]){{FM_PATH, kind}, END});
    double g[COUNT];
    fm_train(m.model, 50, NULL);
    fm_noise(m.model, 9, 0, N, x0);
    check(fm_diffusion(m.model, FM_SDE_SIGMA, 0.5, TIMES, COUNT, g) == FM_OK, "g");
    check(g[0] > g[3] && g[3] > g[6] && g[3] > 0, "g = %g, %g, %g", g[0], g[3], g[6]);
    memcpy(all, x0, N * 2 * sizeof(real));
    check(fm_sample_sde(m.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 3, 40, all, N, path) == FM_OK, "all");
    check(memcmp(all, path + (COUNT - 1) * N * 2, N * 2 * sizeof(real)) == 0, "the path ends elsewhere");
    for (int i = 0; i < N; i += 97) {
      real x[2] = {x0[2 * i], x0[2 * i + 1]};
      fm_sample_sde(m.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 3, 40 + (uint32_t)i, x, 1, NULL);
      check(memcmp(x, all + 2 * i, sizeof x) == 0 && isfinite(x[0]), "path %d: point %d", kind, i);
      real y[2] = {x0[2 * i], x0[2 * i + 1]};
      fm_sample_sde(m.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 4, 40 + (uint32_t)i, y, 1, NULL);
      check(memcmp(x, y, sizeof x) != 0, "path %d: point %d is the same from another seed", kind, i);
    }
    check(fm_diffusion(m.model, FM_SDE_NONE, 5, TIMES, COUNT, g) == FM_OK && g[2] == 0, "no noise");
    memcpy(all, x0, N * 2 * sizeof(real)), memcpy(flow, x0, N * 2 * sizeof(real));
    fm_sample_sde(m.model, FM_EMA, FM_SOLVER_RK4, TIMES, g, COUNT, 3, 0, all, N, NULL);
    fm_sample_grid(m.model, FM_EMA, FM_SOLVER_RK4, TIMES, COUNT, flow, N, NULL);
    check(memcmp(all, flow, N * 2 * sizeof(real)) == 0, "path %d: without noise the sample is another", kind);
    check(fm_diffusion(m.model, FM_SDE_CONSTANT, 0.7, TIMES, COUNT, g) == FM_OK && g[0] == 0.7 && g[6] == 0.7,
          "constant");
    free(m.model);
  }
  free(all), free(flow), free(x0), free(path);
}

#define REFUSE(status, ...) check((__VA_ARGS__) == (status), #__VA_ARGS__)

static void check_refusals(void) {
  promise(
      "noise is refused without a score, to solvers with a memory, and when g is no number from 0 up; nothing moves");
  made m = make((const setting[]){END}), ot = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  double g[COUNT];
  real x[4], before[4];
  fm_noise(m.model, 1, 0, 2, x), memcpy(before, x, sizeof x);
  fm_diffusion(m.model, FM_SDE_CONSTANT, 1, TIMES, COUNT, g);
  REFUSE(FM_E_STATE, fm_sample_sde(ot.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 0, 0, x, 2, NULL));
  REFUSE(FM_E_ARG, fm_sample_sde(m.model, FM_EMA, FM_SOLVER_AB2, TIMES, g, COUNT, 0, 0, x, 2, NULL));
  REFUSE(FM_E_ARG, fm_sample_sde(m.model, FM_EMA, FM_SOLVER_DOPRI5, TIMES, g, COUNT, 0, 0, x, 2, NULL));
  REFUSE(FM_E_ARG, fm_sample_sde(m.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 0, UINT32_MAX, x, 2, NULL));
  for (int i = 0; i < 4; i++) {
    g[2] = (const double[]){-1e-9, NAN, INFINITY, 2e6}[i];
    REFUSE(FM_E_ARG, fm_sample_sde(m.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 0, 0, x, 2, NULL));
  }
  made labelled = make((const setting[]){{FM_CLASSES, 2}, END});
  static const int32_t labels[2] = {0, 1};
  g[2] = 1;
  check(fm_guide_set(labelled.model, labels, 2, 1.5, 0, 1) == FM_OK, "guide");
  REFUSE(FM_E_STATE, fm_sample_sde(labelled.model, FM_EMA, FM_SOLVER_HEUN, TIMES, g, COUNT, 0, 0, x, 2, NULL));
  free(labelled.model);
  REFUSE(FM_E_ARG, fm_diffusion(m.model, 3, 1, TIMES, COUNT, g));
  REFUSE(FM_E_ARG, fm_diffusion(m.model, FM_SDE_SIGMA, -1, TIMES, COUNT, g));
  check(memcmp(x, before, sizeof x) == 0, "a refused call has moved the points");
  promise(
      "the rows refuse noise beside a coupling without a score or a solver with a memory, and reflow begins without "
      "it");
  double params[FM_PARAM_COUNT];
  int bad = -1;
  for (int i = 0; i < 3; i++) {
    fm_preset(FM_PRESET_DEFAULT, params);
    params[FM_SDE] = FM_SDE_SIGMA;
    check(fm_check(params, &bad) == FM_OK, "noise alone is refused");
    if (i == 0)
      params[FM_COUPLING] = FM_COUPLING_OT;
    else
      params[FM_SOLVER] = i == 1 ? FM_SOLVER_AB2 : FM_SOLVER_DOPRI5;
    check(fm_check(params, &bad) == FM_E_ARG && bad == FM_SDE, "case %d blames %d", i, bad);
  }
  check(fm_pairs_set(m.model, x, x, 2) == FM_OK && fm_param_set(m.model, FM_SDE, FM_SDE_SIGMA) == FM_OK, "set");
  check(fm_reflow_begin(m.model) == FM_E_STATE, "reflow with noise");
  check(fm_param_set(m.model, FM_SDE, FM_SDE_NONE) == FM_OK && fm_reflow_begin(m.model) == FM_OK, "reflow without");
  free(m.model), free(ot.model);
}

int main(void) {
  check_bits();
  check_refusals();
  return report(3);
}
