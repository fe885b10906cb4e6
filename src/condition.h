/* condition.h — how the network stands under a path: one affine map from its output F to the velocity.
 *
 *     v(t, x) = skip(t) x + out(t) F(in(t) x, t),     F is regressed on (u - skip x) / out
 *
 * The parameter `predict` says what F stands for; skip and out are those of conversion.h from that quantity to v.
 *
 *     v        skip = 0,               out = 1
 *     x1       skip = sigma'/sigma,    out = Delta/sigma           F is E[x1 | x_t]
 *     noise    skip = alpha'/alpha,    out = -Delta/alpha          F is E[x0 | x_t]
 *     score    skip = alpha'/alpha,    out = Delta sigma/alpha     F is grad log p_t
 *
 * Easy to get wrong:
 *   - At the ends these maps are singular: x1 knows no velocity at sigma = 0, noise and score know none at alpha = 0, and the score
 *     itself is infinite at sigma = 0. Where an error of F would enter v more than CONDITION_MOST times, or 1/sigma exceeds that
 *     for a score, skip and out are those of the nearest t where it does not, at most half of time away. F is still
 *     regressed on (u - skip x) / out of the true u and x_t: there it stands not for the quantity but for what the held map
 *     turns into v, so nothing is infinite and v stays unbiased everywhere. For the linear path this is t < 0.1 or t > 0.9.
 *   - A score grows as 1/sigma, so that plain squares would leave nothing to fit but the last moments before t = 1. Its error
 *     counts sigma^2 times (Song & Ermon 2019, section 4.2), sigma being held as skip and out are.
 *   - Raw ve regression over four decades of scale does not train, whatever is predicted. Under ve F is preconditioned as in
 *     Karras et al. 2022 (EDM, table 1), a blend of x1 and noise, and `predict` must be v:
 *     in = 1/sqrt(sigma^2 + sd^2), skip = -r (1 - c_skip), out = r c_out, r = ln(sigma_max/sigma_min),
 *     c_skip = sd^2/(sigma^2 + sd^2), c_out = sigma sd/sqrt(sigma^2 + sd^2), which is v = -r (x - D(x, t)).
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "path.h"

/* At 20, some runs that predict noise or score let a few of 20,000 samples of moons run away from the data. */
#define CONDITION_MOST 10

/* What F stands for, and the times to which skip and out are held. */
typedef struct {
  int quantity; /* FM_PREDICT_* */
  double least, most;
} prediction;

typedef struct {
  double in, skip, out;
  double weight; /* of the squared error of F: 1, or sigma^2 */
} condition;

/* Finds the times to hold, in steps of 1/256; anew once a custom path has its samples. */
prediction condition_prepare(const path *p, int quantity);

/* t in [0, 1]. */
condition condition_at(const path *p, const prediction *f, double t);

#endif
