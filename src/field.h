/* field.h — the network under a path: a velocity field v(t, x).
 *
 *     v(t, x) = skip(t) x + out(t) F(in(t) x, t)                    condition.h; F = v unless predict or ve says otherwise
 *
 * Weights are those of the last field_use. Rows are independent: a point's velocity has the same bits alone, in any batch,
 * and whether its t is shared or its own.
 */
#ifndef FIELD_H
#define FIELD_H

#include "condition.h"
#include "mlp.h"
#include "timenet.h"

typedef struct {
  shape shape;
  path path;
  prediction predict;
  timenet time;
  mlp net;
} field;

/* What one pass over at most FM_ROWS rows writes. Passes of their own may run at the same time. */
typedef struct {
  timenet_pass time;
  mlp_pass net;
  real *input;        /* [rows, D] */
  real *contribution; /* [rows, H] */
} field_pass;

/* Needs field.shape to be set. */
void field_layout(field *f, arena *a);
void field_pass_layout(field_pass *pass, const shape *s, arena *a);

/* Chooses and packs the weights of a slot. */
void field_use(field *f, const real *weights);

/* v [n, D] at one shared time for x [n, D], or at times t [n]. */
void field_velocity_at(const field *f, field_pass *pass, double t, const real *x, real *v, int n);
void field_velocity(const field *f, field_pass *pass, const real *t, const real *x, real *v, int n);

/* field_velocity_at for at most FM_ROWS rows, keeping what field_tangent needs; and the derivative of that v along dx,
 * dv [rows, D] = skip dx + out J_F (in dx), at the same t and rows. */
void field_velocity_keep(const field *f, field_pass *pass, double t, const real *x, real *v, int rows);
void field_tangent(const field *f, field_pass *pass, double t, const real *dx, real *dv, int rows);

#endif
