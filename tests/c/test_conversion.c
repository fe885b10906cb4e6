/* Conversions between velocity, data, noise and score: against their definitions, around every circle, and at the ends. */
#include "conversion.h"

#include "check.h"
#include "pathset.h"

enum { QUANTITIES = FM_PREDICT_SCORE + 1 };

static const double X0 = 0.7, X1 = -1.3;

static double truth(path_point p, int quantity) {
  switch (quantity) {
    case FM_PREDICT_V: return p.d_sigma * X0 + p.d_alpha * X1;
    case FM_PREDICT_X1: return X1;
    case FM_PREDICT_NOISE: return X0;
    default: return -X0 / p.sigma;
  }
}

static double convert(path_point p, int from, int to, double value) {
  const conversion c = conversion_between(p, from, to);
  const real x = (real)(p.sigma * X0 + p.alpha * X1), known = (real)value;
  real out;
  conversion_apply(c, &x, &known, &out, 1);
  return (double)out;
}

static void check_definitions(void) {
  promise("each quantity gives each other as the pair (x0, x1) defines it, inside every path, but for rounding");
  double worst = 0;
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (double t = 0.02; t < 0.9995; t += 0.0137)
      for (int from = 0; from < QUANTITIES; from++)
        for (int to = 0; to < QUANTITIES; to++) {
          const path_point p = path_at(&PATHSET[i], t);
          const conversion c = conversion_between(p, from, to);
          const double error = fabs(convert(p, from, to, truth(p, from)) - truth(p, to));
          const double terms = fabs(c.skip * (p.sigma * X0 + p.alpha * X1)) + fabs(c.out * truth(p, from));
          worst = fmax(worst, error / terms);
          check(error <= 1e-14 * terms, "path %d, t %g, %d to %d: %g of %g", i, t, from, to, error, terms);
        }
  note("worst error %.1e of the terms added", worst);
}

static void check_circles(void) {
  promise("there and back again gives what was given, for every pair and path");
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (double t = 0.02; t < 0.9995; t += 0.0137)
      for (int from = 0; from < QUANTITIES; from++)
        for (int to = 0; to < QUANTITIES; to++) {
          const path_point p = path_at(&PATHSET[i], t);
          const double given = 2.5, back = convert(p, to, from, convert(p, from, to, given));
          check(fabs(back - given) < 1e-9, "path %d, t %g, %d to %d: %.12g", i, t, from, to, back);
        }
}

static void check_ends(void) {
  promise("at the ends every conversion is finite, and those that lose nothing there are exact");
  for (int i = 0; i < PATHSET_COUNT; i++)
    for (int end = 0; end < 2; end++) {
      const path_point p = path_at(&PATHSET[i], end);
      for (int from = 0; from < QUANTITIES; from++)
        for (int to = 0; to < QUANTITIES; to++) {
          const double value = convert(p, from, to, 0.5);
          check(fabs(value) <= 1e16, "path %d, end %d, %d to %d: %g", i, end, from, to, value);
          const int score = from == FM_PREDICT_SCORE || to == FM_PREDICT_SCORE;
          const int still = p.d_alpha == 0 && p.d_sigma == 0 && from == FM_PREDICT_V;
          const int blind = still || (p.alpha == 0 && (from == FM_PREDICT_NOISE || score)) ||
                            (p.sigma < 1e-12 && (from == FM_PREDICT_X1 || score));
          if (blind) continue;
          const double expected = truth(p, to);
          const double found = convert(p, from, to, truth(p, from));
          check(fabs(found - expected) < 1e-10 * fmax(1, fabs(expected)), "path %d, end %d, %d to %d: %g, not %g", i,
                end, from, to, found, expected);
        }
    }
}

static void check_linear(void) {
  promise("the linear path converts as written: x1 = x + (1 - t) v, x0 = x - t v, score = (t v - x) / (1 - t)");
  for (double t = 0; t <= 1; t += 0.0625) {
    const path_point p = path_at(&PATHSET[0], t);
    const conversion x1 = conversion_between(p, FM_PREDICT_V, FM_PREDICT_X1);
    const conversion x0 = conversion_between(p, FM_PREDICT_V, FM_PREDICT_NOISE);
    const conversion score = conversion_between(p, FM_PREDICT_V, FM_PREDICT_SCORE);
    check(x1.skip == 1 && x1.out == 1 - t, "t %g: x1 = %g x + %g v", t, x1.skip, x1.out);
    check(x0.skip == 1 && x0.out == -t, "t %g: x0 = %g x + %g v", t, x0.skip, x0.out);
    const double divisor = fmax(1 - t, CONVERSION_LEAST);
    check(fabs(score.out * divisor - t) < 1e-15 && fabs(score.skip * divisor + 1) < 1e-15, "t %g: score", t);
  }
}

int main(void) {
  check_definitions();
  check_circles();
  check_ends();
  check_linear();
  return report(4);
}
