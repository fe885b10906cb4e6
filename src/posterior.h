/* posterior.h — which points of a set could have led to x_t, and how likely each is.
 *
 * For a Gaussian x0 that is independent of x1, and x1 uniform over y_1 .. y_n:
 *
 *     w_j = p(x1 = y_j | x_t)  proportional to  exp(-|x_t - alpha y_j|^2 / (2 sigma^2)),      E[x1 | x_t] = sum_j w_j y_j
 *
 * A point is given by a pair (x0, x1) that leads to it, x_t = sigma x0 + alpha x1, because (x_t - alpha y_j) / sigma is then
 * x0 + (alpha / sigma) (x1 - y_j), which cancels nothing as sigma goes to 0.
 */
#ifndef POSTERIOR_H
#define POSTERIOR_H

#include "arena.h"

/* y [n, D] by coordinate, with room for whole groups of four; the room past the end weighs nothing. */
typedef struct {
  real *points;     /* coordinate k of y_j at points[k * stride + j] */
  real *log_weight; /* 0 or what the owner adds to the exponent of w_j, POSTERIOR_NOTHING in a place without a point */
  int dim, stride;
} posterior;

#define POSTERIOR_NOTHING ((real)-1e30)

/* Asks for the arrays of at most `most` points. */
void posterior_layout(posterior *p, int most, int dim, arena *a);

/* Takes y [n, D]. */
void posterior_take(posterior *p, const real *y, int n);

/* Takes y_(order[0]), y_(order[1]), .. y_(order[n - 1]); -1 is a place that weighs nothing. n is a multiple of 4. */
void posterior_take_ordered(posterior *p, const real *y, const int32_t *order, int n);

/* gap[D] = x1 - E[x1 | x_t] over y_first .. y_(first + count - 1), `first` a multiple of 4 and first + count the end or such a
 * multiple too; ratio = alpha / sigma >= 0. Summed as the mean of x1 - y_j, so that it is as exact far from the origin as near
 * it. Overwrites weights [count rounded up to 4]. */
void posterior_gap(const posterior *p, int first, int count, double ratio, const real *x0, const real *x1,
                   real *weights, real *gap);

/* ln sum_j of the weights of y_1 .. y_count before they are made to sum to 1, log_weight included. Overwrites weights. */
double posterior_log_sum(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights);

/* weights[count rounded up to 4] proportional to w_j; returns what they sum to. */
double posterior_weigh(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights);

/* An index 0 .. count - 1 with the probabilities w_j, by u in (0, 1). Overwrites weights. */
int posterior_draw(const posterior *p, int count, double ratio, const real *x0, const real *x1, double u,
                   real *weights);

/* A set too large for one posterior is taken piece by piece, with the same x0, x1 and ratio. With e_j the exponent of w_j,
 * log_weight included, total[2 + D] is the largest e, then sum_j exp(e_j - largest) and sum_j exp(e_j - largest) (x1 - y_j) over
 * all pieces so far. posterior_begin empties it; posterior_add adds y_1 .. y_count, count >= 1; x1 - E[x1 | x_t] is then
 * total[2 + k] / total[1], as exact far from the origin as that of posterior_gap. */
void posterior_begin(double *total, int dim);
void posterior_add(const posterior *p, int count, double ratio, const real *x0, const real *x1, real *weights,
                   double *total);

#endif
