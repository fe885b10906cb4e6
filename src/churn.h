/* churn.h — noise put into points on their way, so that they follow
 *
 *     dx = [v + g^2/2 score] dt + g dW        of the same marginals p_t as dx = v dt, for any g(t) >= 0
 *
 * (Song et al. 2021, appendix D.1; for flows Albergo et al. 2023, "Stochastic interpolants", section 2.4). A step from t to t_end
 * first goes back to the time s where noise and data stand as they do once g^2 |h| more noise is in, and then along v:
 *
 *     (sigma_s / alpha_s)^2 = (sigma_t^2 + g^2 |h|) / alpha_t^2,   h = t_end - t
 *     x_s = alpha_s / alpha_t x_t + sqrt(sigma_s^2 - (alpha_s / alpha_t)^2 sigma_t^2) z,   z ~ N(0, I)
 *     x   = a step of the solver along dx = v dt from s to t_end
 *
 * (the "churn" of Karras et al. 2022, algorithm 2, for every path). With Gaussian noise that is drawn independently of the data
 * the first line takes p_t to p_s exactly, so the law of the points is as good as the solver's steps. To first order in h,
 * s = t - g^2 |h| alpha / (2 sigma Delta), and the detour adds g^2/2 score h to the drift, as it should.
 *
 * Why so: the score is v in other words, so nothing else need be evaluated; and an Euler-Maruyama step blows up where sigma is
 * small, since the score is of the size 1/sigma there, while this one cannot.
 *
 * Easy to get wrong: strong noise makes the steps of the solver long, t_end - s instead of h, so it wants more of them or a
 * better one. From noise to Gaussian data of std 0.6 in 50 steps, the std comes out 1 % small by heun at g = 1 and 9 % at g = 3,
 * by rk4 0.1 % at g = 3. Where s would be below 0 it is 0, and the noise what fits. At alpha = 0 there is nothing but noise and
 * nothing to add. And without an independent coupling p_s is another law.
 */
#ifndef CHURN_H
#define CHURN_H

#include "path.h"
#include "rng.h"

/* s of a step of length h that begins at t; t itself where no noise is put in. */
double churn_time(const path *p, double t, double g, double h);

/* Takes x[count] from t to s <= t, with z = elements first .. first + count - 1 of the stream. z: count reals of work. */
void churn_noise(const path *p, double t, double s, rng_stream stream, uint32_t first, real *x, int count, real *z);

#endif
