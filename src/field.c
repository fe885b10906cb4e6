#include "field.h"

void field_layout(field *f, arena *a) {
  timenet_layout(&f->time, &f->shape, a);
  mlp_layout(&f->net, &f->shape, a);
}

void field_pass_layout(field_pass *pass, const shape *s, arena *a) {
  timenet_pass_layout(&pass->time, s, a);
  mlp_pass_layout(&pass->net, s, a);
  pass->input = arena_take(a, (uint64_t)FM_ROWS * (uint64_t)s->dim, sizeof(real));
  pass->contribution = arena_take(a, (uint64_t)FM_ROWS * (uint64_t)s->hidden, sizeof(real));
}

void field_use(field *f, const real *weights) {
  timenet_pack(&f->time, weights);
  mlp_pack(&f->net, weights);
}

static void scale_row(const real *x, double scale, real *out, int dim) {
  for (int j = 0; j < dim; j++) out[j] = x[j] * (real)scale;
}

/* v holds F; afterwards the velocity. */
static void recover_row(condition c, const real *x, real *v, int dim) {
  for (int j = 0; j < dim; j++) v[j] = (real)c.skip * x[j] + (real)c.out * v[j];
}

void field_velocity_at(const field *f, field_pass *pass, double t, const real *x, real *v, int n) {
  const int dim = f->shape.dim;
  const condition c = condition_at(&f->path, &f->predict, t);
  const real time = (real)t;
  timenet_forward(&f->time, &pass->time, &time, pass->contribution, 1);
  for (int first = 0; first < n; first += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    scale_row(x, c.in, pass->input, rows * dim);
    mlp_forward(&f->net, &pass->net, pass->input, pass->contribution, 0, v, rows);
    recover_row(c, x, v, rows * dim);
  }
}

void field_velocity(const field *f, field_pass *pass, const real *t, const real *x, real *v, int n) {
  const int dim = f->shape.dim, hidden = f->shape.hidden;
  for (int first = 0; first < n; first += FM_ROWS, t += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    for (int i = 0; i < rows; i++)
      scale_row(x + i * dim, condition_at(&f->path, &f->predict, (double)t[i]).in, pass->input + i * dim, dim);
    timenet_forward(&f->time, &pass->time, t, pass->contribution, rows);
    mlp_forward(&f->net, &pass->net, pass->input, pass->contribution, hidden, v, rows);
    for (int i = 0; i < rows; i++)
      recover_row(condition_at(&f->path, &f->predict, (double)t[i]), x + i * dim, v + i * dim, dim);
  }
}

void field_velocity_keep(const field *f, field_pass *pass, double t, const real *x, real *v, int rows) {
  const int count = rows * f->shape.dim;
  const condition c = condition_at(&f->path, &f->predict, t);
  const real time = (real)t;
  timenet_forward(&f->time, &pass->time, &time, pass->contribution, 1);
  scale_row(x, c.in, pass->input, count);
  mlp_forward_keep(&f->net, &pass->net, pass->input, pass->contribution, 0, v, rows);
  recover_row(c, x, v, count);
}

/* The map from F to v is affine, so tangents pass through it as points do. */
void field_tangent(const field *f, field_pass *pass, double t, const real *dx, real *dv, int rows) {
  const int count = rows * f->shape.dim;
  const condition c = condition_at(&f->path, &f->predict, t);
  scale_row(dx, c.in, pass->input, count);
  mlp_tangent(&f->net, &pass->net, pass->input, dv, rows);
  recover_row(c, dx, dv, count);
}
