#include "mlp.h"

#include "kernels.h"

/* Sizes of linear layer k = 0 .. L of the net; layer 0 here is its Wx part, whose rows lie D + H apart. */
static int layer_in(const shape *s, int k) { return k == 0 ? s->dim : s->hidden; }
static int layer_out(const shape *s, int k) { return k == s->layers ? s->dim : s->hidden; }
static int layer_row(const shape *s, int k) { return k == 0 ? s->dim + s->hidden : s->hidden; }

void mlp_layout(mlp *net, const shape *s, arena *a) {
  const uint64_t size = sizeof(real);
  net->shape = s;
  for (int k = 0; k <= s->layers; k++) {
    net->forward[k] = arena_take(a, gemm_panels_size(layer_in(s, k), layer_out(s, k)), size);
    net->backward[k] = k == 0 ? NULL : arena_take(a, gemm_panels_size(layer_out(s, k), layer_in(s, k)), size);
  }
}

void mlp_pass_layout(mlp_pass *pass, const shape *s, arena *a) {
  const uint64_t size = sizeof(real), activations = (uint64_t)FM_ROWS * (uint64_t)s->hidden;
  for (int l = 0; l < s->layers; l++) {
    pass->act[l] = arena_take(a, activations, size);
    pass->slope[l] = arena_take(a, activations, size);
  }
  for (int i = 0; i < 2; i++) pass->d_act[i] = arena_take(a, activations, size);
  pass->panels = arena_take(a, gemm_panels_size(FM_ROWS, s->hidden > s->dim ? s->hidden : s->dim), size);
}

void mlp_pack(mlp *net, const real *weights) {
  const shape *s = net->shape;
  net->weights = weights;
  for (int k = 0; k <= s->layers; k++)
    gemm_pack(weights + shape_weight(s, SHAPE_NET + k), 1, layer_row(s, k), layer_in(s, k), layer_out(s, k),
              net->forward[k]);
}

void mlp_pack_backward(mlp *net) {
  const shape *s = net->shape;
  for (int k = 1; k <= s->layers; k++)
    gemm_pack(net->weights + shape_weight(s, SHAPE_NET + k), layer_row(s, k), 1, layer_out(s, k), layer_in(s, k),
              net->backward[k]);
}

static void forward(const mlp *net, mlp_pass *pass, const real *x, const real *c, int c_row, real *v, int rows,
                    int keep) {
  const shape *s = net->shape;
  const real *weights = net->weights;
  const int h = s->hidden;
  for (int l = 0; l < s->layers; l++) {
    const real *in = l == 0 ? x : pass->act[l - 1];
    const real *init = l == 0 ? c : weights + shape_bias(s, SHAPE_NET + l);
    gemm(in, layer_in(s, l), 1, net->forward[l], init, l == 0 ? c_row : 0, pass->act[l], h, rows, h, layer_in(s, l));
    silu_forward(pass->act[l], pass->act[l], keep ? pass->slope[l] : NULL, rows * h);
  }
  gemm(pass->act[s->layers - 1], h, 1, net->forward[s->layers], weights + shape_bias(s, SHAPE_NET + s->layers), 0, v,
       s->dim, rows, s->dim, h);
}

void mlp_forward(const mlp *net, mlp_pass *pass, const real *x, const real *c, int c_row, real *v, int rows) {
  forward(net, pass, x, c, c_row, v, rows, 0);
}

void mlp_forward_keep(const mlp *net, mlp_pass *pass, const real *x, const real *c, int c_row, real *v, int rows) {
  forward(net, pass, x, c, c_row, v, rows, 1);
}

void mlp_tangent(const mlp *net, mlp_pass *pass, const real *dx, real *dv, int rows) {
  const shape *s = net->shape;
  const int h = s->hidden;
  const real *in = dx;
  for (int l = 0; l < s->layers; l++) {
    real *out = pass->d_act[l & 1];
    gemm(in, layer_in(s, l), 1, net->forward[l], NULL, 0, out, h, rows, h, layer_in(s, l));
    silu_backward(pass->slope[l], out, rows * h);
    in = out;
  }
  gemm(in, h, 1, net->forward[s->layers], NULL, 0, dv, s->dim, rows, s->dim, h);
}

const real *mlp_backward(const mlp *net, mlp_pass *pass, const real *x, const real *dv, real *gradient, int rows) {
  const shape *s = net->shape;
  const real *dy = dv;
  for (int k = s->layers; k >= 0; k--) {
    const int in = layer_in(s, k), out = layer_out(s, k), row = layer_row(s, k);
    real *dw = gradient + shape_weight(s, SHAPE_NET + k);
    gemm_pack(k == 0 ? x : pass->act[k - 1], in, 1, rows, in, pass->panels);
    gemm(dy, 1, out, pass->panels, dw, row, dw, row, out, in, rows);
    if (k == 0) break;
    sum_rows(dy, gradient + shape_bias(s, SHAPE_NET + k), rows, out);
    real *d_in = pass->d_act[k & 1];
    gemm(dy, out, 1, net->backward[k], NULL, 0, d_in, in, rows, in, out);
    silu_backward(pass->slope[k - 1], d_in, rows * in);
    dy = d_in;
  }
  return dy;
}
