/* oracle.h — the exact marginal velocity of a path from Gaussian noise, drawn independently, to data whose law is known.
 *
 *     v*(t, x) = E[u_t | x_t = x] = alpha' E[x1 | x_t = x] + sigma' E[x0 | x_t = x]
 *
 * is the minimiser of the flow matching loss (Lipman et al. 2023, theorem 2), and E|u_t - v*|^2 is what no network can remove
 * from it. Let x1 be a mixture of N(m_j, s^2 I) with weights p_j, and tau^2 = alpha^2 s^2 + sigma^2. Then
 *
 *     w_j proportional to p_j exp(-|x - alpha m_j|^2 / (2 tau^2)),    M = sum_j w_j m_j,
 *     v* = alpha' M + c (x - alpha M),    c = (alpha alpha' s^2 + sigma sigma') / tau^2
 *
 * Every data set but three is such a mixture:
 *   8gaussians, either           eight centres
 *   points                       one Gaussian of s = 0 for each point
 *   moons                        one for each of the evenly spaced angles of a batch: exact, and a function of B
 *   moons-iid, circles, spirals  an integral over arcs: Gauss-Legendre with 4 nodes in each piece of 1.5 s. The relative error of
 *                                the density stays below 1e-5; with s below ORACLE_LEAST_NOISE of the unit shape it would take
 *                                too many, and there is no oracle
 *   checkerboard                 no mixture: closed form by interval.h
 *   moons of torchcfm            none, with noise that is uniform along a line: there is no oracle
 *
 * Of a class the law is that of its points: of one part of a shape (dataset.h), of the points with its label. What a network with
 * classes learns under a label is the v* of that class, and under the null class that of all data.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "dataset.h"
#include "path.h"
#include "posterior.h"

#define ORACLE_LEAST_NOISE 0.0125 /* of an arc; 8 (3 pi / 1.5) / 0.0125 = 4,032 Gaussians on the spirals */

/* sigma counts as no less than this where x is given: with s = 0 the field has no limit at sigma = 0. */
#define ORACLE_LEAST_SIGMA 1e-5

/* Coordinates beyond this leave the range of POSTERIOR_NOTHING when divided by sigma and squared. */
#define ORACLE_LARGEST 1e6

enum {
  ORACLE_PIECE = 256, /* Gaussians at a time */
  ORACLE_BOARD = 2048 /* Gaussians whose work the checkerboard costs */
};

/* Of a row, what of path and mixture its sums need: (x - alpha m_j) / tau = rest + ratio (anchor - m_j). */
typedef struct {
  path_point at;
  double tau, ratio, c;
} oracle_row;

typedef struct {
  const dataset *data;
  double std;       /* s */
  int classes;      /* K; 0: no labels */
  int count;        /* Gaussians, but for points */
  real *centres;    /* [count, D], but for points */
  real *log_weight; /* [count]; null where all are equal */
  int32_t *part;    /* [count], the part of the shape each belongs to */
  posterior piece;
  int32_t *order;      /* [ORACLE_PIECE], the Gaussians in it */
  real *weights;       /* [ORACLE_PIECE] */
  oracle_row *rows;    /* [FM_ROWS], those under way */
  real *rest, *anchor; /* [FM_ROWS, D] */
  double *totals;      /* [FM_ROWS, 2 + D] */
} oracle;

/* Asks for the arrays that the law of `data` takes in batches of `batch`. */
void oracle_layout(oracle *o, const dataset *data, int batch, arena *a);

/* Computes the Gaussians; `data` is kept, whose labels count when there are classes. */
void oracle_start(oracle *o, const dataset *data, int batch, int classes);

/* Gaussians that one velocity sums over; 0 when the law is not known: too little noise on an arc, points or labels not set, a
 * class without a point (a batch of one of the moons). */
int oracle_size(const oracle *o);

/* v [n, D] = v*(t, x) for t [n], x [n, D], |x| <= ORACLE_LARGEST, a known law; of the class labels [n] where that is not null
 * and not K. The second takes x_t by a pair that leads to it,
 * x_t = sigma x0 + alpha x1, and cancels nothing as sigma goes to 0. A row has the same bits in any batch. */
void oracle_velocity(oracle *o, const path *p, const int32_t *labels, const real *t, const real *x, int n, real *v);
void oracle_velocity_of(oracle *o, const path *p, const int32_t *labels, const real *t, const real *x0, const real *x1,
                        int n, real *v);

#endif
