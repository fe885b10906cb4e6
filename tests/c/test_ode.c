/* The solvers, in double, on fields whose solution is known. */
#include "ode.h"

#include "check.h"

static const char *const NAMES[] = {"euler", "midpoint", "heun", "rk4", "ab2"};
static const int ORDERS[] = {1, 2, 2, 4, 2};
enum { SOLVERS = 5 };

/* ab2 costs one a step, and one more for its first. */
static int evaluations(int solver, int steps) {
  static const int EACH[] = {1, 2, 2, 4, 1};
  return steps * EACH[solver] + (solver == FM_SOLVER_AB2);
}

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

static ode_plan plan_of(int solver, int steps, double from, double to, int grid) {
  return (ode_plan){.solver = solver, .steps = steps, .t_start = from, .t_end = to, .grid = grid};
}

static witness run_plan(ode_plan plan, real x[2]) {
  witness w = {0, INFINITY, -INFINITY};
  real work[6];
  ode_solve(&plan, field, &w, x, 2, work);
  return w;
}

static witness run(int solver, int steps, double from, double to, real x[2]) {
  return run_plan(plan_of(solver, steps, from, to, FM_GRID_UNIFORM), x);
}

static double error_of(int solver, int steps, double from, double to, int grid) {
  real x[2] = {1.3, 0.8};
  run_plan(plan_of(solver, steps, from, to, grid), x);
  return hypot(x[0] - truth_x(1.3, from, to), x[1] - truth_y(0.8, from, to));
}

static void check_orders(double from, double to, int grid) {
  static char texts[4][120];
  char *text = texts[2 * grid + (to < from)];
  snprintf(text, sizeof texts[0], "observed orders from t = %g to %g on the %s grid are within 0.1 of 1, 2, 2, 4, 2",
           from, to, grid ? "quadratic" : "uniform");
  promise(text);
  double order[SOLVERS];
  for (int s = 0; s < SOLVERS; s++) {
    for (int steps = 64; steps <= 128; steps *= 2) {
      order[s] = log2(error_of(s, steps, from, to, grid) / error_of(s, 2 * steps, from, to, grid));
      check(fabs(order[s] - ORDERS[s]) < 0.1, "%s: order %.3f at %d steps", NAMES[s], order[s], steps);
    }
  }
  note("euler %.3f, midpoint %.3f, heun %.3f, rk4 %.3f, ab2 %.3f", order[0], order[1], order[2], order[3], order[4]);
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
  promise("the field is called as often as is stated, at times inside the span");
  for (int s = 0; s < SOLVERS; s++)
    for (int steps = 1; steps <= 40; steps++)
      for (int back = 0; back < 2; back++) {
        real x[2] = {1, 1};
        const witness w = run(s, steps, back ? 0.9 : 0.1, back ? 0.1 : 0.9, x);
        check(w.calls == evaluations(s, steps), "%s, %d steps: %d calls", NAMES[s], steps, w.calls);
        check(ode_evaluations(s, steps) == w.calls && fm_nfe(s, steps) == w.calls, "%s reports otherwise", NAMES[s]);
        check(w.least >= 0.1 && w.most <= 0.9, "%s: times %.17g .. %.17g", NAMES[s], w.least, w.most);
      }
  promise("an unknown solver or no step costs nothing");
  check(ode_evaluations(-1, 3) == 0 && ode_evaluations(SOLVERS, 3) == 0, "%d", ode_evaluations(SOLVERS, 3));
  check(fm_nfe(FM_SOLVER_DOPRI5 + 1, 5) == 0 && fm_nfe(0, 0) == 0 && fm_nfe(0, -3) == 0, "%d", fm_nfe(0, -3));
}

/* On x' = 1 every solver is exact; on x' = t Euler alone is not; on x' = 4 t^3 only RK4 is. */
static void power_field(void *context, double t, const real *x, real *v) {
  (void)x;
  const int n = *(const int *)context;
  v[0] = (n + 1) * pow(t, n);
}

static int told_times;
static void count_times(void *context, int i, double t, real *x) {
  (void)context;
  check(i == ++told_times && fabs(x[0] - t * t) < 1e-15, "step %d at t = %g: %.17g", i, t, x[0]);
}

static void check_times(void) {
  promise("a grid of times begins and ends exactly at the span's ends, goes one way, and follows its formula");
  const double spans[][2] = {{0, 1}, {1, 0}, {0.1, 0.7}, {0.9, 0.3}};
  for (int i = 0; i < 8; i++)
    for (int steps = 1; steps <= 1000; steps += 37) {
      const double from = spans[i / 2][0], to = spans[i / 2][1];
      const int grid = i % 2 ? FM_GRID_QUADRATIC : FM_GRID_UNIFORM;
      const ode_plan plan = plan_of(FM_SOLVER_EULER, steps, from, to, grid);
      check(ode_time(&plan, 0) == from, "start %.17g", ode_time(&plan, 0));
      check(ode_time(&plan, steps) == to, "end %.17g of %g", ode_time(&plan, steps), to);
      for (int k = 1; k <= steps; k++) {
        const double t = ode_time(&plan, k), u = (double)k / steps;
        const double truth = grid ? 1 - pow((1 - u) * sqrt(1 - from) + u * sqrt(1 - to), 2) : from + (to - from) * u;
        check((t - ode_time(&plan, k - 1)) * (to - from) > 0, "time %d of %d turns back", k, steps);
        check(fabs(t - truth) < 1e-15, "time %d of %d: %.17g, not %.17g", k, steps, t, truth);
      }
    }
}

/* Steps of 0.06 to 0.22 in no order. Their velocity of degree 1 in t is exact only when the lengths enter as they are. */
static void check_own_times(void) {
  promise("on the caller's own times every solver of order 2 takes x' = 2 t exactly, and is told each time once");
  static const double times[] = {0, 0.2, 0.26, 0.4, 0.62, 0.7, 0.9, 1};
  for (int back = 0; back < 2; back++)
    for (int s = 1; s < SOLVERS; s++) {
      double own[8];
      for (int i = 0; i < 8; i++) own[i] = times[back ? 7 - i : i];
      told_times = 0;
      const ode_plan plan = {
          .solver = s, .steps = 7, .t_start = own[0], .t_end = own[7], .times = own, .after = count_times};
      int degree = 1;
      real x[1] = {back ? 1 : 0}, work[3];
      ode_solve(&plan, power_field, &degree, x, 1, work);
      check(fabs(x[0] - !back) < 1e-15, "%s: %.17g", NAMES[s], x[0]);
      check(told_times == 7, "%s: told %d times", NAMES[s], told_times);
    }
}

static void check_degrees(void) {
  promise("a polynomial in t of degree below the order is integrated exactly, the next degree is not");
  for (int s = 0; s < SOLVERS; s++)
    for (int degree = 0; degree <= ORDERS[s]; degree++) {
      real x[1] = {0}, work[3];
      const ode_plan plan = plan_of(s, 3, 0, 1, FM_GRID_UNIFORM);
      ode_solve(&plan, power_field, &degree, x, 1, work);
      check((fabs(x[0] - 1) < 1e-14) == (degree < ORDERS[s]), "%s, degree %d: %.17g", NAMES[s], degree, x[0]);
    }
}

int main(void) {
  for (int grid = FM_GRID_UNIFORM; grid <= FM_GRID_QUADRATIC; grid++) {
    check_orders(0, 0.7, grid);
    check_orders(1, 0.2, grid);
  }
  check_return();
  check_counts();
  check_times();
  check_own_times();
  check_degrees();
  return report(10);
}
