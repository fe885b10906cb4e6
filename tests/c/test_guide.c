/* Classifier-free guidance: what it makes of velocities, samples and densities, and what it refuses. */
#include "model.h"

#include "made.h"

enum { POINTS = FM_SAMPLE_ROWS + 190 };
static real start[2 * POINTS], x[4][2 * POINTS], at[POINTS];
static int32_t own[POINTS], one[POINTS];

static void guide_all(made m, const int32_t *labels, double scale, double from, double to) {
  check(fm_guide_set(m.model, labels, labels ? POINTS : 0, scale, from, to) == FM_OK, "scale %g", scale);
}

static void velocities(made m, real *v) {
  check(fm_velocity(m.model, FM_RAW, at, start, POINTS, v) == FM_OK, "velocity");
}

static made trained(int path) {
  made m = make((const setting[]){{FM_PATH, path}, {FM_CLASSES, 2}, {FM_SIGMA_DATA, 1.5}, END});
  check(fm_train(m.model, 30, NULL) == FM_OK, "training");
  fm_noise(m.model, 1, 0, POINTS, start);
  for (int i = 0; i < POINTS; i++) own[i] = i % 3, one[i] = 1, at[i] = (real)(i % 101) / 100;
  return m;
}

static void check_guide(void) {
  promise(
      "scale 0 has the bits of no label, 1 those of the label alone, s is null + s (label - null), in its interval "
      "only");
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++) {
    made m = trained(path);
    guide_all(m, NULL, 1, 0, 1), velocities(m, x[0]);
    guide_all(m, one, 0, 0, 1), velocities(m, x[1]);
    check(memcmp(x[0], x[1], sizeof x[0]) == 0, "path %d: scale 0", path);
    guide_all(m, one, 1, 0, 1), velocities(m, x[1]);
    guide_all(m, one, 2.5, 0.2, 0.6), velocities(m, x[2]);
    for (int i = 0; i < 2 * POINTS; i++) {
      const int inside = at[i / 2] >= (real)0.2 && at[i / 2] <= (real)0.6;
      const double null = x[0][i], label = x[1][i], expected = inside ? null + 2.5 * (label - null) : label;
      check(fabs(x[2][i] - expected) <= (inside ? 3e-5 * (1 + fabs(null) + fabs(label)) : 0),
            "path %d, t %g: %g, not %g", path, at[i / 2], x[2][i], expected);
    }
    check(memcmp(x[0], x[1], sizeof x[0]) != 0, "path %d: the label says nothing", path);
    free(m.model);
  }
}

static void check_rows(void) {
  promise("a row's guided bits are its own: alone, in a call of many labels, and at a shared or own time");
  made m = trained(FM_PATH_VP_COSINE);
  memcpy(x[0], start, sizeof start);
  guide_all(m, own, 1.75, 0.1, 0.8);
  check(fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 3, 0, 1, x[0], POINTS) == FM_OK, "sample");
  for (int i = 0; i < POINTS; i += 67) {
    real point[2] = {start[2 * i], start[2 * i + 1]};
    check(fm_guide_set(m.model, own + i, 1, 1.75, 0.1, 0.8) == FM_OK, "guide");
    check(fm_sample(m.model, FM_EMA, FM_SOLVER_HEUN, 3, 0, 1, point, 1) == FM_OK, "point");
    check(memcmp(point, x[0] + 2 * i, sizeof point) == 0, "row %d", i);
  }
  guide_all(m, own, 1.75, 0, 1);
  for (int i = 0; i < POINTS; i++) at[i] = 0;
  velocities(m, x[1]);
  memcpy(x[2], start, sizeof start);
  check(fm_sample(m.model, FM_RAW, FM_SOLVER_EULER, 1, 0, 1, x[2], POINTS) == FM_OK, "step");
  for (int i = 0; i < 2 * POINTS; i++) check(x[2][i] == start[i] + x[1][i], "coordinate %d", i);
  free(m.model);
}

