/* The curve through samples: what it meets, its slope, and where it may not go. */
#include "pchip.h"

#include "check.h"

enum { MOST = 129 };
static real y[MOST];

static double uniform(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) / 16777216.0;
}

static void check_samples(void) {
  promise("the curve passes through its samples and keeps one slope across each");
  uint32_t state = 1;
  for (int count = 2; count < 20; count++) {
    for (int i = 0; i < count; i++) y[i] = (real)uniform(&state);
    for (int i = 0; i < count; i++) {
      const double t = (double)i / (count - 1);
      check(fabs(pchip_at(y, count, t).value - (double)y[i]) < 1e-14, "%d of %d", i, count);
      if (i == 0 || i == count - 1) continue;
      const double before = pchip_at(y, count, t - 1e-9).slope, after = pchip_at(y, count, t + 1e-9).slope;
      check(fabs(before - after) < 1e-5, "%d of %d: slope %g, then %g", i, count, before, after);
    }
  }
}

static void check_slope(void) {
  promise("its slope is its derivative");
  uint32_t state = 2;
  const double h = 1e-4;
  for (int i = 0; i < 9; i++) y[i] = (real)uniform(&state);
  for (double t = 0.013; t < 0.99; t += 0.0171) {
    if (fabs(t * 8 - rint(t * 8)) < 0.01) continue; /* the third derivative jumps there */
    const double found = pchip_at(y, 9, t).slope;
    const double wide = pchip_at(y, 9, t + 2 * h).value - pchip_at(y, 9, t - 2 * h).value;
    const double near = pchip_at(y, 9, t + h).value - pchip_at(y, 9, t - h).value;
    check(fabs((8 * near - wide) / (12 * h) - found) < 1e-9, "t %g: %g", t, found);
  }
}

static void check_shape(void) {
  promise("between two samples it stays between them, and a straight line is itself");
  uint32_t state = 3;
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < 7; i++) y[i] = (real)(uniform(&state) * uniform(&state));
    for (int k = 0; k <= 600; k++) {
      const int i = k == 600 ? 5 : k / 100;
      const double low = fmin((double)y[i], (double)y[i + 1]), high = fmax((double)y[i], (double)y[i + 1]);
      const double value = pchip_at(y, 7, k / 600.0).value;
      check(value >= low - 1e-14 && value <= high + 1e-14, "%d: %g is not in %g .. %g", k, value, low, high);
    }
  }
  for (int count = 2; count < 9; count++)
    for (int k = 0; k <= 40; k++) {
      for (int i = 0; i < count; i++) y[i] = (real)(3 - 2.0 * i / (count - 1));
      const pchip_point p = pchip_at(y, count, k / 40.0);
      check(fabs(p.value - (3 - k / 20.0)) < 1e-14 && fabs(p.slope + 2) < 1e-13, "%d samples, t %g", count, k / 40.0);
    }
}

static void check_order(void) {
  promise("the slope of a smooth curve is off by less than 4 h^2");
  for (int count = 17; count <= MOST; count = 2 * count - 1) {
    const double h = 1.0 / (count - 1);
    double worst = 0;
    for (int i = 0; i < count; i++) y[i] = (real)sin(1.5707963267948966 * i * h);
    for (double t = 0; t <= 1; t += 0.00371)
      worst = fmax(worst, fabs(pchip_at(y, count, t).slope - 1.5707963267948966 * cos(1.5707963267948966 * t)));
    check(worst < 4 * h * h, "%d samples: %g, %g h^2", count, worst, worst / (h * h));
    note("%d samples: %.1e", count, worst);
  }
}

int main(void) {
  check_samples();
  check_slope();
  check_shape();
  check_order();
  return report(4);
}
