#include "path.h"

#include "pchip.h"
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

static path_point custom_at(const real *alphas, const real *sigmas, int count, double t) {
  const pchip_point alpha = pchip_at(alphas, count, t), sigma = pchip_at(sigmas, count, t);
  return (path_point){.alpha = alpha.value, .sigma = sigma.value, .d_alpha = alpha.slope, .d_sigma = sigma.slope};
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
    case FM_PATH_CUSTOM: return custom_at(p->alpha, p->sigma, p->count, t);
    default: return (path_point){.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1};
  }
}

double path_source_scale(const path *p) {
  return p->kind == FM_PATH_VE ? p->sigma_max : p->kind == FM_PATH_CUSTOM ? (double)p->sigma[0] : 1;
}

/* ---- What a custom path must be ---------------------------------------------------------------------------- */

static int is_share(double x) { return x >= 0 && x <= PATH_LARGEST; } /* false for NaN */

static int is_start(double alpha, double sigma) { return sigma > 0 && alpha <= PATH_LOOSE * sigma; }

static int is_end(double alpha, double sigma) {
  return sigma <= PATH_LOOSE && alpha >= 1 - PATH_LOOSE && alpha <= 1 + PATH_LOOSE;
}

/* (alpha/sigma)' has the sign of Delta. Where both samples' slopes are 0 a cubic still rises between them. */
static int rises(const real *alpha, const real *sigma, int count, int piece) {
  enum { LOOKS = 8 };
  for (int k = 1; k < LOOKS; k++) {
    const path_point p = custom_at(alpha, sigma, count, (piece + (double)k / LOOKS) / (count - 1));
    if (!(p.alpha >= 0 && p.sigma >= 0 && p.d_alpha * p.sigma > p.d_sigma * p.alpha)) return 0;
  }
  return (double)alpha[piece + 1] * (double)sigma[piece] > (double)alpha[piece] * (double)sigma[piece + 1];
}

int path_fault(const real *alpha, const real *sigma, int count) {
  for (int i = 0; i < count; i++)
    if (!is_share((double)alpha[i]) || !is_share((double)sigma[i])) return i;
  if (!is_start((double)alpha[0], (double)sigma[0])) return 0;
  for (int i = 1; i < count; i++)
    if (!rises(alpha, sigma, count, i - 1)) return i;
  return is_end((double)alpha[count - 1], (double)sigma[count - 1]) ? -1 : count - 1;
}
