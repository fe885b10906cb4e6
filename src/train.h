/* train.h — loss and gradient of conditional flow matching.
 *
 *     t, x0, x1, labels                                                         minibatch.h
 *     loss = mean over B and D of w(t) (F(in x_t, t) - (u_t - skip x_t) / out)^2    condition.h, weight.h
 *     g = d loss / d weights                                                    by hand: timenet.h, mlp.h
 *
 * The time branch is evaluated at Chebyshev nodes and interpolated to the batch (chebyshev.h) where that costs fewer rows
 * and the coefficients of its features, hidden layer, embedding and contribution fall below TRAIN_TAIL; else row by row.
 * The choice is made anew in each step from the weights alone, so nothing has to be saved.
 */
#ifndef TRAIN_H
#define TRAIN_H

#include "chebyshev.h"
#include "field.h"
#include "minibatch.h"
#include "pool.h"
#include "weight.h"

/* A batch is cut into four runs of rows; each has a gradient of its own, and these are added in order. The cut is the same for
 * any number of threads, and so are the bits. */
enum { TRAIN_SHARDS = 4 };

enum { TRAIN_GRIDS = 4 }; /* of 8, 16, 32 and 64 nodes */

/* Largest relative size of the last two coefficients: eight roundings of a float. */
#define TRAIN_TAIL 1e-6

/* Squared errors without weights, and points, by time. */
typedef struct {
  double error[FM_TIME_BINS], points[FM_TIME_BINS];
} train_bins;

/* One shard of a batch: what a gradient over some of its rows reads and writes. */
typedef struct {
  field_pass pass;
  real *gradient;     /* a slot */
  real *coefficients; /* [n, H]: gradient of the coefficients of the time branch's contribution */
  real *basis;        /* [FM_ROWS, n] */
  real *classes;      /* [K + 1, H]: gradient of the classes' contributions */
  real *panels;       /* packed [FM_ROWS, H] */
  real *target, *v;   /* [FM_ROWS, D] */
  double *weight;     /* [FM_ROWS] of the error */
  double sums[3];     /* of squares: weighted error, prediction, target */
  train_bins bins;
} train_shard;

typedef struct {
  field *field;
  weight weight;
  int direct;            /* 1: never interpolate; for tests that hold both ways to each other */
  const chebyshev *grid; /* of the last gradient; null when the time branch was evaluated row by row */
  chebyshev grids[TRAIN_GRIDS];
  real *values, *coefficients; /* [n, H] of the contribution at the nodes, and their gradients in the backward pass */
  real *coefficient_panels;    /* packed [n, H] */
  real *classes;               /* [K + 1, H] */
  train_shard shards[TRAIN_SHARDS];
  minibatch batch;
} trainer;

typedef struct {
  double loss, v_norm, u_norm;
  train_bins bins; /* errors are means over D */
} train_loss;

/* Asks for the arrays of a batch of at most `batch`. */
void train_layout(trainer *t, field *f, int batch, int ot_batch, arena *a);

/* Fills the grids: once, after the layout. */
void train_start(trainer *t);

/* Loss of the batch t [n], x0 [n, D], x1 [n, D] and labels [n] in 0 .. K (null: K for all) under `weights` into *out;
 * overwrites gradient. FM_E_THREAD when the pool lost
 * a helper: gradient and *out then hold nothing. */
int train_gradient(trainer *trainer, pool *threads, const real *weights, const real *t, const real *x0, const real *x1,
                   const int32_t *labels, int n, real *gradient, train_loss *out);

#endif
