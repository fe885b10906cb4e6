/* Muon against its formulas in double, and what they promise of singular values, zeros and the largest numbers. */
#include "muon.h"
#include "rng.h"

#include "check.h"

enum { MOST = 33, AREA = MOST * MOST, STEPS = 4 };

static const int SIDES[] = {1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20, 24, 31, 32, 33};
enum { COUNT = sizeof SIDES / sizeof *SIDES };

typedef struct {
  float weights[AREA], moment[AREA], ema[AREA];
} state;

/* A workspace for matrices up to MOST, in a block that the sanitizer guards. */
static muon begin(void **block) {
  muon work;
  arena a = {0};
  muon_layout(&work, MOST, &a);
  *block = guarded(a.used);
  memset(*block, 0xa5, a.used); /* nothing may rely on a clean block */
  a = (arena){.base = *block};
  muon_layout(&work, MOST, &a);
  return work;
}

static void fill(float *x, uint32_t seed, int count) {
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, count, x);
}

static double frobenius(const double *x, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum += x[i] * x[i];
  return sqrt(sum);
}

/* out = x y, or x y^T; all [n, n]. */
static void multiply(const double *x, const double *y, int transposed, double *out, int n) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int l = 0; l < n; l++) sum += x[i * n + l] * (transposed ? y[j * n + l] : y[l * n + j]);
      out[i * n + j] = sum;
    }
}

/* The five iterations on x [n, n] in double. */
static void truth_of_orthogonal(double *x, int n) {
  static double gram[AREA], square[AREA], cubic[AREA];
  const double size = frobenius(x, n * n) + 1e-7;
  for (int i = 0; i < n * n; i++) x[i] /= size;
  for (int step = 0; step < 5; step++) {
    multiply(x, x, 1, gram, n);
    multiply(gram, gram, 0, square, n);
    for (int i = 0; i < n * n; i++) square[i] = -4.7750 * gram[i] + 2.0315 * square[i];
    multiply(square, x, 0, cubic, n);
    for (int i = 0; i < n * n; i++) x[i] = 3.4445 * x[i] + cubic[i];
  }
}

/* One step of muon.h's formulas in double, from the same float state. */
static void truth_of_step(const muon_setting *s, const float *gradient, const state *in, double *weights,
                          double *moment, double *ema, int n) {
  static double u[AREA];
  for (int i = 0; i < n * n; i++) {
    const double g = s->scale * (double)gradient[i];
    moment[i] = s->momentum * (double)in->moment[i] + (1 - s->momentum) * g;
    u[i] = s->momentum * moment[i] + (1 - s->momentum) * g;
  }
  truth_of_orthogonal(u, n);
  for (int i = 0; i < n * n; i++) {
    weights[i] = in->weights[i] * (1 - s->lr * s->weight_decay) - s->lr * u[i];
    ema[i] = s->ema_decay * in->ema[i] + (1 - s->ema_decay) * weights[i];
  }
}

static void check_steps(void) {
  promise("steps follow the formulas, for matrices of 1 to 33 rows");
  static double weights[AREA], moment[AREA], ema[AREA];
  static float gradient[AREA];
  static const muon_setting SETTINGS[] = {
      {.lr = 0.02, .momentum = 0.95, .scale = 1, .ema_decay = 0.9},
      {.lr = 0.5, .momentum = 0, .weight_decay = 0.3, .scale = 0.01, .ema_decay = 0},
  };
  void *block;
  muon work = begin(&block);
  double worst = 0;
  for (int which = 0; which < 2; which++)
    for (int side = 0; side < COUNT; side++) {
      const muon_setting *s = &SETTINGS[which];
      const int n = SIDES[side], count = n * n;
      static state a;
      memset(&a, 0, sizeof a);
      fill(a.weights, 1, count);
      memcpy(a.ema, a.weights, sizeof a.ema);
      for (int k = 0; k < STEPS; k++) {
        fill(gradient, (uint32_t)(10 + k), count);
        const state before = a;
        muon_step(&work, s, gradient, a.weights, a.moment, a.ema, n);
        truth_of_step(s, gradient, &before, weights, moment, ema, n);
        /* The iterations enlarge the smallest singular values, and their roundings with them, up to 3.4445^5 = 485 times. */
        for (int i = 0; i < count; i++) {
          const double off = fabs(a.weights[i] - weights[i]), size = 3e-7 * fabs(weights[i]) + 3e-5 * s->lr;
          worst = fmax(worst, (off - 3e-7 * fabs(weights[i])) / s->lr);
          check(off <= size, "%d x %d, step %d: weight %d is %.9g, not %.9g", n, n, k, i, a.weights[i], weights[i]);
          check(fabs(a.moment[i] - moment[i]) <= 4e-7 * (fabs(before.moment[i]) + fabs(gradient[i])), "moment %d", i);
          check(fabs(a.ema[i] - ema[i]) <= 3e-7 * fabs(ema[i]) + size, "average %d", i);
        }
      }
    }
  note("at most %.1e of the rate off", worst);
  free(block);
}

/* Singular values of x [rows, cols], rows <= cols, by Jacobi rotations of its rows (Hestenes 1958); x is lost. */
static void singular_values(double *x, double *out, int rows, int cols) {
  for (int sweep = 0; sweep < 30; sweep++)
    for (int i = 0; i < rows; i++)
      for (int j = i + 1; j < rows; j++) {
        double *a = x + i * cols, *b = x + j * cols, aa = 0, bb = 0, ab = 0;
        for (int k = 0; k < cols; k++) aa += a[k] * a[k], bb += b[k] * b[k], ab += a[k] * b[k];
        if (ab == 0) continue;
        const double zeta = (bb - aa) / (2 * ab), t = copysign(1, zeta) / (fabs(zeta) + sqrt(1 + zeta * zeta));
        const double c = 1 / sqrt(1 + t * t), s = c * t;
        for (int k = 0; k < cols; k++) {
          const double left = a[k], right = b[k];
          a[k] = c * left - s * right, b[k] = s * left + c * right;
        }
      }
  for (int i = 0; i < rows; i++) out[i] = frobenius(x + i * cols, cols);
}

