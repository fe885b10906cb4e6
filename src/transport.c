#include "transport.h"

int transport_is(int coupling) {
  return coupling == FM_COUPLING_OT || coupling == FM_COUPLING_SINKHORN || coupling == FM_COUPLING_OT_CONDITIONAL;
}

void transport_layout(transport *t, int most, int dim, int classes, arena *a) {
  const int wide = dim + classes;
  t->dim = dim, t->classes = classes;
  t->match = arena_take(a, (uint64_t)most, sizeof(int32_t));
  for (int side = 0; side < 2; side++)
    t->wide[side] = arena_take(a, classes > 0 ? (uint64_t)most * (uint64_t)wide : 0, sizeof(real));
  t->member = arena_take(a, classes > 0 ? (uint64_t)most : 0, sizeof(int32_t));
  t->among = arena_take(a, classes > 0 ? (uint64_t)most : 0, sizeof(int32_t));
  t->scratch = arena_take(a, coupling_scratch_size(most, wide), 1);
  sinkhorn_layout(&t->entropic, most, dim, a);
}

/* Each point with the coordinates of its class. */
static void widen(const transport *t, const real *x, const int32_t *classes, double weight, int n, real *wide) {
  const real own = (real)fm_sqrt(weight / 2);
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < t->dim; k++) *wide++ = x[(size_t)i * (size_t)t->dim + (size_t)k];
    for (int c = 0; c < t->classes; c++) *wide++ = c == classes[i] ? own : 0;
  }
}

static void assign_widened(transport *t, double weight, const real *x0, const real *x1, const int32_t *classes, int n) {
  widen(t, x0, classes, weight, n, t->wide[0]);
  widen(t, x1, classes, weight, n, t->wide[1]);
  coupling_assign(t->wide[0], t->wide[1], n, t->dim + t->classes, t->scratch, t->match);
}

static void gather(const transport *t, const real *x, int members, real *to) {
  for (int m = 0; m < members; m++)
    for (int k = 0; k < t->dim; k++) *to++ = x[(size_t)t->member[m] * (size_t)t->dim + (size_t)k];
}

/* Row i of x0 has the class of row i of x1, so that a class has as many points on either side. */
static void assign_apart(transport *t, const real *x0, const real *x1, const int32_t *classes, int n) {
  for (int c = 0; c < t->classes; c++) {
    int members = 0;
    for (int i = 0; i < n; i++)
      if (classes[i] == c) t->member[members++] = i;
    if (members == 0) continue;
    gather(t, x0, members, t->wide[0]);
    gather(t, x1, members, t->wide[1]);
    coupling_assign(t->wide[0], t->wide[1], members, t->dim, t->scratch, t->among);
    for (int m = 0; m < members; m++) t->match[t->member[m]] = t->member[t->among[m]];
  }
}

static void assign_by_class(transport *t, double weight, const real *x0, const real *x1, const int32_t *classes,
                            int n) {
  if (weight >= TRANSPORT_APART)
    assign_apart(t, x0, x1, classes, n);
  else
    assign_widened(t, weight * coupling_mean_cost(x0, x1, n, t->dim), x0, x1, classes, n);
}

int transport_match(transport *t, const transport_plan *plan, const real *x0, const real *x1, const int32_t *classes,
                    int n, int count) {
  if (plan->coupling == FM_COUPLING_SINKHORN) {
    t->least_reg = sinkhorn_least(x0, x1, n, t->dim);
    FM_REQUIRE(plan->reg >= t->least_reg, FM_E_REG);
    sinkhorn_solve(&t->entropic, x0, x1, n, plan->reg);
    sinkhorn_draw(&t->entropic, x0, n, plan->reg, plan->stream, count, t->match);
  } else if (plan->coupling == FM_COUPLING_OT_CONDITIONAL) {
    assign_by_class(t, plan->class_weight, x0, x1, classes, n);
  } else {
    coupling_assign(x0, x1, n, t->dim, t->scratch, t->match);
  }
  return FM_OK;
}
