/* Labels: of data, of batches and their stable target, and what guidance makes of them. */
#include "model.h"

#include "made.h"

enum { MOST = 1300 };
typedef struct {
  real t[MOST], x0[2 * MOST], x1[2 * MOST];
  int32_t labels[MOST];
} batch;
static batch pairs, means;

static const int SETS[] = {FM_DATA_MOONS,        FM_DATA_MOONS_IID, FM_DATA_8GAUSSIANS,
                           FM_DATA_CHECKERBOARD, FM_DATA_CIRCLES,   FM_DATA_SPIRALS};
enum { SET_COUNT = sizeof SETS / sizeof *SETS };

static made labelled(int data, int size, int target, double drop) {
  return make((const setting[]){{FM_DATA, data},
                                {FM_CLASSES, fm_data_classes(data)},
                                {FM_BATCH, size},
                                {FM_TARGET, target},
                                {FM_LABEL_DROP, drop},
                                END});
}

static void draw(made m, int step, batch *b) {
  check(fm_batch(m.model, step, b->t, b->x0, b->x1) == FM_OK, "batch");
  check(fm_batch_labels(m.model, step, b->labels) == FM_OK, "labels");
}

/* ---- Data ------------------------------------------------------------------------------------------- */

/* The class of a point without noise, from where it lies. */
static int class_at(int data, const real *point) {
  const double x = point[0], y = point[1], radius = hypot(x, y);
  switch (data) {
    case FM_DATA_MOONS:
    case FM_DATA_MOONS_IID: return fabs(radius - 2) > 1e-5;
    case FM_DATA_8GAUSSIANS: return (int)lround(atan2(y, x) / (atan(1)) + 8) % 8;
    case FM_DATA_CHECKERBOARD: return 2 * (int)floor((y + 4) / 2) + (int)floor((x + 4) / 4);
    case FM_DATA_CIRCLES: return radius > 2.2;
    default: return cos(3 * acos(-1.0) * radius / 4 - atan2(y, x)) < 0;
  }
}

static void check_data(void) {
  promise("the label of a point is the part of the shape that it lies on");
  for (int k = 0; k < SET_COUNT; k++) {
    made m = make((const setting[]){
        {FM_DATA, SETS[k]}, {FM_NOISE, 0}, {FM_CLASSES, fm_data_classes(SETS[k])}, {FM_BATCH, MOST}, END});
    int count[8] = {0};
    const int n = 801;
    check(fm_data(m.model, 3, n, pairs.x1) == FM_OK && fm_data_labels(m.model, 3, n, pairs.labels) == FM_OK, "draw");
    for (int i = 0; i < n; i++) {
      const int label = pairs.labels[i];
      check(label == class_at(SETS[k], pairs.x1 + 2 * i), "set %d, point %d (%g, %g): label %d", SETS[k], i,
            pairs.x1[2 * i], pairs.x1[2 * i + 1], label);
      count[label & 7]++;
    }
    for (int c = 0; c < fm_data_classes(SETS[k]); c++)
      check(count[c] > 60, "set %d: %d of class %d", SETS[k], count[c], c);
    free(m.model);
  }
}

static void check_coupled(void) {
  promise("a coupling moves a label with its data point, and a drop is all that separates the labels of two models");
  for (int coupling = FM_COUPLING_INDEPENDENT; coupling <= FM_COUPLING_OT; coupling++) {
    int dropped = 0;
    made m[2];
    for (int i = 0; i < 2; i++)
      m[i] = make((const setting[]){{FM_DATA, FM_DATA_8GAUSSIANS},
                                    {FM_NOISE, 0},
                                    {FM_CLASSES, 8},
                                    {FM_BATCH, 600},
                                    {FM_TARGET, FM_TARGET_PAIR},
                                    {FM_COUPLING, coupling},
                                    {FM_LABEL_DROP, i ? 0.25 : 0},
                                    END});
    draw(m[0], 2, &pairs), draw(m[1], 2, &means);
    check(memcmp(pairs.x1, means.x1, 1200 * sizeof(real)) == 0, "points moved");
    for (int i = 0; i < 600; i++) {
      check(pairs.labels[i] == class_at(FM_DATA_8GAUSSIANS, pairs.x1 + 2 * i), "row %d: %d", i, pairs.labels[i]);
      check(means.labels[i] == pairs.labels[i] || means.labels[i] == 8, "row %d: %d", i, means.labels[i]);
      dropped += means.labels[i] == 8;
    }
    check(dropped > 110 && dropped < 190, "%d of 600 dropped at 0.25", dropped);
    free(m[0].model), free(m[1].model);
  }
}

