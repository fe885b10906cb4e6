/* pchip.h — a curve through samples, and its exact derivative.
 *
 * Between two samples of y on a uniform grid over [0, 1] runs the cubic with the slopes d at both: a continuous derivative, and
 * no overshoot where the samples rise or fall (piecewise cubic Hermite interpolation). The slope at a sample is that of the
 * parabola through it and its two neighbours (at an end, the nearest two), cut to [0, 3] times the smaller secant beside it,
 * and 0 where these differ in sign: sufficient for a monotone cubic (Fritsch & Carlson 1980; Hyman 1983). A straight line is met
 * exactly, a smooth curve with an error of order h^2 in the slope; slopes are found anew at each call, from at most four samples.
 */
#ifndef PCHIP_H
#define PCHIP_H

#include "base.h"

typedef struct {
  double value, slope;
} pchip_point;

/* y[count], count >= 2, t in [0, 1]. */
pchip_point pchip_at(const real *y, int count, double t);

#endif
