/* field.h — the network under a path: a velocity field v(t, x), of a class where the network knows classes.
 *
 *     v(t, x) = skip(t) x + out(t) F(in(t) x, t)                    condition.h; F = v unless predict or ve says otherwise
 *     F = F_null + s (F_label - F_null)                             classifier-free guidance (Ho & Salimans 2022)
 *
 * with s the scale of the guide at times from .. to and 1 elsewhere (Kynkäänniemi et al. 2024): s = 0 is F_null and s = 1 is
 * F_label, one evaluation of the network each; any other s takes both, over one evaluation of the time branch.
 *
 * Weights are those of the last field_use. Rows are independent: a point's velocity has the same bits alone, in any batch,
 * and whether its t is shared or its own.
 */
#ifndef FIELD_H
#define FIELD_H

#include "condition.h"
#include "label.h"
#include "mlp.h"
#include "timenet.h"

typedef struct {
  shape shape;
  path path;
  prediction predict;
  timenet time;
  label label;
  mlp net;
} field;

/* Which class each row of a call belongs to, and how strongly. Without labels every row has the null class. */
typedef struct {
  const int32_t *labels; /* [n] in 0 .. K; null: none */
  double scale;
  double from, to; /* 0 <= from <= to <= 1 */
} guide;

/* What one pass over at most FM_ROWS rows writes. Passes of their own may run at the same time. */
typedef struct {
  timenet_pass time;
  mlp_pass net;
  real *input;        /* [rows, D] */
  real *contribution; /* [rows, H] */
  real *labelled;     /* the same with the class's part, with K > 0 only */
  real *scale;        /* [rows] */
  real *unlabelled;   /* F_null, [rows, D] */
} field_pass;

/* Needs field.shape to be set. */
void field_layout(field *f, arena *a);
void field_pass_layout(field_pass *pass, const shape *s, arena *a);

/* Chooses and packs the weights of a slot. */
void field_use(field *f, const real *weights);

/* v [n, D] at one shared time for x [n, D], or at times t [n]. */
void field_velocity_at(const field *f, field_pass *pass, const guide *g, double t, const real *x, real *v, int n);
void field_velocity(const field *f, field_pass *pass, const guide *g, const real *t, const real *x, real *v, int n);

/* Of rows first, first + 1, .. of a call. */
guide guide_from(const guide *g, int first);

/* The s of a row at time t, all times rounded to real: 0 without labels. */
double guide_scale(const guide *g, double t);

/* For the derivative of v, at most FM_ROWS rows, each of one class, labels null: of none. First v [rows, D] at times t, whose
 * conditions are c, both `step` apart, 0: one for all; then, with the same c, what v changes by along dx, dv [rows, D] = skip dx
 * + out J_F (in dx). A guided v is (1 - s) v_null + s v_label, and so is its derivative. */
void field_velocity_keep(const field *f, field_pass *pass, const int32_t *labels, const real *t, const condition *c,
                         int step, const real *x, real *v, int rows);
void field_tangent(const field *f, field_pass *pass, const condition *c, int step, const real *dx, real *dv, int rows);

#endif
