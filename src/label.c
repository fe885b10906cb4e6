#include "label.h"

#include "kernels.h"

void label_layout(label *l, const shape *s, arena *a) {
  const uint64_t rows = s->classes > 0 ? (uint64_t)s->classes + 1 : 0;
  l->shape = s;
  l->contribution = arena_take(a, rows * (uint64_t)s->hidden, sizeof(real));
}

void label_pack(label *l, const timenet *time, const real *weights) {
  const shape *s = l->shape;
  const int h = s->hidden;
  l->weights = weights;
  if (s->classes == 0) return;
  gemm(weights + shape_labels(s), h, 1, time->we_t, NULL, 0, l->contribution, h, s->classes + 1, h, h);
}

void label_add(const label *l, const int32_t *labels, const real *c, int c_row, real *out, int rows) {
  const int h = l->shape->hidden;
  if (l->shape->classes == 0) return;
  for (int i = 0; i < rows; i++, c += c_row, out += h) {
    const real *own = l->contribution + (size_t)(labels ? labels[i] : l->shape->classes) * (size_t)h;
    for (int j = 0; j < h; j++) out[j] = c[j] + own[j];
  }
}

void label_gather(const label *l, const int32_t *labels, const real *dc, real *sums, int rows) {
  const int h = l->shape->hidden;
  if (l->shape->classes == 0) return;
  for (int i = 0; i < rows; i++, dc += h)
    sum_rows(dc, sums + (size_t)(labels ? labels[i] : l->shape->classes) * (size_t)h, 1, h);
}

void label_backward(const label *l, const timenet *time, timenet_pass *pass, const real *sums, real *gradient) {
  const shape *s = l->shape;
  const int h = s->hidden, rows = s->classes + 1, row = s->dim + h;
  if (s->classes == 0) return;
  real *d_we = gradient + shape_weight(s, SHAPE_NET) + s->dim, *d_emb = gradient + shape_labels(s);
  gemm_pack(l->weights + shape_labels(s), h, 1, rows, h, pass->panels);
  gemm(sums, 1, h, pass->panels, d_we, row, d_we, row, h, h, rows);
  gemm(sums, h, 1, time->we, d_emb, h, d_emb, h, rows, h, h);
}
