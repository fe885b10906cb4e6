/* The laws of the training time: the quantile against erfc, distributions, and strata. */
#include "timelaw.h"

#include "check.h"

enum { N = 20000 };
static float t[N];

static double normal_cdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752); }

static double law_cdf(const timelaw *law, double x) {
  switch (law->kind) {
    case FM_TIME_LOGIT_NORMAL: return normal_cdf((log(x / (1 - x)) - law->mean) / law->std);
    case FM_TIME_POWER: return pow(x, law->power);
    case FM_TIME_U_SHAPED: return 0.5 + sinh(law->ends * (x - 0.5)) / (2 * sinh(law->ends / 2));
    default: return x;
  }
}

static int ascending(const void *a, const void *b) {
  const float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static void check_quantile(void) {
  promise("the normal quantile is within 1.2e-9 of its size far into the tails, and odd");
  for (double p = 1e-12; p < 0.5; p *= 1.0137) {
    /* Newton's correction from the quantile itself measures its error. */
    const double x = timelaw_normal_quantile(p), density = exp(-x * x / 2) / 2.5066282746310002;
    const double error = fabs((normal_cdf(x) - p) / density);
    check(error < 1.2e-9 * fmax(fabs(x), 1), "p %g: off by %g", p, error);
    /* Below 1e-6 the rounding of 1 - p itself moves the quantile. */
    if (p > 1e-6) check(fabs(x + timelaw_normal_quantile(1 - p)) < 1e-9, "p %g: not odd", p);
  }
  check(fabs(timelaw_normal_quantile(0.5)) < 1e-15, "median %g", timelaw_normal_quantile(0.5));
}

static const timelaw LAWS[] = {{FM_TIME_UNIFORM, 0, 0, 1, 1, 1},
                               {FM_TIME_UNIFORM, 1, 0, 1, 1, 1},
                               {FM_TIME_LOGIT_NORMAL, 0, 0, 1, 1, 1},
                               {FM_TIME_LOGIT_NORMAL, 1, 0, 1, 1, 1},
                               {FM_TIME_LOGIT_NORMAL, 0, -1.2, 0.5, 1, 1},
                               {FM_TIME_LOGIT_NORMAL, 1, 2, 1.7, 1, 1},
                               {FM_TIME_POWER, 0, 0, 1, 0.5, 1},
                               {FM_TIME_POWER, 1, 0, 1, 3, 1},
                               {FM_TIME_POWER, 0, 0, 1, TIMELAW_LEAST_POWER, 1},
                               {FM_TIME_POWER, 1, 0, 1, TIMELAW_LEAST_POWER, 1},
                               {FM_TIME_POWER, 1, 0, 1, 10, 1},
                               {FM_TIME_LOGIT_NORMAL, 1, -5, 5, 1, 1},
                               {FM_TIME_U_SHAPED, 0, 0, 1, 1, 4},
                               {FM_TIME_U_SHAPED, 1, 0, 1, 1, 20}};
enum { COUNT = 14 };

static void check_laws(void) {
  promise("draws follow their law by Kolmogorov-Smirnov, plain or stratified");
  for (int i = 0; i < COUNT; i++)
    for (uint32_t seed = 0; seed < 5; seed++) {
      timelaw_draw(&LAWS[i], (rng_stream){.seed = seed, .purpose = RNG_BATCH_TIME}, N, t);
      qsort(t, N, sizeof *t, ascending);
      double worst = 0;
      for (int k = 0; k < N; k++) worst = fmax(worst, fabs(law_cdf(&LAWS[i], t[k]) - (k + 0.5) / N));
      const double limit = LAWS[i].stratified ? 1.5 / N : 2.23 / sqrt(N);
      check(worst < limit, "law %d, seed %u: %g of %g", i, seed, worst, limit);
    }
}

static void check_strata(void) {
  promise("a stratified batch has one time in each equal slice of probability, anywhere in it, for every batch size");
  double places = 0, squares = 0;
  int count = 0;
  for (int n = 1; n <= 600; n = n * 5 / 4 + 1)
    for (int kind = FM_TIME_UNIFORM; kind <= FM_TIME_U_SHAPED; kind++) {
      const timelaw law = {kind, 1, 0.3, 0.8, 2.5, 0.1};
      timelaw_draw(&law, (rng_stream){.seed = 3, .purpose = RNG_BATCH_TIME}, n, t);
      for (int k = 0; k < n; k++) {
        const double slice = law_cdf(&law, t[k]) * n;
        check(slice > k - 1e-3 && slice < k + 1 + 1e-3, "n %d, row %d is in slice %g", n, k, slice);
        places += slice - k, squares += pow(slice - k, 2), count++;
      }
    }
  const double error = 5 / sqrt(count);
  check(fabs(places / count - 0.5) < error * 0.2887, "mean place in a slice %g", places / count);
  check(fabs(squares / count - 1 / 3.) < error * 0.2981, "mean square %g", squares / count);
}

static void check_inside(void) {
  promise("times stay inside (0, 1), even where a sigmoid rounds to its ends");
  for (int kind = FM_TIME_UNIFORM; kind <= FM_TIME_U_SHAPED; kind++)
    for (int stratified = 0; stratified < 2; stratified++)
      for (int mean = -5; mean <= 5; mean += 5) {
        const timelaw law = {kind, stratified, mean, 5, mean > 0 ? 10 : TIMELAW_LEAST_POWER, 20};
        timelaw_draw(&law, (rng_stream){.seed = 8, .purpose = RNG_BATCH_TIME}, N, t);
        for (int k = 0; k < N; k++) check(t[k] > 0 && t[k] < 1, "%.9g", t[k]);
      }
}

int main(void) {
  check_quantile();
  check_laws();
  check_strata();
  check_inside();
  return report(4);
}
