#include "ode.h"

#include "simd.h"

/* y = x + h k; y may be x. */
static void advance(const real *x, double h, const real *k, real *y, int count) {
  const real step = (real)h;
  int i = 0;
  for (; i + 4 <= count; i += 4) v4_store(y + i, v4_add(v4_load(x + i), v4_mul(v4_all(step), v4_load(k + i))));
  for (; i < count; i++) y[i] = x[i] + step * k[i];
}

int ode_evaluations(int solver) {
  switch (solver) {
    case FM_SOLVER_EULER: return 1;
    case FM_SOLVER_MIDPOINT:
    case FM_SOLVER_HEUN: return 2;
    case FM_SOLVER_RK4: return 4;
    default: return 0;
  }
}

double ode_time(const ode_plan *plan, int i) {
  return i == plan->steps ? plan->t_end : plan->t_start + (plan->t_end - plan->t_start) * i / plan->steps;
}

typedef struct {
  ode_field *field;
  void *context;
  real *x, *k, *stage, *sum;
  int count;
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

void ode_solve(const ode_plan *plan, ode_field *field, void *context, real *x, int count, real *work) {
  const solving s = {field, context, x, work, work + count, work + 2 * (size_t)count, count};
  for (int i = 0; i < plan->steps; i++) {
    const double t = ode_time(plan, i), end = ode_time(plan, i + 1);
    switch (plan->solver) {
      case FM_SOLVER_MIDPOINT: midpoint_step(&s, t, end); break;
      case FM_SOLVER_HEUN: heun_step(&s, t, end); break;
      case FM_SOLVER_RK4: rk4_step(&s, t, end); break;
      default: euler_step(&s, t, end);
    }
  }
}
