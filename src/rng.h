/* rng.h — counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * A stream is a function from an index to a number: nothing is stored, nothing is consumed, so any piece of any draw can
 * be made in any order and in calls of any size. tests/c/test_rng.c holds the published known-answer vectors.
 *
 *   key     = (seed, purpose)
 *   counter = (block, step, round, lane);  word i of a stream is word i mod 4 of block i / 4
 */
#ifndef RNG_H
#define RNG_H

#include "base.h"

/* What a draw is for. Two purposes never share a number. */
enum rng_purpose {
  RNG_WEIGHTS = 1,
  RNG_BATCH_SOURCE,
  RNG_BATCH_DATA,
  RNG_BATCH_TIME,
  RNG_NOISE,
  RNG_DATA,
  RNG_DIRECTION,
  RNG_MEASURE,
  RNG_PROBE,
  RNG_BATCH_LABEL,
  RNG_DIFFUSION,
  RNG_BATCH_PARTNER
};

/* Parts of one draw that must not share numbers either. */
enum rng_lane { RNG_LANE_SHAPE, RNG_LANE_JITTER, RNG_LANE_ORDER };

typedef struct {
  uint32_t seed, purpose, step, round, lane;
} rng_stream;

FM_INLINE rng_stream rng_with_lane(rng_stream s, uint32_t lane) {
  s.lane = lane;
  return s;
}

/* out[4] = Philox4x32-10(counter[4], key[2]). */
void rng_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Elements first .. first + count - 1 of the stream. */
void rng_words(rng_stream s, uint32_t first, int count, uint32_t *out);

/* Uniform on the open interval (0, 1): (k + 1/2) 2^-23, never 0 and never 1. */
void rng_uniform(rng_stream s, uint32_t first, int count, real *out);

/* Standard normal by Box-Muller: words 8i .. 8i+3 give radii, 8i+4 .. 8i+7 angles, and these give four cosines, then
 * four sines. |value| <= sqrt(48 ln 2) < 5.77. */
void rng_normal(rng_stream s, uint32_t first, int count, real *out);

/* A whole number in [0, bound), bound >= 1, from one word; bias below bound 2^-32. */
FM_INLINE uint32_t rng_below(uint32_t word, uint32_t bound) { return (uint32_t)(((uint64_t)word * bound) >> 32); }

#endif
