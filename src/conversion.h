/* conversion.h — what is known at a point of a path, said in another way.
 *
 *     x_t = sigma x0 + alpha x1,    v = sigma' x0 + alpha' x1,    score = grad log p(x_t | x1) = -x0 / sigma
 *
 * Given x_t, any one of v, x1, x0 (noise) and score is an affine function of any other, and so are their conditional means:
 *
 *     to = skip x_t + out from
 *
 * With Delta = alpha' sigma - sigma' alpha: x1 = (sigma v - sigma' x_t) / Delta and x0 = (alpha' x_t - alpha v) / Delta. For the
 * linear path x1 = x + (1 - t) v, x0 = x - t v, score = (t v - x) / (1 - t).
 *
 * Easy to get wrong:
 *   - At some ends a quantity says nothing of the others: noise and score at alpha = 0, x1 at sigma = 0, v where Delta = 0
 *     (a polynomial path at t = 0); and at sigma = 0 the score is infinite. Divisors are therefore held at CONVERSION_LEAST or
 *     above. Where none is held a conversion is exact and undone by its reverse; elsewhere it is finite, and no more.
 *   - The mean of v gives the score of p(x_t) only for a Gaussian source and independent coupling. The caller must know.
 */
#ifndef CONVERSION_H
#define CONVERSION_H

#include "path.h"

/* Smallest divisor: about float's rounding, below which x_t no longer tells what is asked of it. */
#define CONVERSION_LEAST 1e-7

typedef struct {
  double skip, out;
} conversion;

/* From one to another of FM_PREDICT_* at p. */
conversion conversion_between(path_point p, int from, int to);

/* out[count] = skip x + out value; out may be x or value. */
void conversion_apply(conversion c, const real *x, const real *value, real *out, int count);

#endif
