/* adamw.h — the optimiser: AdamW (Loshchilov & Hutter 2019) with global-norm clipping and an exponential moving average.
 *
 *     g <- g c,  c = min(1, clip / (|g| + 1e-6))                 torch.nn.utils.clip_grad_norm_
 *     p <- p (1 - lr weight_decay)
 *     m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
 *     p <- p - lr / (1 - beta1^k) m / (sqrt(v) / sqrt(1 - beta2^k) + eps)      k = 1, 2, ...
 *     e <- d e + (1 - d) p
 */
#ifndef ADAMW_H
#define ADAMW_H

#include "base.h"

typedef struct {
  double lr, beta1, beta2, eps, weight_decay;
  double clip;      /* 0: off */
  double ema_decay; /* as used in this step */
} adamw_setting;

/* Step k >= 1 over [count] reals, given |g|; all four arrays are updated in place. */
void adamw_step(const adamw_setting *setting, uint32_t k, double gradient_norm, const real *gradient, real *weights,
                real *moment, real *variance, real *ema, int count);

/* The c above. */
double adamw_clip(double clip, double gradient_norm);

/* Learning rate of step k (0-based). Constant: peak. Cosine: linear from peak/warmup to peak over `warmup` steps, then
 * peak (1 + cos(pi (k - warmup) / (steps - warmup))) / 2, and 0 from `steps` on. */
double adamw_lr(int schedule, double peak, int warmup, int steps, int k);

/* EMA decay of step k (0-based): with warm-up min(decay, (1 + k) / (10 + k)). */
double adamw_ema_decay(double decay, int warmup, int k);

/* A further average of the weights, after their step: e <- d e + (1 - d) p over [count] reals, to the bits of adamw_step. */
void adamw_average(const real *weights, real *ema, double decay, int count);

#endif
