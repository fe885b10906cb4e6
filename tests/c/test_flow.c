/* Sampling and reflow through fm.h: known flows, freedom from how calls are cut, and what a reflow round begins with and learns from. */
#include "made.h"

/* Zero weights and an output bias make v constant: everything about the flow is then known. */
static void check_constant_field(void) {
  promise("a constant field moves points along it by every solver, straight, and back");
  made m = make((const setting[]){END});
  const int size = fm_slot_size(m.model), dim = 2;
  for (int slot = FM_RAW; slot <= FM_EMA; slot++) {
    memset(fm_slot(m.model, slot), 0, (size_t)size * sizeof(real));
    fm_slot(m.model, slot)[size - 2] = 3, fm_slot(m.model, slot)[size - 1] = -4;
  }
  check(fm_restore(m.model, 0, 0) == FM_OK, "restore");
  real x[50], start[50], straightness[25], cost[25];
  for (int solver = FM_SOLVER_EULER; solver <= FM_SOLVER_AB2; solver++)
    for (int back = 0; back < 2; back++) {
      fm_noise(m.model, 4, 0, 25, start);
      memcpy(x, start, sizeof x);
      check(fm_sample(m.model, FM_EMA, solver, 8, back, !back, x, 25) == FM_OK, "solver %d", solver);
      for (int i = 0; i < 50; i++) {
        const double truth = start[i] + (i % dim ? -4.0 : 3.0) * (back ? -1 : 1);
        check(fabs(x[i] - truth) < 2e-6, "solver %d, back %d: %g, not %g", solver, back, x[i], truth);
      }
    }
  check(fm_straightness(m.model, FM_RAW, 10, start, 25, straightness, cost) == FM_OK, "straightness");
  for (int i = 0; i < 25; i++)
    check(straightness[i] < 1e-10 && fabs(cost[i] - 25) < 1e-4, "straightness %g, cost %g", straightness[i], cost[i]);
  free(m.model);
}

static void check_flow_cuts(void) {
  promise("a point's sample, velocity and straightness have the same bits alone and in any company, for every path");
  enum { N = 2100 }; /* more than two pieces of the sampler */
  real *all = guarded(N * 2 * sizeof(real)), *out = guarded(N * 2 * sizeof(real)), *t = guarded(N * sizeof(real));
  real *straight = guarded(N * sizeof(real)), *cost = guarded(N * sizeof(real));
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++) {
    made m = make((const setting[]){{FM_PATH, path}, END});
    fm_train(m.model, 20, NULL);
    fm_noise(m.model, 9, 0, N, all);
    for (int i = 0; i < N; i++) t[i] = (real)((i % 7) / 7.0);
    fm_velocity(m.model, FM_RAW, t, all, N, out);
    fm_straightness(m.model, FM_RAW, 4, all, N, straight, cost);
    for (int i = 0; i < N; i += 131) {
      real v[2], s, c, x[2];
      fm_velocity(m.model, FM_RAW, t + i, all + 2 * i, 1, v);
      check(memcmp(v, out + 2 * i, sizeof v) == 0, "path %d: velocity of point %d", path, i);
      fm_straightness(m.model, FM_RAW, 4, all + 2 * i, 1, &s, &c);
      check(s == straight[i] && c == cost[i], "path %d: straightness of point %d", path, i);
      fm_noise(m.model, 9, (uint32_t)i, 1, x);
      check(memcmp(x, all + 2 * i, sizeof x) == 0, "noise of point %d", i);
    }
    memcpy(out, all, N * 2 * sizeof(real));
    fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 5, 0, 1, out, N);
    for (int i = 0; i < N; i += 131) {
      real x[2] = {all[2 * i], all[2 * i + 1]};
      fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 5, 0, 1, x, 1);
      check(memcmp(x, out + 2 * i, sizeof x) == 0, "path %d: sample of point %d", path, i);
      check(isfinite(x[0]) && isfinite(x[1]), "path %d: sample %g, %g", path, x[0], x[1]);
    }
    check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 100, 0, 1, all, 20) == FM_OK, "forwards");
    check(fm_sample(m.model, FM_EMA, FM_SOLVER_RK4, 100, 1, 0, all, 20) == FM_OK, "backwards");
    fm_noise(m.model, 9, 0, 20, out);
    for (int i = 0; i < 40; i++) check(fabs(all[i] - out[i]) < 2e-3, "path %d: %g returns as %g", path, out[i], all[i]);
    free(m.model);
  }
  free(all), free(out), free(t), free(straight), free(cost);
}

