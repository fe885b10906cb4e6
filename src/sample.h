/* sample.h — the flow of a field: points carried along dx/dt = v(t, x), and how straight their paths are. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "churn.h"
#include "field.h"
#include "ode.h"

/* The noise of a stochastic sample: g at the times of a plan, that at the end playing no part, and the numbers it is drawn
 * from, step i from step i of the stream. */
typedef struct {
  const double *g;
  rng_stream stream;
  uint32_t first; /* number of the first point */
} sample_diffusion;

typedef struct {
  const field *field;
  field_pass *pass;
  guide guide;                       /* of every call, by row; the owner sets it */
  guide own;                         /* of the piece under way, and its rows; set by the module */
  int rows;                          /* of the piece under way; set by the module, as the next three are */
  uint32_t first;                    /* number of the piece's first point */
  const ode_plan *plan;              /* under way */
  const sample_diffusion *diffusion; /* or null */
  real *path;  /* [steps + 1, all points, D] at the piece's first point, or null; set by the module */
  int stride;  /* reals from one time of the path to the next */
  real *state; /* [FM_SAMPLE_ROWS, D] */
  real *work;  /* 3 [FM_SAMPLE_ROWS, D] */
} sampler;

/* `pass` is borrowed: nothing else uses it while a call of this module runs. */
void sample_layout(sampler *s, const field *f, field_pass *pass, arena *a);

/* Carries x [n, D] in place along the plan, with the weights of the last field_use. A start at t = 0 is first multiplied by
 * the path's source scale, an arrival at t = 0 divided by it. Pieces of FM_SAMPLE_ROWS share the time branch.
 * path: null, or [steps + 1, n, D] for x_t itself at every time of the plan, never in unit scale. diffusion: null, or the noise
 * before every step (churn.h), for solvers without a memory. */
void sample_flow(sampler *s, const ode_plan *plan, const sample_diffusion *diffusion, real *x, int n, real *path);

/* Evaluations of the network that a point costs along the plan under a guide: two where both classes are asked, else one. */
int sample_evaluations(const ode_plan *plan, const guide *g);

/* Per start point x0 [n, D] (unit scale), along the Euler trajectory of `steps` steps:
 *   straightness[n] = mean over steps of |(x(1) - x(0)) - v(x(t), t)|^2        (Liu et al. 2022, section 2.2)
 *   cost[n]         = |x(1) - x(0)|^2 */
void sample_straightness(sampler *s, int steps, const real *x0, int n, real *straightness, real *cost);

#endif
