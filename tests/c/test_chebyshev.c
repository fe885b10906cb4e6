/* Interpolation at Chebyshev nodes: exact on polynomials, geometric on smooth functions, and an honest tail. */
#include "chebyshev.h"

#include "check.h"

enum { H = 3, ROWS = 101 };

static void *layout(chebyshev *c, int n) {
  arena measure = {0};
  chebyshev_layout(c, n, &measure);
  void *block = guarded(measure.used);
  arena carve = {.base = block};
  chebyshev_layout(c, n, &carve);
  chebyshev_start(c);
  return block;
}

/* coefficients [n, H] of `function` sampled at the nodes. */
static void transform(const chebyshev *c, double (*function)(double, int), float *coefficient) {
  for (int k = 0; k < c->n; k++)
    for (int h = 0; h < H; h++) {
      double sum = 0;
      for (int j = 0; j < c->n; j++) sum += (double)c->matrix[k * c->n + j] * function((double)c->node[j], h);
      coefficient[k * H + h] = (float)sum;
    }
}

static double worst_error(const chebyshev *c, double (*function)(double, int), const float *coefficient) {
  static float basis[ROWS * CHEBYSHEV_MOST];
  float t[ROWS];
  double worst = 0;
  for (int i = 0; i < ROWS; i++) t[i] = (float)i / (ROWS - 1);
  chebyshev_basis(c, t, basis, ROWS);
  for (int i = 0; i < ROWS; i++)
    for (int h = 0; h < H; h++) {
      double sum = 0;
      for (int k = 0; k < c->n; k++) sum += (double)basis[i * c->n + k] * coefficient[k * H + h];
      worst = fmax(worst, fabs(sum - function(t[i], h)));
    }
  return worst;
}

static double polynomial(double t, int h) { return h == 0 ? 1 : h == 1 ? 2 - 3 * t : 8 * t * t * t - 5 * t; }
static double smooth(double t, int h) { return sin((h + 1) * t + 0.3); }
static double steep(double t, int h) { return sin(200 * t + h); }

int main(void) {
  static const int SIZES[] = {4, 8, 16, 32, 64};
  float coefficient[CHEBYSHEV_MOST * H];
  chebyshev c;

  promise("nodes are the Chebyshev points of [0, 1]");
  for (int s = 0; s < 5; s++) {
    void *block = layout(&c, SIZES[s]);
    for (int j = 0; j < c.n; j++)
      check(fabs(c.node[j] - (1 + cos(3.14159265358979324 * (2 * j + 1) / (2 * c.n))) / 2) < 1e-7, "node %d of %d", j,
            c.n);
    free(block);
  }

  promise("cubics are reproduced to float rounding by every grid");
  for (int s = 0; s < 5; s++) {
    void *block = layout(&c, SIZES[s]);
    transform(&c, polynomial, coefficient);
    check(worst_error(&c, polynomial, coefficient) < 2e-6, "n %d: %g", c.n, worst_error(&c, polynomial, coefficient));
    free(block);
  }

  promise("a smooth function is met to float rounding from 16 nodes on, with a tail below 1e-6");
  for (int s = 2; s < 5; s++) {
    void *block = layout(&c, SIZES[s]);
    transform(&c, smooth, coefficient);
    check(worst_error(&c, smooth, coefficient) < 2e-6, "n %d: %g", c.n, worst_error(&c, smooth, coefficient));
    check(chebyshev_tail(&c, coefficient, H) < 1e-6, "n %d: tail %g", c.n, chebyshev_tail(&c, coefficient, H));
    free(block);
  }

  promise("a function too steep for the grid shows in its tail, and zeros have none");
  for (int s = 0; s < 5; s++) {
    void *block = layout(&c, SIZES[s]);
    transform(&c, steep, coefficient);
    check(chebyshev_tail(&c, coefficient, H) > 1e-3, "n %d: tail %g", c.n, chebyshev_tail(&c, coefficient, H));
    memset(coefficient, 0, sizeof coefficient);
    check(chebyshev_tail(&c, coefficient, H) == 0, "n %d", c.n);
    for (int k = 0; k < c.n * H; k++) {
      coefficient[k] = k % 2 ? NAN : INFINITY;
      check(chebyshev_tail(&c, coefficient, H) > 1e300, "n %d: place %d is not finite", c.n, k);
      coefficient[k] = 1;
    }
    free(block);
  }
  return report(4);
}
