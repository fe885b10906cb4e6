#include "interval.h"

#include "scalar.h"

const double INTERVAL_NODE[] = {-0.8611363115940525752, -0.3399810435848562648, 0.3399810435848562648,
                                0.8611363115940525752};
const double INTERVAL_WEIGHT[] = {0.3478548451374538574, 0.6521451548625461426, 0.6521451548625461426,
                                  0.3478548451374538574};

/* The normal law on [a, b] with |a| <= b: log of the integral of exp(-e^2 / 2) over [a, b], divided by b - a, and the mean of e. */
typedef struct {
  double log_mean, mean;
} truncated;

/* From Mills' ratio, so that far out it is the ratio of numbers near 1 / a and not of numbers near 0. */
static truncated truncated_wide(double a, double b) {
  if (a >= 0) {
    const double fall = scalar_exp(-(b - a) * (b + a) / 2), sum = scalar_mills(a) - fall * scalar_mills(b);
    return (truncated){scalar_log(sum / (b - a)) - a * a / 2, (1 - fall) / sum};
  }
  const double left = scalar_exp(-a * a / 2), right = scalar_exp(-b * b / 2);
  const double sum = SCALAR_ROOT_2PI - left * scalar_mills(-a) - right * scalar_mills(b);
  return (truncated){scalar_log(sum / (b - a)), (left - right) / sum};
}

/* By quadrature, exact to 1e-13 where the exponent moves by less than NARROW. `mean` is its place from the middle, in halves of
 * the width. */
static const double NARROW = 0.25;
static truncated truncated_narrow(double middle, double half) {
  double sum = 0, moment = 0;
  for (int i = 0; i < INTERVAL_NODES; i++) {
    const double offset = half * INTERVAL_NODE[i];
    const double weight = INTERVAL_WEIGHT[i] * scalar_exp(-offset * (middle + offset / 2));
    sum += weight;
    moment += weight * INTERVAL_NODE[i];
  }
  return (truncated){scalar_log(sum / 2) - middle * middle / 2, moment / sum};
}

interval interval_given(double alpha, double sigma, double x, double low, double high) {
  const double middle = (x - alpha * (low + high) / 2) / sigma, half = alpha * (high - low) / (2 * sigma);
  const double side = middle < 0 ? -1 : 1, far = side * middle + half;
  if (2 * half * (far > 1 ? far : 1) < NARROW) {
    const truncated t = truncated_narrow(middle, half);
    return (interval){t.log_mean, middle + half * t.mean, (low + high) / 2 - (high - low) / 2 * t.mean};
  }
  const truncated t = truncated_wide(side * middle - half, far);
  return (interval){t.log_mean, side * t.mean, (low + high) / 2 + sigma / alpha * (middle - side * t.mean)};
}
