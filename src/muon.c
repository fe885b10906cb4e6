#include "muon.h"

#include "kernels.h"

/* Jordan et al. 2024: the slope at 0 as large as it can be while five steps still end near 1. */
static const real A = (real)3.4445, B = (real)-4.7750, C = (real)2.0315;
enum { ITERATIONS = 5 };

void muon_layout(muon *work, int size, arena *a) {
  const uint64_t square = (uint64_t)size * (uint64_t)size;
  work->x = arena_take(a, square, sizeof(real));
  work->next = arena_take(a, square, sizeof(real));
  work->gram = arena_take(a, square, sizeof(real));
  work->cubic = arena_take(a, square, sizeof(real));
  work->panels = arena_take(a, gemm_panels_size(size, size), sizeof(real));
}

/* out [cols, rows] = x^T for x [rows, cols]. */
static void transpose(const real *x, real *out, int rows, int cols) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < cols; j++) out[(size_t)j * rows + i] = x[(size_t)i * cols + j];
}

static void swap(muon *work) {
  real *x = work->x;
  work->x = work->next;
  work->next = x;
}

/* X <- a X + (b A + c A A) X for X [rows, cols], rows <= cols. A is symmetric to the bit, since x y = y x. */
static void iterate(muon *work, int rows, int cols) {
  const int square = rows * rows, all = rows * cols;
  gemm_pack(work->x, 1, cols, cols, rows, work->panels);
  gemm(work->x, cols, 1, work->panels, NULL, 0, work->gram, rows, rows, rows, cols);
  gemm_pack(work->gram, rows, 1, rows, rows, work->panels);
  gemm(work->gram, rows, 1, work->panels, NULL, 0, work->cubic, rows, rows, rows, rows);
  for (int i = 0; i < square; i++) work->cubic[i] = B * work->gram[i] + C * work->cubic[i];
  gemm_pack(work->x, cols, 1, rows, cols, work->panels);
  for (int i = 0; i < all; i++) work->next[i] = A * work->x[i];
  gemm(work->cubic, rows, 1, work->panels, work->next, cols, work->next, cols, rows, cols, rows);
  swap(work);
}

const real *muon_orthogonalise(muon *work, const real *u, int rows, int cols) {
  /* In double, so that neither a norm near float's end nor its reciprocal leaves the range. */
  const double inverse = 1 / (fm_sqrt(sum_squares(u, rows * cols)) + 1e-7);
  const int low = fm_min(rows, cols), high = rows + cols - low;
  for (int i = 0; i < rows * cols; i++) work->next[i] = (real)((double)u[i] * inverse);
  if (rows > cols)
    transpose(work->next, work->x, rows, cols);
  else
    swap(work);
  for (int i = 0; i < ITERATIONS; i++) iterate(work, low, high);
  if (rows > cols) {
    transpose(work->x, work->next, low, high);
    swap(work);
  }
  return work->x;
}

void muon_step(muon *work, const muon_setting *s, const real *gradient, real *weights, real *moment, real *ema,
               int rows, int cols) {
  const int count = rows * cols;
  const real scale = (real)s->scale, keep = (real)s->momentum, rest = (real)(1 - s->momentum);
  for (int i = 0; i < count; i++) {
    const real g = rest * (scale * gradient[i]);
    moment[i] = keep * moment[i] + g;
    work->x[i] = keep * moment[i] + g;
  }
  const real *direction = muon_orthogonalise(work, work->x, rows, cols);
  const double tall = rows > cols ? fm_sqrt((double)rows / cols) : 1;
  const real shrink = (real)(1 - s->lr * s->weight_decay), rate = (real)(s->lr * tall);
  const real decay = (real)s->ema_decay, fresh = (real)(1 - s->ema_decay);
  for (int i = 0; i < count; i++) {
    weights[i] = weights[i] * shrink - rate * direction[i];
    ema[i] = decay * ema[i] + fresh * weights[i];
  }
}
