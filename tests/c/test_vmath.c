/* exp, log, sin, cos and sigmoid against double libm. Vector functions: every STRIDE-th float32 of the stated range;
 * scalar functions: dense grids against long double. */
#include <float.h>

#include "vmath.h"

#include "check.h"

enum { STRIDE = 1009 }; /* prime, so that every bit of the mantissa moves */

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

/* The distance between neighbouring floats at |x|. */
static double ulp_at(double x) {
  const float f = (float)fabs(x);
  return f < FLT_MIN ? 0x1p-149 : (double)nextafterf(f, INFINITY) - (double)f;
}

typedef struct {
  const char *text;
  v4 (*function)(v4);
  double (*truth)(double);
  float low, high;
  double bound;
  int absolute; /* error in units of 2^-24 instead of units of the last place */
} law;

static v4 sine(v4 x) {
  v4 s, c;
  v4_sincos(x, &s, &c);
  return s;
}
static v4 cosine(v4 x) {
  v4 s, c;
  v4_sincos(x, &s, &c);
  return c;
}
static v4 exponential(v4 x) { return v4_exp(x); }
static v4 logarithm(v4 x) { return v4_log(x); }
static v4 sigmoid(v4 x) { return v4_sigmoid(x); }
static double sigmoid_truth(double x) { return 1 / (1 + exp(-x)); }

/* Bounds are the measured maxima, rounded up. */
static const law LAWS[] = {
    {"v4_exp on [-87, 88]", exponential, exp, -87, 88, 1.1, 0},
    {"v4_log on the normal positive floats", logarithm, log, FLT_MIN, FLT_MAX, 1.1, 0},
    {"v4_sincos: sine on [-8192, 8192]", sine, sin, -8192, 8192, 1.6, 1},
    {"v4_sincos: cosine on [-8192, 8192]", cosine, cos, -8192, 8192, 1.6, 1},
    {"v4_sigmoid on [-87, FLT_MAX]", sigmoid, sigmoid_truth, -87, FLT_MAX, 2.6, 0},
};

static void check_law(const law *l) {
  promise(l->text);
  double worst = 0;
  float worst_at = 0, x[4], y[4];
  int filled = 0;
  for (uint64_t bits = 0; bits < 1ull << 32; bits += STRIDE) {
    x[filled] = float_of((uint32_t)bits);
    if (!(x[filled] >= l->low && x[filled] <= l->high) || ++filled < 4) continue;
    filled = 0;
    v4_store(y, l->function(v4_load(x)));
    for (int i = 0; i < 4; i++) {
      const double truth = l->truth(x[i]), unit = l->absolute ? 0x1p-24 : ulp_at(truth);
      const double error = fabs(y[i] - truth) / unit;
      if (error > worst) worst = error, worst_at = x[i];
      check(error <= l->bound, "%.9g gives %.9g, %.9g is true, %.2f units off", x[i], y[i], truth, error);
    }
  }
  note("largest error %.3f %s at %.9g, bound %.1f", worst, l->absolute ? "x 2^-24" : "ulp", worst_at, l->bound);
}

