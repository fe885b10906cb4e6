#include "muon.h"

#include "kernels.h"

/* Jordan et al. 2024: the slope at 0 as large as it can be while five steps still end near 1. */
static const real A = (real)3.4445, B = (real)-4.7750, C = (real)2.0315;
enum { ITERATIONS = 5 };

void muon_layout(muon *work, int n, arena *a) {
  const uint64_t count = (uint64_t)n * (uint64_t)n;
  work->x = arena_take(a, count, sizeof(real));
  work->next = arena_take(a, count, sizeof(real));
  work->gram = arena_take(a, count, sizeof(real));
  work->cubic = arena_take(a, count, sizeof(real));
  work->panels = arena_take(a, gemm_panels_size(n, n), sizeof(real));
}

static void swap(muon *work) {
  real *x = work->x;
  work->x = work->next;
  work->next = x;
}

/* X <- a X + (b A + c A A) X. A is symmetric to the bit, since x y = y x. */
static void iterate(muon *work, int n) {
  const int count = n * n;
  gemm_pack(work->x, 1, n, n, n, work->panels);
  gemm(work->x, n, 1, work->panels, NULL, 0, work->gram, n, n, n, n);
  gemm_pack(work->gram, n, 1, n, n, work->panels);
  gemm(work->gram, n, 1, work->panels, NULL, 0, work->cubic, n, n, n, n);
  for (int i = 0; i < count; i++) work->cubic[i] = B * work->gram[i] + C * work->cubic[i];
  gemm_pack(work->x, n, 1, n, n, work->panels);
  for (int i = 0; i < count; i++) work->next[i] = A * work->x[i];
  gemm(work->cubic, n, 1, work->panels, work->next, n, work->next, n, n, n, n);
  swap(work);
}

const real *muon_orthogonalise(muon *work, const real *u, int n) {
  /* In double, so that neither a norm near float's end nor its reciprocal leaves the range. */
  const double inverse = 1 / (fm_sqrt(sum_squares(u, n * n)) + 1e-7);
  for (int i = 0; i < n * n; i++) work->x[i] = (real)((double)u[i] * inverse);
  for (int i = 0; i < ITERATIONS; i++) iterate(work, n);
  return work->x;
}

void muon_step(muon *work, const muon_setting *s, const real *gradient, real *weights, real *moment, real *ema, int n) {
  const int count = n * n;
  const real scale = (real)s->scale, keep = (real)s->momentum, rest = (real)(1 - s->momentum);
  for (int i = 0; i < count; i++) {
    const real g = rest * (scale * gradient[i]);
    moment[i] = keep * moment[i] + g;
    work->x[i] = keep * moment[i] + g;
  }
  const real *direction = muon_orthogonalise(work, work->x, n);
  const real shrink = (real)(1 - s->lr * s->weight_decay), rate = (real)s->lr;
  const real decay = (real)s->ema_decay, fresh = (real)(1 - s->ema_decay);
  for (int i = 0; i < count; i++) {
    weights[i] = weights[i] * shrink - rate * direction[i];
    ema[i] = decay * ema[i] + fresh * weights[i];
  }
}
