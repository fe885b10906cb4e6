#include "path.h"

#include "scalar.h"

static double log_ratio(const path *p) { return scalar_log(p->sigma_max / p->sigma_min); }

static double ve_sigma(const path *p, double t) { return p->sigma_min * scalar_exp((1 - t) * log_ratio(p)); }

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
    default: return (path_point){.alpha = t, .sigma = 1 - t, .d_alpha = 1, .d_sigma = -1};
  }
}

path_condition path_condition_at(const path *p, double t) {
  if (p->kind != FM_PATH_VE) return (path_condition){.in = 1, .skip = 0, .out = 1};
  const double sigma = ve_sigma(p, t), sd = p->sigma_data, r = log_ratio(p);
  const double total = sigma * sigma + sd * sd, root = fm_sqrt(total);
  return (path_condition){.in = 1 / root, .skip = -r * sigma * sigma / total, .out = r * sigma * sd / root};
}

double path_source_scale(const path *p) { return p->kind == FM_PATH_VE ? p->sigma_max : 1; }
