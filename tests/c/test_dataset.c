/* The data sets: their shapes without noise, their balance, their noise, and that a draw is a function of its stream. */
#include "dataset.h"
#include "scalar.h"

#include "check.h"

enum { N = 4096 };
static float x[2 * N], again[2 * N];

static rng_stream stream_of(uint32_t step) { return (rng_stream){.seed = 17, .purpose = RNG_DATA, .step = step}; }

static void draw(int kind, double noise, int n, uint32_t step) {
  dataset_draw(&(dataset){.kind = kind, .dim = 2, .noise = noise}, stream_of(step), n, x);
}

/* `count` of n draws of probability p, within five standard errors. */
static void check_share(const char *what, int count, int n, double p) {
  const double expected = n * p, error = sqrt(n * p * (1 - p));
  check(fabs(count - expected) <= 5 * error, "%s: %d of %d, %.0f expected", what, count, n, expected);
}

/* Distance of a point from the outer (0) or inner (1) moon times 2, and where along it, in [0, 1]. */
static double moon_distance(const float *p, int inner, double *place) {
  const double cx = inner ? 1 - p[0] / 2 : p[0] / 2, cy = inner ? 0.5 - p[1] / 2 : p[1] / 2;
  *place = atan2(cy, cx) / SCALAR_PI;
  return fabs(hypot(cx, cy) - 1) + fmax(0, -cy);
}

static int moon_of(const float *p, double *place) {
  double other;
  const double outer = moon_distance(p, 0, place), inner = moon_distance(p, 1, &other);
  check(fmin(outer, inner) < 1e-6, "(%g, %g) is on neither moon", p[0], p[1]);
  if (outer <= inner) return 0;
  *place = other;
  return 1;
}

static int ascending(const void *a, const void *b) {
  const double p = *(const double *)a, q = *(const double *)b;
  return (p > q) - (p < q);
}

static void check_moons(void) {
  promise("moons lie on the two arcs, half each, evenly spaced, in shuffled order");
  const int sizes[] = {2, 3, 10, 511, 512};
  for (int s = 0; s < 5; s++) {
    const int n = sizes[s];
    double place[2][512];
    int count[2] = {0, 0}, changes = 0, before = 0;
    draw(FM_DATA_MOONS, 0, n, 0);
    for (int i = 0; i < n; i++) {
      double at;
      const int moon = moon_of(x + 2 * i, &at);
      place[moon][count[moon]++] = at;
      changes += i > 0 && moon != before;
      before = moon;
    }
    check(count[0] == n / 2 && count[1] == n - n / 2, "n %d: %d outer, %d inner", n, count[0], count[1]);
    for (int moon = 0; moon < 2; moon++) {
      qsort(place[moon], (size_t)count[moon], sizeof(double), ascending);
      for (int i = 0; i < count[moon]; i++)
        check(fabs(place[moon][i] - (count[moon] > 1 ? i / (count[moon] - 1.0) : 0)) < 1e-6, "n %d: angle %d", n, i);
    }
    if (n > 500) check_share("changes of moon between neighbours", changes, n - 1, 0.5);
  }

  promise("moons-iid lie on the arcs with independent arc and even angle");
  draw(FM_DATA_MOONS_IID, 0, N, 0);
  int inner = 0, early = 0;
  for (int i = 0; i < N; i++) {
    double at;
    inner += moon_of(x + 2 * i, &at);
    early += at < 0.25;
  }
  check_share("inner moon", inner, N, 0.5);
  check_share("first quarter of the arc", early, N, 0.25);
}

