#include "divergence.h"

void divergence_layout(divergence *d, const field *f, field_pass *pass, arena *a) {
  const uint64_t reals = (uint64_t)FM_ROWS * (uint64_t)f->shape.dim;
  d->field = f;
  d->pass = pass;
  d->guide = (guide){0};
  d->direction = arena_take(a, reals, sizeof(real));
  d->image = arena_take(a, reals, sizeof(real));
}

static void point_along(int k, real *u, int rows, int dim) {
  for (int i = 0; i < rows; i++, u += dim)
    for (int j = 0; j < dim; j++) u[j] = j == k;
}

/* 64 signs a point, one bit each, which is as many as a point has coordinates at most. */
static void draw_signs(const divergence_probes *p, int k, uint32_t first, real *u, int rows, int dim) {
  rng_stream stream = p->stream;
  stream.step = (uint32_t)k;
  for (int i = 0; i < rows; i++, u += dim) {
    uint32_t words[2];
    rng_words(stream, 2 * (first + (uint32_t)i), 2, words);
    for (int j = 0; j < dim; j++) u[j] = words[j / 32] >> (j % 32) & 1 ? 1 : -1;
  }
}

/* div[i] += u_i . (J u)_i */
static void add_products(const real *u, const real *image, real *div, int rows, int dim) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < dim; j++, u++, image++) div[i] += *u * *image;
}

void divergence_at(const divergence *d, const divergence_probes *p, double t, const real *x, real *v, real *div,
                   int n) {
  const int dim = d->field->shape.dim, tangents = p->count > 0 ? p->count : dim;
  for (int i = 0; i < divergence_values(p) * n; i++) div[i] = 0;
  for (int first = 0; first < n; first += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    const guide own = guide_from(&d->guide, first);
    field_velocity_keep(d->field, d->pass, &own, t, x, v, rows);
    for (int k = 0; k < tangents; k++) {
      if (p->count > 0)
        draw_signs(p, k, p->first + (uint32_t)first, d->direction, rows, dim);
      else
        point_along(k, d->direction, rows, dim);
      field_tangent(d->field, d->pass, t, d->direction, d->image, rows);
      add_products(d->direction, d->image, div + (p->count > 0 ? (size_t)k * n : 0) + first, rows, dim);
    }
  }
}
