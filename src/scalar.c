#include "scalar.h"

/* ln 2 and pi/2 in two and three parts, so that n times the first parts is exact for the n that occur. */
static const double LN2_HIGH = 0.6931471806019545, LN2_LOW = -4.2009150726810846e-11;
static const double HALF_PI_1 = 1.5707963267341256, HALF_PI_2 = 6.077100506303966e-11,
                    HALF_PI_3 = 2.0222662487959506e-21;

static double scale_by_power_of_two(double x, int exponent) {
  union {
    uint64_t bits;
    double value;
  } power = {.bits = (uint64_t)(exponent + 1023) << 52};
  return x * power.value;
}

double scalar_exp(double x) {
  if (x > 700) x = 700;
  if (x < -700) return 0;
  const double n = __builtin_rint(x * 1.4426950408889634);
  const double r = (x - n * LN2_HIGH) - n * LN2_LOW;
  /* Taylor series: |r| <= 0.347, so r^14/14! < 5e-18. */
  double sum = 1.0;
  for (int k = 13; k >= 1; k--) sum = 1.0 + sum * r / k;
  return scale_by_power_of_two(sum, (int)n);
}

double scalar_log(double x) {
  union {
    double value;
    uint64_t bits;
  } u = {.value = x};
  /* x = m 2^e with m in [sqrt(1/2), sqrt(2)): the offset moves the cut from 1 to sqrt(1/2). */
  const uint64_t shifted = u.bits - 0x3fe6a09e667f3bcdULL;
  const int e = (int)((int64_t)shifted >> 52);
  u.bits -= (uint64_t)e << 52;
  const double f = u.value - 1.0, s = f / (2.0 + f), z = s * s;
  /* log(1+f) = f - s (f - R), with R the tail of 2 atanh(s) = 2s + s R. |s| <= 0.172, so z^12/25 < 1e-19. */
  double tail = 0;
  for (int k = 23; k >= 3; k -= 2) tail = (tail + 2.0 / k) * z;
  return e * LN2_HIGH + (f - (s * (f - tail) - e * LN2_LOW));
}

void scalar_sincos(double x, double *sine, double *cosine) {
  const double q = __builtin_rint(x * 0.6366197723675814);
  const double r = ((x - q * HALF_PI_1) - q * HALF_PI_2) - q * HALF_PI_3;
  const double z = r * r;
  /* Taylor series: |r| <= 0.786, so r^19/19! < 1e-19. */
  double s = 0, c = 0;
  for (int k = 17; k >= 3; k -= 2) s = (1.0 - s) * z / (k * (k - 1));
  for (int k = 18; k >= 2; k -= 2) c = (1.0 - c) * z / (k * (k - 1));
  s = r - r * s;
  c = 1.0 - c;
  switch ((int)q & 3) {
    case 0: *sine = s, *cosine = c; break;
    case 1: *sine = c, *cosine = -s; break;
    case 2: *sine = -s, *cosine = -c; break;
    default: *sine = -c, *cosine = s; break;
  }
}

double scalar_mills(double x) {
  if (x < 2.5) {
    /* Phi(x) - 1/2 = phi(x) (x + x^3/3 + x^5/(3 5) + ...); the difference below loses a factor of 80 at most. */
    double term = x, sum = x;
    for (int k = 3; k <= 71; k += 2) sum += term *= x * x / k;
    return SCALAR_ROOT_2PI / 2 * scalar_exp(x * x / 2) - sum;
  }
  /* 1/(x + 1/(x + 2/(x + 3/(x + ...)))), Laplace's continued fraction, from its end. */
  double tail = x;
  for (int k = 60; k >= 1; k--) tail = x + k / tail;
  return 1 / tail;
}

double scalar_power(double base, uint32_t n) {
  double result = 1.0;
  for (; n; n >>= 1, base *= base)
    if (n & 1) result *= base;
  return result;
}