static void check_loglik_cuts(void) {
  promise("a point's log-density has the same bits alone and in any company, exact and estimated, for every path");
  enum { N = 1500 }; /* more than two pieces */
  real *x = guarded(N * 2 * sizeof(real));
  const double times[] = {1, 0.7, 0.5, 0.1, 0};
  double *logp = guarded(N * sizeof(double)), *error = guarded(N * sizeof(double));
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
    made m = make((const setting[]){{FM_PATH, path}, END});
    fm_train(m.model, 20, NULL);
    fm_data(m.model, 9, N, x);
    for (int probes = 0; probes <= 6; probes += 3) {
      check(fm_loglik(m.model, FM_EMA, FM_SOLVER_HEUN, times, 5, probes, 7, 50, x, N, logp, error) == FM_OK, "path %d",
            path);
      for (int i = 0; i < N; i += 97) {
        double alone, off;
        fm_loglik(m.model, FM_EMA, FM_SOLVER_HEUN, times, 5, probes, 7, 50 + (uint32_t)i, x + 2 * i, 1, &alone, &off);
        check(alone == logp[i] && off == error[i], "path %d, %d probes: point %d", path, probes, i);
        check(isfinite(alone) && off >= 0 && (probes > 0 || off == 0), "path %d, %d probes: %g +- %g", path, probes,
              alone, off);
      }
    }
    free(m.model);
  }
  free(x), free(logp), free(error);
}

static void check_grids(void) {
  promise(
      "a grid given as times has the bits of the same grid by name, and its path passes through the start and the end");
  enum { N = 1100, STEPS = 6 };
  real *x = guarded(N * 2 * sizeof(real)), *named = guarded(N * 2 * sizeof(real));
  real *path = guarded((STEPS + 1) * N * 2 * sizeof(real));
  for (int kind = FM_PATH_LINEAR; kind <= FM_PATH_VE; kind++)
    for (int grid = FM_GRID_UNIFORM; grid <= FM_GRID_QUADRATIC; grid++)
      for (int solver = FM_SOLVER_EULER; solver <= FM_SOLVER_AB2; solver++) {
        made m = make((const setting[]){{FM_PATH, kind}, {FM_TIME_GRID, grid}, END});
        double times[STEPS + 1];
        fm_train(m.model, 20, NULL);
        fm_noise(m.model, 3, 0, N, x);
        memcpy(named, x, N * 2 * sizeof(real));
        const double scale = kind == FM_PATH_VE ? 50 : 1;
        check(fm_grid(grid, STEPS, 0, 1, times) == FM_OK, "grid %d", grid);
        check(fm_sample(m.model, FM_EMA, solver, STEPS, 0, 1, named, N) == FM_OK, "by name");
        check(fm_sample_grid(m.model, FM_EMA, solver, times, STEPS + 1, x, N, path) == FM_OK, "by times");
        check(memcmp(x, named, N * 2 * sizeof(real)) == 0, "path %d, grid %d, solver %d", kind, grid, solver);
        check(memcmp(x, path + STEPS * N * 2, N * 2 * sizeof(real)) == 0, "the path ends elsewhere");
        fm_noise(m.model, 3, 0, N, x);
        for (int i = 0; i < N * 2; i++) check(path[i] == (real)(scale * x[i]), "the path starts at %g", path[i]);
        check(path[2 * N] != path[0] && path[2 * N] != path[4 * N], "the path stands still");
        free(m.model);
      }
  free(x), free(named), free(path);
}

static void check_grid_refusals(void) {
  promise("times that do not go one way, or leave [0, 1], and grids that do not exist are refused");
  made m = make((const setting[]){END});
  static const double WRONG[][3] = {{0, 0, 1},     {0, 0.6, 0.5}, {0.5, 0.6, 0.55}, {1, 0.5, 0.7},
                                    {0, 0.5, 1.1}, {-0.1, 0, 1},  {0, NAN, 1},      {0.5, 0.5, 0.5}};
  real x[4], before[4];
  fm_noise(m.model, 1, 0, 2, x);
  memcpy(before, x, sizeof x);
  for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
    check(fm_sample_grid(m.model, FM_RAW, FM_SOLVER_EULER, WRONG[i], 3, x, 2, NULL) == FM_E_ARG, "times %zu", i);
  static const double good[3] = {0, 0.3, 1};
  double times[4];
  check(fm_sample_grid(m.model, FM_RAW, FM_SOLVER_EULER, good, 1, x, 2, NULL) == FM_E_ARG, "a single time");
  check(fm_grid(2, 3, 0, 1, times) == FM_E_ARG && fm_grid(-1, 3, 0, 1, times) == FM_E_ARG, "no such grid");
  check(fm_grid(0, 0, 0, 1, times) == FM_E_ARG && fm_grid(0, 3, 0.5, 0.5, times) == FM_E_ARG, "no step, no span");
  check(memcmp(x, before, sizeof x) == 0, "a refused call has moved the points");
  check(fm_sample_grid(m.model, FM_RAW, FM_SOLVER_EULER, good, 3, x, 2, NULL) == FM_OK, "good times");
  free(m.model);
}

