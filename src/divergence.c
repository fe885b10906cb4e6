#include "divergence.h"

void divergence_layout(divergence *d, const field *f, field_pass *pass, arena *a) {
  const uint64_t reals = (uint64_t)FM_ROWS * (uint64_t)f->shape.dim;
  d->field = f;
  d->pass = pass;
  d->guide = (guide){0};
  d->direction = arena_take(a, reals, sizeof(real));
  d->image = arena_take(a, reals, sizeof(real));
  d->condition = arena_take(a, FM_ROWS, sizeof(condition));
}

static void point_along(int k, real *u, int rows, int dim) {
  for (int i = 0; i < rows; i++, u += dim)
    for (int j = 0; j < dim; j++) u[j] = j == k;
}

/* 64 signs a point, one bit each, which is as many as a point has coordinates at most. */
static void draw_signs(const divergence_probes *p, int k, int first, real *u, int rows, int dim) {
  rng_stream stream = p->stream;
  stream.step = (uint32_t)k;
  for (int i = first; i < first + rows; i++, u += dim) {
    uint32_t words[2];
    rng_words(stream, 2 * (p->first + (uint32_t)(p->row ? p->row[i] : i)), 2, words);
    for (int j = 0; j < dim; j++) u[j] = words[j / 32] >> (j % 32) & 1 ? 1 : -1;
  }
}

/* Rows first .. first + rows - 1 of a call for n points; t and the conditions stand `step` apart. */
typedef struct {
  const real *t;
  int step, first, rows, n;
} block;

/* out[i, j] += weight[i] times value[i, j] */
static void add_weighted(const real *weight, const real *value, real *out, int rows, int dim) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < dim; j++, value++, out++) *out += weight[i] * *value;
}

/* div[i] += weight[i] u_i . (J u)_i */
static void add_products(const real *weight, const real *u, const real *image, real *div, int rows, int dim) {
  for (int i = 0; i < rows; i++) {
    real sum = 0;
    for (int j = 0; j < dim; j++, u++, image++) sum += *u * *image;
    div[i] += weight[i] * sum;
  }
}

/* Adds weight [rows] times the velocity and divergence of one class of each row, labels null: of none. */
static void add_half(const divergence *d, const divergence_probes *p, const block *b, const int32_t *labels,
                     const real *weight, const real *x, real *v, real *div) {
  const int dim = d->field->shape.dim, tangents = p->count > 0 ? p->count : dim;
  field_velocity_keep(d->field, d->pass, labels, b->t, d->condition, b->step, x, d->image, b->rows);
  add_weighted(weight, d->image, v, b->rows, dim);
  for (int k = 0; k < tangents; k++) {
    if (p->count > 0)
      draw_signs(p, k, b->first, d->direction, b->rows, dim);
    else
      point_along(k, d->direction, b->rows, dim);
    field_tangent(d->field, d->pass, d->condition, b->step, d->direction, d->image, b->rows);
    add_products(weight, d->direction, d->image, div + (p->count > 0 ? (size_t)k * b->n : 0), b->rows, dim);
  }
}

/* Whether a weight is not 0. */
static int any(const real *weight, int rows) {
  for (int i = 0; i < rows; i++)
    if (weight[i] != 0) return 1;
  return 0;
}

static void evaluate(const divergence *d, const divergence_probes *p, const block *b, const real *x, real *v,
                     real *div) {
  const int dim = d->field->shape.dim;
  const guide own = guide_from(&d->guide, b->first);
  real with[FM_ROWS], without[FM_ROWS];
  for (int i = 0; i < b->rows; i++) {
    with[i] = (real)guide_scale(&own, (double)b->t[i * b->step]);
    without[i] = 1 - with[i];
  }
  for (int i = 0; i < b->rows * dim; i++) v[i] = 0;
  for (int k = 0; k < divergence_values(p); k++)
    for (int i = 0; i < b->rows; i++) div[(size_t)k * b->n + i] = 0;
  if (any(with, b->rows)) add_half(d, p, b, own.labels, with, x, v, div);
  if (any(without, b->rows)) add_half(d, p, b, NULL, without, x, v, div);
}

void divergence_at(const divergence *d, const divergence_probes *p, double t, const real *x, real *v, real *div,
                   int n) {
  const int dim = d->field->shape.dim;
  const real time = (real)t;
  d->condition[0] = condition_at(&d->field->path, &d->field->predict, t);
  for (int first = 0; first < n; first += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim)
    evaluate(d, p, &(block){&time, 0, first, fm_min(FM_ROWS, n - first), n}, x, v, div + first);
}

void divergence_each(const divergence *d, const divergence_probes *p, const real *t, const real *x, real *v, real *div,
                     int n) {
  for (int i = 0; i < n; i++) d->condition[i] = condition_at(&d->field->path, &d->field->predict, (double)t[i]);
  evaluate(d, p, &(block){t, 1, 0, n, n}, x, v, div);
}
