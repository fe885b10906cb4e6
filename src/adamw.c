#include "adamw.h"

#include "scalar.h"
#include "simd.h"

typedef struct {
  v4 clip, shrink, beta1, rest1, beta2, rest2, rate, inverse2, eps, decay, rest;
} lanes;

double adamw_clip(double clip, double gradient_norm) {
  const double scale = clip / (gradient_norm + 1e-6);
  return clip > 0 && scale < 1 ? scale : 1;
}

static lanes lanes_of(const adamw_setting *s, uint32_t k, double gradient_norm) {
  return (lanes){
      .clip = v4_all((real)adamw_clip(s->clip, gradient_norm)),
      .shrink = v4_all((real)(1 - s->lr * s->weight_decay)),
      .beta1 = v4_all((real)s->beta1),
      .rest1 = v4_all((real)(1 - s->beta1)),
      .beta2 = v4_all((real)s->beta2),
      .rest2 = v4_all((real)(1 - s->beta2)),
      .rate = v4_all((real)(s->lr / (1 - scalar_power(s->beta1, k)))),
      .inverse2 = v4_all((real)(1 / fm_sqrt(1 - scalar_power(s->beta2, k)))),
      .eps = v4_all((real)s->eps),
      .decay = v4_all((real)s->ema_decay),
      .rest = v4_all((real)(1 - s->ema_decay)),
  };
}

FM_INLINE void update(const lanes *c, v4 g, v4 *p, v4 *m, v4 *v, v4 *e) {
  g = v4_mul(g, c->clip);
  *m = v4_add(v4_mul(*m, c->beta1), v4_mul(g, c->rest1));
  *v = v4_add(v4_mul(*v, c->beta2), v4_mul(v4_mul(g, g), c->rest2));
  const v4 root = v4_add(v4_mul(v4_sqrt(*v), c->inverse2), c->eps);
  *p = v4_sub(v4_mul(*p, c->shrink), v4_div(v4_mul(c->rate, *m), root));
  *e = v4_add(v4_mul(*e, c->decay), v4_mul(*p, c->rest));
}

void adamw_step(const adamw_setting *setting, uint32_t k, double gradient_norm, const real *gradient, real *weights,
                real *moment, real *variance, real *ema, int count) {
  const lanes c = lanes_of(setting, k, gradient_norm);
  v4 p, m, v, e;
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    p = v4_load(weights + i), m = v4_load(moment + i), v = v4_load(variance + i), e = v4_load(ema + i);
    update(&c, v4_load(gradient + i), &p, &m, &v, &e);
    v4_store(weights + i, p), v4_store(moment + i, m), v4_store(variance + i, v), v4_store(ema + i, e);
  }
  const int rest = count - i;
  if (rest > 0) {
    p = v4_load_tail(weights + i, rest), m = v4_load_tail(moment + i, rest);
    v = v4_load_tail(variance + i, rest), e = v4_load_tail(ema + i, rest);
    update(&c, v4_load_tail(gradient + i, rest), &p, &m, &v, &e);
    v4_store_tail(weights + i, p, rest), v4_store_tail(moment + i, m, rest);
    v4_store_tail(variance + i, v, rest), v4_store_tail(ema + i, e, rest);
  }
}

void adamw_average(const real *weights, real *ema, double decay, int count) {
  const v4 keep = v4_all((real)decay), rest = v4_all((real)(1 - decay));
  for (int i = 0; i < count; i += 4) {
    const int lanes = fm_min(4, count - i);
    const v4 e = v4_load_tail(ema + i, lanes), p = v4_load_tail(weights + i, lanes);
    v4_store_tail(ema + i, v4_add(v4_mul(e, keep), v4_mul(p, rest)), lanes);
  }
}

double adamw_lr(int schedule, double peak, int warmup, int steps, int k) {
  if (schedule == FM_SCHEDULE_CONSTANT) return peak;
  if (k >= steps) return 0;
  if (k < warmup) return peak * (k + 1) / warmup;
  double sine, cosine;
  scalar_sincos(SCALAR_PI * (k - warmup) / (steps - warmup), &sine, &cosine);
  return peak * 0.5 * (1 + cosine);
}

double adamw_ema_decay(double decay, int warmup, int k) {
  const double ramp = (1.0 + k) / (10.0 + k);
  return warmup && ramp < decay ? ramp : decay;
}
