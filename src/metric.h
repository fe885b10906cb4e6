/* metric.h — how far two point sets are apart.
 *
 *     SW2^2    = mean over directions d of mean_k (sort(a.d)_k - sort(b.d)_k)^2        (Bonneel et al. 2015)
 *     energy^2 = 2 E|x - y| - E|x - x'| - E|y - y'|                                    (Szekely & Rizzo 2013)
 *     MMD^2    = E k(x, x') + E k(y, y') - 2 E k(x, y), k = exp(-|x - y|^2 / (2 h^2))  (Gretton et al. 2012)
 *
 * with x, x' from a and y, y' from b, each pair once and a point with itself too, so that both squares are at least 0 and 0 for
 * equal sets. The last two are made of means over pairs, row by row (metric_pair_mean). Exact W2 is an assignment (coupling.h).
 *
 * A number means little without its floor: the same metric between two independent sets of real data of the same size.
 */
#ifndef METRIC_H
#define METRIC_H

#include "rng.h"

/* Squared distance along direction `index` (a unit vector drawn from the stream's step `index`) between a and b [n, dim].
 * scratch: 3 n floats. */
double metric_sliced(const real *a, const real *b, int n, int dim, rng_stream stream, uint32_t index, real *scratch);

/* mean_j f(|x - b_j|) over b [n, dim], in double and in order: the distance itself, or the Gaussian kernel of bandwidth h > 0. */
double metric_pair_mean(int kernel, double bandwidth, const real *x, const real *b, int n, int dim);

/* Sorts keys[n] ascending, in place, by radix; spare [n] is overwritten. No NaN. */
void metric_sort(real *keys, real *spare, int n);

#endif
