/* blend.h — points between two noises, to be decoded into points between two data points.
 *
 *     linear      (1 - f) a + f b                                          the noise gets shorter in the middle
 *     spherical   (sin((1 - f) w) a + sin(f w) b) / sin w,  cos w = a . b / (|a| |b|)
 *                                                                          along the arc (Shoemake 1985; White 2016 for noise)
 *
 * In many dimensions noise lies near a sphere of radius sqrt(D), and a field has seen little of what is inside it.
 *
 * Easy to get wrong: where a and b point the same way, are opposite, or one is 0 there is no arc; sin w below BLEND_LEAST is linear.
 */
#ifndef BLEND_H
#define BLEND_H

#include "base.h"

#define BLEND_LEAST 1e-6

/* out[dim] at fraction f of the way from a[dim] to b[dim]; kind is FM_BLEND_*. */
void blend_point(int kind, double f, const real *a, const real *b, real *out, int dim);

#endif
