/* Gradients by hand against central differences, in double, for every parameter of several shapes, paths and ways of
 * evaluating the time branch.
 *
 * The difference quotient has order 4: (8 (f(+h) - f(-h)) - (f(+2h) - f(-2h))) / 12h, h = 1e-3. Its own error, h^4 f^(5)
 * and rounding of f over h, stays below FLOOR; beyond that a gradient may be wrong by TOLERANCE of its size. */
#include "model.h"

#include "check.h"

static const double STEP = 1e-3, TOLERANCE = 1e-6, FLOOR = 2e-11;

typedef struct {
  int dim, hidden, layers, features, path, batch, direct;
  double time_scale;
  int grid; /* nodes expected in the time branch; 0: row by row */
  int classes;
} gradient_case;

/* Shapes are small because every parameter costs four losses. The last but two have more rows than one pass takes, so the
 * gradient is a sum over passes; the last two have a width that is no multiple of 4 or 8, and none but 1. */
static const gradient_case CASES[] = {
    {2, 6, 1, 8, FM_PATH_LINEAR, 5, 0, 1, 0, 0},
    {2, 6, 2, 8, FM_PATH_LINEAR, 5, 1, 1, 0, 0},
    {2, 6, 3, 8, FM_PATH_LINEAR, 5, 0, 1, 0, 0},
    {2, 6, 1, 8, FM_PATH_LINEAR, 40, 0, 1, 16, 0},
    {2, 6, 2, 8, FM_PATH_LINEAR, 40, 0, 1, 16, 0},
    {2, 6, 3, 8, FM_PATH_LINEAR, 40, 0, 1, 16, 0},
    {2, 6, 2, 8, FM_PATH_LINEAR, 40, 1, 1, 0, 0},
    {2, 6, 2, 8, FM_PATH_VP_COSINE, 40, 0, 1, 16, 0},
    {2, 6, 3, 8, FM_PATH_VP_COSINE, 7, 0, 1, 0, 0},
    {2, 6, 1, 8, FM_PATH_VE, 7, 0, 1, 0, 0},
    {2, 6, 2, 8, FM_PATH_VE, 40, 0, 1, 16, 0},
    {2, 6, 3, 8, FM_PATH_VE, 40, 1, 1, 0, 0},
    {2, 6, 2, 8, FM_PATH_LINEAR, 40, 0, 7, 32, 0},
    {2, 6, 2, 8, FM_PATH_VP_COSINE, 80, 0, 20, 64, 0},
    {2, 6, 2, 8, FM_PATH_LINEAR, 80, 0, 900, 0, 0},
    {1, 5, 2, 6, FM_PATH_LINEAR, 9, 0, 1, 0, 0},
    {3, 9, 2, 4, FM_PATH_VE, 20, 0, 2, 16, 0},
    {2, 5, 2, 4, FM_PATH_LINEAR, 300, 0, 1, 16, 0},
    {2, 5, 2, 4, FM_PATH_LINEAR, 300, 1, 1, 0, 0},
    {5, 11, 2, 10, FM_PATH_VP_COSINE, 33, 0, 1, 8, 0},
    {2, 1, 2, 2, FM_PATH_LINEAR, 6, 0, 1, 0, 0},
    /* With labels: row by row and interpolated, preconditioned, more rows than a pass and than classes, and fewer. */
    {2, 6, 2, 8, FM_PATH_LINEAR, 5, 0, 1, 0, 2},
    {2, 6, 2, 8, FM_PATH_LINEAR, 300, 0, 1, 16, 8},
    {2, 6, 1, 8, FM_PATH_VE, 40, 0, 1, 16, 2},
    {3, 9, 2, 4, FM_PATH_VP_COSINE, 20, 1, 2, 0, 5},
    {1, 5, 2, 6, FM_PATH_LINEAR, 9, 0, 1, 0, 13},
};

typedef struct {
  fm_model *model;
  real *t, *x0, *x1;
  int32_t *labels;
  int n;
} experiment;

static experiment begin(const gradient_case *c) {
  double params[FM_PARAM_COUNT];
  fm_preset(FM_PRESET_DEFAULT, params);
  params[FM_SEED] = 3, params[FM_DIM] = c->dim, params[FM_HIDDEN] = c->hidden, params[FM_LAYERS] = c->layers;
  params[FM_FEATURES] = c->features, params[FM_TIME_SCALE] = c->time_scale, params[FM_PATH] = c->path;
  params[FM_DATA] = c->dim == 2 ? FM_DATA_MOONS : FM_DATA_POINTS, params[FM_SIGMA_DATA] = 1.7;
  params[FM_BATCH] = c->batch, params[FM_CLASSES] = c->classes;
  if (c->classes) params[FM_DATA] = FM_DATA_POINTS;
  const uint32_t bytes = fm_size(params);
  const size_t points = (size_t)(c->batch * c->dim) * sizeof(real);
  experiment e = {guarded(bytes),  guarded((size_t)c->batch * sizeof(real)),    guarded(points),
                  guarded(points), guarded((size_t)c->batch * sizeof(int32_t)), c->batch};
  const int status = fm_init(e.model, bytes, params);
  check(status == FM_OK, "fm_init gives %d", status);
  e.model->trainer.direct = c->direct;
  const rng_stream stream = {.seed = 11, .purpose = RNG_MEASURE};
  rng_uniform(stream, 0, c->batch, e.t);
  rng_normal(rng_with_lane(stream, 1), 0, c->batch * c->dim, e.x0);
  rng_normal(rng_with_lane(stream, 2), 0, c->batch * c->dim, e.x1);
  /* Uneven, with rows of the null class; a class without a row must have gradient 0. */
  for (int i = 0; i < c->batch; i++) e.labels[i] = i * i % 7 % (c->classes + 1);
  return e;
}

