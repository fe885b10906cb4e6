/* excess.c — the part of fm.h that holds a field against the best there is. */
#include "model.h"

static int are_near(const real *x, uint64_t count) {
  for (uint64_t i = 0; i < count; i++)
    if (!((double)x[i] >= -ORACLE_LARGEST && (double)x[i] <= ORACLE_LARGEST)) return 0;
  return 1;
}

static uint64_t reals_of(const fm_model *m, int n) { return (uint64_t)n * (uint64_t)m->field.shape.dim; }

int fm_oracle_size(const fm_model *m) {
  if (!model_is(m) || (int)m->params[FM_COUPLING] != FM_COUPLING_INDEPENDENT || !model_has_field(m)) return 0;
  const int known = m->data.kind != FM_DATA_POINTS || are_near(m->data.points, reals_of(m, m->data.count));
  return known ? oracle_size(&m->oracle) : 0;
}

int fm_oracle_velocity(fm_model *m, const real *t, const real *x, int n, real *v) {
  FM_REQUIRE(model_is(m) && n >= 1 && model_are_points(m, x, n) && are_near(x, reals_of(m, n)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(v, reals_of(m, n), sizeof(real)) && fm_is_array(t, (uint64_t)n, sizeof(real)), FM_E_ARG);
  for (int i = 0; i < n; i++) FM_REQUIRE(t[i] >= 0 && t[i] <= 1, FM_E_ARG);
  FM_REQUIRE(fm_oracle_size(m) > 0, FM_E_STATE);
  oracle_velocity(&m->oracle, &m->field.path, t, x, n, v);
  return FM_OK;
}

/* The rows of one pass: sampler.state holds x_t, then its work v* and v. */
static void judge(fm_model *m, const real *t, const real *x0, const real *x1, int rows, double *floor, double *error) {
  const path *path = &m->field.path;
  const weight weight = model_weight(m);
  const int dim = m->field.shape.dim;
  real *x = m->sampler.state, *best = m->sampler.work, *v = best + rows * dim;
  for (int i = 0; i < rows; i++) {
    const path_point p = path_at(path, (double)t[i]);
    for (int j = i * dim; j < (i + 1) * dim; j++) x[j] = (real)(p.sigma * (double)x0[j] + p.alpha * (double)x1[j]);
  }
  oracle_velocity_of(&m->oracle, path, t, x0, x1, rows, best);
  field_velocity(&m->field, m->sampler.pass, t, x, v, rows);
  for (int i = 0; i < rows; i++) {
    const path_point p = path_at(path, (double)t[i]);
    const condition c = condition_at(path, &m->field.predict, (double)t[i]);
    const double factor = weight_at(&weight, path, p, c) / (c.out * c.out * dim);
    floor[i] = error[i] = 0;
    for (int j = i * dim; j < (i + 1) * dim; j++) {
      const double u = p.d_sigma * (double)x0[j] + p.d_alpha * (double)x1[j];
      const double left = u - (double)best[j], gap = (double)v[j] - (double)best[j];
      floor[i] += factor * left * left;
      error[i] += factor * gap * gap;
    }
  }
}

int fm_oracle_loss(fm_model *m, int weights, const real *t, const real *x0, const real *x1, int n, double *floor,
                   double *error) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n) && model_are_weights(weights), FM_E_ARG);
  FM_REQUIRE(are_near(x0, reals_of(m, n)) && are_near(x1, reals_of(m, n)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(floor, (uint64_t)n, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(error, (uint64_t)n, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(fm_oracle_size(m) > 0, FM_E_STATE);
  const int dim = m->field.shape.dim;
  field_use(&m->field, m->slot[weights]);
  for (int first = 0; first < n; first += FM_ROWS)
    judge(m, t + first, x0 + (size_t)first * (size_t)dim, x1 + (size_t)first * (size_t)dim, fm_min(FM_ROWS, n - first),
          floor + first, error + first);
  return FM_OK;
}
