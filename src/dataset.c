#include "dataset.h"

#include "scalar.h"

static void moon_point(int inner, double angle, real *x) {
  double s, c;
  scalar_sincos(angle, &s, &c);
  x[0] = (real)(inner ? 1 - c : c);
  x[1] = (real)(inner ? 0.5 - s : s);
}

static void swap_points(real *a, real *b) {
  for (int i = 0; i < 2; i++) {
    const real kept = a[i];
    a[i] = b[i], b[i] = kept;
  }
}

static void swap_labels(int32_t *a, int32_t *b) {
  const int32_t kept = *a;
  *a = *b, *b = kept;
}

/* Fisher-Yates, one word a swap; words come four at a time. The one of points and labels that is not null is shuffled. */
static void shuffle(rng_stream stream, int n, real *x, int32_t *labels) {
  uint32_t words[4];
  for (int i = n - 1; i > 0; i--) {
    if (i == n - 1 || i % 4 == 3) rng_words(rng_with_lane(stream, RNG_LANE_ORDER), (uint32_t)(i & ~3), 4, words);
    const size_t other = (size_t)rng_below(words[i & 3], (uint32_t)i + 1);
    if (x) swap_points(x + 2 * (size_t)i, x + 2 * other);
    if (labels) swap_labels(labels + i, labels + other);
  }
}

static void draw_moons(rng_stream stream, int n, real *x) {
  const int outer = n / 2;
  for (int i = 0; i < n; i++) {
    const int inner = i >= outer, index = inner ? i - outer : i, count = inner ? n - outer : outer;
    moon_point(inner, count > 1 ? SCALAR_PI * index / (count - 1) : 0, x + 2 * (size_t)i);
  }
  shuffle(stream, n, x, NULL);
}

int dataset_parts(int kind) {
  switch (kind) {
    case FM_DATA_8GAUSSIANS:
    case FM_DATA_8GAUSSIANS_TORCHCFM:
    case FM_DATA_CHECKERBOARD: return 8;
    default: return 2;
  }
}

real dataset_scale(int kind) {
  switch (kind) {
    case FM_DATA_MOONS:
    case FM_DATA_MOONS_IID: return 2;
    case FM_DATA_CIRCLES:
    case FM_DATA_MOONS_TORCHCFM:
    case FM_DATA_MOONS_IID_TORCHCFM: return 3;
    case FM_DATA_8GAUSSIANS_TORCHCFM: return 5;
    default: return 4;
  }
}

/* Whether the angles of a draw are evenly spaced. */
static int is_even(int kind) { return kind == FM_DATA_MOONS || kind == FM_DATA_MOONS_TORCHCFM; }

static int is_smeared(int kind) { return kind == FM_DATA_MOONS_TORCHCFM || kind == FM_DATA_MOONS_IID_TORCHCFM; }

double dataset_noise(const dataset *d) {
  switch (d->kind) {
    case FM_DATA_POINTS:
    case FM_DATA_CHECKERBOARD:
    case FM_DATA_MOONS_TORCHCFM:
    case FM_DATA_MOONS_IID_TORCHCFM: return 0;
    case FM_DATA_8GAUSSIANS_TORCHCFM: return 0.11246826503806982; /* 0.1^(1/4) / 5 */
    default: return d->noise;
  }
}

void dataset_shape(int kind, int part, double u, double w, real *x) {
  double s, c, radius = 1, angle;
  switch (kind) {
    case FM_DATA_MOONS:
    case FM_DATA_MOONS_IID:
    case FM_DATA_MOONS_TORCHCFM:
    case FM_DATA_MOONS_IID_TORCHCFM: moon_point(part, SCALAR_PI * u, x); return;
    case FM_DATA_CHECKERBOARD: {
      const int row = part / 2, column = 2 * (part & 1) + (row & 1);
      x[0] = (real)(2 * (column + u) - 4);
      x[1] = (real)(2 * (row + w) - 4);
      return;
    }
    case FM_DATA_8GAUSSIANS:
    case FM_DATA_8GAUSSIANS_TORCHCFM: angle = SCALAR_PI / 4 * part; break;
    case FM_DATA_CIRCLES:
      radius = part ? 1 : 0.5;
      angle = 2 * SCALAR_PI * u;
      break;
    default: /* FM_DATA_SPIRALS */
      radius = fm_sqrt(u);
      angle = 3 * SCALAR_PI * radius;
      if (part) radius = -radius;
  }
  scalar_sincos(angle, &s, &c);
  x[0] = (real)(radius * c);
  x[1] = (real)(radius * s);
}