static void end(experiment *e) { free(e->model), free(e->t), free(e->x0), free(e->x1), free(e->labels); }

static double loss_of(experiment *e) {
  if (e->model->field.shape.classes > 0)
    fm_loss_labelled(e->model, e->t, e->x0, e->x1, e->labels, e->n);
  else
    fm_loss(e->model, e->t, e->x0, e->x1, e->n);
  return fm_stats_get(e->model)->loss;
}

static double loss_with(experiment *e, int index, double offset) {
  real *weights = fm_slot(e->model, FM_RAW);
  const real kept = weights[index];
  weights[index] = kept + offset;
  const double loss = loss_of(e);
  weights[index] = kept;
  return loss;
}

static double difference(experiment *e, int index) {
  const double near = loss_with(e, index, STEP) - loss_with(e, index, -STEP);
  const double far = loss_with(e, index, 2 * STEP) - loss_with(e, index, -2 * STEP);
  return (8 * near - far) / (12 * STEP);
}

static int nodes_of(const experiment *e) { return e->model->trainer.grid ? e->model->trainer.grid->n : 0; }

static double check_case(int number, const gradient_case *c) {
  experiment e = begin(c);
  loss_of(&e);
  check(nodes_of(&e) == c->grid, "case %d: %d nodes in the time branch, %d expected", number, nodes_of(&e), c->grid);
  const int size = fm_slot_size(e.model);
  real *gradient = guarded((size_t)size * sizeof(real));
  memcpy(gradient, fm_slot(e.model, FM_GRADIENT), (size_t)size * sizeof(real));
  double worst = 0, norm = 0;
  for (int i = 0; i < size; i++) {
    const double truth = difference(&e, i), error = fabs(gradient[i] - truth);
    norm += truth * truth;
    if (fabs(truth) > 1e-4) worst = fmax(worst, error / fabs(truth));
    check(error <= TOLERANCE * fabs(truth) + FLOOR, "case %d, parameter %d: %.12g, difference %.12g", number, i,
          gradient[i], truth);
    check(nodes_of(&e) == c->grid, "case %d: the grid changed under a difference", number);
  }
  loss_of(&e);
  check(fabs(fm_stats_get(e.model)->gradient_norm / sqrt(norm) - 1) < TOLERANCE, "case %d: gradient norm", number);
  free(gradient);
  end(&e);
  return worst;
}

/* The two ways of evaluating the time branch, at the published width of features. */
static void check_ways_agree(void) {
  promise("the interpolated time branch gives the loss and gradient of the direct one within its tail");
  const double scales[] = {1, 4, 10};
  for (int s = 0; s < 3; s++)
    for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++) {
      experiment e = begin(&(gradient_case){2, 32, 2, 128, path, 200, 0, scales[s], 0, 0});
      const double loss = loss_of(&e), norm = fm_stats_get(e.model)->gradient_norm;
      check(nodes_of(&e) > 0, "scale %g: not interpolated", scales[s]);
      const int size = fm_slot_size(e.model);
      real *gradient = guarded((size_t)size * sizeof(real));
      memcpy(gradient, fm_slot(e.model, FM_GRADIENT), (size_t)size * sizeof(real));
      e.model->trainer.direct = 1;
      check(fabs(loss_of(&e) / loss - 1) < 1e-6 && nodes_of(&e) == 0, "scale %g, path %d", scales[s], path);
      double off = 0;
      for (int i = 0; i < size; i++) off += pow(gradient[i] - fm_slot(e.model, FM_GRADIENT)[i], 2);
      check(sqrt(off) < 3e-6 * norm, "scale %g, path %d: gradients %.3g apart", scales[s], path, sqrt(off) / norm);
      free(gradient);
      end(&e);
    }
}

int main(void) {
  promise("every parameter's gradient agrees with central differences to 1e-6 of its size");
  double worst = 0;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) worst = fmax(worst, check_case((int)i, &CASES[i]));
  note("%zu shapes, largest relative error %.2g where a gradient exceeds 1e-4", sizeof CASES / sizeof *CASES, worst);
  check_ways_agree();
  return report(2);
}
