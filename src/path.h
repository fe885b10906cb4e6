/* path.h — probability paths: x_t = sigma(t) x0 + alpha(t) x1, u_t = sigma'(t) x0 + alpha'(t) x1.
 *
 *   linear      alpha = t,            sigma = 1 - t                              (Liu et al. 2022; "OT path" in Lipman et al. 2023)
 *   vp-cosine   alpha = sin(pi t/2),  sigma = cos(pi t/2)                        sigma^2 + alpha^2 = 1
 *   ve          alpha = 1,            sigma = sigma_min (sigma_max/sigma_min)^(1-t)
 *   vp-linear   alpha = e^(-T/2),     sigma = sqrt(1 - e^-T),  T = b0 s + (b1 - b0) s^2/2,  s = 1 - t,  b0 = 0.1, b1 = 20
 *                                                                              (Ho et al. 2020, in the limit of Song et al. 2021)
 *   polynomial  alpha = t^n,          sigma = 1 - t^n,  n = power >= 1           linear for n = 1
 *
 * Easy to get wrong:
 *   - t = 0 is noise, t = 1 is data. Diffusion papers count the other way.
 *   - Under ve x0 inside the formula is N(0, I), but a sample starts at sigma_max N(0, I): path_source_scale.
 *   - Under vp-linear sigma' is infinite at t = 1: alpha' and sigma' are those at t <= 1 - 1e-5, where sigma' = -50. And
 *     alpha(0) = 0.0066, not 0: a sample starts at N(0, I), without what little of the data is there at t = 0.
 *   - t^n with n < 1 would have an infinite derivative at t = 0.
 */
#ifndef PATH_H
#define PATH_H

#include "base.h"

typedef struct {
  int kind;                                /* FM_PATH_* */
  double sigma_min, sigma_max, sigma_data; /* ve */
  double power;                            /* polynomial */
} path;

typedef struct {
  double alpha, sigma, d_alpha, d_sigma;
} path_point;

/* Coefficients at t in [0, 1]. */
path_point path_at(const path *p, double t);

/* x(0) = scale * N(0, I). */
double path_source_scale(const path *p);

#endif
