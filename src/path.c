#include "path.h"

#include "scalar.h"

static double log_ratio(const path *p) { return scalar_log(p->sigma_max / p->sigma_min); }

static double ve_sigma(const path *p, double t) { return p->sigma_min * scalar_exp((1 - t) * log_ratio(p)); }

static double power(double t, double n) {
  if (n == (double)(uint32_t)n) return scalar_power(t, (uint32_t)n);
  return t < 1e-300 ? 0 : scalar_exp(n * scalar_log(t)); /* scalar_log takes no denormals */
}

static path_point polynomial_at(double t, double n) {
  const double alpha = power(t, n), slope = n * power(t, n - 1);
  return (path_point){.alpha = alpha, .sigma = 1 - alpha, .d_alpha = slope, .d_sigma = -slope};
}

static path_point vp_linear_at(double t) {
  const double first = 0.1, rise = 19.9, s = 1 - t, end = 1e-5, held = s < end ? end : s;
  const double kept = scalar_exp(-s * (first + rise * s / 2)),
               held_kept = scalar_exp(-held * (first + rise * held / 2));
  const double half_beta = (first + rise * held) / 2;
  return (path_point){.alpha = fm_sqrt(kept),
                      .sigma = fm_sqrt(1 - kept),
                      .d_alpha = half_beta * fm_sqrt(held_kept),
                      .d_sigma = -half_beta * held_kept / fm_sqrt(1 - held_kept)};
}

path_point path_at(const path *p, double t) {
  const double half_pi = SCALAR_PI / 2;
  switch (p->kind) {
    case FM_PATH_VP_COSINE: {
      double s, c;
      scalar_sincos(half_pi * t, &s, &c);
      return (path_point){.alpha = s, .sigma = c, .d_alpha = half_pi * c, .d_sigma = -half_pi * s};
    }
    case FM_PATH_VE: {
      const double sigma = ve_sigma(p, t);
      return (path_point){.alpha = 1, .sigma = sigma, .d_alpha = 0, .d_sigma = -sigma * log_ratio(p)};
    }
    case FM_PATH_VP_LINEAR: return vp_linear_at(t);
    case FM_PATH_POLYNOMIAL: return polynomial_at(t, p->power);
    default: return (path_point){.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1};
  }
}

double path_source_scale(const path *p) { return p->kind == FM_PATH_VE ? p->sigma_max : 1; }
