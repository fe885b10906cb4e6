/* pointset.h — pairs of point sets for the tests of transport, from easy to awkward; the same for the same seed. */
#ifndef POINTSET_H
#define POINTSET_H

#include "rng.h"

enum {
  SET_NORMAL, /* x0 from N(0, 1), x1 from N(0.5, 4) */
  SET_TIES,   /* whole numbers of -2 .. 2: equal costs, points more than once */
  SET_COPIES, /* every point four times */
  SET_SAME,   /* x1 is x0 backwards: the least cost is 0 */
  SET_ALIKE,  /* one point on each side: every permutation costs the same */
  SET_HUGE,   /* coordinates of 1e-18 to 1e18 */
  SET_RAYS,   /* lengths spread over twelve powers of ten */
  SET_COUNT
};

static float set_value(int set, float z, int i) {
  if (set == SET_TIES) return fminf(fmaxf(rintf(z), -2), 2);
  if (set == SET_ALIKE) return 1.5f;
  if (set == SET_HUGE) return z * (i % 3 ? 1e18f : 1e-18f);
  if (set == SET_RAYS) return expf(5 * z);
  return z;
}

/* x0, x1 [n, dim]. */
static inline void pointset(int set, uint32_t seed, int n, int dim, float *x0, float *x1) {
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_NOISE}, 0, n * dim, x0);
  rng_normal((rng_stream){.seed = seed, .purpose = RNG_MEASURE}, 0, n * dim, x1);
  for (int i = 0; i < n * dim; i++) {
    x0[i] = set_value(set, x0[i], i);
    x1[i] = set == SET_NORMAL ? 0.5f + 2 * x1[i] : set_value(set, x1[i], i + 1);
  }
  for (int i = 0; i < n; i++)
    for (int k = 0; k < dim; k++) {
      if (set == SET_COPIES) x0[i * dim + k] = x0[i % ((n + 3) / 4) * dim + k], x1[i * dim + k] = x1[i / 4 * dim + k];
      if (set == SET_SAME) x1[(n - 1 - i) * dim + k] = x0[i * dim + k];
    }
}

#endif
