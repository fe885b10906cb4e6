/* weight.h — how much the error at time t counts in the loss.
 *
 * Published weights are stated for the error of x1, with the signal-to-noise ratio SNR = alpha^2 / sigma^2:
 *
 *     none            the error of what the network predicts, as it is; of a score sigma^2 times, as in condition.h
 *     snr             SNR |x1_theta - x1|^2, which is the error of x0                      (Ho et al. 2020, "simple" loss)
 *     min-snr(gamma)  min(SNR, gamma) |x1_theta - x1|^2                                     (Hang et al. 2023, eq. 6)
 *     edm             (s^2 + sd^2) / (s sd)^2 |x1_theta - x1|^2, s = sigma / alpha          (Karras et al. 2022, table 1)
 *
 * The network errs by |F_theta - F|^2, and x1_theta - x1 = (sigma / Delta) out (F_theta - F) with Delta = alpha' sigma -
 * sigma' alpha and `out` of condition.h; weight_at gives the factor that makes one of the other. Under ve, edm is none: its
 * preconditioning has the weight built in. Where an end of time makes it 0 / 0 it is its limit, 0.
 * A factor is cut off at WEIGHT_MOST, since beyond it one point near an end of time
 * would outweigh its whole batch.
 */
#ifndef WEIGHT_H
#define WEIGHT_H

#include "condition.h"

#define WEIGHT_MOST 1e4

typedef struct {
  int kind;     /* FM_WEIGHT_* */
  double gamma; /* min-snr */
} weight;

/* The factor of |F_theta - F|^2 at a time, from the path's coefficients there; edm needs path->sigma_data > 0. */
double weight_at(const weight *w, const path *p, path_point at, condition c);

#endif
