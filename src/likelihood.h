/* likelihood.h — the log-density that a flow gives to a point at a time t in (0, 1] (Chen et al. 2018, "Neural ordinary differential equations",
 * section 4; Grathwohl et al. 2019 for its estimate).
 *
 *     d/ds log p_s(x_s) = -div v(s, x_s)   along a path, so   log p_t(x) = log p_0(x(0)) - integral of div v ds from 0 to t
 *
 * over the path that is at x at t; t = 1 is the density of the samples. It is followed back to t = 0 together with that integral by one solver (ode.h), whose
 * state is [x, c] with dc/ds = div v and c(t) = 0, so log p_t = log p_0(x(0)) + c(0). The source is N(0, scale^2 I).
 *
 * Easy to get wrong: the result is the density of the flow itself, not a bound; but a solver's step error is in it twice, in
 * x(0) and in c. It is in nats.
 */
#ifndef LIKELIHOOD_H
#define LIKELIHOOD_H

#include "adaptive.h"
#include "divergence.h"
#include "sample.h"

/* Points whose paths are followed together. */
typedef struct {
  int rows, dim;
  int values;   /* of the divergence, each integrated by itself: 1 when it is exact */
  double scale; /* of the source */
} likelihood_piece;

/* From state [rows, D] = x along the plan, whose span is t to 0, to logp[rows], and error[rows] unless it is null: the standard error of logp as the values show it,
 * 0 when there is one value. The field writes v [rows, D] and then div [values, rows] for a state of [rows, D] and
 * [values, rows]. state has room for rows (D + values) reals and holds x(0) afterwards, work for three times as many. */
void likelihood_follow(const likelihood_piece *piece, const ode_plan *plan, ode_field *field, void *context,
                       real *state, real *work, double *logp, double *error);

typedef struct {
  divergence divergence;
  divergence_probes probes; /* of the piece under way; set by the module, as rows is */
  int rows;
  real *state, *work; /* the sampler's */
  const guide *guide; /* the sampler's */
  const adaptive *adaptive;
  int first; /* point of the piece under way; set by the module */
} likelihood;

/* Borrows the pass and arrays of both: nothing else uses them while a call of this module runs. */
void likelihood_layout(likelihood *l, const sampler *s, const adaptive *d, arena *a);

/* logp[n], and error[n] unless it is null, for x [n, D] along the plan, from t to 0, with the weights of the last field_use. Each point's bits are its
 * own, whatever stands beside it. probes->first is the number of the first point. */
void likelihood_of(likelihood *l, const ode_plan *plan, const divergence_probes *probes, const real *x, int n,
                   double *logp, double *error);

/* The same by dopri5, each point with steps of its own on a course like `from`, whose span is t to 0 and whose tolerances count for
 * the integrals too. evaluations[n]: of the field. FM_E_STEPS when a point stopped on the way; its logp is NaN. */
int likelihood_adaptive(likelihood *l, fm_course from, const divergence_probes *probes, const real *x, int n,
                        double *logp, double *error, int32_t *evaluations);

#endif