static void check_points(void) {
  promise("own points carry the labels given, which must fit points and classes");
  enum { N = 30 };
  real x[2 * N];
  int32_t labels[N], few[N];
  for (int i = 0; i < N; i++) x[2 * i] = (real)i, x[2 * i + 1] = 1, labels[i] = i % 3, few[i] = i % 2;
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_CLASSES, 3}, {FM_LABEL_DROP, 0}, {FM_TARGET, 0}, END});
  check(fm_labels_set(m.model, labels, N) == FM_E_STATE, "before points");
  check(fm_points_set(m.model, x, N) == FM_OK && fm_train(m.model, 1, NULL) == FM_E_STATE, "without labels");
  check(fm_labels_set(m.model, labels, N - 1) == FM_E_ARG, "too few");
  check(fm_labels_set(m.model, few, N) == FM_E_ARG, "a class without a point");
  labels[4] = 3;
  check(fm_labels_set(m.model, labels, N) == FM_E_ARG, "label K");
  labels[4] = 1;
  check(fm_labels_set(m.model, labels, N) == FM_OK && fm_train(m.model, 1, NULL) == FM_OK, "with labels");
  draw(m, 0, &pairs);
  for (int i = 0; i < 40; i++) check(pairs.labels[i] == (int)pairs.x1[2 * i] % 3, "row %d: %d", i, pairs.labels[i]);
  check(fm_points_set(m.model, x, N) == FM_OK && fm_train(m.model, 1, NULL) == FM_E_STATE, "new points, old labels");
  free(m.model);
}

static void check_pairs(void) {
  promise("pairs carry the labels given, of which some are dropped, and need them for a reflow");
  enum { N = 30 };
  static real x0[2 * N], x1[2 * N];
  int32_t labels[N];
  for (int i = 0; i < N; i++) x0[2 * i] = x1[2 * i] = (real)i, x0[2 * i + 1] = x1[2 * i + 1] = 1, labels[i] = i % 3;
  int dropped = 0, null = 0;
  made m = make((const setting[]){{FM_CLASSES, 2}, {FM_BATCH, 900}, {FM_LABEL_DROP, 0.2}, END});
  check(fm_pairs_set(m.model, x0, x1, N) == FM_OK && fm_reflow_begin(m.model) == FM_E_STATE, "without labels");
  check(fm_pair_labels_set(m.model, labels, N - 1) == FM_E_ARG, "too few");
  check(fm_pair_labels_set(m.model, labels, N) == FM_OK && fm_reflow_begin(m.model) == FM_OK, "with labels");
  check(fm_train(m.model, 2, NULL) == FM_OK, "training");
  draw(m, 2, &pairs);
  for (int i = 0; i < 900; i++) {
    const int given = (int)pairs.x1[2 * i] % 3;
    check(pairs.x0[2 * i] == pairs.x1[2 * i], "row %d: another pair", i);
    check(pairs.labels[i] == given || pairs.labels[i] == 2, "row %d: %d, not %d", i, pairs.labels[i], given);
    null += given == 2, dropped += given != 2 && pairs.labels[i] == 2;
  }
  check(null > 200 && dropped > 80 && dropped < 160, "%d null, %d dropped", null, dropped);
  check(fm_pairs_set(m.model, x0, x1, N) == FM_OK && fm_train(m.model, 1, NULL) == FM_E_STATE, "new pairs");
  free(m.model);
}

static void check_most(void) {
  promise("as many classes as there may be are trained on, in batches with fewer and more points than classes");
  enum { K = FM_MAX_CLASSES, N = 3 * K };
  static real x[2 * N];
  static int32_t labels[N];
  for (int i = 0; i < N; i++) x[2 * i] = (real)(i % K), x[2 * i + 1] = (real)sin(i), labels[i] = i % K;
  for (int size = 9; size <= 609; size += 600) {
    made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_CLASSES, K}, {FM_BATCH, size}, END});
    check(fm_points_set(m.model, x, N) == FM_OK && fm_labels_set(m.model, labels, N) == FM_OK, "points");
    check(fm_train(m.model, 3, NULL) == FM_OK && slots_finite(m), "batch %d", size);
    free(m.model);
  }
}

