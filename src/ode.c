#include "ode.h"

#include "simd.h"

/* y = x + h k; y may be x. */
FM_SMALL void advance(const real *x, double h, const real *k, real *y, int count) {
  const real step = (real)h;
  int i = 0;
  for (; i + 4 <= count; i += 4) v4_store(y + i, v4_add(v4_load(x + i), v4_mul(v4_all(step), v4_load(k + i))));
  for (; i < count; i++) y[i] = x[i] + step * k[i];
}

int ode_evaluations(int solver, int steps) {
  switch (solver) {
    case FM_SOLVER_EULER: return steps;
    case FM_SOLVER_MIDPOINT:
    case FM_SOLVER_HEUN: return 2 * steps;
    case FM_SOLVER_RK4: return 4 * steps;
    case FM_SOLVER_AB2: return steps + 1;
    default: return 0;
  }
}

double ode_time(const ode_plan *plan, int i) {
  if (plan->times) return plan->times[i];
  if (i == 0 || i == plan->steps) return i == 0 ? plan->t_start : plan->t_end;
  if (plan->grid == FM_GRID_UNIFORM) return plan->t_start + (plan->t_end - plan->t_start) * i / plan->steps;
  const double a = fm_sqrt(1 - plan->t_start), b = fm_sqrt(1 - plan->t_end);
  const double root = a + (b - a) * i / plan->steps;
  return 1 - root * root;
}

typedef struct {
  ode_field *field;
  void *context;
  real *x, *k, *stage, *sum; /* ab2 keeps the velocity of the step before in `sum` */
  int count;
  double before; /* length of the step before; 0 when there was none */
} solving;

static void euler_step(const solving *s, double t, double end) {
  const double h = end - t;
  s->field(s->context, t, s->x, s->k);
  advance(s->x, h, s->k, s->x, s->count);
}

static void midpoint_step(const solving *s, double t, double end) {
  const double h = end - t;
  s->field(s->context, t, s->x, s->k);
  advance(s->x, h / 2, s->k, s->stage, s->count);
  s->field(s->context, t + h / 2, s->stage, s->k);
  advance(s->x, h, s->k, s->x, s->count);
}

static void heun_step(const solving *s, double t, double end) {
  const double h = end - t;
  s->field(s->context, t, s->x, s->sum);
  advance(s->x, h, s->sum, s->stage, s->count);
  s->field(s->context, end, s->stage, s->k);
  advance(s->sum, 1, s->k, s->sum, s->count);
  advance(s->x, h / 2, s->sum, s->x, s->count);
}

static void rk4_step(const solving *s, double t, double end) {
  const double h = end - t;
  s->field(s->context, t, s->x, s->sum);
  advance(s->x, h / 2, s->sum, s->stage, s->count);
  s->field(s->context, t + h / 2, s->stage, s->k);
  advance(s->sum, 2, s->k, s->sum, s->count);
  advance(s->x, h / 2, s->k, s->stage, s->count);
  s->field(s->context, t + h / 2, s->stage, s->k);
  advance(s->sum, 2, s->k, s->sum, s->count);
  advance(s->x, h, s->k, s->stage, s->count);
  s->field(s->context, end, s->stage, s->k);
  advance(s->sum, 1, s->k, s->sum, s->count);
  advance(s->x, h / 6, s->sum, s->x, s->count);
}

static void ab2_step(solving *s, double t, double end) {
  const double h = end - t;
  s->field(s->context, t, s->x, s->k);
  if (s->before == 0) {
    advance(s->x, h, s->k, s->sum, s->count);
    s->field(s->context, end, s->sum, s->stage);
    advance(s->x, h / 2, s->stage, s->x, s->count);
    advance(s->x, h / 2, s->k, s->x, s->count);
  } else {
    const double ratio = h / s->before;
    advance(s->x, h * (1 + ratio / 2), s->k, s->x, s->count);
    advance(s->x, -h * ratio / 2, s->sum, s->x, s->count);
  }
  real *const newest = s->k;
  s->k = s->sum, s->sum = newest;
  s->before = h;
}

void ode_solve(const ode_plan *plan, ode_field *field, void *context, real *x, int count, real *work) {
  solving s = {field, context, x, work, work + count, work + 2 * (size_t)count, count, 0};
  for (int i = 0; i < plan->steps; i++) {
    const double from = ode_time(plan, i), end = ode_time(plan, i + 1);
    const double t = plan->before ? plan->before(context, i, from, x) : from;
    switch (plan->solver) {
      case FM_SOLVER_MIDPOINT: midpoint_step(&s, t, end); break;
      case FM_SOLVER_HEUN: heun_step(&s, t, end); break;
      case FM_SOLVER_RK4: rk4_step(&s, t, end); break;
      case FM_SOLVER_AB2: ab2_step(&s, t, end); break;
      default: euler_step(&s, t, end);
    }
    if (plan->after) plan->after(context, i + 1, end, x);
  }
}
