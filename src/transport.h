/* transport.h — which data point a start point of a batch is paired with, where a coupling chooses.
 *
 *   ot              the permutation of least sum |x0_i - x1_j|^2                                          coupling.h
 *   sinkhorn        a draw from the plan that also has entropy                                           sinkhorn.h
 *   ot-conditional  the permutation of least sum |x0_i - x1_j|^2 + w [c_i differs from c_j], where x0_i has the class of the x1_i it
 *                   was drawn with (C2OT, Cheng & Schwing 2025). Across classes ot takes for a class the noise that is
 *                   nearest to it, while its samples start from all noise; within classes every one meets all noise.
 *
 * w is class_weight times the mean of |x0_i - x1_i|^2 over the pairs as drawn, so that it asks the same of data of any scale.
 * Below TRANSPORT_APART the class term is a distance too: with a coordinate for each class, which is sqrt(w / 2) at a point's own
 * and 0 at the others, the points are D + K-dimensional and the problem is that of ot. From TRANSPORT_APART on w is infinite: each
 * class is a problem of its own, and no pair crosses, whatever the scale, the outliers and the sizes of the classes.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "coupling.h"
#include "sinkhorn.h"

#define TRANSPORT_APART 1e4

typedef struct {
  int coupling;             /* FM_COUPLING_*, one that transport_is */
  double reg, class_weight; /* of sinkhorn; of ot-conditional, above 0 */
  rng_stream stream;        /* of the draws of sinkhorn */
} transport_plan;

typedef struct {
  int dim, classes;
  int32_t *match;          /* [n] the result: row i of x0 meets row match[i] of x1 */
  void *scratch;           /* of the assignment */
  real *wide[2];           /* [n, D + K], with K > 0, or the points of a class */
  int32_t *member, *among; /* [n] the rows of a class, and their match among themselves */
  sinkhorn entropic;
  double least_reg; /* after FM_E_REG: the smallest that these points take */
} transport;

/* Whether a coupling chooses pairs within a batch. */
int transport_is(int coupling);

/* For up to `most` points, at most FM_MAX_OT_BATCH, of K classes. */
void transport_layout(transport *t, int most, int dim, int classes, arena *a);

/* Matches the first `count` rows of x0 to rows of x1, both [n, D]; classes [n] are of x1, null with K = 0. FM_E_REG when reg is
 * too small for the distances between them (sinkhorn.h). */
int transport_match(transport *t, const transport_plan *plan, const real *x0, const real *x1, const int32_t *classes,
                    int n, int count);

#endif
