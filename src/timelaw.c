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

/* The float nearest to t that still lies inside (0, 1): sigmoid of a large number rounds to 1. */
static real inside(double t) {
  const double lowest = 1.0 / (1 << 24);
  return (real)(t < lowest ? lowest : t > 1 - lowest ? 1 - lowest : t);
}

void timelaw_draw(const timelaw *law, rng_stream stream, int n, real *t) {
  if (law->stratified || law->kind == FM_TIME_UNIFORM)
    rng_uniform(stream, 0, n, t);
  else
    rng_normal(stream, 0, n, t);
  for (int i = 0; i < n; i++) {
    double value = (double)t[i];
    if (law->stratified) value = (i + value) / n;
    if (law->kind == FM_TIME_LOGIT_NORMAL) {
      if (law->stratified) value = timelaw_normal_quantile(value);
      value = 1 / (1 + scalar_exp(-(law->mean + law->std * value)));
    }
    t[i] = inside(value);
  }
}
