#include "chebyshev.h"

#include "scalar.h"

void chebyshev_layout(chebyshev *c, int n, arena *a) {
  c->n = n;
  c->node = arena_take(a, (uint64_t)n, sizeof(real));
  c->matrix = arena_take(a, (uint64_t)n * (uint64_t)n, sizeof(real));
}

void chebyshev_start(chebyshev *c) {
  const int n = c->n;
  double sine, cosine;
  for (int j = 0; j < n; j++) {
    scalar_sincos(SCALAR_PI * (2 * j + 1) / (2 * n), &sine, &cosine);
    c->node[j] = (real)((1 + cosine) / 2);
    for (int k = 0; k < n; k++) {
      scalar_sincos(SCALAR_PI * k * (2 * j + 1) / (2 * n), &sine, &cosine);
      c->matrix[k * n + j] = (real)((k ? 2 : 1) * cosine / n);
    }
  }
}

void chebyshev_basis(const chebyshev *c, const real *t, real *basis, int rows) {
  for (int i = 0; i < rows; i++, basis += c->n) {
    /* T_(k+1) = 2 x T_k - T_(k-1), in double: 64 steps lose 3 bits at most. */
    const double x = 2 * (double)t[i] - 1;
    double before = 1, now = x;
    basis[0] = 1;
    for (int k = 1; k < c->n; k++) {
      const double next = 2 * x * now - before;
      basis[k] = (real)now;
      before = now;
      now = next;
    }
  }
}

/* Largest absolute value; infinity when one is not finite. */
static double largest(const real *x, int count) {
  double most = 0;
  for (int i = 0; i < count; i++) {
    const double size = x[i] < 0 ? -(double)x[i] : (double)x[i];
    if (!fm_is_finite(size)) return 1.0 / 0.0;
    if (size > most) most = size;
  }
  return most;
}

double chebyshev_tail(const chebyshev *c, const real *coefficient, int h) {
  const double whole = largest(coefficient, c->n * h);
  if (whole == 0 || !fm_is_finite(whole)) return whole;
  return largest(coefficient + (size_t)(c->n - 2) * (size_t)h, 2 * h) / whole;
}
