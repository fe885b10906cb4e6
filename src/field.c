#include "field.h"

void field_layout(field *f, arena *a) {
  timenet_layout(&f->time, &f->shape, a);
  label_layout(&f->label, &f->shape, a);
  mlp_layout(&f->net, &f->shape, a);
}

void field_pass_layout(field_pass *pass, const shape *s, arena *a) {
  const uint64_t points = (uint64_t)FM_ROWS * (uint64_t)s->dim, hidden = (uint64_t)FM_ROWS * (uint64_t)s->hidden;
  const uint64_t labelled = s->classes > 0;
  timenet_pass_layout(&pass->time, s, a);
  mlp_pass_layout(&pass->net, s, a);
  pass->input = arena_take(a, points, sizeof(real));
  pass->contribution = arena_take(a, hidden, sizeof(real));
  pass->labelled = arena_take(a, labelled * hidden, sizeof(real));
  pass->scale = arena_take(a, labelled * FM_ROWS, sizeof(real));
  pass->unlabelled = arena_take(a, labelled * points, sizeof(real));
}

void field_use(field *f, const real *weights) {
  timenet_pack(&f->time, weights);
  label_pack(&f->label, &f->time, weights);
  mlp_pack(&f->net, weights);
}

guide guide_from(const guide *g, int first) {
  guide rest = *g;
  if (g->labels) rest.labels += first;
  return rest;
}

double guide_scale(const guide *g, double t) {
  if (!g->labels) return 0;
  const real at = (real)t;
  return at >= (real)g->from && at <= (real)g->to ? g->scale : 1;
}

static void scale_row(const real *x, double scale, real *out, int dim) {
  for (int j = 0; j < dim; j++) out[j] = x[j] * (real)scale;
}

/* v holds F; afterwards the velocity. */
static void recover_row(condition c, const real *x, real *v, int dim) {
  for (int j = 0; j < dim; j++) v[j] = (real)c.skip * x[j] + (real)c.out * v[j];
}

/* v = w + s (v - w), exactly w at s = 0 and v at s = 1. */
static void guide_row(real s, const real *w, real *v, int dim) {
  if (s == 1) return;
  for (int j = 0; j < dim; j++) v[j] = s == 0 ? w[j] : w[j] + s * (v[j] - w[j]);
}

/* F of rows whose inputs stand in the pass, for labels, null: the null class. */
static void forward_as(const field *f, field_pass *pass, const int32_t *labels, int c_row, real *v, int rows) {
  const int hidden = f->shape.hidden;
  label_add(&f->label, labels, pass->contribution, c_row, pass->labelled, rows);
  mlp_forward(&f->net, &pass->net, pass->input, pass->labelled, hidden, v, rows);
}

/* F [rows, D] of inputs, time contributions (c_row apart) and scales that stand in the pass. */
static void forward(const field *f, field_pass *pass, const int32_t *labels, int c_row, real *v, int rows) {
  if (f->shape.classes == 0) {
    mlp_forward(&f->net, &pass->net, pass->input, pass->contribution, c_row, v, rows);
    return;
  }
  int with = 0, without = 0;
  for (int i = 0; i < rows; i++) {
    with |= pass->scale[i] != 0;
    without |= pass->scale[i] != 1;
  }
  if (with) forward_as(f, pass, labels, c_row, v, rows);
  if (!without) return;
  forward_as(f, pass, NULL, c_row, with ? pass->unlabelled : v, rows);
  for (int i = 0; i < rows && with; i++)
    guide_row(pass->scale[i], pass->unlabelled + i * f->shape.dim, v + i * f->shape.dim, f->shape.dim);
}

/* With t_row = 0 one scale for all rows. */
static void take_scales(const field *f, field_pass *pass, const guide *g, const real *t, int t_row, int rows) {
  for (int i = 0; i < rows && f->shape.classes > 0; i++) pass->scale[i] = (real)guide_scale(g, (double)t[i * t_row]);
}

void field_velocity_at(const field *f, field_pass *pass, const guide *g, double t, const real *x, real *v, int n) {
  const int dim = f->shape.dim;
  const condition c = condition_at(&f->path, &f->predict, t);
  const real time = (real)t;
  timenet_forward(&f->time, &pass->time, &time, pass->contribution, 1);
  for (int first = 0; first < n; first += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    scale_row(x, c.in, pass->input, rows * dim);
    take_scales(f, pass, g, &time, 0, rows);
    forward(f, pass, guide_from(g, first).labels, 0, v, rows);
    recover_row(c, x, v, rows * dim);
  }
}

void field_velocity(const field *f, field_pass *pass, const guide *g, const real *t, const real *x, real *v, int n) {
  const int dim = f->shape.dim, hidden = f->shape.hidden;
  for (int first = 0; first < n; first += FM_ROWS, t += FM_ROWS, x += FM_ROWS * dim, v += FM_ROWS * dim) {
    const int rows = fm_min(FM_ROWS, n - first);
    for (int i = 0; i < rows; i++)
      scale_row(x + i * dim, condition_at(&f->path, &f->predict, (double)t[i]).in, pass->input + i * dim, dim);
    timenet_forward(&f->time, &pass->time, t, pass->contribution, rows);
    take_scales(f, pass, g, t, 1, rows);
    forward(f, pass, guide_from(g, first).labels, hidden, v, rows);
    for (int i = 0; i < rows; i++)
      recover_row(condition_at(&f->path, &f->predict, (double)t[i]), x + i * dim, v + i * dim, dim);
  }
}

/* in times x into the pass. */
static void scale_rows(const field *f, field_pass *pass, const condition *c, int step, const real *x, int rows) {
  const int dim = f->shape.dim;
  for (int i = 0; i < rows; i++) scale_row(x + i * dim, c[i * step].in, pass->input + i * dim, dim);
}

static void recover_rows(const field *f, const condition *c, int step, const real *x, real *v, int rows) {
  const int dim = f->shape.dim;
  for (int i = 0; i < rows; i++) recover_row(c[i * step], x + i * dim, v + i * dim, dim);
}

void field_velocity_keep(const field *f, field_pass *pass, const int32_t *labels, const real *t, const condition *c,
                         int step, const real *x, real *v, int rows) {
  const int hidden = f->shape.hidden;
  timenet_forward(&f->time, &pass->time, t, pass->contribution, step ? rows : 1);
  scale_rows(f, pass, c, step, x, rows);
  if (f->shape.classes == 0) {
    mlp_forward_keep(&f->net, &pass->net, pass->input, pass->contribution, step * hidden, v, rows);
  } else {
    label_add(&f->label, labels, pass->contribution, step * hidden, pass->labelled, rows);
    mlp_forward_keep(&f->net, &pass->net, pass->input, pass->labelled, hidden, v, rows);
  }
  recover_rows(f, c, step, x, v, rows);
}

/* The map from F to v is affine, so tangents pass through it as points do. */
void field_tangent(const field *f, field_pass *pass, const condition *c, int step, const real *dx, real *dv, int rows) {
  scale_rows(f, pass, c, step, dx, rows);
  mlp_tangent(&f->net, &pass->net, pass->input, dv, rows);
  recover_rows(f, c, step, dx, dv, rows);
}
