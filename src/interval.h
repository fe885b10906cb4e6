/* interval.h — what x_t says of x1 when x1 is uniform on an interval.
 *
 *     x_t = sigma x0 + alpha x1,    x0 ~ N(0, 1),    x1 ~ U(low, high)
 *
 * Given x_t, x0 is a normal variable known to lie in [(x_t - alpha high) / sigma, (x_t - alpha low) / sigma]. One coordinate; a
 * product of intervals has the product of the densities and the means side by side.
 */
#ifndef INTERVAL_H
#define INTERVAL_H

#include "base.h"

typedef struct {
  double log_density; /* of x_t, plus log(sigma sqrt(2 pi)): finite wherever x_t is */
  double x0, x1;      /* E[x0 | x_t], E[x1 | x_t] */
} interval;

/* Gauss-Legendre on [-1, 1]: exact for polynomials of degree 7. */
enum { INTERVAL_NODES = 4 };
extern const double INTERVAL_NODE[INTERVAL_NODES], INTERVAL_WEIGHT[INTERVAL_NODES];

/* alpha >= 0, sigma > 0, low < high. Errors below 1e-10 of the width for x1, of 1 + |x0| for x0, of 1 + |log_density| for that, and
 * what the rounding of x / sigma does to each; nothing cancels as alpha or sigma goes to 0. */
interval interval_given(double alpha, double sigma, double x, double low, double high);

#endif
