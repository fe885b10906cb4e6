/* Exact assignment: against all permutations, against the Hungarian method, against scipy's costs, and where points tie or
 * coincide. Run from the root of the repository; tests/fixtures/assignment.json comes from tests/fixtures/make_assignment.py. */
#include "coupling.h"

#include "check.h"
#include "pointset.h"

/* hashed() of tests/fixtures/draw.py. */
static double hashed(uint32_t stream, uint32_t index) {
  uint32_t x = index * 0x9E3779B9u + stream * 0x85EBCA6Bu;
  x ^= x >> 16, x *= 0x7FEB352Du;
  x ^= x >> 15, x *= 0x846CA68Bu;
  x ^= x >> 16;
  return (x >> 8) / 16777216.0;
}

static double cost_of(const float *x0, const float *x1, int n, int dim, const int32_t *match) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < dim; k++) sum += pow((double)x0[i * dim + k] - x1[match[i] * dim + k], 2);
  return sum;
}

static int is_permutation(const int32_t *match, int n) {
  char *seen = calloc((size_t)n, 1);
  int good = 1;
  for (int i = 0; i < n; i++) good = good && match[i] >= 0 && match[i] < n && !seen[match[i]]++;
  free(seen);
  return good;
}

/* The match, in memory that the sanitizer guards at its exact size; the caller frees it. */
static int32_t *assign(const float *x0, const float *x1, int n, int dim) {
  int32_t *match = malloc((size_t)n * sizeof *match);
  void *scratch = malloc(fm_assign_size(n, dim));
  const int status = fm_assign(x0, x1, n, dim, scratch, match);
  check(status == FM_OK, "n %d: status %d", n, status);
  free(scratch);
  return match;
}

/* Heap's algorithm over the rows left. */
static double least_cost(const float *x0, const float *x1, int n, int dim, int32_t *order, int left) {
  if (left <= 1) return cost_of(x0, x1, n, dim, order);
  double least = INFINITY;
  for (int i = 0; i < left; i++) {
    least = fmin(least, least_cost(x0, x1, n, dim, order, left - 1));
    const int other = left % 2 ? 0 : i, kept = order[other];
    order[other] = order[left - 1], order[left - 1] = kept;
  }
  return least;
}

static void check_all_permutations(void) {
  promise("no permutation of up to 8 points is cheaper");
  float x0[8 * 3], x1[8 * 3];
  for (int n = 1; n <= 8; n++)
    for (uint32_t seed = 0; seed < (n < 8 ? 40u : 8u); seed++) {
      const int dim = 1 + (int)(seed % 3);
      rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, n * dim, x0);
      rng_normal((rng_stream){.seed = seed, .purpose = RNG_NOISE}, 0, n * dim, x1);
      if (seed % 4 == 3) /* ties: coordinates rounded to whole numbers */
        for (int i = 0; i < n * dim; i++) x0[i] = rintf(x0[i]), x1[i] = rintf(x1[i]);
      int32_t order[8], *match = assign(x0, x1, n, dim);
      for (int i = 0; i < n; i++) order[i] = i;
      const double least = least_cost(x0, x1, n, dim, order, n), cost = cost_of(x0, x1, n, dim, match);
      check(is_permutation(match, n), "n %d, seed %u", n, seed);
      check(cost <= least * (1 + 1e-12) + 1e-12, "n %d, seed %u: %.17g, least %.17g", n, seed, cost, least);
      free(match);
    }
}

/* Least cost by the Hungarian method on a stored matrix (Kuhn 1955; potentials and paths as Munkres 1957): rows join one by
 * one, O(n^3). Column 0 stands for the row that has none. */
