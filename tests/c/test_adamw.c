/* The optimiser against its formulas in double, and the schedules. */
#include "adamw.h"
#include "rng.h"

#include "check.h"

enum { N = 21, STEPS = 6 };

typedef struct {
  float weights[N], moment[N], variance[N], ema[N];
} state;

static void fill(float *x, uint32_t seed) { rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, N, x); }

/* One element of adamw.h's formulas; out: weight, moment, variance, average. */
static void truth_of(const adamw_setting *s, int k, double norm, double g, const double in[4], double out[4]) {
  const double scale = s->clip > 0 ? fmin(1, s->clip / (norm + 1e-6)) : 1;
  g *= scale;
  const double m = s->beta1 * in[1] + (1 - s->beta1) * g, v = s->beta2 * in[2] + (1 - s->beta2) * g * g;
  const double shrunk = in[0] * (1 - s->lr * s->weight_decay);
  out[0] = shrunk - s->lr / (1 - pow(s->beta1, k)) * m / (sqrt(v) / sqrt(1 - pow(s->beta2, k)) + s->eps);
  out[1] = m, out[2] = v;
  out[3] = s->ema_decay * in[3] + (1 - s->ema_decay) * out[0];
}

static void check_steps(const char *text, const adamw_setting *setting, double gradient_size) {
  promise(text);
  state a = {0};
  fill(a.weights, 1);
  memcpy(a.ema, a.weights, sizeof a.ema);
  for (int k = 1; k <= STEPS; k++) {
    float g[N];
    double norm = 0;
    fill(g, (uint32_t)(10 + k));
    for (int i = 0; i < N; i++) g[i] *= (float)gradient_size, norm += (double)g[i] * g[i];
    const state b = a;
    adamw_step(setting, (uint32_t)k, sqrt(norm), g, a.weights, a.moment, a.variance, a.ema, N);
    for (int i = 0; i < N; i++) {
      const double in[] = {b.weights[i], b.moment[i], b.variance[i], b.ema[i]};
      const float got[] = {a.weights[i], a.moment[i], a.variance[i], a.ema[i]};
      double truth[4];
      truth_of(setting, k, sqrt(norm), g[i], in, truth);
      /* A few roundings of each term; the moment may cancel, so its error is measured by its terms. */
      const double size[] = {fabs(truth[0]) + setting->lr, fabs(in[1]) + fabs(g[i]), truth[2], fabs(truth[3])};
      for (int j = 0; j < 4; j++)
        check(fabs(got[j] - truth[j]) <= 4e-7 * size[j], "step %d, element %d, value %d: %.9g, not %.9g", k, i, j,
              got[j], truth[j]);
    }
  }
}

static void check_schedules(void) {
  promise("the cosine schedule rises over the warm-up, falls to 0 at the end and stays there; constant stays");
  for (int k = 0; k < 300; k++) {
    const double truth = k < 20 ? (k + 1) / 20. : k < 200 ? (1 + cos(3.14159265358979324 * (k - 20) / 180.)) / 2 : 0;
    check(fabs(adamw_lr(FM_SCHEDULE_COSINE, 0.01, 20, 200, k) - 0.01 * truth) < 1e-15, "step %d", k);
    check(adamw_lr(FM_SCHEDULE_CONSTANT, 0.01, 20, 200, k) == 0.01, "step %d", k);
    const double bare = adamw_lr(FM_SCHEDULE_COSINE, 1, 0, 300, k), shut = adamw_lr(FM_SCHEDULE_COSINE, 1, 500, 300, k);
    check(bare > 0 && bare <= 1, "no warm-up, step %d: %g", k, bare);
    check(shut > 0 && shut <= 1, "warm-up beyond the end, step %d: %g", k, shut);
  }
  promise("the decay warms up as (1 + k) / (10 + k) and never passes its setting");
  for (int k = 0; k < 2000; k++) {
    check(fabs(adamw_ema_decay(0.99, 1, k) - fmin(0.99, (1. + k) / (10. + k))) < 1e-15, "step %d", k);
    check(adamw_ema_decay(0.99, 0, k) == 0.99, "step %d", k);
  }
}

int main(void) {
  check_steps("steps follow the formulas with clipping at work",
              &(adamw_setting){.lr = 0.01, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .clip = 1, .ema_decay = 0.9}, 3);
  check_steps("steps follow the formulas where a clipped gradient is no larger than the 1e-6 in the clip",
              &(adamw_setting){.lr = 0.01, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8, .clip = 1e-6, .ema_decay = 0.5},
              1e-6);
  check_steps("steps follow the formulas with weight decay and without clipping",
              &(adamw_setting){.lr = 0.1, .beta1 = 0.5, .beta2 = 0.9, .eps = 1e-3, .weight_decay = 0.3, .ema_decay = 0},
              100);
  check_schedules();
  return report(5);
}
