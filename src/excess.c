/* excess.c — the part of fm.h that holds a field against the best there is. */
#include "model.h"
#include "params.h"

static int are_near(const real *x, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (!((double)x[i] >= -ORACLE_LARGEST && (double)x[i] <= ORACLE_LARGEST)) return 0;
  return 1;
}

static uint64_t reals_of(const fm_model *m, int n) { return (uint64_t)n * (uint64_t)m->field.shape.dim; }

int fm_oracle_size(const fm_model *m) {
  if (!model_is(m) || !params_has_score(m->params) || !model_has_field(m)) return 0;
  const int known = m->data.kind != FM_DATA_POINTS || are_near(m->data.points, reals_of(m, m->data.count));
  return known ? oracle_size(&m->oracle) : 0;
}

/* FM_OK when labels, null for none, may stand beside n rows. */
static int check_labels(const fm_model *m, const int32_t *labels, int n) {
  const int classes = m->field.shape.classes;
  FM_REQUIRE(labels == NULL || model_are_labels(labels, n, classes), FM_E_ARG);
  FM_REQUIRE(labels == NULL || classes > 0, FM_E_STATE);
  FM_REQUIRE(fm_oracle_size(m) > 0, FM_E_STATE);
  return FM_OK;
}

int fm_oracle_velocity(fm_model *m, const real *t, const real *x, const int32_t *labels, int n, real *v) {
  FM_REQUIRE(model_is(m) && n >= 1 && model_are_points(m, x, n) && are_near(x, reals_of(m, n)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(v, reals_of(m, n), sizeof(real)) && fm_is_array(t, (uint64_t)n, sizeof(real)), FM_E_ARG);
  for (int i = 0; i < n; i++) FM_REQUIRE(t[i] >= 0 && t[i] <= 1, FM_E_ARG);
  FM_TRY(check_labels(m, labels, n));
  oracle_velocity(&m->oracle, &m->field.path, labels, t, x, n, v);
  return FM_OK;
}

/* The rows of a pass, with sampler.state for x_t and its work for v* and v. */
typedef struct {
  fm_model *model;
  const int32_t *labels;
  const real *t, *x0, *x1;
  int rows;
} judged;

/* out[i] = the mean over coordinates of (a - b)^2 in row i, as the loss counts it; a null stands for u_t. */
static void square_gap(const judged *j, const real *a, const real *b, double *out) {
  const field *f = &j->model->field;
  const weight weight = model_weight(j->model);
  const int dim = f->shape.dim;
  for (int i = 0; i < j->rows; i++) {
    const path_point p = path_at(&f->path, (double)j->t[i]);
    const condition c = condition_at(&f->path, &f->predict, (double)j->t[i]);
    double sum = 0;
    for (int k = i * dim; k < (i + 1) * dim; k++) {
      const double from = a ? (double)a[k] : p.d_sigma * (double)j->x0[k] + p.d_alpha * (double)j->x1[k];
      sum += (from - (double)b[k]) * (from - (double)b[k]);
    }
    out[i] = weight_at(&weight, &f->path, p, c) / (c.out * c.out * dim) * sum;
  }
}

static void judge(const judged *j, double *floor, double *error) {
  fm_model *m = j->model;
  const path *path = &m->field.path;
  const int dim = m->field.shape.dim;
  real *x = m->sampler.state, *best = m->sampler.work, *v = best + j->rows * dim;
  oracle_velocity_of(&m->oracle, path, j->labels, j->t, j->x0, j->x1, j->rows, best);
  if (floor) square_gap(j, NULL, best, floor);
  if (!error) return;
  for (int i = 0; i < j->rows; i++) {
    const path_point p = path_at(path, (double)j->t[i]);
    for (int k = i * dim; k < (i + 1) * dim; k++)
      x[k] = (real)(p.sigma * (double)j->x0[k] + p.alpha * (double)j->x1[k]);
  }
  field_velocity(&m->field, m->sampler.pass, &(guide){j->labels, 1, 0, 1}, j->t, x, v, j->rows);
  square_gap(j, v, best, error);
}

int fm_oracle_loss(fm_model *m, int weights, const real *t, const real *x0, const real *x1, const int32_t *labels,
                   int n, double *floor, double *error) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n) && model_are_weights(m, weights), FM_E_ARG);
  FM_REQUIRE(are_near(x0, reals_of(m, n)) && are_near(x1, reals_of(m, n)), FM_E_ARG);
  FM_REQUIRE(floor == NULL || fm_is_array(floor, (uint64_t)n, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(error == NULL || fm_is_array(error, (uint64_t)n, sizeof(double)), FM_E_ARG);
  FM_TRY(check_labels(m, labels, n));
  if (error) field_use(&m->field, m->slot[weights]);
  for (int first = 0; first < n; first += FM_ROWS) {
    const size_t offset = (size_t)first * (size_t)m->field.shape.dim;
    const judged rows = {m,           labels ? labels + first : NULL, t + first, x0 + offset,
                         x1 + offset, fm_min(FM_ROWS, n - first)};
    judge(&rows, floor ? floor + first : NULL, error ? error + first : NULL);
  }
  return FM_OK;
}
