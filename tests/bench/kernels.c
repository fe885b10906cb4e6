/* kernels.c — what this machine's WebAssembly can do in one thread: the bounds that the engine's kernels are held to.
 *
 * Linked with src/gemm.c, src/act.c and src/reduce.c, whose functions are exported beside these. Nothing here is part of
 * the product.
 */
#include "simd.h"

FM_API int bench_peak(int chains, int count, float factor, float term, float *out);
FM_API void bench_stream(const float *x, float *y, float *d, int count);

/* `chains` independent s = s factor + term, `count` times each. The sums stay near term / (1 - factor), so nothing grows
 * or becomes denormal; the compiler may not reorder or shorten any chain. */
FM_INLINE void chain(const int chains, int count, float factor, float term, float *out) {
  v4 sum[12];
  const v4 f = v4_all(factor), t = v4_all(term);
  for (int c = 0; c < chains; c++) sum[c] = v4_load(out + 4 * c);
  for (int i = 0; i < count; i += 4) {
    for (int c = 0; c < chains; c++) sum[c] = v4_add(v4_mul(sum[c], f), t);
    for (int c = 0; c < chains; c++) sum[c] = v4_add(v4_mul(sum[c], f), t);
    for (int c = 0; c < chains; c++) sum[c] = v4_add(v4_mul(sum[c], f), t);
    for (int c = 0; c < chains; c++) sum[c] = v4_add(v4_mul(sum[c], f), t);
  }
  for (int c = 0; c < chains; c++) v4_store(out + 4 * c, sum[c]);
}

/* The frames of their own let V8 replace baseline code between calls. */
FM_HOT void chain_8(int count, float factor, float term, float *out) { chain(8, count, factor, term, out); }
FM_HOT void chain_10(int count, float factor, float term, float *out) { chain(10, count, factor, term, out); }
FM_HOT void chain_12(int count, float factor, float term, float *out) { chain(12, count, factor, term, out); }

/* Runs 8, 10 or 12 chains `count` (a multiple of 4) times over out [4 chains]; returns 0 for another number of chains.
 * 12 chains, the factor and the term are 14 of the 15 vector registers that V8 hands out. */
int bench_peak(int chains, int count, float factor, float term, float *out) {
  if (chains == 8)
    chain_8(count, factor, term, out);
  else if (chains == 10)
    chain_10(count, factor, term, out);
  else if (chains == 12)
    chain_12(count, factor, term, out);
  else
    return 0;
  return 1;
}

/* Reads x [count] and writes y, and d unless it is null, with no arithmetic: what moving the data of an elementwise
 * kernel costs. count is a multiple of 4. */
void bench_stream(const float *x, float *y, float *d, int count) {
  for (int i = 0; i < count; i += 4) {
    const v4 v = v4_load(x + i);
    v4_store(y + i, v);
    if (d) v4_store(d + i, v);
  }
}
