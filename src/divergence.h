/* divergence.h — div v(t, x) = sum over k of dv_k / dx_k, by forward mode through the network.
 *
 *     exact       sum over k of e_k . J e_k                          D tangents a point, e_k the k-th unit vector
 *     estimate    u . J u with independent signs u_k = +-1           one tangent; E[u . J u] = tr J (Hutchinson 1990)
 *
 * J u is a product with the matrices of the forward pass (mlp_tangent), so D tangents cost about D forward passes. The time
 * branch does not depend on x and has no tangent. Signs have less variance than any other probe of independent coordinates:
 * 2 times the sum of the squares of the off-diagonal elements of (J + J')/2, which is 0 in one dimension.
 *
 * A guided field is (1 - s) v_null + s v_label, so its divergence takes the tangents of both where s is neither 0 nor 1.
 *
 * Easy to get wrong: in few dimensions there are few signs to draw, two in the plane up to a common factor, and estimates that
 * coincide say nothing of their error; but there exact is cheap. And an estimate along a path needs one u for the whole path. A fresh u at each evaluation would leave the
 * solver a field that is not smooth, and its order would be lost.
 */
#ifndef DIVERGENCE_H
#define DIVERGENCE_H

#include "field.h"

typedef struct {
  const field *field;
  field_pass *pass;
  guide guide;             /* of the rows of a call; the owner sets it */
  real *direction, *image; /* u and J u of one pass, [FM_ROWS, D] */
  condition *condition;    /* [FM_ROWS] */
} divergence;

/* Row i of a call stands for a point whose k-th u is its own: words 2 number and the next of step k. */
typedef struct {
  int count;         /* estimates of each point; 0: exact */
  rng_stream stream; /* of the signs */
  uint32_t first;    /* row i is point number first + i; first + n <= 2^31 */
  const int *row;    /* or first + row[i], unless null */
} divergence_probes;

/* `pass` is borrowed: nothing else uses it while a call of this module runs. */
void divergence_layout(divergence *d, const field *f, field_pass *pass, arena *a);

/* Values of the divergence that a point gets: 1 when exact. */
FM_INLINE int divergence_values(const divergence_probes *p) { return p->count > 0 ? p->count : 1; }

/* v [n, D], what field_velocity_at gives, and div [values, n], value k of point i at div[k n + i]; at one shared time, or, for n
 * <= FM_ROWS, at times t[n]. */
void divergence_at(const divergence *d, const divergence_probes *p, double t, const real *x, real *v, real *div, int n);
void divergence_each(const divergence *d, const divergence_probes *p, const real *t, const real *x, real *v, real *div,
                     int n);

#endif
