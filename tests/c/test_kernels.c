/* Every dense kernel against a naive double loop, for all sizes 0 .. 33 and odd strides. Arrays end where their allocation
 * ends, so the sanitizer sees a read or write past the end; gaps and borders of outputs hold a mark that must survive. */
#include <float.h>

#include "kernels.h"
#include "rng.h"

#include "check.h"

enum { MOST = 33, CAPACITY = 8192 };
static const float MARK = -12345.5f;
static const double UNIT = 0x1p-24; /* half the distance from 1 to the next float */

/* The last `count` floats of a block of CAPACITY. */
static float *ending(float *block, int count) { return block + CAPACITY - count; }

static float *new_block(void) { return guarded(CAPACITY * sizeof(float)); }

static void fill(float *x, int count, uint32_t seed) {
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, count, x);
}

/* ---- gemm ----------------------------------------------------------------------------------------- */

enum { INIT_NONE, INIT_BIAS, INIT_MATRIX, INIT_ACCUMULATE, INITS };

typedef struct {
  int m, n, k, transpose_a, transpose_b, init, gap;
} gemm_case;

static struct { float *a, *b, *panels, *init, *c, *before; } space;

/* Elements a strided matrix spans: the last row ends with its last element, not with the gap. */
static int span(int rows, int cols, int row) { return rows && cols ? (rows - 1) * row + cols : 0; }

static void check_gemm(const gemm_case *g) {
  const int m = g->m, n = g->n, k = g->k;
  const int a_rows = g->transpose_a ? k : m, a_cols = g->transpose_a ? m : k, a_line = a_cols + g->gap;
  const int b_rows = g->transpose_b ? n : k, b_cols = g->transpose_b ? k : n, b_line = b_cols + g->gap;
  const int c_line = n + g->gap, init_line = g->init == INIT_BIAS ? 0 : n + 1;
  float *a = ending(space.a, span(a_rows, a_cols, a_line)), *b = ending(space.b, span(b_rows, b_cols, b_line));
  float *panels = ending(space.panels, (int)gemm_panels_size(k, n));
  float *c = ending(space.c, span(m, n, c_line)), *before = space.before;
  float *init = ending(space.init, g->init == INIT_BIAS ? n : span(m, n, init_line));
  for (int i = 0; i < CAPACITY; i++) space.c[i] = MARK;
  for (int i = 0; i < m * n; i++) c[i / n * c_line + i % n] = before[i];

  const int a_row = g->transpose_a ? 1 : a_line, a_col = g->transpose_a ? a_line : 1;
  const int b_row = g->transpose_b ? 1 : b_line, b_col = g->transpose_b ? b_line : 1;
  const float *start = g->init == INIT_NONE ? NULL : g->init == INIT_ACCUMULATE ? c : init;
  gemm_pack(b, b_row, b_col, k, n, panels);
  gemm(a, a_row, a_col, panels, start, g->init == INIT_ACCUMULATE ? c_line : init_line, c, c_line, m, n, k);

  int right = 1, whole = 1;
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      if (g->init == INIT_ACCUMULATE) sum = before[i * n + j];
      if (g->init == INIT_BIAS || g->init == INIT_MATRIX) sum = init[i * init_line + j];
      double size = fabs(sum);
      for (int q = 0; q < k; q++) {
        const double term = (double)a[i * a_row + q * a_col] * b[q * b_row + j * b_col];
        sum += term, size += fabs(term);
      }
      right &= fabs(c[i * c_line + j] - sum) <= (k + 2) * UNIT * size;
      c[i * c_line + j] = MARK;
    }
  for (int i = 0; i < CAPACITY; i++) whole &= space.c[i] == MARK;
  check(right, "m %d n %d k %d ta %d tb %d init %d gap %d", m, n, k, g->transpose_a, g->transpose_b, g->init, g->gap);
  check(whole, "m %d n %d k %d gap %d: written outside the result", m, n, k, g->gap);
}

static void check_gemms(void) {
  promise("gemm is within (k + 2) half ulp of the double loop for all m, n, k in 0 .. 33");
  int turn = 0;
  for (int m = 0; m <= MOST; m++)
    for (int n = 0; n <= MOST; n++)
      for (int k = 0; k <= MOST; k++) {
        /* All ways of calling for small sizes; larger ones take turns. */
        const int ways = 4 * INITS * 2, all = m <= 9 && n <= 9 && k <= 9;
        for (int way = all ? 0 : turn % ways, stop = all ? ways : way + 1; way < stop; way++)
          check_gemm(&(gemm_case){m, n, k, way & 1, way >> 1 & 1, way >> 2 & 3, way >> 4 ? 3 : 0});
        turn += 7; /* prime to the 32 ways */
      }
}

static void check_gemm_order(void) {
  promise("an element of gemm has the same bits alone, in any tile, and with k cut in two");
  enum { M = 13, N = 19, K = 29 };
  float *whole = guarded(M * N * 4), *parts = guarded(M * N * 4), *panels = guarded(gemm_panels_size(K, N) * 4);
  gemm_pack(space.b, N, 1, K, N, panels);
  gemm(space.a, K, 1, panels, NULL, 0, whole, N, M, N, K);
  for (int i = 0; i < M; i++)
    for (int j = 0; j < N; j++) {
      float alone;
      gemm_pack(space.b + j, N, 1, K, 1, panels);
      gemm(space.a + i * K, K, 1, panels, NULL, 0, &alone, 1, 1, 1, K);
      check(memcmp(&alone, &whole[i * N + j], 4) == 0, "element %d, %d", i, j);
    }
  for (int cut = 0; cut <= K; cut++) {
    gemm_pack(space.b, N, 1, cut, N, panels);
    gemm(space.a, K, 1, panels, NULL, 0, parts, N, M, N, cut);
    gemm_pack(space.b + cut * N, N, 1, K - cut, N, panels);
    gemm(space.a + cut, K, 1, panels, parts, N, parts, N, M, N, K - cut);
    check(memcmp(whole, parts, M * N * 4) == 0, "k cut at %d", cut);
  }
  free(whole), free(parts), free(panels);
}

