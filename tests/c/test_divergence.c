/* The divergence of a network's field, in double, against central differences of the field itself, and its estimates against it.
 *
 * The difference quotient has order 4, as in test_gradient.c; its own error and rounding stay below FLOOR. */
#include "model.h"

#include "check.h"

static const double STEP = 1e-3, TOLERANCE = 1e-8, FLOOR = 1e-8;
enum { N = 300 }; /* more rows than two passes take */

static const struct { int dim, hidden, layers; } SHAPES[] = {{1, 5, 1}, {2, 12, 3}, {5, 9, 2}, {64, 16, 2}};
enum { SHAPES_COUNT = sizeof SHAPES / sizeof *SHAPES };

typedef struct {
  fm_model *model;
  real *x, *v, *div;
} experiment;

/* Weights are twice what they begin with: an untrained field is too nearly affine to tell one slope from another. */
static experiment begin_with(int dim, int hidden, int layers, int path, int predict) {
  double params[FM_PARAM_COUNT];
  fm_preset(FM_PRESET_DEFAULT, params);
  params[FM_SEED] = 8, params[FM_DIM] = dim, params[FM_HIDDEN] = hidden, params[FM_LAYERS] = layers;
  params[FM_FEATURES] = 8, params[FM_BATCH] = 4, params[FM_PATH] = path, params[FM_SIGMA_DATA] = 1.3;
  params[FM_PREDICT] = predict;
  params[FM_DATA] = dim == 2 ? FM_DATA_MOONS : FM_DATA_POINTS;
  const uint32_t bytes = fm_size(params);
  const size_t reals = (size_t)(N * dim) * sizeof(real);
  experiment e = {guarded(bytes), guarded(reals), guarded(reals), guarded(N * FM_MAX_DIM * sizeof(real))};
  check(fm_init(e.model, bytes, params) == FM_OK, "fm_init refuses");
  for (int i = 0; i < fm_slot_size(e.model); i++) fm_slot(e.model, FM_RAW)[i] *= 2;
  field_use(&e.model->field, fm_slot(e.model, FM_RAW));
  rng_normal((rng_stream){.seed = 3, .purpose = RNG_MEASURE}, 0, N * dim, e.x);
  return e;
}

static experiment begin(int dim, int hidden, int layers, int path) {
  return begin_with(dim, hidden, layers, path, FM_PREDICT_V);
}

static void end(experiment *e) { free(e->model), free(e->x), free(e->v), free(e->div); }

static double component(const experiment *e, double t, const real *x, int k, double offset) {
  real moved[FM_MAX_DIM], v[FM_MAX_DIM];
  const int dim = e->model->field.shape.dim;
  for (int j = 0; j < dim; j++) moved[j] = x[j] + (j == k ? offset : 0);
  field_velocity_at(&e->model->field, e->model->sampler.pass, &(guide){0}, t, moved, v, 1);
  return v[k];
}

static double difference(const experiment *e, double t, const real *x) {
  double sum = 0;
  for (int k = 0; k < e->model->field.shape.dim; k++) {
    const double near = component(e, t, x, k, STEP) - component(e, t, x, k, -STEP);
    const double far = component(e, t, x, k, 2 * STEP) - component(e, t, x, k, -2 * STEP);
    sum += (8 * near - far) / (12 * STEP);
  }
  return sum;
}

static void divergences(experiment *e, const divergence_probes *probes, double t, int n) {
  divergence_at(&e->model->likelihood.divergence, probes, t, e->x, e->v, e->div, n);
}

/* At the ends, where conversions are held, and between them. */
static double compare(experiment *e) {
  const double times[] = {0, 0.37, 1};
  double worst = 0;
  for (int i = 0; i < 3; i++) {
    divergences(e, &(divergence_probes){0}, times[i], N);
    for (int row = 0; row < N; row += 37) {
      const double truth = difference(e, times[i], e->x + row * e->model->field.shape.dim);
      const double error = fabs(e->div[row] - truth);
      worst = fmax(worst, error / (fabs(truth) + 1));
      check(error <= TOLERANCE * fabs(truth) + FLOOR, "dim %d, t %g: %.12g, difference %.12g",
            e->model->field.shape.dim, times[i], e->div[row], truth);
    }
  }
  return worst;
}

static void check_exact(void) {
  promise("the exact divergence is the sum of central differences, in 1, 2, 5 and 64 dimensions, on every path");
  double worst = 0;
  for (int s = 0; s < SHAPES_COUNT; s++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
      experiment e = begin(SHAPES[s].dim, SHAPES[s].hidden, SHAPES[s].layers, path);
      worst = fmax(worst, compare(&e));
      end(&e);
    }
  note("largest error %.2g of 1 + |div|", worst);
}