/* Whether every row of a batch is one of the pairs. */
static int are_from(const real *a0, const real *a1, int n, const real *x0, const real *x1, int pairs) {
  for (int i = 0; i < n; i++) {
    int found = 0;
    for (int k = 0; k < pairs; k++) found |= !memcmp(a0 + 2 * i, x0 + 2 * k, 8) && !memcmp(a1 + 2 * i, x1 + 2 * k, 8);
    if (!found) return 0;
  }
  return 1;
}

static void check_reflow(void) {
  promise("a reflow round begins at the average with fresh moments, and reset returns to the first coupling");
  made m = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  enum { N = 64 };
  real x0[2 * N], x1[2 * N], t[40], a0[80], a1[80];
  double coupling;
  fm_train(m.model, 20, NULL);
  fm_noise(m.model, 2, 0, N, x0);
  memcpy(x1, x0, sizeof x0);
  fm_sample(m.model, FM_EMA, FM_SOLVER_EULER, 10, 0, 1, x1, N);
  made before = copy_of(m, (const setting[]){END});
  check(fm_pairs_set(m.model, x0, x1, N) == FM_OK && fm_reflow_begin(m.model) == FM_OK, "begin");
  const size_t bytes = (size_t)fm_slot_size(m.model) * sizeof(real);
  check(memcmp(fm_slot(m.model, FM_RAW), fm_slot(before.model, FM_EMA), bytes) == 0, "weights are the average");
  for (int i = 0; i < fm_slot_size(m.model); i++)
    check(fm_slot(m.model, FM_MOMENT)[i] == 0 && fm_slot(m.model, FM_VARIANCE)[i] == 0, "moment %d", i);
  check(fm_stats_get(m.model)->round == 1 && fm_stats_get(m.model)->step == 0, "round and step");
  check(fm_param_get(m.model, FM_COUPLING, &coupling) == FM_OK && coupling == FM_COUPLING_PAIRED, "paired");
  real before_t[40];
  check(fm_batch(before.model, 0, before_t, a0, a1) == FM_OK, "batch of the first round");
  check(fm_batch(m.model, 0, t, a0, a1) == FM_OK, "batch");
  check(memcmp(t, before_t, sizeof t) != 0, "the round draws the times of the round before");
  check(are_from(a0, a1, 40, x0, x1, N), "a row is no pair");
  check(fm_train(m.model, 5, NULL) == FM_OK && fm_reset(m.model) == FM_OK, "train and reset");
  check(fm_param_get(m.model, FM_COUPLING, &coupling) == FM_OK && coupling == FM_COUPLING_OT, "coupling %g", coupling);
  check(fm_stats_get(m.model)->round == 0, "round %d", fm_stats_get(m.model)->round);
  free(m.model), free(before.model);
}

/* Mean |x0 + v(0, x0) - x1|^2 a coordinate: the error of one step. */
static double one_step_error(made m, int weights, const real *x0, const real *x1, int n) {
  real v[2];
  const real t = 0;
  double sum = 0;
  for (int i = 0; i < n; i++) {
    fm_velocity(m.model, weights, &t, x0 + 2 * i, 1, v);
    for (int j = 0; j < 2; j++) sum += pow((double)x0[2 * i + j] + (double)v[j] - (double)x1[2 * i + j], 2);
  }
  return sum / (2 * n);
}

static void check_distillation(void) {
  promise("distillation takes its pairs at t = 0 alone, its loss is the error of one step, and training lowers it");
  enum { N = 64, B = 40 };
  real x0[2 * N], x1[2 * N], t[B], a0[2 * B], a1[2 * B];
  made m = make((const setting[]){END}), other = make((const setting[]){{FM_TIME, FM_TIME_U_SHAPED}, END});
  fm_noise(m.model, 2, 0, N, x0);
  for (int i = 0; i < N; i++) x1[2 * i] = 1 + x0[2 * i + 1], x1[2 * i + 1] = 2 * x0[2 * i];
  check(fm_param_set(m.model, FM_COUPLING, FM_COUPLING_DISTILLED) == FM_OK, "the choice");
  check(fm_train(m.model, 1, NULL) == FM_E_STATE, "trained without pairs");
  for (int i = 0; i < 2; i++) {
    fm_model *model = i ? other.model : m.model;
    check(fm_pairs_set(model, x0, x1, N) == FM_OK && fm_reflow_begin(model) == FM_OK, "begin");
    check(fm_param_set(model, FM_COUPLING, FM_COUPLING_DISTILLED) == FM_OK, "distilled");
  }
  check(fm_batch(m.model, 0, t, a0, a1) == FM_OK, "batch");
  for (int i = 0; i < B; i++) check(t[i] == 0, "t[%d] is %g", i, t[i]);
  check(are_from(a0, a1, B, x0, x1, N), "a row is no pair");
  const double before = one_step_error(m, FM_RAW, x0, x1, N), expected = one_step_error(m, FM_RAW, a0, a1, B);
  double loss;
  check(fm_train(m.model, 1, &loss) == FM_OK && fabs(loss - expected) < 1e-5 * expected, "%g, not %g", loss, expected);
  check(fm_train(m.model, 299, NULL) == FM_OK && fm_train(other.model, 300, NULL) == FM_OK, "train");
  check(slots_equal(m, other), "the law of time has changed the bits");
  const double after = one_step_error(m, FM_EMA, x0, x1, N);
  check(after < 0.01 * before, "error %g, before %g", after, before);
  double coupling = -1;
  check(fm_reset(other.model) == FM_OK && fm_param_get(other.model, FM_COUPLING, &coupling) == FM_OK, "reset");
  check(coupling == FM_COUPLING_INDEPENDENT, "reset returns to coupling %g", coupling);
  free(m.model), free(other.model);
}

