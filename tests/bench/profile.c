/* profile.c — the engine with a clock around each of its kernels, to see what a step is made of.
 *
 * Linked with the whole engine under wasm-ld's --wrap, which sends every call of NAME from another file to
 * __wrap_NAME and gives the real one as __real_NAME. None of the wrapped functions calls another of them. The rule in
 * rules.mk finds the names in this file.
 */
#include "adamw.h"
#include "chebyshev.h"
#include "kernels.h"
#include "minibatch.h"

__attribute__((import_module("bench"), import_name("now"))) double bench_now(void); /* milliseconds */

/* In WebAssembly: three doubles, 24 bytes. */
typedef struct {
  double ms, flops, calls;
} profile_row;

/* The order of NAMES in profile.js. */
enum {
  PRODUCT,         /* gemm with A as it lies: forward and backward through the data */
  WEIGHT_GRADIENT, /* gemm with A transposed */
  PACK,
  SILU_FORWARD,
  SILU_BACKWARD,
  SUMS,
  OPTIMISER,
  BASIS,
  TAIL,
  DRAW,
  ROW_COUNT
};

static profile_row rows[ROW_COUNT];

FM_API profile_row *profile_rows(void);
FM_API int profile_row_count(void);

profile_row *profile_rows(void) { return rows; }
int profile_row_count(void) { return ROW_COUNT; }

static void add(int row, double begin, double flops) {
  rows[row].ms += bench_now() - begin;
  rows[row].flops += flops;
  rows[row].calls += 1;
}

/* Declares both sides of a wrapped function, whose type must still be the engine's; the body of ours follows. */
#define WRAP(result, name, ...)                                                                                    \
  result __real_##name(__VA_ARGS__);                                                                               \
  result __wrap_##name(__VA_ARGS__);                                                                               \
  _Static_assert(__builtin_types_compatible_p(__typeof__(name), __typeof__(__real_##name)), #name " has changed"); \
  result __wrap_##name(__VA_ARGS__)

WRAP(void, gemm, const real *a, int a_row, int a_col, const real *panels, const real *init, int init_row, real *c,
     int c_row, int m, int n, int k) {
  const double begin = bench_now();
  __real_gemm(a, a_row, a_col, panels, init, init_row, c, c_row, m, n, k);
  add(a_col == 1 ? PRODUCT : WEIGHT_GRADIENT, begin, 2.0 * m * n * k);
}

WRAP(void, gemm_pack, const real *b, int b_row, int b_col, int k, int n, real *panels) {
  const double begin = bench_now();
  __real_gemm_pack(b, b_row, b_col, k, n, panels);
  add(PACK, begin, 0);
}

WRAP(void, silu_forward, const real *z, real *y, real *d, int count) {
  const double begin = bench_now();
  __real_silu_forward(z, y, d, count);
  add(SILU_FORWARD, begin, 0);
}

WRAP(void, silu_backward, const real *d, real *dy, int count) {
  const double begin = bench_now();
  __real_silu_backward(d, dy, count);
  add(SILU_BACKWARD, begin, 0);
}

WRAP(void, sum_rows, const real *x, real *sum, int count, int cols) {
  const double begin = bench_now();
  __real_sum_rows(x, sum, count, cols);
  add(SUMS, begin, 0);
}

WRAP(double, sum_squares, const real *x, int count) {
  const double begin = bench_now();
  const double sum = __real_sum_squares(x, count);
  add(SUMS, begin, 0);
  return sum;
}

WRAP(void, adamw_step, const adamw_setting *setting, uint32_t k, double gradient_norm, const real *gradient,
     real *weights, real *moment, real *variance, real *ema, int count) {
  const double begin = bench_now();
  __real_adamw_step(setting, k, gradient_norm, gradient, weights, moment, variance, ema, count);
  add(OPTIMISER, begin, 0);
}

WRAP(void, chebyshev_basis, const chebyshev *c, const real *t, real *basis, int count) {
  const double begin = bench_now();
  __real_chebyshev_basis(c, t, basis, count);
  add(BASIS, begin, 0);
}

WRAP(double, chebyshev_tail, const chebyshev *c, const real *coefficient, int h) {
  const double begin = bench_now();
  const double tail = __real_chebyshev_tail(c, coefficient, h);
  add(TAIL, begin, 0);
  return tail;
}

WRAP(int, minibatch_draw, minibatch *b, pool *threads, const minibatch_plan *plan) {
  const double begin = bench_now();
  const int status = __real_minibatch_draw(b, threads, plan);
  add(DRAW, begin, 0);
  return status;
}
