/* timenet.h — the time branch: from t to what it adds to the first hidden layer.
 *
 *     f_i = exp(-ln(10000) i / (T/2))                 i = 0 .. T/2 - 1
 *     s = [sin(t f_0) .. , cos(t f_0) ..]             [T], t first multiplied by time_scale
 *     e = W2 silu(W1 s + b1) + b2                     [H], t_embed.1 and t_embed.3
 *     c = We e + b0                                   [H], We: columns D .. D+H-1 of net.0.weight, b0: net.0.bias
 *
 * The rest of the network sees time through c alone, so callers that share one t among many points evaluate one row.
 */
#ifndef TIMENET_H
#define TIMENET_H

#include "arena.h"
#include "shape.h"

/* What depends on the weights alone; read by any number of passes at once. */
typedef struct {
  const shape *shape;
  const real *weights;                /* the slot that is packed */
  real *frequency;                    /* [T/2], times time_scale */
  real *w1_t, *w2_t, *we_t, *w2, *we; /* packed: _t for forward, the others for backward */
} timenet;

/* What one pass over at most FM_ROWS rows writes. */
typedef struct {
  real *features, *hidden, *slope, *embedding; /* of the last forward: [rows, T] and three times [rows, H] */
  real *d_embedding, *d_hidden;                /* [rows, H] */
  real *panels;                                /* [rows, max(T, H)] packed */
} timenet_pass;

void timenet_layout(timenet *net, const shape *s, arena *a);
void timenet_pass_layout(timenet_pass *pass, const shape *s, arena *a);

/* Fills the frequencies: once, after the layout. */
void timenet_start(timenet *net);

/* Packs the weights of a slot: before the first forward, and again whenever they changed. The second packs what backward
 * needs of the same slot. */
void timenet_pack(timenet *net, const real *weights);
void timenet_pack_backward(timenet *net);

/* c [rows, H] for t [rows], rows <= FM_ROWS. Needs timenet_pack. */
void timenet_forward(const timenet *net, timenet_pass *pass, const real *t, real *c, int rows);

/* Adds the gradients of We, b0 and the time branch to `gradient`, given dc [rows, H] for the rows of the last forward of
 * this pass. */
void timenet_backward(const timenet *net, timenet_pass *pass, const real *dc, real *gradient, int rows);

#endif
