/* Labels: of data, of pairs, of batches and their stable target. */
#include "model.h"

#include "made.h"

enum { MOST = 1300 };
typedef struct {
  real t[MOST], x0[2 * MOST], x1[2 * MOST];
  int32_t labels[MOST];
} batch;
static batch pairs, means;

static const int SETS[] = {FM_DATA_MOONS,   FM_DATA_MOONS_IID, FM_DATA_8GAUSSIANS,     FM_DATA_CHECKERBOARD,
                           FM_DATA_CIRCLES, FM_DATA_SPIRALS,   FM_DATA_MOONS_TORCHCFM, FM_DATA_MOONS_IID_TORCHCFM};
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

/* Whether (x, y) comes from the inner moon by a move of at most 0.2 (1, 1). */
static int is_moved_inner(double x, double y) {
  for (int k = 0; k < 1000; k++) {
    const double u = 0.2 * (k + 0.5) / 1000, px = 1 - (x - u), py = 0.5 - (y - u);
    if (fabs(hypot(px, py) - 1) < 2e-4 && py > -2e-4) return 1;
  }
  return 0;
}

/* The class of a point without noise, from where it lies. */
static int class_at(int data, const real *point) {
  const double x = point[0], y = point[1], radius = hypot(x, y);
  switch (data) {
    case FM_DATA_MOONS:
    case FM_DATA_MOONS_IID: return fabs(radius - 2) > 1e-5;
    case FM_DATA_8GAUSSIANS:
    case FM_DATA_8GAUSSIANS_TORCHCFM: return (int)lround(atan2(y, x) / (atan(1)) + 8) % 8;
    case FM_DATA_CHECKERBOARD: return 2 * (int)floor((y + 4) / 2) + (int)floor((x + 4) / 4);
    case FM_DATA_CIRCLES: return radius > 2.2;
    case FM_DATA_MOONS_TORCHCFM:
    case FM_DATA_MOONS_IID_TORCHCFM: return is_moved_inner((x + 1) / 3, (y + 1) / 3);
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

int main(void) {
  check_data();
  check_coupled();
  check_points();
  check_pairs();
  check_most();
  check_means();
  check_tower();
  return report(7);
}