static void check_orthogonality(void) {
  promise(
      "singular values from 0.002 of the norm end in [0.68, 1.21], from 0.01 in [0.68, 1.14], and none ends above "
      "1.21");
  static double before[AREA], after[AREA];
  static float u[AREA];
  double low = 9, high = 0;
  int small = 0;
  void *block;
  muon work = begin(&block);
  for (int n = 1; n <= MOST; n++)
    for (uint32_t seed = 0; seed < 5; seed++) {
      double start[MOST], end[MOST];
      fill(u, 100 * seed + (uint32_t)n, n * n);
      const float *x = muon_orthogonalise(&work, u, n);
      for (int i = 0; i < n * n; i++) before[i] = u[i], after[i] = x[i];
      const double norm = frobenius(before, n * n);
      singular_values(before, start, n, n);
      singular_values(after, end, n, n);
      int found = 0, expected = 0, above = 0, weak = 0;
      for (int i = 0; i < n; i++) {
        expected += start[i] >= 0.002 * norm, weak += start[i] < 0.01 * norm;
        found += end[i] >= 0.68, above += end[i] > 1.14;
        if (end[i] >= 0.68) low = fmin(low, end[i]);
        high = fmax(high, end[i]);
        check(end[i] <= 1.21, "%d x %d: %g", n, n, end[i]);
      }
      check(found >= expected, "%d x %d: %d of %d reached 0.68", n, n, found, expected);
      check(above <= weak, "%d x %d: %d above 1.14, %d started below 0.01", n, n, above, weak);
      small += n - expected;
    }
  note("from %.3f to %.3f; %d started smaller", low, high, small);
  free(block);
}

static void check_zero(void) {
  promise("a gradient of 0 leaves weights and momentum of 0 as they are");
  static const float gradient[AREA];
  static state a, before;
  void *block;
  muon work = begin(&block);
  const muon_setting s = {.lr = 10, .momentum = 0.95, .scale = 1, .ema_decay = 0.5};
  for (int side = 0; side < COUNT; side++) {
    const int n = SIDES[side];
    fill(a.weights, 1, n * n);
    memcpy(a.ema, a.weights, sizeof a.ema);
    before = a;
    muon_step(&work, &s, gradient, a.weights, a.moment, a.ema, n);
    check(memcmp(&a, &before, sizeof a) == 0, "%d x %d moved", n, n);
  }
  free(block);
}

static void check_extremes(void) {
  promise(
      "the step is finite and no longer than 1.21 rates a direction, however large or small momentum and gradient are");
  static const float SIZES[] = {0, 1e-45f, 1e-30f, 1e-8f, 1, 1e18f};
  static float gradient[AREA];
  static state a;
  void *block;
  muon work = begin(&block);
  const muon_setting s = {.lr = 10, .momentum = 0.95, .scale = 1, .ema_decay = 0};
  for (int moment = 0; moment < 7; moment++)
    for (int size = 0; size < 6; size++) {
      fill(gradient, 1, AREA), fill(a.moment, 2, AREA);
      for (int i = 0; i < AREA; i++) {
        gradient[i] *= SIZES[size];
        a.moment[i] = moment < 6 ? a.moment[i] * SIZES[moment] : copysignf(3.4e38f, a.moment[i]);
        a.weights[i] = a.ema[i] = 0;
      }
      muon_step(&work, &s, gradient, a.weights, a.moment, a.ema, MOST);
      for (int i = 0; i < AREA; i++)
        check(fabsf(a.weights[i]) <= 12.1f && isfinite(a.moment[i]), "weight %d is %g", i, a.weights[i]);
    }
  free(block);
}

static void check_alignment(void) {
  promise("the bits do not depend on where the arrays stand or what the workspace held");
  static float gradient[AREA + 4], weights[AREA + 4], moment[AREA + 4], ema[AREA + 4], first[3][AREA];
  const muon_setting s = {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.1, .scale = 0.7, .ema_decay = 0.9};
  for (int side = 0; side < COUNT; side++)
    for (int at = 0; at < 4; at++) {
      const int n = SIDES[side], count = n * n;
      const size_t bytes = (size_t)count * sizeof(float);
      void *block;
      muon work = begin(&block);
      float *p = weights + at, *m = moment + (at + 1) % 4, *e = ema + (at + 2) % 4, *g = gradient + (at + 3) % 4;
      for (int k = 0; k < 3; k++) { /* the second and third step find the workspace used */
        fill(g, 3 + (uint32_t)k, count);
        if (k == 0) fill(p, 1, count), fill(m, 2, count), memcpy(e, p, bytes);
        muon_step(&work, &s, g, p, m, e, n);
      }
      if (at == 0) memcpy(first[0], p, bytes), memcpy(first[1], m, bytes), memcpy(first[2], e, bytes);
      check(memcmp(first[0], p, bytes) == 0 && memcmp(first[1], m, bytes) == 0 && memcmp(first[2], e, bytes) == 0,
            "%d x %d at %d", n, n, at);
      free(block);
    }
}

int main(void) {
  check_steps();
  check_orthogonality();
  check_zero();
  check_extremes();
  check_alignment();
  return report(5);
}
