/* The solvers, in double, on fields whose solution is known. */
#include "ode.h"

#include "check.h"

static const char *const NAMES[] = {"euler", "midpoint", "heun", "rk4"};
static const int ORDERS[] = {1, 2, 2, 4}, EVALUATIONS[] = {1, 2, 2, 4};
enum { SOLVERS = 4 };

typedef struct {
  int calls;
  double least, most;
} witness;

/* x' = x cos(3 t) + y/2, y' = -y^2 t: nonlinear and depends on t. y = y0 / (1 + y0 t^2 / 2). */
static void field(void *context, double t, const real *x, real *v) {
  witness *w = context;
  w->calls++;
  w->least = fmin(w->least, t), w->most = fmax(w->most, t);
  v[0] = x[0] * cos(3 * t);
  v[1] = -x[1] * x[1] * t;
}
static double truth_x(double x, double t0, double t1) { return x * exp((sin(3 * t1) - sin(3 * t0)) / 3); }
static double truth_y(double y, double t0, double t1) { return 1 / (1 / y + (t1 * t1 - t0 * t0) / 2); }

static witness run(int solver, int steps, double from, double to, real x[2]) {
  witness w = {0, INFINITY, -INFINITY};
  real work[6];
  ode_solve(&(ode_plan){solver, steps, from, to}, field, &w, x, 2, work);
  return w;
}

static double error_of(int solver, int steps, double from, double to) {
  real x[2] = {1.3, 0.8};
  run(solver, steps, from, to, x);
  return hypot(x[0] - truth_x(1.3, from, to), x[1] - truth_y(0.8, from, to));
}

static void check_orders(double from, double to) {
  static char texts[2][80];
  char *text = texts[to < from];
  snprintf(text, sizeof texts[0], "observed orders from t = %g to %g are within 0.1 of 1, 2, 2, 4", from, to);
  promise(text);
  double order[SOLVERS];
  for (int s = 0; s < SOLVERS; s++) {
    for (int steps = 64; steps <= 128; steps *= 2) {
      order[s] = log2(error_of(s, steps, from, to) / error_of(s, 2 * steps, from, to));
      check(fabs(order[s] - ORDERS[s]) < 0.1, "%s: order %.3f at %d steps", NAMES[s], order[s], steps);
    }
  }
  note("euler %.3f, midpoint %.3f, heun %.3f, rk4 %.3f", order[0], order[1], order[2], order[3]);
}

static void check_return(void) {
  promise("forwards, then backwards, returns to the start, and closer by the solver's order");
  for (int s = 0; s < SOLVERS; s++) {
    double off[2];
    for (int i = 0; i < 2; i++) {
      const int steps = i ? 200 : 100;
      real x[2] = {1.3, 0.8};
      run(s, steps, 0, 1, x);
      run(s, steps, 1, 0, x);
      off[i] = hypot(x[0] - 1.3, x[1] - 0.8);
    }
    check(off[0] < pow(0.1, ORDERS[s]) && off[1] < off[0], "%s: %.3g off, then %.3g", NAMES[s], off[0], off[1]);
  }
}

static void check_counts(void) {
  promise("the field is called steps times the stated evaluations, at times inside the span");
  for (int s = 0; s < SOLVERS; s++)
    for (int steps = 1; steps <= 40; steps++)
      for (int back = 0; back < 2; back++) {
        real x[2] = {1, 1};
        const witness w = run(s, steps, back ? 0.9 : 0.1, back ? 0.1 : 0.9, x);
        check(w.calls == steps * EVALUATIONS[s], "%s, %d steps: %d calls", NAMES[s], steps, w.calls);
        check(ode_evaluations(s) == EVALUATIONS[s] && fm_nfe(s, steps) == w.calls, "%s reports otherwise", NAMES[s]);
        check(w.least >= 0.1 && w.most <= 0.9, "%s: times %.17g .. %.17g", NAMES[s], w.least, w.most);
      }
  promise("an unknown solver or no step costs nothing");
  check(ode_evaluations(-1) == 0 && ode_evaluations(SOLVERS) == 0, "%d", ode_evaluations(SOLVERS));
  check(fm_nfe(SOLVERS, 5) == 0 && fm_nfe(0, 0) == 0 && fm_nfe(0, -3) == 0, "%d", fm_nfe(0, -3));
}

static void check_times(void) {
  promise("the grid of times begins and ends exactly at the span's ends");
  const double spans[][2] = {{0, 1}, {1, 0}, {0.1, 0.7}, {0.9, 0.3}};
  for (int i = 0; i < 4; i++)
    for (int steps = 1; steps <= 1000; steps += 37) {
      const ode_plan plan = {FM_SOLVER_EULER, steps, spans[i][0], spans[i][1]};
      check(ode_time(&plan, 0) == spans[i][0], "start %.17g", ode_time(&plan, 0));
      check(ode_time(&plan, steps) == spans[i][1], "end %.17g of %g", ode_time(&plan, steps), spans[i][1]);
    }
}

/* On x' = 1 every solver is exact; on x' = t Euler alone is not; on x' = 4 t^3 only RK4 is. */
static void power_field(void *context, double t, const real *x, real *v) {
  (void)x;
  const int n = *(const int *)context;
  v[0] = (n + 1) * pow(t, n);
}
static void check_degrees(void) {
  promise("a polynomial in t of degree below the order is integrated exactly, the next degree is not");
  for (int s = 0; s < SOLVERS; s++)
    for (int degree = 0; degree <= ORDERS[s]; degree++) {
      real x[1] = {0}, work[3];
      ode_solve(&(ode_plan){s, 3, 0, 1}, power_field, &degree, x, 1, work);
      check((fabs(x[0] - 1) < 1e-14) == (degree < ORDERS[s]), "%s, degree %d: %.17g", NAMES[s], degree, x[0]);
    }
}

int main(void) {
  check_orders(0, 0.7);
  check_orders(1, 0.2);
  check_return();
  check_counts();
  check_times();
  check_degrees();
  return report(7);
}