static void check_refusals(void) {
  promise(
      "labels and guidance are refused without classes, outside their ranges, and beyond the rows they were given for");
  made plain = make((const setting[]){END}), m = trained(FM_PATH_LINEAR);
  int bad = 0;
  double params[FM_PARAM_COUNT];
  check(fm_guide_set(plain.model, one, POINTS, 1, 0, 1) == FM_E_STATE, "guide without classes");
  check(fm_loss_labelled(plain.model, at, start, start, one, 9) == FM_E_STATE, "loss without classes");
  check(fm_batch_labels(plain.model, 0, one) == FM_E_STATE, "batch without classes");
  check(fm_data_labels(plain.model, 0, 5, one) == FM_E_STATE, "data without classes");
  const double wrong[][3] = {{-0.1, 0, 1}, {100.5, 0, 1}, {NAN, 0, 1}, {1, -0.1, 1},
                             {1, 0, 1.1},  {1, 0.6, 0.5}, {1, NAN, 1}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    check(fm_guide_set(m.model, one, 5, wrong[i][0], wrong[i][1], wrong[i][2]) == FM_E_ARG, "guide %zu", i);
  check(fm_guide_set(m.model, one, 5, 1, 0, 1) == FM_OK, "guide");
  memcpy(x[0], start, sizeof start);
  check(fm_sample(m.model, FM_EMA, FM_SOLVER_EULER, 1, 0, 1, x[0], 6) == FM_E_ARG, "a row too many");
  check(memcmp(x[0], start, sizeof start) == 0, "moved");
  check(fm_pair_labels_set(m.model, one, 9) == FM_E_STATE, "labels before pairs");
  check(fm_pairs_set(m.model, start, start, 9) == FM_OK && fm_reflow_begin(m.model) == FM_E_STATE, "reflow");
  check(fm_pairs_set(plain.model, start, start, 9) == FM_OK, "pairs");
  check(fm_pair_labels_set(plain.model, one, 9) == FM_E_STATE, "pair labels without classes");
  const struct {
    int data, classes, coupling, bad;
  } cases[] = {{FM_DATA_MOONS, 3, 0, FM_CLASSES},
               {FM_DATA_8GAUSSIANS, 2, 0, FM_CLASSES},
               {FM_DATA_POINTS, FM_MAX_CLASSES + 1, 0, FM_CLASSES}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    params_with(
        (const setting[]){
            {FM_DATA, cases[i].data}, {FM_CLASSES, cases[i].classes}, {FM_COUPLING, cases[i].coupling}, END},
        params);
    check(fm_check(params, &bad) == FM_E_ARG && bad == cases[i].bad, "case %zu blames %d", i, bad);
  }
  free(plain.model), free(m.model);
}

static int cost_of(int solver, const double *times, int count, double scale, double from, double to) {
  return fm_guided_nfe(solver, times, count, scale, from, to);
}

static void check_cost(void) {
  promise("evaluations are counted where both halves are asked, to the stage");
  double times[11], back[11];
  check(fm_grid(FM_GRID_UNIFORM, 10, 0, 1, times) == FM_OK, "grid");
  for (int i = 0; i < 11; i++) back[i] = times[10 - i];
  const int euler = FM_SOLVER_EULER, heun = FM_SOLVER_HEUN;
  check(cost_of(heun, times, 11, 1, 0, 1) == 20 && cost_of(heun, times, 11, 0, 0, 1) == 20, "one half");
  check(cost_of(heun, times, 11, 3, 0, 1) == 40, "both halves");
  check(cost_of(euler, times, 11, 3, 0.3, 0.5) == 13, "t = 0.3, 0.4, 0.5");
  check(cost_of(euler, back, 11, 3, 0.3, 0.5) == 13, "backwards");
  check(cost_of(euler, times, 11, 0, 0.3, 0.5) == 10, "the null class inside, the label outside");
  check(cost_of(FM_SOLVER_AB2, times, 11, 2, 0, 0.05) == 12, "the first step of ab2 looks twice");
}

static void check_courses(void) {
  promise("under dopri5 a guided row is its own too, and counts each evaluation of the network");
  made m = trained(FM_PATH_LINEAR);
  double rtol, atol;
  fm_param_get(m.model, FM_RTOL, &rtol), fm_param_get(m.model, FM_ATOL, &atol);
  memcpy(x[0], start, sizeof start);
  guide_all(m, own, 2, 0, 1);
  check(fm_sample(m.model, FM_EMA, FM_SOLVER_DOPRI5, 200, 0, 1, x[0], POINTS) == FM_OK, "sample");
  for (int i = 0; i < POINTS; i += 61) {
    fm_course course;
    real point[2] = {start[2 * i], start[2 * i + 1]}, k[2];
    check(fm_guide_set(m.model, own + i, 1, 2, 0, 1) == FM_OK, "guide");
    check(fm_course_begin(m.model, rtol, atol, 200, 0, 1, point, 1, &course) == FM_OK, "begin");
    while (course.state < FM_COURSE_ARRIVED)
      check(fm_course_run(m.model, FM_EMA, 3, point, k, &course, 1, NULL, NULL, 0, NULL) == FM_OK, "run");
    const int tried = course.accepted + course.rejected;
    check(course.evaluations == 2 * (2 + 6 * tried), "row %d: %d in %d steps", i, course.evaluations, tried);
    check(memcmp(point, x[0] + 2 * i, sizeof point) == 0, "row %d", i);
  }
  free(m.model);
}

static void check_density(void) {
  promise(
      "a labelled model's log-density is that of its unconditional flow, and by a guide of the flow that this leads");
  enum { STEPS = 40, GUIDES = 6 };
  double times[STEPS + 1], logp[GUIDES][20];
  fm_grid(FM_GRID_UNIFORM, STEPS, 1, 0, times);
  made m = trained(FM_PATH_LINEAR);
  const real *points = start;
  const struct {
    const int32_t *labels;
    double scale, from, to;
  } guides[GUIDES] = {{NULL, 1, 0, 1}, {one, 0, 0, 1},   {one, 1, 0, 1},
                      {own, 1, 0, 1},  {own, 2.5, 0, 1}, {own, 3, 0.3, 0.8}};
  for (int k = 0; k < GUIDES; k++) {
    guide_all(m, guides[k].labels, guides[k].scale, guides[k].from, guides[k].to);
    check(fm_loglik(m.model, FM_RAW, FM_SOLVER_RK4, times, STEPS + 1, 0, 0, 0, points, 20, logp[k], NULL) == FM_OK,
          "%d", k);
    /* By finite differences of the map from x to x(0): log |det| of two Jacobians must agree with the divergence. */
    for (int i = 0; i < 20; i++) {
      real ends[4][2];
      const real h = (real)5e-3;
      for (int c = 0; c < 4; c++) {
        ends[c][0] = points[2 * i] + (c == 0 ? h : c == 1 ? -h : 0);
        ends[c][1] = points[2 * i + 1] + (c == 2 ? h : c == 3 ? -h : 0);
        const int32_t *label = guides[k].labels ? guides[k].labels + i : NULL;
        check(fm_guide_set(m.model, label, label ? 1 : 0, guides[k].scale, guides[k].from, guides[k].to) == FM_OK,
              "guide");
        check(fm_sample_grid(m.model, FM_RAW, FM_SOLVER_RK4, times, STEPS + 1, ends[c], 1, NULL) == FM_OK, "path");
      }
      const double a = (ends[0][0] - ends[1][0]) / (2.0 * h), b = (ends[2][0] - ends[3][0]) / (2.0 * h);
      const double c = (ends[0][1] - ends[1][1]) / (2.0 * h), d = (ends[2][1] - ends[3][1]) / (2.0 * h);
      const double x = (ends[0][0] + ends[1][0]) / 2, y = (ends[2][1] + ends[3][1]) / 2;
      const double differences = log(fabs(a * d - b * c)) - log(2 * acos(-1.0)) - (x * x + y * y) / 2;
      check(fabs(differences - logp[k][i]) < 0.05, "guide %d, point %d: %g, by differences %g", k, i, logp[k][i],
            differences);
    }
  }
  check(memcmp(logp[0], logp[1], sizeof logp[0]) == 0, "scale 0");
  for (int i = 0; i < 20; i++) {
    check(logp[0][i] != logp[2][i], "the label says nothing");
    check(logp[3][i] != logp[4][i] || own[i] == 2, "the scale says nothing");
    check(logp[3][i] == (own[i] == 1 ? logp[2][i] : own[i] == 2 ? logp[0][i] : logp[3][i]), "point %d", i);
  }
  free(m.model);
}

int main(void) {
  check_guide();
  check_rows();
  check_refusals();
  check_cost();
  check_courses();
  check_density();
  return report(6);
}
