/* Questions to a cloud against a plain look at every point, to the last bit. */
#include "cloud.h"

#include "check.h"
#include "pointset.h"

/* A cloud over x [n, dim] in its own order; the caller frees the block. */
static void *placed(cloud *c, const float *x, int n, int dim) {
  arena measure = {0};
  cloud_layout(c, n, dim, &measure);
  void *block = guarded(measure.used);
  arena carve = {.base = block};
  cloud_layout(c, n, dim, &carve);
  int32_t *order = malloc((size_t)n * sizeof *order);
  cloud_order(x, n, dim, order);
  cloud_place(c, x, order);
  free(order);
  return block;
}

static void check_order(void) {
  promise("the order is a permutation whose cells halve along their longest side");
  static float x[300 * 3];
  int32_t order[300];
  for (int set = 0; set < SET_COUNT; set++)
    for (int n = 1; n <= 300; n += n < 20 ? 1 : 31) {
      static float other[300 * 3];
      pointset(set, (uint32_t)n, n, 3, x, other);
      cloud_order(x, n, 3, order);
      char seen[300] = {0};
      int good = 1;
      for (int i = 0; i < n; i++) good = good && order[i] >= 0 && order[i] < n && !seen[order[i]]++;
      check(good, "set %d, n %d: not a permutation", set, n);
      for (int size = 2; size / 2 < n; size *= 2)
        for (int from = 0; from + size / 2 < n; from += size) {
          const int to = fm_min(from + size, n);
          int parted = 0; /* along one of the coordinates */
          for (int k = 0; k < 3; k++) {
            float left = -INFINITY, right = INFINITY;
            for (int i = from; i < from + size / 2; i++) left = fmaxf(left, x[order[i] * 3 + k]);
            for (int i = from + size / 2; i < to; i++) right = fminf(right, x[order[i] * 3 + k]);
            parted += left <= right;
          }
          check(parted > 0, "set %d, n %d: cell %d .. %d", set, n, from, to);
        }
    }
}

/* Whether `at` lists the points of least reduced cost, in ascending order, and nothing else is below `beyond`. */
static int is_nearest(const cloud *c, const double *point, int count, const int32_t *at, double beyond) {
  int listed[200] = {0}, good = 1;
  double last = -INFINITY;
  for (int k = 0; k < count; k++) {
    const double reduced = cloud_cost(c, point, at[k]) - c->price[at[k]];
    good = good && at[k] >= 0 && at[k] < c->n && !listed[at[k]]++ && reduced >= last;
    last = reduced;
  }
  for (int j = 0; j < c->n; j++) good = good && (listed[j] || cloud_cost(c, point, j) - c->price[j] >= beyond);
  return good && beyond >= last && (count == c->n ? beyond == CLOUD_FAR : beyond == last);
}

static void check_questions(int falling) {
  static const int SIZES[] = {1, 2, 15, 16, 17, 33, 100, 200}, DIMS[] = {1, 2, 3, 64};
  static float x[200 * 64], asked[200 * 64];
  for (int set = 0; set < SET_COUNT; set++)
    for (int s = 0; s < 8; s++)
      for (int d = 0; d < 4; d++) {
        const int n = SIZES[s], dim = DIMS[d], count = fm_min(n, 12);
        pointset(set, (uint32_t)(n + dim), n, dim, x, asked);
        cloud c;
        void *block = placed(&c, x, n, dim);
        for (int j = 0; j < n; j++) c.price[j] = asked[j] * (double)asked[j] * (j % 3);
        cloud_enclose(&c);
        for (int j = 0; falling && j < n; j++) c.price[j] -= fabs((double)x[j]) * (j % 5);
        int32_t at[12];
        for (int k = 0; k < count; k++) at[k] = k;
        for (int i = 0, guess = n - 1; i < n; i++) {
          double point[64], least = INFINITY;
          for (int k = 0; k < dim; k++) point[k] = (double)asked[i * dim + k];
          for (int j = 0; j < n; j++) least = fmin(least, cloud_cost(&c, point, j) - c.price[j]);
          const double found = cloud_least(&c, point, &guess);
          check(found == least && cloud_cost(&c, point, guess) - c.price[guess] == least,
                "set %d, n %d, dim %d, point %d: %.17g at %d, least %.17g", set, n, dim, i, found, guess, least);
          const double beyond = cloud_nearest(&c, point, count, at);
          check(is_nearest(&c, point, count, at, beyond), "set %d, n %d, dim %d, point %d", set, n, dim, i);
        }
        free(block);
      }
}

static void check_passes_over(void) {
  promise("most blocks are passed over in the plane");
  static float x[4096 * 2], asked[4096 * 2];
  pointset(SET_NORMAL, 5, 4096, 2, x, asked);
  cloud c;
  void *block = placed(&c, x, 4096, 2);
  cloud_enclose(&c);
  long open = 0;
  for (int i = 0; i < 100; i++) {
    const double point[2] = {(double)asked[2 * i], (double)asked[2 * i + 1]};
    int guess = 0;
    const double least = cloud_least(&c, point, &guess);
    for (int b = 0; b < c.blocks; b++) open += c.bound[b] < least;
  }
  note("%.2f of %d a point", (double)open / 100, c.blocks);
  check(open < 100 * 4, "%ld blocks for 100 points", open);
  free(block);
}

static void check_halves(void) {
  promise("half a cloud is the means of neighbouring pairs, the odd one alone");
  static float x[101 * 3], other[101 * 3];
  for (int n = 2; n <= 101; n += 11) {
    pointset(SET_NORMAL, 1, n, 3, x, other);
    cloud fine, coarse;
    void *blocks[2] = {placed(&fine, x, n, 3), placed(&coarse, x, (n + 1) / 2, 3)};
    cloud_halve(&fine, &coarse);
    for (int g = 0; g < coarse.n; g++)
      for (int k = 0; k < 3; k++) {
        const double *from = fine.x + k * fine.stride, got = coarse.x[k * coarse.stride + g];
        const double mean = 2 * g + 1 < n ? (from[2 * g] + from[2 * g + 1]) / 2 : from[2 * g];
        check(got == mean, "n %d, point %d: %g, mean %g", n, g, got, mean);
      }
    free(blocks[0]), free(blocks[1]);
  }
}

int main(void) {
  check_order();
  promise("the least and the nearest are those of all points, for ties, copies and any size of numbers");
  check_questions(0);
  promise("so they are after prices have fallen untold");
  check_questions(1);
  check_passes_over();
  check_halves();
  return report(5);
}
