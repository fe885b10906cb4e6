/* sinkhorn.h — the entropic plan between two sets of n points, and pairs drawn from it (Cuturi 2013).
 *
 *     minimise  sum_ij P_ij |x0_i - x1_j|^2 + reg sum_ij P_ij ln P_ij      every row and column of P summing to 1/n
 *     n P_ij = exp(F_i + G_j - |x0_i - x1_j|^2 / reg)
 *     F_i = -ln sum_j exp(G_j - cost / reg),      G_j = -ln sum_i exp(F_i - cost / reg)        in turn
 *
 * reg is absolute, in units of squared distance, not relative to the mean cost. Towards 0 the plan is the assignment of coupling.h,
 * towards infinity the product of the two sets, which is the independent coupling. Both half steps are log-sums of a posterior with
 * ratio sqrt(2 / reg) whose log-weights are the other potential.
 *
 * reg is approached from the scale of the costs by halves, a few sweeps each, then held until the columns are off by less than
 * SINKHORN_TOLERANCE of their sum in the mean, for at most SINKHORN_SWEEPS. Rows are exact throughout, since a partner is drawn
 * from P(j | i). Where reg is below some 0.3 % of the mean cost they end before that, and the plan leans towards near partners.
 * Draws are with replacement: a point may be met twice and another never. Work n^2 D a sweep, memory O(n D).
 */
#ifndef SINKHORN_H
#define SINKHORN_H

#include "posterior.h"
#include "rng.h"

#define SINKHORN_TOLERANCE 1e-3
enum { SINKHORN_SWEEPS = 200 };

typedef struct {
  posterior rows, columns; /* x0 with F and x1 with G as log-weights */
  real *weights;           /* [n rounded up to 4] */
} sinkhorn;

/* For up to `most` points. */
void sinkhorn_layout(sinkhorn *s, int most, int dim, arena *a);

/* Finds F and G for x0 and x1 [n, dim]; returns the sweeps it took at reg. Coordinates with |x|^2 / reg within 1e30. */
int sinkhorn_solve(sinkhorn *s, const real *x0, const real *x1, int n, double reg);

/* match[i] drawn from P(j | i) for rows 0 .. count - 1, row i by number i of the stream. Needs sinkhorn_solve of the same. */
void sinkhorn_draw(const sinkhorn *s, const real *x0, int n, double reg, rng_stream stream, int count, int32_t *match);

#endif
