/* The sliced Wasserstein distance against a plain double computation, and the sort under it. */
#include "metric.h"

#include "check.h"

enum { MOST = 3000 };

static int ascending(const void *a, const void *b) {
  const float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void fill(float *x, int count, uint32_t seed) {
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, count, x);
}

static void check_sort(void) {
  promise("sorting equals the C library's for sizes 0 to 3,000, signs, ties, zeros and extremes");
  static float keys[MOST], truth[MOST], spare[MOST];
  for (int n = 0; n <= MOST; n = n * 9 / 8 + 1)
    for (int kind = 0; kind < 4; kind++) {
      fill(keys, n, (uint32_t)(n + kind));
      const float extremes[] = {3.4e38f, -3.4e38f, 1e-45f, -1e-45f, 0, 1, -1};
      for (int i = 0; i < n; i++) {
        if (kind == 1) keys[i] = rintf(keys[i]) + 0.0f;
        if (kind == 2) keys[i] = extremes[i % 7];
        if (kind == 3) keys[i] = (float)(i % 2 ? i : -i);
      }
      memcpy(truth, keys, sizeof keys);
      qsort(truth, (size_t)n, sizeof *truth, ascending);
      metric_sort(keys, spare, n);
      int equal = 1;
      for (int i = 0; i < n; i++) equal &= keys[i] == truth[i];
      check(equal, "n %d, kind %d", n, kind);
    }
}

static double distance(const float *a, const float *b, int n, int dim, int directions, uint32_t seed) {
  float *scratch = guarded((size_t)n * 4 * sizeof *scratch);
  double *out = guarded((size_t)directions * sizeof *out), sum = 0;
  const int status = fm_sw2(a, b, n, dim, seed, 0, directions, scratch, out);
  check(status == FM_OK, "status %d", status);
  for (int i = 0; i < directions; i++) {
    double one;
    fm_sw2(a, b, n, dim, seed, i, 1, scratch, &one);
    check(one == out[i], "direction %d depends on how the call is cut", i);
    sum += out[i] / directions;
  }
  free(scratch), free(out);
  return sum;
}

static void check_known(void) {
  promise(
      "known distances: zero to itself, symmetric, |shift|^2 / D on average for a shift, a plain sort in one "
      "dimension");
  for (int n = 1; n <= 257; n += 64)
    for (int dim = 1; dim <= 5; dim += 2) {
      float *a = guarded((size_t)(n * dim) * 4), *b = guarded((size_t)(n * dim) * 4);
      fill(a, n * dim, 1);
      fill(b, n * dim, 2);
      check(distance(a, a, n, dim, 8, 0) == 0, "n %d, dim %d to itself", n, dim);
      check(distance(a, b, n, dim, 8, 0) == distance(b, a, n, dim, 8, 0), "n %d, dim %d", n, dim);
      if (dim == 1) {
        const double got = distance(a, b, n, 1, 4, 7);
        qsort(a, (size_t)n, 4, ascending);
        qsort(b, (size_t)n, 4, ascending);
        double truth = 0;
        for (int i = 0; i < n; i++) truth += pow((double)a[i] - b[i], 2) / n;
        check(fabs(got - truth) <= 1e-12 * truth, "n %d: %.17g, not %.17g", n, got, truth);
      }
      double shift = 0;
      for (int i = 0; i < n * dim; i++) b[i] = a[i] + (float)(i % dim + 1);
      for (int k = 1; k <= dim; k++) shift += k * k;
      const double got = distance(a, b, n, dim, 2000, 3) / (shift / dim);
      check(fabs(got - 1) < (dim == 1 ? 1e-5 : 0.12), "n %d, dim %d: %g of the shift", n, dim, got);
      free(a), free(b);
    }
}

int main(void) {
  check_sort();
  check_known();
  return report(2);
}
