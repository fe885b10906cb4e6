#include "weight.h"

/* sigma^2 times the weight of the error of x1: finite where SNR is not. */
static double scaled(const weight *w, const path *p, path_point at) {
  const double signal = at.alpha * at.alpha, noise = at.sigma * at.sigma, variance = p->sigma_data * p->sigma_data;
  switch (w->kind) {
    case FM_WEIGHT_MIN_SNR: return signal < w->gamma * noise ? signal : w->gamma * noise;
    case FM_WEIGHT_EDM: return (noise + signal * variance) / variance;
    default: return signal;
  }
}

double weight_at(const weight *w, const path *p, path_point at, condition c) {
  if (w->kind == FM_WEIGHT_NONE) return c.weight;
  const double delta = at.d_alpha * at.sigma - at.d_sigma * at.alpha, ratio = c.out / delta;
  const double square = scaled(w, p, at), factor = square * ratio * ratio;
  if (square == 0)
    return 0; /* also where Delta is 0 too, as of t^n at its flat end: t^(2n) / (n t^(n-1))^2 goes to 0 */
  return factor < WEIGHT_MOST ? factor : WEIGHT_MOST;
}