/* ---- silu ----------------------------------------------------------------------------------------- */

static void check_silu(void) {
  promise("silu and its derivative are within 4 ulp for all counts, in place or not");
  float *z = new_block(), *y = new_block(), *d = new_block();
  for (int count = 0; count <= MOST; count++)
    for (int scale = 1; scale <= 81; scale *= 9) {
      float *at = ending(z, count), *to = ending(y, count), *slope = ending(d, count);
      fill(at, count, (uint32_t)(scale + count));
      for (int i = 0; i < count; i++) at[i] *= (float)scale;
      for (int i = 0; i < CAPACITY; i++) y[i] = d[i] = MARK;
      silu_forward(at, to, slope, count);
      for (int i = 0; i < count; i++) {
        const double s = 1 / (1 + exp(-(double)at[i])), value = at[i] * s, derivative = s + value * (1 - s);
        /* Below -88 the exponential is clamped and the sigmoid stays at 6e-39, under the smallest normal float. */
        const double clamped = FLT_MIN * (1 + fabs(at[i]));
        check(fabs(to[i] - value) <= 8 * UNIT * fabs(value) + clamped, "silu(%g) = %.9g, not %.9g", at[i], to[i],
              value);
        check(fabs(slope[i] - derivative) <= 8 * UNIT * (s + fabs(value)) + clamped, "silu'(%g) = %.9g, not %.9g",
              at[i], slope[i], derivative);
      }
      for (int i = 0; i < CAPACITY - count; i++) check(y[i] == MARK && d[i] == MARK, "written before the result");
      silu_forward(at, at, NULL, count);
      check(memcmp(at, to, (size_t)count * 4) == 0, "in place without derivative, count %d", count);
      fill(at, count, 77);
      for (int i = 0; i < count; i++) to[i] = at[i] * slope[i];
      silu_backward(slope, at, count);
      check(memcmp(at, to, (size_t)count * 4) == 0, "backward, count %d", count);
    }
  promise("a value's silu has the same bits wherever it stands");
  float value = 0.7315f, alone, alone_slope;
  silu_forward(&value, &alone, &alone_slope, 1);
  for (int count = 1; count <= MOST; count++)
    for (int i = 0; i < count; i++) {
      fill(z, count, 5);
      z[i] = value;
      silu_forward(z, y, d, count);
      check(y[i] == alone && d[i] == alone_slope, "place %d of %d", i, count);
    }
  free(z), free(y), free(d);
}

/* ---- sums ----------------------------------------------------------------------------------------- */

static void check_sums(void) {
  promise("sum_rows is within rows half ulp of the double loop for all sizes");
  float *x = new_block(), *sum = new_block();
  for (int rows = 0; rows <= MOST; rows++)
    for (int cols = 0; cols <= MOST; cols++) {
      float *at = ending(x, rows * cols), *to = ending(sum, cols);
      fill(at, rows * cols, (uint32_t)(rows + 100 * cols));
      for (int i = 0; i < CAPACITY; i++) sum[i] = MARK;
      for (int j = 0; j < cols; j++) to[j] = 0.25f;
      sum_rows(at, to, rows, cols);
      for (int j = 0; j < cols; j++) {
        double truth = 0.25, size = 0.25;
        for (int i = 0; i < rows; i++) truth += at[i * cols + j], size += fabs(at[i * cols + j]);
        check(fabs(to[j] - truth) <= (rows + 1) * UNIT * size, "%d x %d, column %d", rows, cols, j);
        to[j] = MARK;
      }
      int whole = 1;
      for (int i = 0; i < CAPACITY; i++) whole &= sum[i] == MARK;
      check(whole, "%d x %d: written outside the sums", rows, cols);
    }

  promise("sum_squares is the double sum for all counts, and lets NaN and infinity through");
  for (int count = 0; count <= MOST; count++) {
    float *at = ending(x, count);
    fill(at, count, (uint32_t)count);
    double truth = 0;
    for (int i = 0; i < count; i++) truth += (double)at[i] * at[i];
    check(fabs(sum_squares(at, count) - truth) <= 1e-14 * truth, "count %d", count);
    for (int i = 0; i < count; i++) {
      const float kept = at[i];
      at[i] = NAN;
      check(isnan(sum_squares(at, count)), "NaN at %d of %d", i, count);
      at[i] = -INFINITY;
      check(isinf(sum_squares(at, count)), "infinity at %d of %d", i, count);
      at[i] = kept;
    }
  }
  x[0] = 3e38f;
  check(isfinite(sum_squares(x, 1)), "a large float overflows the double");
  free(x), free(sum);
}

int main(void) {
  float **blocks[] = {&space.a, &space.b, &space.panels, &space.init, &space.c, &space.before};
  for (uint32_t i = 0; i < 6; i++) {
    *blocks[i] = new_block();
    fill(*blocks[i], CAPACITY, i + 1);
  }
  check_gemms();
  check_gemm_order();
  for (uint32_t i = 0; i < 6; i++) free(*blocks[i]);
  check_silu();
  check_sums();
  return report(6);
}
