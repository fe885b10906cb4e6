/* timelaw.h — laws of the training time t in (0, 1).
 *
 *   uniform             t = u
 *   logit-normal(m, s)  t = sigmoid(m + s z), z ~ N(0, 1)                        (Esser et al. 2024, section 3.1)
 *   power(k)            density k t^(k-1), t = u^(1/k): k > 1 favours the data, k < 1 the noise
 *   u-shaped(a)         density proportional to cosh(a (t - 1/2)): an exponential and its mirror image, both ends before the
 *                       middle                                                    (after Lee et al. 2024, section 3.2)
 *
 * Stratified: the i-th of n draws takes its probability from ((i, i + 1) / n), so a batch covers the law evenly. Each t
 * keeps its marginal law only over a shuffled batch; data and noise here do not depend on i.
 */
#ifndef TIMELAW_H
#define TIMELAW_H

#include "rng.h"

typedef struct {
  int kind; /* FM_TIME_* */
  int stratified;
  double mean, std; /* logit-normal */
  double power;     /* k > 0 */
  double ends;      /* a > 0 */
} timelaw;

/* t [n], each inside (0, 1) as a float. */
void timelaw_draw(const timelaw *law, rng_stream stream, int n, real *t);

/* Inverse of the standard normal distribution function on (0, 1), relative error 1.2e-9 (P. J. Acklam's rational
 * approximation, 2003). */
double timelaw_normal_quantile(double p);

#endif
