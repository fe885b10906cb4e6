/* The adaptive pair, in double, on fields whose solution is known. */
#include "dopri5.h"

#include "check.h"

enum { N = 5, D = 2, MOST = 400 };

static struct { int rows, calls, broken; } seen;

/* x' = x cos(3 t), y' = -y^2 t, as in test_ode.c, at times of the rows' own. */
static void field(void *context, const real *t, const real *x, real *v, int rows) {
  (void)context;
  seen.rows += rows, seen.calls++;
  for (int i = 0; i < rows; i++) {
    v[2 * i] = seen.broken ? NAN : x[2 * i] * cos(3 * t[i]);
    v[2 * i + 1] = -x[2 * i + 1] * x[2 * i + 1] * t[i];
  }
}
static double truth_x(double x, double t0, double t1) { return x * exp((sin(3 * t1) - sin(3 * t0)) / 3); }
static double truth_y(double y, double t0, double t1) { return 1 / (1 / y + (t1 * t1 - t0 * t0) / 2); }
static double gap(const real *x, const real *from, double t0, double t1) {
  return hypot(x[0] - truth_x(from[0], t0, t1), x[1] - truth_y(from[1], t0, t1));
}

typedef struct {
  void *block;
  dopri5 d;
} solver;

static solver make_solver(void) {
  solver s;
  arena a = {0};
  dopri5_layout(&s.d, D, &a);
  s.block = guarded(a.used);
  a = (arena){.base = s.block};
  dopri5_layout(&s.d, D, &a);
  return s;
}

typedef struct {
  real x[N * D], k[N * D];
  fm_course course[N];
} points;

static points start(double t, double t_end, double tolerance, int most) {
  points p = {.x = {1.3, 0.8, -0.4, 0.5, 0.01, 1.5, 2.5, 0.2, -3, 0.9}};
  for (int i = 0; i < N; i++)
    p.course[i] = (fm_course){.t = t, .t_end = t_end, .rtol = tolerance, .atol = tolerance, .most = most};
  return p;
}

static void run(const solver *s, points *p, int tries, fm_try *log, const dopri5_dense *dense) {
  dopri5_run(&s->d, field, NULL, tries, p->x, p->k, p->course, N, log, dense ? dense : &(dopri5_dense){0});
}

/* Steps of a length that is set by hand, under a tolerance that accepts them all. */
static double fixed_error(const solver *s, int steps, double from, double to, const dopri5_dense *dense) {
  points p = start(from, to, 1e9, steps + 1);
  const real first[D] = {p.x[0], p.x[1]};
  for (int i = 0; i < N; i++) p.course[i].state = FM_COURSE_UNDER_WAY;
  real t[N];
  for (int i = 0; i < N; i++) t[i] = from;
  field(NULL, t, p.x, p.k, N);
  for (int k = 0; k < steps; k++) {
    for (int i = 0; i < N; i++) p.course[i].h = (to - from) / steps;
    run(s, &p, 1, NULL, dense);
  }
  check(p.course[0].state == FM_COURSE_ARRIVED && p.course[0].accepted == steps, "state %d after %d steps",
        p.course[0].state, p.course[0].accepted);
  return gap(p.x, first, from, to);
}

static void check_order(const solver *s) {
  promise("steps of a given length are of order 5 within 0.1, forwards and backwards");
  const double spans[2][2] = {{0, 0.7}, {1, 0.2}};
  for (int i = 0; i < 2; i++) {
    const double coarse = fixed_error(s, 16, spans[i][0], spans[i][1], NULL);
    const double order = log2(coarse / fixed_error(s, 32, spans[i][0], spans[i][1], NULL));
    check(fabs(order - 5) < 0.1, "order %.3f", order);
    note("order %.3f", order);
  }
}

/* The largest error of the polynomials at 40 times that are no step's end. */
static double dense_error(const solver *s, int steps) {
  enum { TIMES = 40 };
  double times[TIMES], worst = 0;
  real path[TIMES * N * D];
  for (int k = 0; k < TIMES; k++) times[k] = 0.7 * (k + 0.37) / TIMES;
  for (int k = 0; k < TIMES * N * D; k++) path[k] = NAN;
  fixed_error(s, steps, 0, 0.7, &(dopri5_dense){times, TIMES, path, N * D});
  const points p = start(0, 1, 1, 1);
  for (int k = 0; k < TIMES; k++)
    for (int i = 0; i < N; i++) {
      const double off = gap(path + (k * N + i) * D, p.x + i * D, 0, times[k]);
      check(off < 1, "time %d of point %d: %g", k, i, off);
      worst = fmax(worst, off);
    }
  return worst;
}

static void check_dense(const solver *s) {
  promise("between the ends of steps the polynomial is of order 4 at least, and at the start it is the start");
  const double order = log2(dense_error(s, 16) / dense_error(s, 32));
  check(order > 3.8 && order < 5.2, "order %.3f", order);
  note("order %.3f", order);
  points p = start(1, 0.2, 1e-6, MOST), first = p;
  const double times[3] = {1, 0.6, 0.2};
  real path[3 * N * D];
  run(s, &p, MOST, NULL, &(dopri5_dense){times, 3, path, N * D});
  check(memcmp(path, first.x, sizeof first.x) == 0, "the path does not begin at the start");
  check(memcmp(path + 2 * N * D, p.x, sizeof p.x) == 0, "the path does not end at the end");
  for (int i = 0; i < N; i++)
    check(gap(path + N * D + i * D, first.x + i * D, 1, 0.6) < 1e-5, "the middle of point %d", i);
}

