/* dopri5.h — the pair of Dormand and Prince of orders 5 and 4, whose steps choose their own length, for dx/dt = v(t, x).
 *
 *     k_1 = v(t, x),   k_i = v(t + c_i h, x + h sum_(j<i) a_ij k_j),   i = 2 .. 7,   x' = x + h sum_j a_7j k_j     order 5
 *     e = h sum_j (a_7j - b_j) k_j                                                     x' less the result of order 4
 *     error = sqrt(mean over D of (e / (atol + rtol max(|x|, |x'|)))^2)                a step is accepted when it is <= 1
 *
 * k_7 is the next k_1 ("first same as last"), so a step costs 6 evaluations, accepted or not. The next length is
 *
 *     h' = h clamp(0.9 error^-0.17 last^0.04, 1/5, 10)      last: the error of the accepted step before, 1e-4 at least
 *
 * and after a rejected step h' = h max(1/5, 0.9 error^-0.17), with no growth in the step that follows. The first length
 * is that of Hairer's hinit, for one evaluation more. Between the ends of a step x_t is a polynomial of degree 4 in
 * theta = (t - t_n) / h, of order 4.
 *
 * Each row has a time, a length and a control of its own, so its bits do not depend on what stands beside it; the rows of
 * one call share the evaluations of the field, and those that have arrived drop out of them.
 *
 * Sources: Dormand & Prince 1980, "A family of embedded Runge-Kutta formulae"; Hairer, Norsett & Wanner, "Solving Ordinary
 * Differential Equations I", sections II.4 (lengths), II.5 (the pair) and II.6 (dense output, formula of Shampine).
 *
 * Easy to get wrong: rtol below 1e-6 asks more than a float can tell, and steps then grow many; and a row may need more steps
 * than it is given, or meet a field that is not finite: it stops where it is, and says so.
 */
#ifndef DOPRI5_H
#define DOPRI5_H

#include "arena.h"

enum { DOPRI5_STAGES = 7 };

/* v[rows, D] = v(t[i], x[i]) for every row i at a time of its own; rows <= FM_ROWS. */
typedef void dopri5_field(void *context, const real *t, const real *x, real *v, int rows);

/* Where a piece of the path is wanted: count times that go from a course's beginning to its end, or 0. */
typedef struct {
  const double *times;
  int count;
  real *path;    /* point i at time k: path + k stride + i D */
  size_t stride; /* reals from one time to the next */
} dopri5_dense;

typedef struct {
  int dim;
  int *row;               /* [FM_ROWS]: the point that stands in a row */
  real *t, *x, *y;        /* [FM_ROWS], twice [FM_ROWS, D] */
  real *k[DOPRI5_STAGES]; /* [FM_ROWS, D] */
} dopri5;

void dopri5_layout(dopri5 *d, int dim, arena *a);

/* Up to `tries` steps, 1 or more, of each of n <= FM_ROWS points that are under way: x [n, D], their velocity k [n, D] and
 * their courses move. log: null, or [n, tries]: what became of the steps that point i tried now, from log[i tries]. */
void dopri5_run(const dopri5 *d, dopri5_field *field, void *context, int tries, real *x, real *k, fm_course *course,
                int n, fm_try *log, const dopri5_dense *dense);

#endif
