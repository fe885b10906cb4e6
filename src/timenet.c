#include "timenet.h"

#include "kernels.h"
#include "vmath.h"

void timenet_layout(timenet *net, const shape *s, arena *a) {
  const uint64_t t = (uint64_t)s->features, size = sizeof(real);
  net->shape = s;
  net->frequency = arena_take(a, t / 2, size);
  net->w1_t = arena_take(a, gemm_panels_size(s->features, s->hidden), size);
  net->w2_t = arena_take(a, gemm_panels_size(s->hidden, s->hidden), size);
  net->we_t = arena_take(a, gemm_panels_size(s->hidden, s->hidden), size);
  net->w2 = arena_take(a, gemm_panels_size(s->hidden, s->hidden), size);
  net->we = arena_take(a, gemm_panels_size(s->hidden, s->hidden), size);
}

void timenet_pass_layout(timenet_pass *pass, const shape *s, arena *a) {
  const uint64_t h = (uint64_t)s->hidden, t = (uint64_t)s->features, size = sizeof(real);
  const int widest = s->hidden > s->features ? s->hidden : s->features;
  pass->features = arena_take(a, FM_ROWS * t, size);
  pass->hidden = arena_take(a, FM_ROWS * h, size);
  pass->slope = arena_take(a, FM_ROWS * h, size);
  pass->embedding = arena_take(a, FM_ROWS * h, size);
  pass->d_embedding = arena_take(a, FM_ROWS * h, size);
  pass->d_hidden = arena_take(a, FM_ROWS * h, size);
  pass->panels = arena_take(a, gemm_panels_size(FM_ROWS, widest), size);
}

void timenet_start(timenet *net) {
  const int half = net->shape->features / 2;
  for (int i = 0; i < half; i++)
    net->frequency[i] = (real)(scalar_exp(-9.210340371976184 /* ln 10000 */ * i / half) * net->shape->time_scale);
}

/* We is a block of net.0.weight, whose rows are D + H long. */
static int contribution_offset(const shape *s) { return shape_weight(s, SHAPE_NET) + s->dim; }

void timenet_pack(timenet *net, const real *weights) {
  const shape *s = net->shape;
  const int h = s->hidden;
  net->weights = weights;
  gemm_pack(weights + shape_weight(s, SHAPE_TIME_1), 1, s->features, s->features, h, net->w1_t);
  gemm_pack(weights + shape_weight(s, SHAPE_TIME_2), 1, h, h, h, net->w2_t);
  gemm_pack(weights + contribution_offset(s), 1, s->dim + h, h, h, net->we_t);
}

void timenet_pack_backward(timenet *net) {
  const shape *s = net->shape;
  const real *weights = net->weights;
  const int h = s->hidden;
  gemm_pack(weights + shape_weight(s, SHAPE_TIME_2), h, 1, h, h, net->w2);
  gemm_pack(weights + contribution_offset(s), s->dim + h, 1, h, h, net->we);
}

static void embed_times(const timenet *net, const real *t, real *features, int rows) {
  const int half = net->shape->features / 2;
  for (int row = 0; row < rows; row++) {
    real *sines = features + (size_t)row * 2 * half, *cosines = sines + half;
    for (int i = 0; i < half; i += 4) {
      const int lanes = fm_min(4, half - i);
      v4 sine, cosine;
      v4_sincos(v4_mul(v4_all(t[row]), v4_load_tail(net->frequency + i, lanes)), &sine, &cosine);
      v4_store_tail(sines + i, sine, lanes);
      v4_store_tail(cosines + i, cosine, lanes);
    }
  }
}

void timenet_forward(const timenet *net, timenet_pass *pass, const real *t, real *c, int rows) {
  const shape *s = net->shape;
  const real *weights = net->weights;
  const int h = s->hidden;
  embed_times(net, t, pass->features, rows);
  gemm(pass->features, s->features, 1, net->w1_t, weights + shape_bias(s, SHAPE_TIME_1), 0, pass->hidden, h, rows, h,
       s->features);
  silu_forward(pass->hidden, pass->hidden, pass->slope, rows * h);
  gemm(pass->hidden, h, 1, net->w2_t, weights + shape_bias(s, SHAPE_TIME_2), 0, pass->embedding, h, rows, h, h);
  gemm(pass->embedding, h, 1, net->we_t, weights + shape_bias(s, SHAPE_NET), 0, c, h, rows, h, h);
}

/* dw [out, in] += dy^T x over the rows, with rows of dw dw_row apart, and db [out] += the column sums of dy. */
static void accumulate_linear(real *panels, const real *dy, int out, const real *x, int in, real *dw, int dw_row,
                              real *db, int rows) {
  gemm_pack(x, in, 1, rows, in, panels);
  gemm(dy, 1, out, panels, dw, dw_row, dw, dw_row, out, in, rows);
  sum_rows(dy, db, rows, out);
}

void timenet_backward(const timenet *net, timenet_pass *pass, const real *dc, real *gradient, int rows) {
  const shape *s = net->shape;
  const int h = s->hidden;
  accumulate_linear(pass->panels, dc, h, pass->embedding, h, gradient + contribution_offset(s), s->dim + h,
                    gradient + shape_bias(s, SHAPE_NET), rows);
  gemm(dc, h, 1, net->we, NULL, 0, pass->d_embedding, h, rows, h, h);
  accumulate_linear(pass->panels, pass->d_embedding, h, pass->hidden, h, gradient + shape_weight(s, SHAPE_TIME_2), h,
                    gradient + shape_bias(s, SHAPE_TIME_2), rows);
  gemm(pass->d_embedding, h, 1, net->w2, NULL, 0, pass->d_hidden, h, rows, h, h);
  silu_backward(pass->slope, pass->d_hidden, rows * h);
  accumulate_linear(pass->panels, pass->d_hidden, h, pass->features, s->features,
                    gradient + shape_weight(s, SHAPE_TIME_1), s->features, gradient + shape_bias(s, SHAPE_TIME_1),
                    rows);
}