static void draw_independent(int kind, rng_stream stream, uint32_t first, int n, real *x) {
  const uint32_t parts = (uint32_t)dataset_parts(kind);
  uint32_t words[4];
  real u[4];
  for (int i = 0; i < n; i++) {
    rng_words(stream, 4 * (first + (uint32_t)i), 4, words);
    rng_uniform(stream, 4 * (first + (uint32_t)i), 4, u);
    dataset_shape(kind, (int)rng_below(words[0], parts), (double)u[1], (double)u[2], x + 2 * (size_t)i);
  }
}

static void draw_points(const dataset *d, rng_stream stream, uint32_t first, int n, real *x) {
  uint32_t word;
  for (int i = 0; i < n; i++) {
    rng_words(stream, first + (uint32_t)i, 1, &word);
    const real *point = d->points + (size_t)rng_below(word, (uint32_t)d->count) * (size_t)d->dim;
    for (int j = 0; j < d->dim; j++) x[(size_t)i * (size_t)d->dim + (size_t)j] = point[j];
  }
}

/* x = scale (x + noise z), z from point `start` on, in pieces so that no second array is needed. */
static void add_noise(const dataset *d, rng_stream stream, uint32_t start, int n, real *x) {
  real z[8];
  const real noise = (real)dataset_noise(d), scale = dataset_scale(d->kind);
  for (int first = 0; first < 2 * n; first += 8) {
    const int count = fm_min(8, 2 * n - first);
    rng_normal(rng_with_lane(stream, RNG_LANE_JITTER), 2 * start + (uint32_t)first, count, z);
    for (int i = 0; i < count; i++) x[first + i] = scale * (x[first + i] + noise * z[i]);
  }
}

/* x = 3 (x + 0.2 u (1, 1)) - 1, a u for each point from `start` on. */
static void smear(rng_stream stream, uint32_t start, int n, real *x) {
  real u;
  for (int i = 0; i < n; i++) {
    rng_uniform(rng_with_lane(stream, RNG_LANE_JITTER), start + (uint32_t)i, 1, &u);
    for (int k = 2 * i; k < 2 * i + 2; k++) x[k] = 3 * (x[k] + (real)0.2 * u) - 1;
  }
}

static void finish(const dataset *d, rng_stream stream, uint32_t start, int n, real *x) {
  if (is_smeared(d->kind))
    smear(stream, start, n, x);
  else if (d->kind != FM_DATA_CHECKERBOARD)
    add_noise(d, stream, start, n, x);
}

void dataset_draw_from(const dataset *d, rng_stream stream, uint32_t first, int n, real *x) {
  stream = rng_with_lane(stream, RNG_LANE_SHAPE);
  if (d->kind == FM_DATA_POINTS) {
    draw_points(d, stream, first, n, x);
    return;
  }
  draw_independent(d->kind, stream, first, n, x);
  finish(d, stream, first, n, x);
}

void dataset_draw(const dataset *d, rng_stream stream, int n, real *x) {
  if (!is_even(d->kind)) {
    dataset_draw_from(d, stream, 0, n, x);
    return;
  }
  stream = rng_with_lane(stream, RNG_LANE_SHAPE);
  draw_moons(stream, n, x);
  finish(d, stream, 0, n, x);
}

/* One word a point for points, else the first of four: as dataset_draw spends them. */
void dataset_draw_labels(const dataset *d, rng_stream stream, int n, int32_t *labels) {
  stream = rng_with_lane(stream, RNG_LANE_SHAPE);
  if (is_even(d->kind)) {
    for (int i = 0; i < n; i++) labels[i] = i >= n / 2;
    shuffle(stream, n, NULL, labels);
    return;
  }
  const int own = d->kind == FM_DATA_POINTS;
  const uint32_t choices = (uint32_t)(own ? d->count : dataset_parts(d->kind));
  uint32_t word;
  for (int i = 0; i < n; i++) {
    rng_words(stream, (own ? 1 : 4) * (uint32_t)i, 1, &word);
    const uint32_t chosen = rng_below(word, choices);
    labels[i] = own ? d->labels[chosen] : (int32_t)chosen;
  }
}

double dataset_std(const real *x, int n, int dim) {
  double variance = 0;
  for (int j = 0; j < dim; j++) {
    /* Measured from the first point, so that coinciding points deviate by exactly 0. */
    const double origin = (double)x[j];
    double mean = 0, sum = 0;
    for (int i = 0; i < n; i++) mean += ((double)x[(size_t)i * (size_t)dim + (size_t)j] - origin) / n;
    for (int i = 0; i < n; i++) {
      const double deviation = (double)x[(size_t)i * (size_t)dim + (size_t)j] - origin - mean;
      sum += deviation * deviation / n;
    }
    variance += sum / dim;
  }
  return variance > 0 ? fm_sqrt(variance) : 1;
}
