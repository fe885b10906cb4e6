/* coupling.h — exact minibatch optimal transport: which x0 meets which x1.
 *
 * Minimises sum_i |x0_i - x1_match(i)|^2 over permutations: never a sampling with replacement, so no point is used twice
 * (Tong et al. 2024 draw from the plan instead). Not to be confused with the linear path, which some call the OT path.
 *
 * Method: shortest augmenting paths (Jonker & Volgenant 1987) from good duals: the exact ones of a quarter of the points,
 * found the same way, carried over by the c-transform. Their reductions by rows are left out: noise and data lie so that rows
 * outbid each other in tiny steps. Costs are made on the fly in double. O(n^3) time at worst, O(n D) memory.
 */
#ifndef COUPLING_H
#define COUPLING_H

#include "base.h"

/* Bytes of scratch, 8-byte aligned. */
uint32_t coupling_scratch_size(int n, int dim);

/* match[n]: x0[i] goes to x1[match[i]]; x0, x1 [n, dim]. */
void coupling_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match);

#endif