static void check_rings(void) {
  promise("8gaussians without noise are eight equally frequent centres at radius 4");
  draw(FM_DATA_8GAUSSIANS, 0, N, 0);
  int count[8] = {0};
  for (int i = 0; i < N; i++) {
    const double turn = atan2(x[2 * i + 1], x[2 * i]) / (SCALAR_PI / 4), whole = rint(turn);
    check(fabs(hypot(x[2 * i], x[2 * i + 1]) - 4) < 1e-5 && fabs(turn - whole) < 1e-5, "(%g, %g)", x[2 * i],
          x[2 * i + 1]);
    count[((int)whole + 8) % 8]++;
  }
  for (int j = 0; j < 8; j++) check_share("centre", count[j], N, 0.125);

  promise("circles without noise have radius 3 or 1.5, equally often, and even angles");
  draw(FM_DATA_CIRCLES, 0, N, 0);
  int large = 0, upper = 0;
  for (int i = 0; i < N; i++) {
    const double radius = hypot(x[2 * i], x[2 * i + 1]);
    check(fabs(radius - 3) < 1e-5 || fabs(radius - 1.5) < 1e-5, "radius %g", radius);
    large += radius > 2, upper += x[2 * i + 1] > fabsf(x[2 * i]);
  }
  check_share("outer circle", large, N, 0.5);
  check_share("upper quarter", upper, N, 0.25);

  promise("spirals without noise follow radius 4 a / (3 pi) at angle a, or turned by pi");
  draw(FM_DATA_SPIRALS, 0, N, 0);
  int turned = 0;
  for (int i = 0; i < N; i++) {
    const double radius = hypot(x[2 * i], x[2 * i + 1]), angle = 3 * SCALAR_PI * radius / 4;
    const double along = (x[2 * i] * cos(angle) + x[2 * i + 1] * sin(angle));
    check(fabs(fabs(along) - radius) < 1e-4 && radius <= 4.0001, "radius %g, along %g", radius, along);
    turned += along < 0;
  }
  check_share("second arm", turned, N, 0.5);
}

static void check_board(void) {
  promise("checkerboard fills the eight even cells of [-4, 4]^2 evenly, whatever the noise");
  for (int noisy = 0; noisy < 2; noisy++) {
    draw(FM_DATA_CHECKERBOARD, noisy ? 0.5 : 0, N, 0);
    int count[16] = {0}, left = 0;
    for (int i = 0; i < N; i++) {
      check(fabsf(x[2 * i]) <= 4 && fabsf(x[2 * i + 1]) <= 4, "(%g, %g) is outside", x[2 * i], x[2 * i + 1]);
      const double column = floor((x[2 * i] + 4) / 2), row = floor((x[2 * i + 1] + 4) / 2);
      count[(int)fmin(row, 3) * 4 + (int)fmin(column, 3)]++;
      left += (x[2 * i] + 4) / 2 - column < 0.5;
    }
    for (int cell = 0; cell < 16; cell++) {
      const int even = (cell / 4 + cell % 4) % 2 == 0;
      if (even)
        check_share("cell", count[cell], N, 0.125);
      else
        check(count[cell] == 0, "cell %d holds %d points", cell, count[cell]);
    }
    check_share("left half of the cells", left, N, 0.5);
  }
}

static void check_noise(void) {
  promise("noise is normal with the stated deviation times the scale of the set");
  static const struct {
    int kind;
    double scale;
  } SETS[] = {
      {FM_DATA_MOONS, 2}, {FM_DATA_MOONS_IID, 2}, {FM_DATA_8GAUSSIANS, 4}, {FM_DATA_CIRCLES, 3}, {FM_DATA_SPIRALS, 4}};
  for (int s = 0; s < 5; s++) {
    draw(SETS[s].kind, 0, N, 1);
    memcpy(again, x, sizeof x);
    draw(SETS[s].kind, 0.05, N, 1);
    double mean = 0, square = 0;
    for (int i = 0; i < 2 * N; i++) mean += x[i] - again[i], square += pow(x[i] - again[i], 2);
    const double deviation = sqrt(square / (2 * N)), expected = 0.05 * SETS[s].scale;
    check(fabs(mean / (2 * N)) < 5 * expected / sqrt(2 * N), "set %d: mean %g", SETS[s].kind, mean / (2 * N));
    check(fabs(deviation / expected - 1) < 5 / sqrt(4 * N), "set %d: deviation %g", SETS[s].kind, deviation);
  }
}

/* The centre of 8gaussians-torchcfm that a point is nearest to, and how far from it the point lies. */
static int nearest_centre(const float *p, double gap[2]) {
  const int j = ((int)lround(atan2(p[1], p[0]) / (SCALAR_PI / 4)) + 8) % 8;
  gap[0] = p[0] - 5 * cos(SCALAR_PI / 4 * j), gap[1] = p[1] - 5 * sin(SCALAR_PI / 4 * j);
  return j;
}

