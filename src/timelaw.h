/* timelaw.h — laws of the training time t in (0, 1).
 *
 *   uniform             t = u
 *   logit-normal(m, s)  t = sigmoid(m + s z), z ~ N(0, 1)                        (Esser et al. 2024, section 3.1)
 *   power(k)            density k t^(k-1), t = u^(1/k): k > 1 favours the data, k < 1 the noise
 *   u-shaped(a)         density proportional to cosh(a (t - 1/2)): an exponential and its mirror image, both ends before the
 *                       middle                                                    (after Lee et al. 2024, section 3.2)
 *
 * Draws follow the law to what a float can tell: near 1 its steps are 2^-24, so what a law has beyond stands at 1 - 2^-24, up to 1 %
 * of logit-normal(5, 5). Near 0 none has an atom: power(k) reaches 2^-126 with probability 2^(-126 k), which for k of TIMELAW_LEAST_POWER
 * is less than a uniform float can tell; a smaller k would not be drawn as it says.
 *
 * Stratified: the i-th of n draws takes its probability from ((i, i + 1) / n), so a batch covers the law evenly. Each t
 * keeps its marginal law only over a shuffled batch; data and noise here do not depend on i.
 */
#ifndef TIMELAW_H
#define TIMELAW_H

#include "rng.h"

#define TIMELAW_LEAST_POWER 0.2

typedef struct {
  int kind; /* FM_TIME_* */
  int stratified;
  double mean, std; /* logit-normal */
  double power;     /* k >= TIMELAW_LEAST_POWER */
  double ends;      /* a > 0 */
} timelaw;

/* t [n], each inside (0, 1) as a float. */
void timelaw_draw(const timelaw *law, rng_stream stream, int n, real *t);

/* Inverse of the standard normal distribution function on (0, 1), relative error 1.2e-9 (P. J. Acklam's rational
 * approximation, 2003). */
double timelaw_normal_quantile(double p);

#endif
