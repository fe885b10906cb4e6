/* ode.h — solvers with steps that are given beforehand, for dx/dt = v(t, x). They know a field, not a network.
 *
 *   euler     x + h v(t, x)                                                  order 1, 1 evaluation a step
 *   midpoint  x + h v(t + h/2, x + h/2 k1)                                   order 2, 2
 *   heun      x + h/2 (k1 + v(t + h, x + h k1))                              order 2, 2
 *   rk4       x + h/6 (k1 + 2 k2 + 2 k3 + k4)                                order 4, 4
 *   ab2       x + h ((1 + r/2) v_i - r/2 v_(i-1)),  r = h_i / h_(i-1)        order 2, 1; the first step is heun's, 2
 *
 * ab2 is Adams-Bashforth with steps of any length (Hairer, Norsett & Wanner, "Solving Ordinary Differential Equations I",
 * section III.5); it remembers the velocity before, so a span cut in two begins anew in the middle.
 *
 * Step i runs from t_i to t_(i+1); t_end < t_start integrates backwards. The times are the caller's, or
 *
 *   uniform    t_i = t_start + (t_end - t_start) i / steps
 *   quadratic  t_i = 1 - (a + (b - a) i / steps)^2,  a = sqrt(1 - t_start), b = sqrt(1 - t_end): closer towards the data,
 *              the quadratic spacing of Song et al. 2021 (DDIM, appendix D.3) with their time turned round
 *
 * in double, with t_0 and t_steps exactly the ends of the span.
 */
#ifndef ODE_H
#define ODE_H

#include "base.h"

/* v[count] = v(t, x[count]); count is the caller's N times D. */
typedef void ode_field(void *context, double t, const real *x, real *v);

/* Asked before step i, 0 .. steps - 1, which would begin with x[count] at time t: moves x, and returns the time it is at then. */
typedef double ode_before(void *context, int i, double t, real *x);

/* Told after step i, 1 .. steps, where it has led: x[count] at time t; may move x. */
typedef void ode_after(void *context, int i, double t, real *x);

typedef struct {
  int solver; /* FM_SOLVER_*, but dopri5 */
  int steps;  /* >= 1 */
  double t_start, t_end;
  int grid;            /* FM_GRID_* */
  const double *times; /* [steps + 1] in one direction from t_start to t_end, instead of the grid; or null */
  ode_before *before;  /* or null, as for ab2, which remembers */
  ode_after *after;    /* or null */
} ode_plan;

/* Evaluations of the field in `steps` steps of a solver, steps >= 1; 0 for a solver unknown here. */
int ode_evaluations(int solver, int steps);

/* The i-th of steps + 1 times. */
double ode_time(const ode_plan *plan, int i);

/* Carries x[count] in place. work: 3 * count reals. */
void ode_solve(const ode_plan *plan, ode_field *field, void *context, real *x, int count, real *work);

#endif
