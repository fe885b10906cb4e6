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
 * reg is approached from the scale of the costs by halves, then held until the columns are off by less than SINKHORN_TOLERANCE
 * of their sum in the mean, for at most SINKHORN_SWEEPS. Rows are exact throughout, since a partner is drawn from P(j | i). Above
 * SINKHORN_STIFF of the mean cost a few sweeps a half are enough; below it sweeps converge slowly, and each half is held until it
 * has nearly arrived.
 *
 * Where the sweeps end before the columns have arrived, as between clusters far apart whose sizes differ (off by 3 % for 30 and 30
 * points against 31 and 29), the plan is rounded to one whose rows and columns are both exact (Altschuler et al. 2017): columns
 * with too much, C_j = sum_i P(j | i) > 1, keep 1 / C_j of each row's share, and what the rows lose goes to the columns that have too
 * little, in proportion to what they lack. The plan moves by at most twice what its columns were off, in the sum of |P_ij|. As a draw:
 * j from P(j | i) is kept with probability keep_j, otherwise j is drawn anew by lack_j.
 *
 * Below SINKHORN_LEAST of the mean cost a float no longer holds cost / reg to 1e-2, and with it the plan is not the one asked for.
 * Draws are with replacement: a point may be met twice and another never. Work n^2 D a sweep, memory O(n D).
 */
#ifndef SINKHORN_H
#define SINKHORN_H

#include "posterior.h"
#include "rng.h"

#define SINKHORN_TOLERANCE 1e-3
#define SINKHORN_STIFF 1e-2
#define SINKHORN_LEAST 1e-5
enum { SINKHORN_SWEEPS = 200 };

typedef struct {
  posterior rows, columns; /* x0 with F and x1 with G as log-weights */
  real *weights;           /* [n rounded up to 4] */
  int rounded;             /* whether the sweeps ended first, and with it */
  double *keep, *lack;     /* [n] min(1, 1 / C_j) and max(0, 1 - C_j), and */
  double lacking;          /* the sum of lack */
} sinkhorn;

/* For up to `most` points. */
void sinkhorn_layout(sinkhorn *s, int most, int dim, arena *a);

/* The smallest reg whose plan between x0 and x1 [n, dim] can be found: SINKHORN_LEAST of their mean cost, |x0_i - x1_i|^2 as
 * the points stand. */
double sinkhorn_least(const real *x0, const real *x1, int n, int dim);

/* Finds F and G for x0 and x1 [n, dim]; returns the sweeps it took at reg. reg at least sinkhorn_least of them. */
int sinkhorn_solve(sinkhorn *s, const real *x0, const real *x1, int n, double reg);

/* match[i] drawn from P(j | i) for rows 0 .. count - 1, row i by number i of the stream, and of a rounded plan by the numbers
 * FM_MAX_OT_BATCH and 2 FM_MAX_OT_BATCH further on. Needs sinkhorn_solve of the same. */
void sinkhorn_draw(const sinkhorn *s, const real *x0, int n, double reg, rng_stream stream, int count, int32_t *match);

#endif
