/* minibatch.h — the batch of a step: times, noise and data, paired.
 *
 *     t ~ law,  x0 ~ N(0, I),  x1 ~ data,  paired by the coupling
 *
 * Under the stable target (Xu et al. 2023) the independent coupling then replaces each pair by its mean given x_t and the data
 * of the batch: x1 by m = E[x1 | x_t], x0 by x0 + (alpha / sigma)(x1 - m). This leaves x_t as it is and makes u the mean of all
 * u that may belong to it. Since the point's own x1 is among the data, whose order says nothing, E[u | x_t] stays what it was
 * by the tower rule: the minimiser of the loss is the same for every size of batch. Batches are averaged in groups of
 * MINIBATCH_GROUP, so that the work grows with B and not with B^2.
 *
 * Batch k of round r is a function of (seed, r, k): no generator is advanced, so a run cut anywhere continues with the
 * same batches.
 */
#ifndef MINIBATCH_H
#define MINIBATCH_H

#include "dataset.h"
#include "path.h"
#include "pool.h"
#include "posterior.h"
#include "timelaw.h"

enum {
  MINIBATCH_GROUP = 512, /* points averaged together, a multiple of four */
  MINIBATCH_PARTS = 4    /* rows are shared among threads in so many runs; no bit depends on it */
};

typedef struct {
  int coupling, target, size;
  uint32_t seed, step, round;
  timelaw law;
  path path;
  dataset data;
  const real *pair_x0, *pair_x1; /* [pairs, D], paired coupling */
  int pairs;
} minibatch_plan;

typedef struct {
  int dim;
  real *t, *x0, *x1;              /* [B], [B, D], [B, D] */
  real *spare;                    /* [B, D] */
  int32_t *match;                 /* [B] */
  void *scratch;                  /* of the assignment */
  posterior data;                 /* the x1 of the batch */
  real *weights[MINIBATCH_PARTS]; /* [MINIBATCH_GROUP] */
} minibatch;

/* Asks for the arrays of a batch of at most `size` points. */
void minibatch_layout(minibatch *b, int size, int dim, arena *a);

/* Fills t, x0, x1 with the batch that `plan` describes. FM_E_THREAD when the pool lost a helper: the batch is then not whole. */
int minibatch_draw(minibatch *b, pool *threads, const minibatch_plan *plan);

#endif
