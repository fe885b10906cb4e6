/* muon.h — Muon (Jordan, Jin, Boza, You, Cesista, Newhouse & Bernstein 2024, "Muon: an optimizer for hidden layers"): momentum
 * whose step is made orthogonal, for the hidden matrices of the network.
 *
 *     g <- scale g                                          the clipping of adamw.h
 *     m <- momentum m + (1 - momentum) g                    [rows, cols]
 *     u <- momentum m + (1 - momentum) g                    Nesterov
 *     X <- u / (|u|_F + 1e-7)
 *     five times:  A = X X^T,  X <- a X + (b A + c A A) X    a, b, c = 3.4445, -4.7750, 2.0315
 *     p <- p (1 - lr weight_decay) - lr sqrt(max(1, rows / cols)) X
 *     e <- d e + (1 - d) p
 *
 * The quintic sends each singular value s of X to a s + b s^3 + c s^5 and keeps its vectors. [0, 1.2024] goes into itself, so
 * with |X|_F <= 1 at the start nothing can overflow: the step is finite for every finite m and g. What starts at 0.01 or more
 * ends in [0.68, 1.14], at 0.002 or more in [0.68, 1.21]; 0 stays 0, and so do weights whose m and g are 0.
 *
 * Where rows > cols the same is done to the transpose, whose products are smaller. Sums of products run in the order of
 * kernels.h, |u|_F is sum_squares, and everything else is element by element, so that the bits depend on the numbers alone.
 */
#ifndef MUON_H
#define MUON_H

#include "arena.h"

typedef struct {
  real *x, *next;     /* [rows, cols], and after it */
  real *gram, *cubic; /* A and b A + c A A, [rows, rows] */
  real *panels;       /* packed: the largest of X^T, A and X */
} muon;

typedef struct {
  double lr, momentum, weight_decay;
  double scale;     /* of the gradient, from clipping */
  double ema_decay; /* as used in this step */
} muon_setting;

/* Asks for the workspace of matrices whose sides are at most `size`. */
void muon_layout(muon *work, int size, arena *a);

/* The X above for u [rows, cols]: in the workspace, as [rows, cols], until the next call. u may be work->x. */
const real *muon_orthogonalise(muon *work, const real *u, int rows, int cols);

/* One step over a matrix [rows, cols]; weights, moment and ema are updated in place. */
void muon_step(muon *work, const muon_setting *setting, const real *gradient, real *weights, real *moment, real *ema,
               int rows, int cols);

#endif
