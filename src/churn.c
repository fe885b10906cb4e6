#include "churn.h"

double churn_time(const path *p, double t, double g, double h) {
  const path_point at = path_at(p, t);
  const double variance = at.sigma * at.sigma + g * g * (h < 0 ? -h : h);
  if (g == 0 || at.alpha == 0) return t;
  /* sigma / alpha falls from t = 0 to 1, so the sign of the difference tells on which side s is; 60 halvings leave no bit. */
  double low = 0, high = t;
  for (int i = 0; i < 60; i++) {
    const double middle = low + (high - low) / 2;
    const path_point m = path_at(p, middle);
    const double noisier = m.sigma * m.sigma * at.alpha * at.alpha - m.alpha * m.alpha * variance;
    if (noisier > 0)
      low = middle;
    else
      high = middle;
  }
  return high;
}

void churn_noise(const path *p, double t, double s, rng_stream stream, uint32_t first, real *x, int count, real *z) {
  const path_point at = path_at(p, t), back = path_at(p, s);
  const double scale = back.alpha / at.alpha;
  const double variance = back.sigma * back.sigma - scale * scale * at.sigma * at.sigma;
  const double std = variance > 0 ? fm_sqrt(variance) : 0;
  rng_normal(stream, first, count, z);
  for (int i = 0; i < count; i++) x[i] = (real)(scale * (double)x[i] + std * (double)z[i]);
}
