/* path.h — probability paths: x_t = sigma(t) x0 + alpha(t) x1, u_t = sigma'(t) x0 + alpha'(t) x1.
 *
 *   linear      alpha = t,            sigma = 1 - t                              (Liu et al. 2022; "OT path" in Lipman et al. 2023)
 *   vp-cosine   alpha = sin(pi t/2),  sigma = cos(pi t/2)                        sigma^2 + alpha^2 = 1
 *   ve          alpha = 1,            sigma = sigma_min (sigma_max/sigma_min)^(1-t)
 *   vp-linear   alpha = e^(-T/2),     sigma = sqrt(1 - e^-T),  T = b0 s + (b1 - b0) s^2/2,  s = 1 - t,  b0 = 0.1, b1 = 20
 *                                                                              (Ho et al. 2020, in the limit of Song et al. 2021)
 *   polynomial  alpha = t^n,          sigma = 1 - t^n,  n = power >= 1           linear for n = 1
 *   custom      alpha and sigma go through the caller's samples on a uniform grid over [0, 1]   pchip.h
 *
 * Easy to get wrong:
 *   - t = 0 is noise, t = 1 is data. Diffusion papers count the other way.
 *   - Under ve x0 inside the formula is N(0, I), but a sample starts at sigma_max N(0, I): path_source_scale.
 *   - Under vp-linear sigma' is infinite at t = 1: alpha' and sigma' are those at t <= 1 - 1e-5, where sigma' = -50. And
 *     alpha(0) = 0.0066, not 0: a sample starts at N(0, I), without what little of the data is there at t = 0.
 *   - t^n with n < 1 would have an infinite derivative at t = 0.
 *   - A custom path need not meet its ends to the last bit (schedules made for diffusion do not), so PATH_LOOSE of noise may be
 *     left at t = 1 and as much of the data be there at t = 0; a sample starts at sigma(0) N(0, I) all the same.
 */
#ifndef PATH_H
#define PATH_H

#include "base.h"

typedef struct {
  int kind;                                /* FM_PATH_* */
  double sigma_min, sigma_max, sigma_data; /* ve */
  double power;                            /* polynomial */
  const real *alpha, *sigma;               /* custom: [count], by reference */
  int count;                               /* 0 until they are set */
} path;

typedef struct {
  double alpha, sigma, d_alpha, d_sigma;
} path_point;

/* Tolerance of the ends of a custom path, and the largest sample. */
#define PATH_LOOSE 0.01
#define PATH_LARGEST 1e3

/* Whether the samples alpha and sigma [count], 2 <= count, lead from noise to data: from 0 to PATH_LARGEST; alpha(0) <= PATH_LOOSE
 * sigma(0), sigma(0) > 0, sigma(1) <= PATH_LOOSE, alpha(1) within PATH_LOOSE of 1; and alpha/sigma rises from each sample to the
 * next and along the curve between. Returns the index of the first sample that breaks this, the later of two for what lies
 * between them; -1 when none does. */
int path_fault(const real *alpha, const real *sigma, int count);

/* False for a custom path without samples: nothing below takes it. */
FM_INLINE int path_is_complete(const path *p) { return p->kind != FM_PATH_CUSTOM || p->count > 0; }

/* Coefficients at t in [0, 1]. */
path_point path_at(const path *p, double t);

/* x(0) = scale * N(0, I). */
double path_source_scale(const path *p);

#endif
