/* mlp.h — the rest of VectorFieldMLP: from a point and the time's contribution to a velocity.
 *
 *     a_1 = silu(Wx x + c)                            Wx: columns 0 .. D-1 of net.0.weight; c from timenet.h holds the bias
 *     a_l = silu(W_l a_(l-1) + b_l)                   l = 2 .. L
 *     v   = W_out a_L + b_out
 */
#ifndef MLP_H
#define MLP_H

#include "arena.h"
#include "shape.h"

/* What depends on the weights alone; read by any number of passes at once. */
typedef struct {
  const shape *shape;
  const real *weights;               /* the slot that is packed */
  real *forward[FM_MAX_LAYERS + 1];  /* packed transposes: Wx, W_2 .. W_L, W_out */
  real *backward[FM_MAX_LAYERS + 1]; /* packed: (none), W_2 .. W_L, W_out */
} mlp;

/* What one pass over at most FM_ROWS rows writes. */
typedef struct {
  real *act[FM_MAX_LAYERS];   /* a_l of the last forward, [rows, H] */
  real *slope[FM_MAX_LAYERS]; /* silu' of the last mlp_forward_keep, [rows, H] */
  real *d_act[2];             /* [rows, H] */
  real *panels;               /* [rows, max(D, H)] packed */
} mlp_pass;

void mlp_layout(mlp *net, const shape *s, arena *a);
void mlp_pass_layout(mlp_pass *pass, const shape *s, arena *a);

/* Packs the weights of a slot: before the first forward, and again whenever they changed. The second packs what backward
 * needs of the same slot. */
void mlp_pack(mlp *net, const real *weights);
void mlp_pack_backward(mlp *net);

/* v [rows, D] from x [rows, D] and c [rows, H] with rows c_row apart (0: one row for all). rows <= FM_ROWS. */
void mlp_forward(const mlp *net, mlp_pass *pass, const real *x, const real *c, int c_row, real *v, int rows);

/* The same, keeping what mlp_backward needs. */
void mlp_forward_keep(const mlp *net, mlp_pass *pass, const real *x, const real *c, int c_row, real *v, int rows);

/* dv [rows, D] = J dx for dx [rows, D], with J the derivative of v by x at the rows of the last mlp_forward_keep of this pass:
 * forward mode, so a product with the same matrices and slopes, and no bias. Overwrites what mlp_backward returns. */
void mlp_tangent(const mlp *net, mlp_pass *pass, const real *dx, real *dv, int rows);

/* Adds the gradients of Wx, W_l, b_l, W_out, b_out to `gradient`, given dv [rows, D] and the x of the last
 * mlp_forward_keep of this pass. Returns dc [rows, H], valid until the next call; the bias inside c is the caller's to accumulate. */
const real *mlp_backward(const mlp *net, mlp_pass *pass, const real *x, const real *dv, real *gradient, int rows);

#endif
