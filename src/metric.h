/* metric.h — how far two point sets are apart: the sliced Wasserstein-2 distance.
 *
 *     SW2^2 = mean over directions d of mean_k (sort(a.d)_k - sort(b.d)_k)^2        (Bonneel et al. 2015)
 *
 * A number means little without its floor: the same metric between two independent sets of real data of the same size.
 */
#ifndef METRIC_H
#define METRIC_H

#include "rng.h"

/* Squared distance along direction `index` (a unit vector drawn from the stream's step `index`) between a and b [n, dim].
 * scratch: 3 n floats. */
double metric_sliced(const real *a, const real *b, int n, int dim, rng_stream stream, uint32_t index, real *scratch);

/* Sorts keys[n] ascending, in place, by radix; spare [n] is overwritten. No NaN. */
void metric_sort(real *keys, real *spare, int n);

#endif
