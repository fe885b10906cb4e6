/* minibatch.h — the batch of a step: times, noise and data, paired.
 *
 *     t ~ law,  x0 ~ N(0, I),  x1 ~ data,  paired by the coupling
 *
 * Batch k of round r is a function of (seed, r, k): no generator is advanced, so a run cut anywhere continues with the
 * same batches.
 */
#ifndef MINIBATCH_H
#define MINIBATCH_H

#include "arena.h"
#include "dataset.h"
#include "timelaw.h"

typedef struct {
  int coupling, size;
  uint32_t seed, step, round;
  timelaw law;
  dataset data;
  const real *pair_x0, *pair_x1; /* [pairs, D], paired coupling */
  int pairs;
} minibatch_plan;

typedef struct {
  int dim;
  real *t, *x0, *x1; /* [B], [B, D], [B, D] */
  real *spare;       /* [B, D] */
  int32_t *match;    /* [B] */
  void *scratch;     /* of the assignment */
} minibatch;

/* Asks for the arrays of a batch of at most `size` points. */
void minibatch_layout(minibatch *b, int size, int dim, arena *a);

/* Fills t, x0, x1 with the batch that `plan` describes. */
void minibatch_draw(minibatch *b, const minibatch_plan *plan);

#endif