static void check_tolerance(const solver *s) {
  promise("the error follows the tolerance over six decades, at a cost that grows like its fifth root");
  double cost[7];
  for (int decade = 3; decade <= 9; decade++) {
    const double tolerance = pow(0.1, decade);
    points p = start(0, 1, tolerance, MOST), first = p;
    run(s, &p, MOST, NULL, NULL);
    double total = 0;
    for (int i = 0; i < N; i++) {
      const double off = gap(p.x + i * D, first.x + i * D, 0, 1);
      check(p.course[i].state == FM_COURSE_ARRIVED && p.course[i].t == 1, "point %d: state %d", i, p.course[i].state);
      // The tolerance bounds what a step adds; the errors of some ten steps are carried to the end, each grown a little.
      check(off < 20 * tolerance, "tolerance %g: error %g of point %d", tolerance, off, i);
      total += p.course[i].evaluations;
    }
    cost[decade - 3] = total / N;
  }
  const double growth = pow(cost[6] / cost[2], 1.0 / 4);
  check(growth > 1.3 && growth < 1.8, "%.2f times the cost a decade", growth);
  note("%.1f evaluations at 1e-3, %.1f at 1e-6, %.1f at 1e-9", cost[0], cost[3], cost[6]);
}

static void check_log(const solver *s) {
  promise("the log holds every try: accepted steps join up from start to end, rejected ones are tried again shorter");
  points p = start(0, 1, 1e-7, MOST);
  fm_try *log = guarded(N * MOST * sizeof *log);
  seen.rows = 0;
  run(s, &p, MOST, log, NULL);
  int rejected = 0, total = 0;
  for (int i = 0; i < N; i++) {
    const fm_course *c = &p.course[i];
    double t = 0;
    int accepted = 0;
    for (int m = 0; m < c->accepted + c->rejected; m++) {
      const fm_try *each = &log[i * MOST + m];
      check(each->t == t && each->h > 0, "try %d of point %d is at %g, not %g", m, i, each->t, t);
      check(each->accepted == (each->error <= 1), "error %g, accepted %d", each->error, each->accepted);
      if (each->accepted)
        t += each->h, accepted++;
      else
        check(each[1].t == t && each[1].h < 0.9 * each->h, "a rejected step of %g becomes %g", each->h, each[1].h);
    }
    check(fabs(t - 1) < 1e-14 && accepted == c->accepted, "point %d ends at %g after %d", i, t, accepted);
    check(c->evaluations == 2 + 6 * (c->accepted + c->rejected), "%d evaluations", c->evaluations);
    rejected += c->rejected, total += c->evaluations;
  }
  check(rejected > 0, "no step was rejected");
  check(total == seen.rows, "%d evaluations are stated, %d were made", total, seen.rows);
  note("%d rejected", rejected);
  free(log);
}

static void check_own_steps(const solver *s) {
  promise("a point's end, counts and log are the same alone, in company, and however the tries are cut");
  points whole = start(1, 0, 1e-5, MOST), cut = whole;
  fm_try log[N * 3];
  run(s, &whole, MOST, NULL, NULL);
  for (int i = 0; i < N; i++) {
    points p = start(1, 0, 1e-5, MOST);
    dopri5_run(&s->d, field, NULL, MOST, p.x + i * D, p.k + i * D, p.course + i, 1, NULL, &(dopri5_dense){0});
    check(memcmp(p.x + i * D, whole.x + i * D, D * sizeof(real)) == 0, "point %d alone", i);
    check(memcmp(&p.course[i], &whole.course[i], sizeof(fm_course)) == 0, "course of point %d alone", i);
  }
  for (int call = 0; call < MOST; call++) run(s, &cut, 1 + call % 3, log, NULL);
  check(memcmp(cut.x, whole.x, sizeof cut.x) == 0, "cut into calls");
  check(memcmp(cut.course, whole.course, sizeof cut.course) == 0, "courses cut into calls");
  check(whole.course[0].h != whole.course[4].h, "all take the same steps: nothing was shown");
  seen.calls = 0;
  run(s, &cut, MOST, NULL, NULL);
  check(seen.calls == 0, "points that have arrived are evaluated");
}

static void check_stops(const solver *s) {
  promise("a point stops where its tries end, or where the field is not finite, and says so");
  points p = start(0, 1, 1e-8, 6);
  run(s, &p, MOST, NULL, NULL);
  for (int i = 0; i < N; i++) {
    const fm_course *c = &p.course[i];
    check(c->state == FM_COURSE_STOPPED && c->accepted + c->rejected == 6, "state %d", c->state);
    check(c->t > 0 && c->t < 1, "at %g", c->t);
  }
  seen.broken = 1;
  points q = start(0, 1, 1e-3, MOST);
  run(s, &q, MOST, NULL, NULL);
  seen.broken = 0;
  for (int i = 0; i < N; i++)
    check(q.course[i].state == FM_COURSE_STOPPED && q.course[i].t == 0 && q.course[i].rejected < 40, "state %d at %g",
          q.course[i].state, q.course[i].t);
}

int main(void) {
  const solver s = make_solver();
  check_order(&s);
  check_dense(&s);
  check_tolerance(&s);
  check_log(&s);
  check_own_steps(&s);
  check_stops(&s);
  free(s.block);
  return report(6);
}