static double hungarian(const float *x0, const float *x1, int n, int dim) {
  double *cost = malloc((size_t)n * (size_t)n * sizeof *cost), sum = 0;
  double *u = calloc((size_t)n + 1, sizeof *u), *v = calloc((size_t)n + 1, sizeof *v);
  double *least = malloc(((size_t)n + 1) * sizeof *least);
  int *owner = calloc((size_t)n + 1, sizeof *owner), *way = calloc((size_t)n + 1, sizeof *way);
  char *used = malloc((size_t)n + 1);
  for (int i = 0; i < n * n; i++) {
    cost[i] = 0;
    for (int k = 0; k < dim; k++) cost[i] += pow((double)x0[i / n * dim + k] - x1[i % n * dim + k], 2);
  }
  for (int i = 1; i <= n; i++) {
    int column = 0;
    owner[0] = i;
    for (int j = 0; j <= n; j++) least[j] = INFINITY, used[j] = 0;
    do {
      const int row = owner[column];
      int next = 0;
      double step = INFINITY;
      used[column] = 1;
      for (int j = 1; j <= n; j++) {
        if (used[j]) continue;
        const double reduced = cost[(row - 1) * n + j - 1] - u[row] - v[j];
        if (reduced < least[j]) least[j] = reduced, way[j] = column;
        if (least[j] < step) step = least[j], next = j;
      }
      for (int j = 0; j <= n; j++) {
        if (used[j]) u[owner[j]] += step, v[j] -= step;
        if (!used[j]) least[j] -= step;
      }
      column = next;
    } while (owner[column] != 0);
    for (; column != 0; column = way[column]) owner[column] = owner[way[column]];
  }
  for (int j = 1; j <= n; j++) sum += cost[(owner[j] - 1) * n + j - 1];
  free(cost), free(u), free(v), free(least), free(owner), free(way), free(used);
  return sum;
}

static void check_hungarian(void) {
  promise("no assignment by the Hungarian method is cheaper, up to 150 points in 1 to 64 dimensions, for every set");
  static const int DIMS[] = {1, 2, 3, 8, 64};
  static float x0[150 * 64], x1[150 * 64];
  double worst = 0;
  for (int set = 0; set < SET_COUNT; set++)
    for (int k = 0; k < 25; k++) {
      const int n = k < 24 ? 1 + (k * k + 3 * k + set) % 149 : 150, dim = DIMS[k % 5];
      pointset(set, (uint32_t)(100 * set + k), n, dim, x0, x1);
      int32_t *match = assign(x0, x1, n, dim);
      const double least = hungarian(x0, x1, n, dim), cost = cost_of(x0, x1, n, dim, match);
      check(is_permutation(match, n), "set %d, n %d, dim %d", set, n, dim);
      check(fabs(cost - least) <= 1e-12 * least, "set %d, n %d, dim %d: %.17g, least %.17g", set, n, dim, cost, least);
      worst = fmax(worst, least > 0 ? fabs(cost - least) / least : 0);
      free(match);
    }
  note("relative difference up to %.1g", worst);
}

static void check_ordering(void) {
  promise("points in another order meet the same partners, where the optimum is one");
  enum { N = 300 };
  static float x0[2 * N], x1[2 * N], y0[2 * N], y1[2 * N];
  pointset(SET_NORMAL, 8, N, 2, x0, x1);
  for (int i = 0; i < N; i++) { /* row i becomes row 7 i, column j becomes column 11 j, mod 300 */
    memcpy(y0 + 2 * (7 * i % N), x0 + 2 * i, 2 * sizeof(float));
    memcpy(y1 + 2 * (11 * i % N), x1 + 2 * i, 2 * sizeof(float));
  }
  int32_t *match = assign(x0, x1, N, 2), *other = assign(y0, y1, N, 2), *again = assign(x0, x1, N, 2);
  for (int i = 0; i < N; i++) check(other[7 * i % N] == 11 * match[i] % N && again[i] == match[i], "point %d", i);
  free(match), free(other), free(again);
}

static void check_memory(void) {
  promise("scratch grows with n (D + 16), not with n^2");
  for (int dim = 1; dim <= 64; dim *= 4)
    for (int n = 64; n <= 4096; n *= 2) {
      const double bytes = fm_assign_size(n, dim), most = 46.0 * n * dim + 340.0 * n + 6000;
      check(bytes <= most, "n %d, dim %d: %g bytes, at most %g", n, dim, bytes, most);
    }
  note("%u kB for 2,048 points of the plane, %u for 10,000", fm_assign_size(2048, 2) / 1000,
       fm_assign_size(10000, 2) / 1000);
}

