/* The random stream: published vectors, open interval, laws at fixed seeds, and freedom from how it is cut. */
#include "rng.h"

#include "check.h"

/* Random123 1.14, tests/kat_vectors: "philox4x32 10". */
static const struct {
  uint32_t counter[4], key[2], out[4];
} VECTORS[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

enum { SAMPLES = 100000, SEEDS = 8 };

static rng_stream stream_of(uint32_t seed) { return (rng_stream){.seed = seed, .purpose = RNG_MEASURE}; }

static int ascending(const void *a, const void *b) {
  const float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double uniform_cdf(double x) { return x; }
static double normal_cdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752); }

/* sqrt(n) times the largest distance between the empirical and the true distribution; sorts x. */
static double kolmogorov(float *x, int n, double (*cdf)(double)) {
  qsort(x, (size_t)n, sizeof *x, ascending);
  double worst = 0;
  for (int i = 0; i < n; i++) {
    const double p = cdf(x[i]);
    worst = fmax(worst, fmax(fabs(p - (double)i / n), fabs(p - (i + 1.0) / n)));
  }
  return worst * sqrt(n);
}

/* Moments 1 .. 4 within five standard errors of `truth`, whose spreads are given, and Kolmogorov-Smirnov below 2.23, which
 * chance exceeds once in 10,000. Over 2,000 seeds each law passed 1.95 twice, as often as chance does (once in 1,000). */
static void check_law(const char *text, void (*draw)(rng_stream, uint32_t, int, float *), double (*cdf)(double),
                      const double truth[4], const double spread[4]) {
  float *x = guarded(SAMPLES * sizeof *x);
  double largest = 0;
  promise(text);
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    draw(stream_of(seed * 0x9e3779b9u), seed, SAMPLES, x);
    for (int power = 1; power <= 4; power++) {
      double sum = 0;
      for (int i = 0; i < SAMPLES; i++) sum += pow(x[i], power);
      const double off = fabs(sum / SAMPLES - truth[power - 1]) / spread[power - 1] * sqrt(SAMPLES);
      check(off < 5, "seed %u: moment %d is %.1f standard errors off", seed, power, off);
    }
    double products = 0;
    for (int i = 1; i < SAMPLES; i++) products += (x[i] - truth[0]) * (x[i - 1] - truth[0]);
    const double variance = truth[1] - truth[0] * truth[0];
    check(fabs(products / SAMPLES / variance) * sqrt(SAMPLES) < 5, "seed %u: neighbours are correlated", seed);
    const double distance = kolmogorov(x, SAMPLES, cdf);
    largest = fmax(largest, distance);
    check(distance < 2.23, "seed %u: Kolmogorov-Smirnov %.3f", seed, distance);
  }
  note("largest Kolmogorov-Smirnov statistic %.3f of 2.23", largest);
  free(x);
}

/* Draws the stream in ragged pieces and compares with one call. */
static void check_cuts(const char *text, void (*draw)(rng_stream, uint32_t, int, float *)) {
  enum { N = 1003 };
  float whole[N], pieces[N];
  const rng_stream s = {.seed = 5, .purpose = RNG_NOISE, .step = 3, .round = 1, .lane = RNG_LANE_JITTER};
  promise(text);
  draw(s, 0, N, whole);
  for (int piece = 1; piece <= 37; piece++) {
    memset(pieces, 0, sizeof pieces);
    for (int i = 0; i < N; i += piece) draw(s, (uint32_t)i, fm_min(piece, N - i), pieces + i);
    check(memcmp(whole, pieces, sizeof whole) == 0, "pieces of %d", piece);
  }
}

static void draw_words(rng_stream s, uint32_t first, int count, float *out) {
  rng_words(s, first, count, (uint32_t *)out);
}

/* Walks the stream until the lowest and the highest 23-bit value have occurred: chance 2^-22 a word together. */
static void check_ends(void) {
  promise("uniform stays inside (0, 1) for the lowest and the highest word, and normals stay finite");
  enum { PIECE = 4096 };
  uint32_t words[PIECE];
  int lowest = 0, highest = 0;
  for (uint32_t first = 0; first < 1u << 27 && !(lowest && highest); first += PIECE) {
    rng_words(stream_of(1), first, PIECE, words);
    for (uint32_t i = 0; i < PIECE; i++) {
      const uint32_t top = words[i] >> 9;
      if (top != 0 && top != 0x7fffff) continue;
      float u, z[8];
      rng_uniform(stream_of(1), first + i, 1, &u);
      rng_normal(stream_of(1), (first + i) & ~7u, 8, z);
      lowest |= top == 0, highest |= top != 0;
      check(u > 0 && u < 1, "word %08x gives %.9g", words[i], u);
      check(u == (top ? 1 - 0x1p-24f : 0x1p-24f), "word %08x gives %.9g", words[i], u);
      for (int k = 0; k < 8; k++) check(fabsf(z[k]) < 5.8f, "normal %g beside word %08x", z[k], words[i]);
    }
  }
  check(lowest && highest, "both ends must occur: lowest %d, highest %d", lowest, highest);
}

static void check_separation(void) {
  promise("streams that differ in one field share no block");
  uint32_t base[8], other[8];
  const rng_stream s = {.seed = 1, .purpose = 1, .step = 1, .round = 1, .lane = 1};
  rng_words(s, 0, 8, base);
  for (int i = 0; i < 5; i++) {
    rng_stream changed = s;
    uint32_t *field[5] = {&changed.seed, &changed.purpose, &changed.step, &changed.round, &changed.lane};
    *field[i] += 1;
    rng_words(changed, 0, 8, other);
    for (int k = 0; k < 8; k++) check(base[k] != other[k], "field %d, word %d", i, k);
  }
}

static void check_below(void) {
  promise("rng_below stays below its bound and reaches both ends");
  const uint32_t bounds[] = {1, 2, 3, 10, 512, 20000, 0x80000000u, 0xffffffffu};
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    check(rng_below(0, bounds[i]) == 0, "bound %u", bounds[i]);
    check(rng_below(0xffffffff, bounds[i]) == bounds[i] - 1, "bound %u", bounds[i]);
  }
}

int main(void) {
  promise("Philox4x32-10 gives the published vectors");
  for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
    uint32_t out[4];
    rng_block(VECTORS[i].counter, VECTORS[i].key, out);
    check(memcmp(out, VECTORS[i].out, sizeof out) == 0, "vector %zu: %08x %08x %08x %08x", i, out[0], out[1], out[2],
          out[3]);
  }
  check_ends();
  check_separation();
  check_below();
  check_cuts("words do not depend on how a draw is cut", draw_words);
  check_cuts("uniforms do not depend on how a draw is cut", rng_uniform);
  check_cuts("normals do not depend on how a draw is cut", rng_normal);
  /* Spread of x^k: sqrt(E x^2k - (E x^k)^2). */
  check_law("uniform has the moments and the distribution of U(0, 1)", rng_uniform, uniform_cdf,
            (const double[]){1 / 2., 1 / 3., 1 / 4., 1 / 5.}, (const double[]){0.2887, 0.2981, 0.2835, 0.2667});
  check_law("normal has the moments and the distribution of N(0, 1)", rng_normal, normal_cdf,
            (const double[]){0, 1, 0, 3}, (const double[]){1, 1.4142, 3.8730, 9.7980});
  return report(9);
}
