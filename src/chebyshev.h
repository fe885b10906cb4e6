/* chebyshev.h — a smooth function of t on [0, 1] with H components, from its values at n nodes.
 *
 *     t_j = (1 + cos(pi (2j + 1) / (2n))) / 2                            nodes, j = 0 .. n-1
 *     coefficient_k = (2 - [k = 0]) / n  sum_j T_k(2 t_j - 1) value_j    discrete cosine transform, k = 0 .. n-1
 *     f(t) = sum_k coefficient_k T_k(2 t - 1)
 *
 * Why: with the published time features every component of the time branch is analytic on [0, 1] and nearly affine, so 16
 * nodes reach float rounding and the branch costs 16 rows instead of one a sample. The coefficients fall geometrically, so
 * the last ones bound what is left out (Trefethen, "Approximation Theory and Approximation Practice", chapter 8).
 */
#ifndef CHEBYSHEV_H
#define CHEBYSHEV_H

#include "arena.h"

enum { CHEBYSHEV_MOST = 64 };

typedef struct {
  int n;        /* 2 .. CHEBYSHEV_MOST */
  real *node;   /* [n] */
  real *matrix; /* [n, n]: coefficients = matrix values */
} chebyshev;

void chebyshev_layout(chebyshev *c, int n, arena *a);

/* Fills nodes and matrix: once, after the layout. */
void chebyshev_start(chebyshev *c);

/* basis[i, k] = T_k(2 t_i - 1), [rows, n]. */
void chebyshev_basis(const chebyshev *c, const real *t, real *basis, int rows);

/* The larger of the last two rows of |coefficient| [n, h] relative to the largest of all; 0 when all are 0,
 * infinity when one is not finite. */
double chebyshev_tail(const chebyshev *c, const real *coefficient, int h);

#endif
