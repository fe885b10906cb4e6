/* minibatch.h — the batch of a step: times, noise and data, paired, and the class of each point.
 *
 *     t ~ law,  x0 ~ source,  x1 ~ data,  paired by the coupling
 *
 * Under the stable target (Xu et al. 2023) the independent coupling of a Gaussian source then replaces each pair by its mean
 * given x_t and the data of the batch: x1 by m = E[x1 | x_t], x0 by x0 + (alpha / sigma)(x1 - m). This leaves x_t as it is and makes u the mean of all
 * u that may belong to it. Since the point's own x1 is among the data, whose order says nothing, E[u | x_t] stays what it was
 * by the tower rule: the minimiser of the loss is the same for every size of batch. Batches are averaged in groups of
 * MINIBATCH_GROUP, so that the work grows with B and not with B^2.
 *
 * With K classes each row has the label of its data point, which with probability `drop` is replaced by K, the null class. A
 * row that has kept its label is averaged over the points of its class alone, which makes u the mean given x_t and the label;
 * a row without one over all. Both are exchangeable within that set, so the rule holds for either.
 *
 * The paired coupling draws from pairs that were given; the distilled one too, and its t are all 0.
 *
 * Batch k of round r is a function of (seed, r, k): no generator is advanced, so a run cut anywhere continues with the
 * same batches.
 */
#ifndef MINIBATCH_H
#define MINIBATCH_H

#include "path.h"
#include "pool.h"
#include "posterior.h"
#include "source.h"
#include "timelaw.h"
#include "transport.h"

enum {
  MINIBATCH_GROUP = 512, /* points averaged together, a multiple of four */
  MINIBATCH_PARTS = 4    /* rows are shared among threads in so many runs; no bit depends on it */
};

typedef struct {
  int coupling, target, size;
  int ot_batch;             /* points of each side that a transport is over, at least size */
  double reg, class_weight; /* of transport.h */
  int classes;              /* K, 0: no labels */
  double drop;
  uint32_t seed, step, round;
  timelaw law;
  path path;
  source source;
  dataset data;
  const real *pair_x0, *pair_x1; /* [pairs, D], paired and distilled couplings */
  const int32_t *pair_labels;    /* [pairs] in 0 .. K, with K > 0 */
  int pairs;
} minibatch_plan;

typedef struct {
  int dim;
  real *t, *x0, *x1; /* [B], [M, D], [M, D]: M points may be drawn for a transport, the first B are the batch */
  real *spare;       /* [B, D] */
  transport transport;
  posterior data;                 /* the x1 of the batch */
  real *weights[MINIBATCH_PARTS]; /* [room] */
  int room;                       /* places of a group among the posterior's points, a multiple of four */
  int32_t *labels;                /* [B] in 0 .. K, with K > 0 only */
  int32_t *classes;               /* the same before any is dropped, [M] */
  int32_t *order;                 /* rows of each group by class, each class in whole fours, [groups, room] */
  int32_t *start;                 /* where a class begins, and where the last ends: [groups, K + 1] */
} minibatch;

/* Whether batches of this coupling come from given pairs. */
int minibatch_is_paired(int coupling);

/* Asks for the arrays of a batch of at most `size` points of `classes` classes, and for transports over `ot_batch` of them, 0 for as
 * many as a batch has. The second asks for those of the transport, which hold nothing from one draw to the next: its memory may
 * be another's whenever no batch is being drawn. */
void minibatch_layout(minibatch *b, int size, int ot_batch, int dim, int classes, arena *a);
void minibatch_layout_transport(minibatch *b, int size, int ot_batch, int dim, int classes, arena *a);

/* Fills t, x0, x1 and labels with the batch that `plan` describes. FM_E_THREAD when the pool lost a helper, FM_E_REG as in
 * transport_match: the batch is then not whole. */
int minibatch_draw(minibatch *b, pool *threads, const minibatch_plan *plan);

#endif