static void check_predictions(void) {
  promise("so it is where the network predicts the data, the noise or the score");
  for (int predict = FM_PREDICT_V; predict <= FM_PREDICT_SCORE; predict++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
      if (path == FM_PATH_VE) continue; /* predicts what its preconditioning says */
      experiment e = begin_with(2, 12, 3, path, predict);
      compare(&e);
      end(&e);
    }
}

static void check_velocity(void) {
  promise("the velocity that comes with it has the bits of field_velocity_at");
  for (int s = 0; s < SHAPES_COUNT; s++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
      experiment e = begin(SHAPES[s].dim, SHAPES[s].hidden, SHAPES[s].layers, path);
      const size_t bytes = (size_t)(N * SHAPES[s].dim) * sizeof(real);
      real *plain = guarded(bytes);
      field_velocity_at(&e.model->field, e.model->sampler.pass, &(guide){0}, 0.6, e.x, plain, N);
      divergences(&e, &(divergence_probes){0}, 0.6, N);
      check(memcmp(plain, e.v, bytes) == 0, "dim %d, path %d", SHAPES[s].dim, path);
      free(plain);
      end(&e);
    }
}

/* The mean error over rows, seeds and probes has a standard error, which the spread tells: 4.5 of those are too many. */
static void check_estimates(void) {
  promise("estimates by random signs have the exact divergence as their mean, and in one dimension are it");
  enum { PROBES = 64, SEEDS = 20 };
  double largest = 0;
  for (int s = 0; s < SHAPES_COUNT; s++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_POLYNOMIAL; path++) {
      experiment e = begin(SHAPES[s].dim, SHAPES[s].hidden, SHAPES[s].layers, path);
      enum { ROWS = 8 };
      double exact[ROWS], sum = 0, squares = 0;
      divergences(&e, &(divergence_probes){0}, 0.4, ROWS);
      for (int i = 0; i < ROWS; i++) exact[i] = e.div[i];
      for (uint32_t seed = 0; seed < SEEDS; seed++) {
        divergences(&e, &(divergence_probes){PROBES, {.seed = seed, .purpose = RNG_PROBE}, 0, NULL}, 0.4, ROWS);
        for (int i = 0; i < ROWS * PROBES; i++) {
          const double gap = e.div[i] - exact[i % ROWS];
          sum += gap, squares += gap * gap;
          if (SHAPES[s].dim == 1) check(fabs(gap) < 1e-12 * (1 + fabs(exact[i % ROWS])), "one dimension: %g", gap);
        }
      }
      const int count = SEEDS * ROWS * PROBES;
      const double off = sum / count / sqrt(squares / count / count + 1e-24);
      check(fabs(off) < 4.5, "dim %d, path %d: %.2f standard errors", SHAPES[s].dim, path, off);
      check(SHAPES[s].dim == 1 || squares / count > 1e-6, "dim %d, path %d: no spread", SHAPES[s].dim, path);
      largest = fmax(largest, fabs(off));
      end(&e);
    }
  note("at most %.2f standard errors", largest);
}

static void check_own_signs(void) {
  promise(
      "a point's signs are its own: they follow its number, not its place in a call, and differ between points and "
      "probes");
  enum { PROBES = 3 };
  experiment e = begin(64, 16, 2, FM_PATH_LINEAR);
  const rng_stream stream = {.seed = 2, .purpose = RNG_PROBE};
  for (int i = 64; i < N * 64; i++) e.x[i] = e.x[i % 64]; /* all the same point */
  divergences(&e, &(divergence_probes){PROBES, stream, 1000, NULL}, 0.5, N);
  real *all = guarded(N * PROBES * sizeof(real));
  memcpy(all, e.div, N * PROBES * sizeof(real));
  for (int i = 0; i < N; i += 29) {
    divergences(&e, &(divergence_probes){PROBES, stream, 1000 + (uint32_t)i, NULL}, 0.5, 1);
    for (int k = 0; k < PROBES; k++) check(e.div[k] == all[k * N + i], "point %d, probe %d", i, k);
  }
  for (int i = 1; i < N * PROBES; i++) check(all[i] != all[i - 1], "estimate %d is the one before", i);
  free(all);
  end(&e);
}

int main(void) {
  check_exact();
  check_predictions();
  check_velocity();
  check_estimates();
  check_own_signs();
  return report(5);
}
