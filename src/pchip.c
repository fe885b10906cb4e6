#include "pchip.h"

/* Steps are counted in samples, so a secant is a difference. */
static double secant(const real *y, int i) { return (double)y[i + 1] - (double)y[i]; }

static double size(double x) { return x < 0 ? -x : x; }

/* `slope` cut to what keeps the curve monotone beside these secants. */
static double cut(double slope, double one, double other) {
  if (one * other <= 0 || slope * one <= 0) return 0;
  const double most = 3 * (size(one) < size(other) ? one : other);
  return size(slope) < size(most) ? slope : most;
}

static double slope_at(const real *y, int count, int i) {
  if (count == 2) return secant(y, 0);
  const int before = i == 0 ? 0 : i - 1, after = i == count - 1 ? i - 1 : i;
  const double own = secant(y, before), next = secant(y, after);
  if (before != after) return cut((own + next) / 2, own, next);
  return cut((3 * own - secant(y, i == 0 ? 1 : i - 2)) / 2, own, own);
}

pchip_point pchip_at(const real *y, int count, double t) {
  const int pieces = count - 1, i = fm_min((int)(t * pieces), pieces - 1);
  const double s = t * pieces - i, rise = secant(y, i);
  const double first = slope_at(y, count, i), last = slope_at(y, count, i + 1);
  /* y_i + s (first + s (square + s cube)) */
  const double square = 3 * rise - 2 * first - last, cube = first + last - 2 * rise;
  return (pchip_point){.value = (double)y[i] + s * (first + s * (square + s * cube)),
                       .slope = pieces * (first + s * (2 * square + s * 3 * cube))};
}
