/* What x_t says of a uniform x1, against quadrature in long double, from alpha near 0 to sigma near 0. */
#include "interval.h"
#include "scalar.h"

#include "check.h"

static void check_mills(void) {
  promise("Mills' ratio is that of the complementary error function to 1e-13");
  double worst = 0;
  for (double x = 0; x < 36; x += 0.0137) {
    const long double truth = sqrtl(acosl(-1) / 2) * erfcl(x / sqrtl(2)) * expl((long double)x * x / 2);
    const double error = fabs((double)(scalar_mills(x) / truth - 1));
    worst = fmax(worst, error);
    check(error < 1e-13, "x %g: off by %g", x, error);
  }
  for (double x = 100; x < 1e9; x *= 7) {
    const double truth = (1 - 1 / (x * x) + 3 / (x * x * x * x)) / x, error = fabs(scalar_mills(x) / truth - 1);
    check(error < 1e-10, "x %g: off by %g", x, error);
  }
  note("largest error %.1e", worst);
}

/* The same by Simpson's rule over x1, where the integrand is not 0 to a long double. */
static interval by_quadrature(long double alpha, long double sigma, long double x, long double low, long double high) {
  enum { PIECES = 2000 };
  const long double nearest = fminl(fmaxl(x / alpha, low), high), gap = (x - alpha * nearest) / sigma;
  const long double reach = 12 * sigma / alpha / (1 + fabsl(gap) / 4);
  const long double from = fmaxl(low, nearest - reach), to = fminl(high, nearest + reach);
  long double sum = 0, first = 0, other = 0;
  for (int i = 0; i <= PIECES; i++) {
    const long double y = from + (to - from) * i / PIECES, e = (x - alpha * y) / sigma;
    const long double weight = (i == 0 || i == PIECES ? 1 : i % 2 ? 4 : 2) * expl((gap * gap - e * e) / 2);
    sum += weight, first += weight * (y - nearest), other += weight * e;
  }
  const long double mass = sum * (to - from) / (3 * PIECES) / (high - low);
  return (interval){(double)(logl(mass) - gap * gap / 2), (double)(other / sum), (double)(nearest + first / sum)};
}

static void check_means(void) {
  promise("density and means agree with quadrature wherever x_t lies, from alpha = 1e-7 to sigma = 1e-7");
  const double sigmas[] = {1, 0.999, 0.9, 0.5, 0.2, 0.05, 0.01, 1e-3, 1e-5, 1e-7}, lows[] = {-4, -2, 0, 2};
  double worst[3] = {0, 0, 0};
  for (int s = 0; s < 10; s++)
    for (int l = 0; l < 4; l++)
      for (double place = -9; place <= 9; place += 0.53) {
        const double sigma = sigmas[s], alpha = sigma == 1 ? 1e-7 : 1 - sigma, low = lows[l];
        for (int zoom = 0; zoom < 2; zoom++) {
          const double x = zoom ? alpha * low + sigma * place : alpha * place + sigma * 0.3;
          const interval a = interval_given(alpha, sigma, x, low, low + 2);
          const interval b = by_quadrature(alpha, sigma, x, low, low + 2);
          const double errors[3] = {fabs(a.log_density - b.log_density) / (1 + fabs(b.log_density)),
                                    fabs(a.x0 - b.x0) / (1 + fabs(b.x0)), fabs(a.x1 - b.x1) / 2};
          for (int i = 0; i < 3; i++) worst[i] = fmax(worst[i], errors[i]);
          check(errors[0] < 1e-9 && errors[1] < 1e-9 && errors[2] < 1e-9,
                "sigma %g, low %g, x %.9g: %.12g %.12g %.12g instead of %.12g %.12g %.12g", sigma, low, x,
                a.log_density, a.x0, a.x1, b.log_density, b.x0, b.x1);
        }
      }
  note("largest errors %.1e %.1e %.1e", worst[0], worst[1], worst[2]);
}

int main(void) {
  check_mills();
  check_means();
  return report(2);
}