static void check_torchcfm(void) {
  promise("8gaussians-torchcfm are eight centres at radius 5 with a variance of sqrt(0.1), whatever the noise");
  draw(FM_DATA_8GAUSSIANS_TORCHCFM, 0.7, N, 0);
  int count[8] = {0};
  double square = 0;
  for (int i = 0; i < N; i++) {
    double gap[2];
    count[nearest_centre(x + 2 * i, gap)]++;
    square += (gap[0] * gap[0] + gap[1] * gap[1]) / (2 * N);
  }
  for (int j = 0; j < 8; j++) check_share("centre", count[j], N, 0.125);
  check(fabs(square / sqrt(0.1) - 1) < 5 / sqrt(N), "variance %g", square);

  promise("the moons of torchcfm are 3 times those arcs, moved by -1 and along (1, 1) by 0.6 u, whatever the noise");
  static const int KINDS[2][2] = {{FM_DATA_MOONS_TORCHCFM, FM_DATA_MOONS},
                                  {FM_DATA_MOONS_IID_TORCHCFM, FM_DATA_MOONS_IID}};
  for (int k = 0; k < 2; k++) {
    double mean = 0, variance = 0;
    draw(KINDS[k][1], 0, N, 2);
    memcpy(again, x, sizeof x);
    draw(KINDS[k][0], 0.7, N, 2);
    for (int i = 0; i < N; i++) {
      const double u = (x[2 * i] + 1 - 1.5 * again[2 * i]) / 0.6, w = (x[2 * i + 1] + 1 - 1.5 * again[2 * i + 1]) / 0.6;
      check(fabs(u - w) < 3e-6 && u > -1e-6 && u < 1 + 1e-6, "set %d: u %g, then %g", k, u, w);
      mean += u / N, variance += (u - 0.5) * (u - 0.5) / N;
    }
    check(fabs(mean - 0.5) < 5 / sqrt(12.0 * N), "set %d: mean %g", k, mean);
    check(fabs(variance * 12 - 1) < 5 * sqrt(0.8 / N), "set %d: variance %g", k, variance);
  }
}

static void check_points(void) {
  promise("points are drawn with replacement, evenly, in any dimension");
  enum { COUNT = 16, DIM = 3 };
  float points[COUNT * DIM], *drawn = guarded(N * DIM * sizeof *drawn);
  int seen[COUNT] = {0};
  for (int i = 0; i < COUNT * DIM; i++) points[i] = (float)i;
  dataset_draw(&(dataset){.kind = FM_DATA_POINTS, .dim = DIM, .noise = 0.5, .points = points, .count = COUNT},
               stream_of(0), N, drawn);
  for (int i = 0; i < N; i++) {
    const int index = (int)drawn[DIM * i] / DIM;
    check(index >= 0 && index < COUNT && memcmp(drawn + DIM * i, points + DIM * index, sizeof(float) * DIM) == 0,
          "point %d is none of those given", i);
    seen[index]++;
  }
  for (int j = 0; j < COUNT; j++) check_share("point", seen[j], N, 1.0 / COUNT);
  free(drawn);
}

static void check_draws(void) {
  promise("the same stream gives the same bits, another step gives others");
  for (int kind = FM_DATA_MOONS; kind < FM_DATA_POINTS; kind++)
    for (int n = 1; n <= 513; n += 64) {
      draw(kind, 0.05, n, 3);
      memcpy(again, x, sizeof x);
      draw(kind, 0.05, n, 3);
      check(memcmp(x, again, (size_t)n * 8) == 0, "set %d, n %d", kind, n);
      draw(kind, 0.05, n, 4);
      for (int i = 0; i < 2 * n; i++) check(isfinite(x[i]), "set %d, n %d", kind, n);
      check(memcmp(x, again, (size_t)n * 8) != 0, "set %d, n %d", kind, n);
    }
  promise("the mean deviation is that of a double loop, and 1 for coinciding points");
  draw(FM_DATA_SPIRALS, 0.05, N, 0);
  double sum[2] = {0, 0}, square = 0;
  for (int i = 0; i < 2 * N; i++) sum[i % 2] += x[i] / (double)N;
  for (int i = 0; i < 2 * N; i++) square += pow(x[i] - sum[i % 2], 2) / (2 * N);
  check(fabs(dataset_std(x, N, 2) - sqrt(square)) < 1e-9, "%.12g, not %.12g", dataset_std(x, N, 2), sqrt(square));
  for (int i = 0; i < 20; i++) x[i] = 3.25f;
  check(dataset_std(x, 10, 2) == 1 && dataset_std(x, 1, 2) == 1, "%g", dataset_std(x, 10, 2));
}

int main(void) {
  check_moons();
  check_rings();
  check_board();
  check_noise();
  check_torchcfm();
  check_points();
  check_draws();
  return report(12);
}
