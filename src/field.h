/* field.h — the network under a path: a velocity field v(t, x).
 *
 *     v(t, x) = skip(t) x + out(t) F(in(t) x, t)                    path.h; F = v for every path but ve
 *
 * Weights are those of the last field_use. Rows are independent: a point's velocity has the same bits alone, in any batch,
 * and whether its t is shared or its own.
 */
#ifndef FIELD_H
#define FIELD_H

#include "mlp.h"
#include "path.h"
#include "timenet.h"

typedef struct {
  shape shape;
  path path;
  timenet time;
  mlp net;
  const real *weights;
  real *input;        /* [rows, D] */
  real *contribution; /* [rows, H] */
} field;

/* Needs field.shape and field.path to be set. */
void field_layout(field *f, arena *a);

/* Chooses and packs the weights of a slot. */
void field_use(field *f, const real *weights);

/* v [n, D] at one shared time for x [n, D], or at times t [n]. */
void field_velocity_at(field *f, double t, const real *x, real *v, int n);
void field_velocity(field *f, const real *t, const real *x, real *v, int n);

#endif
