/* muon.h — Muon (Jordan, Jin, Boza, You, Cesista, Newhouse & Bernstein 2024, "Muon: an optimizer for hidden layers"): momentum
 * whose step is made orthogonal, for the square matrices between the hidden layers.
 *
 *     g <- scale g                                          the clipping of adamw.h
 *     m <- momentum m + (1 - momentum) g                    [n, n]
 *     u <- momentum m + (1 - momentum) g                    Nesterov
 *     X <- u / (|u|_F + 1e-7)
 *     five times:  A = X X^T,  X <- a X + (b A + c A A) X    a, b, c = 3.4445, -4.7750, 2.0315
 *     p <- p (1 - lr weight_decay) - lr X
 *     e <- d e + (1 - d) p
 *
 * The quintic sends each singular value s of X to a s + b s^3 + c s^5 and keeps its vectors. [0, 1.2024] goes into itself, so
 * with |X|_F <= 1 at the start nothing can overflow: the step is finite for every finite m and g. What starts at 0.01 or more
 * ends in [0.68, 1.14], at 0.002 or more in [0.68, 1.21]; 0 stays 0, and so do weights whose m and g are 0.
 *
 * The source's factor sqrt(max(1, rows / cols)) is 1 for square matrices. Sums of products run in the order of kernels.h,
 * |u|_F is sum_squares, and everything else is element by element, so that the bits depend on the numbers alone.
 */
#ifndef MUON_H
#define MUON_H

#include "arena.h"

typedef struct {
  real *x, *next;     /* [n, n], and after it */
  real *gram, *cubic; /* A and b A + c A A, [n, n] */
  real *panels;       /* packed: X^T, A or X */
} muon;

typedef struct {
  double lr, momentum, weight_decay;
  double scale;     /* of the gradient, from clipping */
  double ema_decay; /* as used in this step */
} muon_setting;

/* Asks for the workspace of matrices of at most [n, n]. */
void muon_layout(muon *work, int n, arena *a);

/* The X above for u [n, n], in the workspace until the next call. u may be work->x. */
const real *muon_orthogonalise(muon *work, const real *u, int n);

/* One step over a matrix [n, n]; weights, moment and ema are updated in place. */
void muon_step(muon *work, const muon_setting *setting, const real *gradient, real *weights, real *moment, real *ema,
               int n);

#endif
