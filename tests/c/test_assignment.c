/* The dual proves the optimum: from any first prices, no reduced cost lies below its row's u, and every pair meets it. */
#include "assignment.h"

#include "check.h"
#include "pointset.h"

typedef struct {
  cloud rows, columns;
  assignment assignment;
  void *block;
} solved;

static void lay_out(solved *s, int n, int dim, arena *a) {
  cloud_layout(&s->rows, n, dim, a);
  cloud_layout(&s->columns, n, dim, a);
  assignment_layout(&s->assignment, n, a);
}

/* Points in the order of the trees, first prices of `spread` times a normal draw. */
static solved solve(const float *x0, const float *x1, int n, int dim, float spread) {
  solved s;
  arena measure = {0};
  lay_out(&s, n, dim, &measure);
  s.block = guarded(measure.used);
  arena carve = {.base = s.block};
  lay_out(&s, n, dim, &carve);
  int32_t *order = malloc((size_t)n * sizeof *order);
  float *price = malloc((size_t)n * sizeof *price);
  cloud_order(x0, n, dim, order), cloud_place(&s.rows, x0, order);
  cloud_order(x1, n, dim, order), cloud_place(&s.columns, x1, order);
  rng_normal((rng_stream){.seed = 1, .purpose = RNG_DATA}, 0, n, price);
  for (int j = 0; j < n; j++) s.columns.price[j] = (double)(spread * price[j]);
  assignment_solve(&s.assignment, &s.rows, &s.columns);
  free(order), free(price);
  return s;
}

/* Checks permutation and dual; `rounding` relative to the greatest cost or price. */
static void check_dual(const solved *s, double rounding, const char *what) {
  const int n = s->rows.n;
  const assignment *a = &s->assignment;
  char *seen = calloc((size_t)n, 1);
  double most = 0, worst = 0, slack = 0;
  int good = 1;
  for (int i = 0; i < n; i++) {
    double point[FM_MAX_DIM];
    cloud_point(&s->rows, i, point);
    good = good && a->match[i] >= 0 && a->match[i] < n && !seen[a->match[i]]++ && a->owner[a->match[i]] == i;
    for (int j = 0; j < n && good; j++) {
      const double cost = cloud_cost(&s->columns, point, j), over = s->rows.price[i] - (cost - s->columns.price[j]);
      most = fmax(most, fmax(cost, fabs(s->columns.price[j])));
      worst = fmax(worst, over);
      if (j == a->match[i]) slack = fmax(slack, fabs(over));
    }
  }
  check(good, "%s, n %d: not a permutation", what, n);
  check(worst <= rounding * most, "%s, n %d, dim %d: %g below u at size %g", what, n, s->rows.dim, worst, most);
  check(slack <= rounding * most, "%s, n %d, dim %d: a pair %g off u at size %g", what, n, s->rows.dim, slack, most);
  free(seen);
}

static void check_sets(void) {
  promise("u and prices are feasible and tight for every set, whatever the first prices");
  static const int SIZES[] = {1, 2, 13, 40, 97}, DIMS[] = {1, 2, 5, 64};
  static const float SPREADS[] = {0, 1, 1e6f};
  static float x0[97 * 64], x1[97 * 64];
  for (int set = 0; set < SET_COUNT; set++)
    for (int k = 0; k < 5 * 4 * 3; k++) {
      const int n = SIZES[k % 5], dim = DIMS[k / 5 % 4];
      pointset(set, (uint32_t)k, n, dim, x0, x1);
      char what[40];
      snprintf(what, sizeof what, "set %d, prices of %g", set, (double)SPREADS[k / 20]);
      solved s = solve(x0, x1, n, dim, SPREADS[k / 20]);
      check_dual(&s, 1e-13, what);
      free(s.block);
    }
}

static void check_exact(void) {
  promise("whole numbers leave no rounding: the dual holds exactly, with ties and copies");
  static float x0[200 * 3], x1[200 * 3];
  for (int k = 0; k < 24; k++) {
    const int n = 9 * k + 1 > 200 ? 200 : 9 * k + 1, dim = 1 + k % 3;
    pointset(k % 2 ? SET_TIES : SET_ALIKE, (uint32_t)k, n, dim, x0, x1);
    for (int i = 0; i < n * dim; i++) x0[i] = rintf(x0[i]), x1[i] = rintf(x1[i]);
    solved s = solve(x0, x1, n, dim, 0);
    check_dual(&s, 0, k % 2 ? "ties" : "alike");
    free(s.block);
  }
}

static void check_plane(void) {
  promise("the dual of 512 points of the plane holds too");
  static float x0[512 * 2], x1[512 * 2];
  pointset(SET_NORMAL, 3, 512, 2, x0, x1);
  solved s = solve(x0, x1, 512, 2, 1);
  check_dual(&s, 1e-13, "normal");
  free(s.block);
}

static void check_ties(void) {
  promise(
      "of many equal points most rows take a free column without a search, and nobody searches where all are equal");
  enum { N = 400 };
  static float x0[2 * N], x1[2 * N];
  for (int values = 1; values <= 2; values++) {
    rng_uniform((rng_stream){.seed = 5, .purpose = RNG_NOISE}, 0, 2 * N, x0);
    rng_uniform((rng_stream){.seed = 6, .purpose = RNG_NOISE}, 0, 2 * N, x1);
    for (int i = 0; i < 2 * N; i++) x0[i] = floorf(values * x0[i]), x1[i] = floorf(values * x1[i]);
    solved s = solve(x0, x1, N, 2, 0);
    check_dual(&s, 0, "few values");
    check(s.assignment.searches <= (values == 1 ? 0 : N / 10), "%d searches for %d values", s.assignment.searches,
          values);
    free(s.block);
  }
}

int main(void) {
  check_sets();
  check_exact();
  check_plane();
  check_ties();
  return report(4);
}
