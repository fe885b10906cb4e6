#include "timelaw.h"

#include "scalar.h"

static double horner(const double *c, int count, double x) {
  double y = c[0];
  for (int i = 1; i < count; i++) y = y * x + c[i];
  return y;
}

double timelaw_normal_quantile(double p) {
  static const double A[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                             1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
  static const double B[] = {-5.447609879822406e+01, 1.615858368580409e+02,  -1.556989798598866e+02,
                             6.680131188771972e+01,  -1.328068155288572e+01, 1.0};
  static const double C[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                             -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
  static const double D[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00,
                             1.0};
  const double tail = 0.02425, side = p < 0.5 ? p : 1 - p;
  if (side >= tail) {
    const double q = p - 0.5, r = q * q;
    return horner(A, 6, r) * q / horner(B, 6, r);
  }
  const double q = fm_sqrt(-2 * scalar_log(side));
  const double x = horner(C, 6, q) / horner(D, 5, q);
  return p < 0.5 ? x : -x;
}

static double sigmoid(double x) { return 1 / (1 + scalar_exp(-x)); }

/* The float nearest to t that still lies inside (0, 1): sigmoid of a large number rounds to 1. Laws that are dense at 0 reach down
 * to 2^-126, the least that every engine holds to 24 bits; the others have no more below 2^-24 than one draw in a million. */
static real inside(const timelaw *law, double t) {
  const int dense = law->kind == FM_TIME_POWER || law->kind == FM_TIME_LOGIT_NORMAL;
  const double step = 1.0 / (1 << 24), lowest = dense ? 0x1p-126 : step;
  return (real)(t < lowest ? lowest : t > 1 - step ? 1 - step : t);
}

/* log(y + sqrt(y^2 + 1)) for the size of y, with the sign of y. */
static double asinh_of(double y) {
  const double size = y < 0 ? -y : y, value = scalar_log(size + fm_sqrt(size * size + 1));
  return y < 0 ? -value : value;
}

/* The time below which the law has probability p, in (0, 1). */
static double quantile(const timelaw *law, double p) {
  switch (law->kind) {
    case FM_TIME_LOGIT_NORMAL: return sigmoid(law->mean + law->std * timelaw_normal_quantile(p));
    case FM_TIME_POWER: return scalar_exp(scalar_log(p) / law->power);
    case FM_TIME_U_SHAPED: {
      const double half = law->ends / 2, rise = scalar_exp(half), sinh = (rise - 1 / rise) / 2;
      return 0.5 + asinh_of((2 * p - 1) * sinh) / law->ends;
    }
    default: return p;
  }
}

void timelaw_draw(const timelaw *law, rng_stream stream, int n, real *t) {
  if (law->kind == FM_TIME_LOGIT_NORMAL && !law->stratified) {
    rng_normal(stream, 0, n, t);
    for (int i = 0; i < n; i++) t[i] = inside(law, sigmoid(law->mean + law->std * (double)t[i]));
    return;
  }
  rng_uniform(stream, 0, n, t);
  for (int i = 0; i < n; i++) {
    const double p = (double)t[i];
    t[i] = inside(law, quantile(law, law->stratified ? (i + p) / n : p));
  }
}