static void check_online_pairs(void) {
  promise("pairs set between two steps are those of the next step, whose bits do not tell when they were set");
  enum { N = 64, B = 40 };
  real x0[4 * N], x1[4 * N], t[B], a0[2 * B], a1[2 * B];
  made whole = make((const setting[]){END});
  fm_noise(whole.model, 2, 0, 2 * N, x0);
  fm_noise(whole.model, 3, 0, 2 * N, x1);
  check(fm_pairs_set(whole.model, x0, x1, N) == FM_OK && fm_reflow_begin(whole.model) == FM_OK, "begin");
  check(fm_train(whole.model, 7, NULL) == FM_OK, "train");
  check(fm_pairs_set(whole.model, x0 + 2 * N, x1 + 2 * N, N) == FM_OK, "replace");
  check(fm_batch(whole.model, 7, t, a0, a1) == FM_OK && are_from(a0, a1, B, x0 + 2 * N, x1 + 2 * N, N), "step 7");
  made cut = copy_of(whole, (const setting[]){END});
  fm_param_set(cut.model, FM_COUPLING, FM_COUPLING_PAIRED);
  fm_pairs_set(cut.model, x0 + 2 * N, x1 + 2 * N, N);
  check(fm_train(whole.model, 5, NULL) == FM_OK && fm_train(cut.model, 5, NULL) == FM_OK, "train on");
  check(slots_equal(whole, cut), "a run restored at step 7 with the later pairs differs");
  free(whole.model), free(cut.model);
}

static void check_straightness(void) {
  promise("straightness is the mean of |(x(1) - x(0)) - v|^2 along the Euler path, cost |x(1) - x(0)|^2");
  enum { N = 30, STEPS = 7 };
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++) {
    made m = make((const setting[]){{FM_PATH, path}, END});
    fm_train(m.model, 200, NULL);
    double bent = 0, cost_sum = 0;
    real x0[2 * N], straightness[N], cost[N];
    fm_noise(m.model, 6, 0, N, x0);
    check(fm_straightness(m.model, FM_RAW, STEPS, x0, N, straightness, cost) == FM_OK, "path %d", path);
    for (int i = 0; i < N; i++) {
      const double scale = path == FM_PATH_VE ? 50 : 1;
      const real start[2] = {(real)(scale * x0[2 * i]), (real)(scale * x0[2 * i + 1])};
      real x[2] = {start[0], start[1]}, v[STEPS][2];
      for (int k = 0; k < STEPS; k++) {
        const real t = (real)((double)k / STEPS);
        fm_velocity(m.model, FM_RAW, &t, x, 1, v[k]);
        for (int j = 0; j < 2; j++) x[j] += v[k][j] / STEPS;
      }
      double bend = 0, moved = 0;
      for (int j = 0; j < 2; j++) {
        moved += pow(x[j] - start[j], 2);
        for (int k = 0; k < STEPS; k++) bend += pow(x[j] - start[j] - v[k][j], 2) / STEPS;
      }
      check(fabs(cost[i] - moved) <= 1e-5 * moved, "path %d: cost %g, not %g", path, cost[i], moved);
      check(fabs(straightness[i] - bend) <= 1e-4 * bend + 1e-6 * moved, "path %d: %g, not %g", path, straightness[i],
            bend);
      bent += bend, cost_sum += moved;
    }
    check(bent > 0.02 * cost_sum, "path %d: too straight to tell, %g beside %g", path, bent, cost_sum);
    free(m.model);
  }
}

int main(void) {
  check_constant_field();
  check_flow_cuts();
  check_loglik_cuts();
  check_grids();
  check_grid_refusals();
  check_reflow();
  check_distillation();
  check_online_pairs();
  check_straightness();
  return report(9);
}
