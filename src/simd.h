/* simd.h — four lanes of `real`.
 *
 * In the product a v4 is a simd128 register of float and each function is one instruction. The native twin gets the same
 * instructions from SIMDe. With -DFM_DOUBLE it is four doubles, for numerical differentiation only.
 * Every operation is exact IEEE 754 per lane: add, sub, mul, div and sqrt round once, nothing is fused.
 */
#ifndef SIMD_H
#define SIMD_H

#include "base.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif

#ifndef FM_DOUBLE

typedef v128_t v4;

FM_INLINE v4 v4_load(const real *p) { return wasm_v128_load(p); }
FM_INLINE void v4_store(real *p, v4 v) { wasm_v128_store(p, v); }
FM_INLINE v4 v4_all(real x) { return wasm_f32x4_splat(x); }
FM_INLINE v4 v4_load_all(const real *p) { return wasm_v128_load32_splat(p); }
FM_INLINE v4 v4_add(v4 a, v4 b) { return wasm_f32x4_add(a, b); }
FM_INLINE v4 v4_sub(v4 a, v4 b) { return wasm_f32x4_sub(a, b); }
FM_INLINE v4 v4_mul(v4 a, v4 b) { return wasm_f32x4_mul(a, b); }
FM_INLINE v4 v4_div(v4 a, v4 b) { return wasm_f32x4_div(a, b); }
FM_INLINE v4 v4_sqrt(v4 a) { return wasm_f32x4_sqrt(a); }
/* b < a ? b : a, lane by lane; one instruction on x86, unlike f32x4.min. */
FM_INLINE v4 v4_pmin(v4 a, v4 b) { return wasm_f32x4_pmin(a, b); }
FM_INLINE v4 v4_pmax(v4 a, v4 b) { return wasm_f32x4_pmax(a, b); }

/* The four rows of a 4 x 4 square become its columns. */
FM_INLINE void v4_transpose(v4 square[4]) {
  const v4 low01 = wasm_i32x4_shuffle(square[0], square[1], 0, 4, 1, 5);
  const v4 high01 = wasm_i32x4_shuffle(square[0], square[1], 2, 6, 3, 7);
  const v4 low23 = wasm_i32x4_shuffle(square[2], square[3], 0, 4, 1, 5);
  const v4 high23 = wasm_i32x4_shuffle(square[2], square[3], 2, 6, 3, 7);
  square[0] = wasm_i64x2_shuffle(low01, low23, 0, 2);
  square[1] = wasm_i64x2_shuffle(low01, low23, 1, 3);
  square[2] = wasm_i64x2_shuffle(high01, high23, 0, 2);
  square[3] = wasm_i64x2_shuffle(high01, high23, 1, 3);
}

#else

typedef double v4 __attribute__((vector_size(32), aligned(8)));

FM_INLINE v4 v4_load(const real *p) { return *(const v4 *)p; }
FM_INLINE void v4_store(real *p, v4 v) { *(v4 *)p = v; }
FM_INLINE v4 v4_all(real x) { return (v4){x, x, x, x}; }
FM_INLINE v4 v4_load_all(const real *p) { return v4_all(*p); }
FM_INLINE v4 v4_add(v4 a, v4 b) { return a + b; }
FM_INLINE v4 v4_sub(v4 a, v4 b) { return a - b; }
FM_INLINE v4 v4_mul(v4 a, v4 b) { return a * b; }
FM_INLINE v4 v4_div(v4 a, v4 b) { return a / b; }
FM_INLINE v4 v4_sqrt(v4 a) {
  for (int i = 0; i < 4; i++) a[i] = fm_sqrt(a[i]);
  return a;
}
FM_INLINE void v4_transpose(v4 square[4]) {
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < i; j++) {
      const double kept = square[i][j];
      square[i][j] = square[j][i], square[j][i] = kept;
    }
}
FM_INLINE v4 v4_pmin(v4 a, v4 b) {
  for (int i = 0; i < 4; i++) a[i] = b[i] < a[i] ? b[i] : a[i];
  return a;
}
FM_INLINE v4 v4_pmax(v4 a, v4 b) {
  for (int i = 0; i < 4; i++) a[i] = a[i] < b[i] ? b[i] : a[i];
  return a;
}

#endif

/* ---- Two lanes of double, in every build: for what float cannot carry, such as the duals of an assignment ------------ */

typedef v128_t v2;

FM_INLINE v2 v2_load(const double *p) { return wasm_v128_load(p); }
FM_INLINE void v2_store(double *p, v2 v) { wasm_v128_store(p, v); }
FM_INLINE v2 v2_all(double x) { return wasm_f64x2_splat(x); }
FM_INLINE v2 v2_add(v2 a, v2 b) { return wasm_f64x2_add(a, b); }
FM_INLINE v2 v2_sub(v2 a, v2 b) { return wasm_f64x2_sub(a, b); }
FM_INLINE v2 v2_mul(v2 a, v2 b) { return wasm_f64x2_mul(a, b); }
/* a < b ? b : a */
FM_INLINE v2 v2_pmax(v2 a, v2 b) { return wasm_f64x2_pmax(a, b); }
/* All bits of a lane set where a <= b. */
FM_INLINE v2 v2_less_equal(v2 a, v2 b) { return wasm_f64x2_le(a, b); }
/* Bit l tells whether the mask is set in lane l. */
FM_INLINE uint32_t v2_bits(v2 mask) { return (uint32_t)wasm_i64x2_bitmask(mask); }

FM_INLINE v4 v4_zero(void) { return v4_all(0); }

/* The last 1 to 3 elements of an array as a zero-padded group, so that each element meets the same operations wherever
 * it stands and nothing is read or written past the end. */
FM_INLINE v4 v4_load_tail(const real *p, int count) {
  real lanes[4] = {0, 0, 0, 0};
  for (int i = 0; i < count; i++) lanes[i] = p[i];
  return v4_load(lanes);
}
FM_INLINE void v4_store_tail(real *p, v4 v, int count) {
  real lanes[4];
  v4_store(lanes, v);
  for (int i = 0; i < count; i++) p[i] = lanes[i];
}

#endif
