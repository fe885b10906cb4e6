/* coupling.h — exact minibatch optimal transport: which x0 meets which x1.
 *
 * Minimises sum_i |x0_i - x1_match(i)|^2 over permutations: never a sampling with replacement, so no point is used twice
 * (Tong et al. 2024 draw from the plan instead). Not to be confused with the linear path, which some call the OT path.
 *
 * Method: the assignment of assignment.h, begun with good prices, level by level. Both sides stand in the order of a k-d tree;
 * the means of neighbouring pairs make a problem of half the size, whose dual u, found the same way, prices the columns by the
 * c-transform. Means keep what a random part of the points would lose, the whole of this draw at the larger scale, so the
 * searches that remain are short. The result is exact whatever the prices.
 *
 * The work is that of the points alone, without state from batch to batch; where several optima exist, it is always the same
 * one. O(n (D + 16)) memory.
 */
#ifndef COUPLING_H
#define COUPLING_H

#include "base.h"

/* Bytes of scratch, 8-byte aligned. */
uint32_t coupling_scratch_size(int n, int dim);

/* match[n]: x0[i] goes to x1[match[i]]; x0, x1 [n, dim], coordinates up to 1e18. 1 <= n <= FM_MAX_ASSIGN. */
void coupling_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match);

/* The mean of |x0_i - x1_i|^2 of pairs as they stand: the scale of the costs of a batch that was drawn at random. */
double coupling_mean_cost(const real *x0, const real *x1, int n, int dim);

#endif
