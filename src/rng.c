#include "rng.h"

#include "vmath.h"

void rng_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

static void stream_block(const rng_stream *s, uint32_t block, uint32_t out[4]) {
  const uint32_t counter[4] = {block, s->step, s->round, s->lane}, key[2] = {s->seed, s->purpose};
  rng_block(counter, key, out);
}

/* Word first + i of the stream, for i = 0, 1, 2, ... in that order; `words` holds the block at hand between the calls. */
static uint32_t next_word(const rng_stream *s, uint32_t first, int i, uint32_t words[4]) {
  const uint32_t index = first + (uint32_t)i;
  if (i == 0 || index % 4 == 0) stream_block(s, index / 4, words);
  return words[index % 4];
}

void rng_words(rng_stream s, uint32_t first, int count, uint32_t *out) {
  uint32_t words[4];
  for (int i = 0; i < count; i++) out[i] = next_word(&s, first, i, words);
}

/* 23 random bits and a half: the largest value is 1 - 2^-24, which a float holds. */
static real open_unit(uint32_t word) { return ((real)(word >> 9) + (real)0.5) * (real)1.1920928955078125e-7; }

void rng_uniform(rng_stream s, uint32_t first, int count, real *out) {
  uint32_t words[4];
  for (int i = 0; i < count; i++) out[i] = open_unit(next_word(&s, first, i, words));
}

/* Normals 8 group .. 8 group + 7. */
static void normal_group(const rng_stream *s, uint32_t group, real out[8]) {
  uint32_t words[8];
  stream_block(s, 2 * group, words);
  stream_block(s, 2 * group + 1, words + 4);
  real u[8];
  for (int i = 0; i < 8; i++) u[i] = open_unit(words[i]);
  const v4 radius = v4_sqrt(v4_mul(v4_all(-2), v4_log(v4_load(u))));
  v4 sine, cosine;
  v4_sincos(v4_mul(v4_load(u + 4), v4_all((real)(2 * SCALAR_PI))), &sine, &cosine);
  v4_store(out, v4_mul(radius, cosine));
  v4_store(out + 4, v4_mul(radius, sine));
}

void rng_normal(rng_stream s, uint32_t first, int count, real *out) {
  real group[8];
  for (int i = 0; i < count; i++) {
    const uint32_t index = first + (uint32_t)i;
    if (i == 0 || index % 8 == 0) normal_group(&s, index / 8, group);
    out[i] = group[index % 8];
  }
}
