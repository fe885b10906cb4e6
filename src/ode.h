/* ode.h — fixed-step Runge-Kutta solvers for dx/dt = v(t, x). They know a field, not a network.
 *
 *   euler     x + h v(t, x)                                                  order 1, 1 evaluation a step
 *   midpoint  x + h v(t + h/2, x + h/2 k1)                                   order 2, 2
 *   heun      x + h/2 (k1 + v(t + h, x + h k1))                              order 2, 2
 *   rk4       x + h/6 (k1 + 2 k2 + 2 k3 + k4)                                order 4, 4
 *
 * Step i runs from t_i to t_(i+1) with t_i = t_start + (t_end - t_start) i / steps in double; t_end < t_start integrates
 * backwards.
 */
#ifndef ODE_H
#define ODE_H

#include "base.h"

/* v[count] = v(t, x[count]); count is the caller's N times D. */
typedef void ode_field(void *context, double t, const real *x, real *v);

typedef struct {
  int solver; /* FM_SOLVER_* */
  int steps;  /* >= 1 */
  double t_start, t_end;
} ode_plan;

/* Evaluations of the field in one step of a solver; 0 for an unknown solver. */
int ode_evaluations(int solver);

/* The i-th of steps + 1 times. */
double ode_time(const ode_plan *plan, int i);

/* Carries x[count] in place. work: 3 * count reals. */
void ode_solve(const ode_plan *plan, ode_field *field, void *context, real *x, int count, real *work);

#endif