static void check_edges(void) {
  float y[4];
  promise("edge inputs: exact values, clamps, signs");
  v4_store(y, v4_exp(v4_load((const float[]){0, -0.0f, 1e-45f, -1e-45f})));
  for (int i = 0; i < 4; i++) check(y[i] == 1, "exp of (almost) 0 is %.9g", y[i]);
  v4_store(y, v4_exp(v4_load((const float[]){-INFINITY, -1e30f, INFINITY, 1e30f})));
  check(y[0] == y[1] && y[0] > 0 && y[0] < 2e-38f, "exp clamps below: %g", y[0]);
  check(y[2] == y[3] && y[2] > 1e38f && isfinite(y[2]), "exp clamps above: %g", y[2]);
  v4_store(y, v4_log(v4_load((const float[]){1, FLT_MIN, FLT_MAX, 2})));
  check(y[0] == 0, "log 1 is %g", y[0]);
  for (int i = 1; i < 4; i++) check(isfinite(y[i]), "log in lane %d is %g", i, y[i]);
  v4 s, c;
  v4_sincos(v4_load((const float[]){0, -0.0f, 8192, -8192}), &s, &c);
  v4_store(y, s);
  check(y[0] == 0 && y[1] == 0, "sin 0 is %g and %g", y[0], y[1]);
  check(y[2] == -y[3], "sine is odd: %g and %g", y[2], y[3]);
  v4_store(y, c);
  check(y[0] == 1 && y[1] == 1, "cos 0 is %g and %g", y[0], y[1]);
  check(y[2] == y[3], "cosine is even: %g and %g", y[2], y[3]);
  v4_store(y, v4_sigmoid(v4_load((const float[]){0, INFINITY, -INFINITY, -1e30f})));
  check(y[0] == 0.5f && y[1] == 1, "sigmoid of 0 and infinity: %g, %g", y[0], y[1]);
  check(y[2] >= 0 && y[2] < 1e-37f && y[2] == y[3], "sigmoid far below: %g, %g", y[2], y[3]);
}

/* Worst error of a scalar function on a grid, in ulp of the true value, or of 1 where `absolute`. */
static double scalar_error(double got, long double truth, int absolute) {
  const double reference = absolute ? 1.0 : fabs((double)truth);
  const double unit = nextafter(reference, INFINITY) - reference;
  return (double)(fabsl((long double)got - truth) / unit);
}

static void check_scalars(void) {
  double worst = 0;
  promise("scalar_exp on [-700, 700]");
  for (double x = -700; x <= 700; x += 0.00317) {
    const double error = scalar_error(scalar_exp(x), expl(x), 0);
    if (error > worst) worst = error;
    check(error <= 2, "at %.17g: %.2f ulp", x, error);
  }
  note("largest error %.3f ulp, bound 2", worst);

  promise("scalar_log from the smallest normal to the largest double");
  worst = 0;
  for (double x = DBL_MIN; x < DBL_MAX / 1.01; x *= 1.00321) {
    const double error = scalar_error(scalar_log(x), logl(x), 0);
    if (error > worst) worst = error;
    check(error <= 2, "at %.17g: %.2f ulp", x, error);
  }
  for (double x = 0.5; x < 2; x += 1.234e-5) {
    const double error = scalar_error(scalar_log(x), logl(x), 0);
    if (error > worst) worst = error;
    check(error <= 2, "at %.17g: %.2f ulp", x, error);
  }
  note("largest error %.3f ulp, bound 2", worst);

  promise("scalar_sincos on [-1e6, 1e6], error in ulp of 1");
  worst = 0;
  for (double x = -1e6; x <= 1e6; x += fabs(x) > 20 ? 3.456789 : 3.7e-5) {
    double s, c;
    scalar_sincos(x, &s, &c);
    const double error = fmax(scalar_error(s, sinl(x), 1), scalar_error(c, cosl(x), 1));
    if (error > worst) worst = error;
    check(error <= 2, "at %.17g: %.2f ulp", x, error);
  }
  note("largest error %.3f, bound 2", worst);

  promise("scalar edges: exp, log, sincos and power where they are exact");
  double s, c;
  scalar_sincos(0, &s, &c);
  check(s == 0 && c == 1, "sincos 0 is %g, %g", s, c);
  check(scalar_exp(0) == 1, "exp 0 is %g", scalar_exp(0));
  check(scalar_exp(-1e9) == 0, "exp far below is %g", scalar_exp(-1e9));
  check(isfinite(scalar_exp(1e9)), "exp far above is %g", scalar_exp(1e9));
  check(scalar_log(1) == 0, "log 1 is %g", scalar_log(1));
  check(scalar_power(3, 20) == 3486784401.0, "3^20 is %.17g", scalar_power(3, 20));
  check(scalar_power(0.5, 0) == 1, "x^0 is %g", scalar_power(0.5, 0));
}

int main(void) {
  for (size_t i = 0; i < sizeof LAWS / sizeof *LAWS; i++) check_law(&LAWS[i]);
  check_edges();
  check_scalars();
  return report(10);
}
