#include "conversion.h"

/* A combination noise x0 + data x1. */
typedef struct {
  double noise, data;
} mixture;

/* Noise and score are carried as -x0, which makes every divisor below positive. */
static mixture mixture_of(path_point p, int quantity) {
  switch (quantity) {
    case FM_PREDICT_V: return (mixture){p.d_sigma, p.d_alpha};
    case FM_PREDICT_X1: return (mixture){0, 1};
    default: return (mixture){-1, 0};
  }
}

static double cross(mixture a, mixture b) { return a.noise * b.data - a.data * b.noise; }

static double held(double divisor) { return divisor < CONVERSION_LEAST ? CONVERSION_LEAST : divisor; }

/* to = skip x + out from for every x0 and x1, so it is an equation of mixtures: its cross product with `from` leaves skip, that
 * with x leaves out. The divisor is Delta for v, sigma for x1 and alpha for -x0. */
static conversion between(mixture x, mixture from, mixture to) {
  const double divisor = held(cross(x, from));
  return (conversion){cross(to, from) / divisor, cross(x, to) / divisor};
}

static int is_noise(int quantity) { return quantity == FM_PREDICT_NOISE || quantity == FM_PREDICT_SCORE; }

conversion conversion_between(path_point p, int from, int to) {
  if (from == to) return (conversion){0, 1};
  conversion c = {0, 1};
  if (!is_noise(from) || !is_noise(to))
    c = between((mixture){p.sigma, p.alpha}, mixture_of(p, from), mixture_of(p, to));
  if (is_noise(from)) c.out *= from == FM_PREDICT_NOISE ? -1 : p.sigma;
  const double per_unit = !is_noise(to) ? 1 : to == FM_PREDICT_NOISE ? -1 : 1 / held(p.sigma);
  return (conversion){c.skip * per_unit, c.out * per_unit};
}

void conversion_apply(conversion c, const real *x, const real *value, real *out, int count) {
  for (int i = 0; i < count; i++) out[i] = (real)(c.skip * (double)x[i] + c.out * (double)value[i]);
}
