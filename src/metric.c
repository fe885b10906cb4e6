#include "metric.h"

#include "scalar.h"

#ifndef FM_DOUBLE

/* IEEE order: flip the sign bit of positive numbers, all bits of negative ones, and unsigned order is numeric order. */
static uint32_t ordered(uint32_t bits) { return bits ^ ((bits >> 31) ? 0xffffffffu : 0x80000000u); }
static uint32_t restored(uint32_t key) { return key ^ ((key >> 31) ? 0x80000000u : 0xffffffffu); }

typedef union {
  real value;
  uint32_t bits;
} word;

/* One stable pass on 11 bits from `shift`. */
static void radix_pass(const uint32_t *from, uint32_t *to, int n, int shift) {
  uint32_t start[2048] = {0};
  for (int i = 0; i < n; i++) start[from[i] >> shift & 2047]++;
  uint32_t sum = 0;
  for (int digit = 0; digit < 2048; digit++) {
    const uint32_t count = start[digit];
    start[digit] = sum;
    sum += count;
  }
  for (int i = 0; i < n; i++) to[start[from[i] >> shift & 2047]++] = from[i];
}

void metric_sort(real *keys, real *spare, int n) {
  uint32_t *a = (uint32_t *)(void *)keys, *b = (uint32_t *)(void *)spare;
  for (int i = 0; i < n; i++) a[i] = ordered(((word){.value = keys[i]}).bits);
  radix_pass(a, b, n, 0);
  radix_pass(b, a, n, 11);
  radix_pass(a, b, n, 22);
  for (int i = 0; i < n; i++) keys[i] = ((word){.bits = restored(b[i])}).value;
}

#else /* the double build needs the order, not the speed */

void metric_sort(real *keys, real *spare, int n) {
  (void)spare;
  for (int i = 1; i < n; i++) {
    const real key = keys[i];
    int j = i;
    for (; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
    keys[j] = key;
  }
}

#endif

static void unit_direction(rng_stream stream, uint32_t index, int dim, double *d) {
  real z[FM_MAX_DIM];
  stream.step = index;
  rng_normal(stream, 0, dim, z);
  double square = 0;
  for (int j = 0; j < dim; j++) square += (double)z[j] * (double)z[j];
  const double scale = square > 0 ? 1 / fm_sqrt(square) : 0;
  for (int j = 0; j < dim; j++) d[j] = (double)z[j] * scale;
}

static void project(const real *x, int n, int dim, const double *d, real *out) {
  for (int i = 0; i < n; i++, x += dim) {
    double sum = 0;
    for (int j = 0; j < dim; j++) sum += (double)x[j] * d[j];
    out[i] = (real)sum;
  }
}

double metric_sliced(const real *a, const real *b, int n, int dim, rng_stream stream, uint32_t index, real *scratch) {
  double direction[FM_MAX_DIM], sum = 0;
  real *pa = scratch, *pb = scratch + n, *spare = scratch + 2 * (size_t)n;
  unit_direction(stream, index, dim, direction);
  project(a, n, dim, direction, pa);
  project(b, n, dim, direction, pb);
  metric_sort(pa, spare, n);
  metric_sort(pb, spare, n);
  for (int i = 0; i < n; i++) {
    const double gap = (double)pa[i] - (double)pb[i];
    sum += gap * gap;
  }
  return sum / n;
}

/* exp(-x) for x >= 0; below 1e-300 it is 0. */
static double decay(double x) { return x < 690 ? scalar_exp(-x) : 0; }

double metric_pair_mean(int kernel, double bandwidth, const real *x, const real *b, int n, int dim) {
  const double scale = 1 / (2 * bandwidth * bandwidth);
  double sum = 0;
  for (int j = 0; j < n; j++, b += dim) {
    double square = 0;
    for (int k = 0; k < dim; k++) {
      const double gap = (double)x[k] - (double)b[k];
      square += gap * gap;
    }
    sum += kernel == FM_PAIR_GAUSSIAN ? decay(square * scale) : fm_sqrt(square);
  }
  return sum / n;
}