static void check_fixture(void) {
  promise("costs equal scipy's to the last unit, on whole-number points with ties and duplicates");
  FILE *file = fopen("tests/fixtures/assignment.json", "r");
  check(file != NULL, "tests/fixtures/assignment.json is missing; run from the root of the repository");
  if (!file) return;
  char line[200];
  int rows = 0;
  while (fgets(line, sizeof line, file)) {
    unsigned index;
    int n, dim, width;
    long long cost;
    if (sscanf(line, "{\"case\": %u, \"n\": %d, \"dim\": %d, \"span\": %d, \"cost\": %lld", &index, &n, &dim, &width,
               &cost) != 5)
      continue;
    rows++;
    float *x0 = malloc((size_t)(n * dim) * sizeof *x0), *x1 = malloc((size_t)(n * dim) * sizeof *x1);
    for (int i = 0; i < n * dim; i++) {
      x0[i] = (float)(floor(hashed(2 * index, (uint32_t)i) * (2 * width + 1)) - width);
      x1[i] = (float)(floor(hashed(2 * index + 1, (uint32_t)i) * (2 * width + 1)) - width);
    }
    int32_t *match = assign(x0, x1, n, dim);
    check(is_permutation(match, n), "case %u", index);
    const double got = cost_of(x0, x1, n, dim, match);
    check(got == (double)cost, "case %u: n %d, dim %d: %.17g, scipy %lld", index, n, dim, got, cost);
    free(x0), free(x1), free(match);
  }
  fclose(file);
  check(rows == 53, "%d rows read", rows);
}

static void check_special(void) {
  promise("coinciding, identical and extreme points still give a permutation of least cost");
  enum { N = 64 };
  float x0[2 * N], x1[2 * N];
  for (int i = 0; i < 2 * N; i++) x0[i] = 1.5f, x1[i] = -0.5f; /* every assignment costs the same */
  int32_t *match = assign(x0, x1, N, 2);
  check(is_permutation(match, N), "all points the same");
  free(match);

  rng_normal((rng_stream){.seed = 9, .purpose = RNG_MEASURE}, 0, 2 * N, x0);
  for (int i = 0; i < N; i++) /* x1 is x0 in another order: cost 0 */
    for (int k = 0; k < 2; k++) x1[2 * ((i * 37 + 11) % N) + k] = x0[2 * i + k];
  match = assign(x0, x1, N, 2);
  check(is_permutation(match, N) && cost_of(x0, x1, N, 2, match) == 0, "cost %g", cost_of(x0, x1, N, 2, match));
  for (int i = 0; i < N; i++) check(match[i] == (i * 37 + 11) % N, "point %d goes to %d", i, match[i]);
  free(match);

  for (int i = 0; i < 2 * N; i++) x0[i] *= i % 3 ? 1e18f : 1e-18f, x1[i] *= i % 2 ? 1e18f : 1;
  match = assign(x0, x1, N, 2);
  check(is_permutation(match, N), "extreme points");
  free(match);
}

static void check_refusals(void) {
  promise("a bad size, pointer or point is refused");
  float x[4] = {0, 1, 2, 3};
  int32_t match[2] = {7, 7};
  _Alignas(16) char scratch[4096];
  check(fm_assign_size(0, 2) == 0 && fm_assign_size(-1, 2) == 0 && fm_assign_size(16385, 2) == 0 &&
            fm_assign_size(2, 0) == 0 && fm_assign_size(2, 65) == 0,
        "sizes");
  check(fm_assign_size(2, 2) <= sizeof scratch, "%u bytes", fm_assign_size(2, 2));
  check(fm_assign(x, x, 0, 2, scratch, match) == FM_E_ARG, "n 0");
  check(fm_assign(x, x, 16385, 2, scratch, match) == FM_E_ARG, "n 16385");
  check(fm_assign(x, x, 2, 0, scratch, match) == FM_E_ARG, "dim 0");
  check(fm_assign(NULL, x, 2, 2, scratch, match) == FM_E_ARG, "x0 null");
  check(fm_assign(x, x, 2, 2, NULL, match) == FM_E_ARG, "scratch null");
  check(fm_assign(x, x, 2, 2, scratch + 4, match) == FM_E_ARG, "scratch misaligned");
  check(fm_assign(x, x, 2, 2, scratch, NULL) == FM_E_ARG, "match null");
  x[3] = NAN;
  check(fm_assign(x, x, 2, 2, scratch, match) == FM_E_ARG, "NaN point");
  check(match[0] == 7 && match[1] == 7, "a refused call wrote %d, %d", match[0], match[1]);
}

int main(void) {
  check_all_permutations();
  check_hungarian();
  check_ordering();
  check_memory();
  check_fixture();
  check_special();
  check_refusals();
  return report(7);
}