/* ---- The stable target ------------------------------------------------------------------------------ */

static const path LINEAR = {.kind = FM_PATH_LINEAR};

static void check_means(void) {
  promise("the stable target of a row is the mean over its group's points of its label, of all when it was dropped");
  double worst = 0;
  for (int k = 0; k < SET_COUNT; k++) {
    const int classes = fm_data_classes(SETS[k]);
    made plain = labelled(SETS[k], MOST, FM_TARGET_PAIR, 0), stable = labelled(SETS[k], MOST, FM_TARGET_STABLE, 0.3);
    draw(plain, 1, &pairs), draw(stable, 1, &means);
    for (int i = 0; i < MOST; i += 7) {
      const path_point p = path_at(&LINEAR, pairs.t[i]);
      const int first = i / MINIBATCH_GROUP * MINIBATCH_GROUP, label = means.labels[i];
      double sum = 0, mean[2] = {0, 0}, own = 0;
      for (int d = 0; d < 2; d++) own += (double)pairs.x0[2 * i + d] * pairs.x0[2 * i + d];
      for (int j = first; j < fm_min(first + MINIBATCH_GROUP, MOST); j++) {
        double square = 0;
        if (label != classes && pairs.labels[j] != label) continue;
        for (int d = 0; d < 2; d++)
          square +=
              pow(pairs.x0[2 * i + d] + p.alpha / p.sigma * ((double)pairs.x1[2 * i + d] - pairs.x1[2 * j + d]), 2);
        const double weight = exp((own - square) / 2);
        sum += weight;
        for (int d = 0; d < 2; d++) mean[d] += weight * pairs.x1[2 * j + d];
      }
      for (int d = 0; d < 2; d++) {
        const double error = fabs(means.x1[2 * i + d] - mean[d] / sum);
        worst = fmax(worst, error);
        check(error < 2e-5, "set %d, row %d, label %d: E[x1] %g", SETS[k], i, label, means.x1[2 * i + d]);
      }
    }
    free(plain.model), free(stable.model);
  }
  note("largest error %.1e", worst);
}

/* Component i of u of a batch on the linear path. */
static double target_of(const batch *b, int i) { return (double)b->x1[i] - b->x0[i]; }

static void check_tower(void) {
  promise(
      "E[u phi(x_t) | label] is the same for both targets, for every label and the null class, however small the "
      "batch");
  const int sizes[] = {2, 5, 16};
  for (int s = 0; s < 3; s++) {
    const int n = sizes[s], draws = 48000 / n;
    made plain = labelled(FM_DATA_CIRCLES, n, FM_TARGET_PAIR, 0.3),
         stable = labelled(FM_DATA_CIRCLES, n, FM_TARGET_STABLE, 0.3);
    double sum[3] = {0}, squares[3] = {0}, norm[2] = {0};
    for (int step = 0; step < draws; step++) {
      double difference[3] = {0};
      draw(plain, step, &pairs), draw(stable, step, &means);
      for (int i = 0; i < 2 * n; i++) {
        const double t = pairs.t[i / 2], x = (1 - t) * pairs.x0[i] + t * pairs.x1[i];
        const double a = target_of(&pairs, i), b = target_of(&means, i);
        difference[pairs.labels[i / 2]] += (a - b) * sin(2 * x + 1);
        norm[0] += a * a, norm[1] += b * b;
      }
      for (int c = 0; c < 3; c++) sum[c] += difference[c], squares[c] += difference[c] * difference[c];
    }
    for (int c = 0; c < 3; c++) {
      const double error = sqrt(squares[c] - sum[c] * sum[c] / draws);
      check(error > 0 && fabs(sum[c]) < 4 * error, "batch %d, label %d: off by %g errors", n, c, sum[c] / error);
    }
    check(norm[1] < norm[0] * (n > 5 ? 0.85 : 0.97), "batch %d: E u^2 only fell to %g", n, norm[1] / norm[0]);
    free(plain.model), free(stable.model);
  }
}

/* ---- Guidance --------------------------------------------------------------------------------------- */

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
  check_data();
  check_coupled();
  check_points();
  check_pairs();
  check_most();
  check_means();
  check_tower();
  check_guide();
  check_rows();
  check_refusals();
  check_cost();
  check_courses();
  check_density();
  return report(13);
}
