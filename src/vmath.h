/* vmath.h — exp, log, sin, cos and sigmoid on four lanes, without libm: the same bits on every engine.
 *
 * Polynomials are near-minimax (interpolation at Chebyshev nodes on the reduced range). Largest errors against double,
 * in units of the last place, as tests/c/test_vmath.c measures and bounds them over a stride of all float32 inputs:
 *   v4_exp      x in [-87, 88], clamped outside; v4_exp_negated is exp(-x)
 *   v4_log      x normal and positive
 *   v4_sincos   |x| <= 8,192; the error is absolute, in units of 2^-24, since sin and cos pass through 0
 *   v4_sigmoid  any x
 */
#ifndef VMATH_H
#define VMATH_H

#include "scalar.h"
#include "simd.h"

#ifndef FM_DOUBLE

/* c[0] + c[1] x + ... + c[3] x^3, Horner. */
FM_INLINE v4 v4_cubic(v4 x, float c0, float c1, float c2, float c3) {
  v4 y = v4_add(v4_mul(v4_all(c3), x), v4_all(c2));
  y = v4_add(v4_mul(y, x), v4_all(c1));
  return v4_add(v4_mul(y, x), v4_all(c0));
}

/* The nearest whole number, ties to even, for |x| < 2^22; `bits` holds it in its low 23 bits as two's complement. Adding
 * 1.5 2^23 pushes the fraction out of the significand: two additions, where a rounding and a saturating conversion take
 * about ten instructions. */
FM_INLINE v4 v4_nearest(v4 x, v4 *bits) {
  const v4 shift = v4_all(12582912.0f);
  *bits = v4_add(x, shift);
  return v4_sub(*bits, shift);
}

/* exp(sign x) for sign 1 or -1, a constant at each call. Everything waits for what comes before it, so the series is summed
 * in pairs (Estrin), which halves the wait. */
FM_INLINE v4 v4_exp_signed(const float sign, v4 x) {
  x = v4_pmin(v4_pmax(x, v4_all(sign > 0 ? -87.0f : -88.0f)), v4_all(sign > 0 ? 88.0f : 87.0f));
  v4 power;
  const v4 n = v4_nearest(v4_mul(x, v4_all(sign * 1.44269504f)), &power);
  /* r = sign x - n ln 2 in two parts; n times the first part is exact. What follows holds r for sign 1, -r for -1. */
  v4 r = v4_sub(x, v4_mul(n, v4_all(sign * 0.69317626953125f)));
  r = v4_sub(r, v4_mul(n, v4_all(sign * -2.908897130e-5f)));
  /* exp(r) = 1 + (r + r^2 (1/2 + r p(r))), relative error of the series 1e-8. */
  const v4 square = v4_mul(r, r);
  const v4 low = v4_add(v4_all(0.5f), v4_mul(r, v4_all(sign * 1.666657667e-01f)));
  const v4 high = v4_add(v4_all(4.166655421e-02f), v4_mul(r, v4_all(sign * 8.363232884e-03f)));
  const v4 rest = v4_add(low, v4_mul(square, v4_add(high, v4_mul(square, v4_all(1.392625083e-03f)))));
  const v4 tail = v4_mul(square, rest);
  const v4 p = v4_add(v4_all(1.0f), sign > 0 ? v4_add(tail, r) : v4_sub(tail, r));
  return wasm_i32x4_add(p, wasm_i32x4_shl(power, 23));
}
FM_INLINE v4 v4_exp(v4 x) { return v4_exp_signed(1, x); }
FM_INLINE v4 v4_exp_negated(v4 x) { return v4_exp_signed(-1, x); }

FM_INLINE v4 v4_log(v4 x) {
  /* x = m 2^e with m in [sqrt(1/2), sqrt(2)). */
  const v4 e = wasm_i32x4_shr(wasm_i32x4_sub(x, wasm_i32x4_splat(0x3f3504f3)), 23);
  const v4 m = wasm_i32x4_sub(x, wasm_i32x4_shl(e, 23));
  const v4 f = v4_sub(m, v4_all(1.0f));
  const v4 s = v4_div(f, v4_add(v4_all(2.0f), f)), z = v4_mul(s, s);
  const v4 tail = v4_mul(z, v4_cubic(z, 6.666666655e-01f, 4.000012221e-01f, 2.855077870e-01f, 2.333161341e-01f));
  const v4 half = v4_mul(v4_mul(f, f), v4_all(0.5f));
  /* log(1 + f) = f - (f^2/2 - s (f^2/2 + tail)) */
  const v4 exponent = wasm_f32x4_convert_i32x4(e);
  v4 y = v4_mul(s, v4_add(half, tail));
  y = v4_add(y, v4_mul(exponent, v4_all(-2.908897130e-5f)));
  return v4_add(v4_mul(exponent, v4_all(0.69317626953125f)), v4_sub(f, v4_sub(half, y)));
}

FM_INLINE void v4_sincos(v4 x, v4 *sine, v4 *cosine) {
  v4 quadrant;
  const v4 q = v4_nearest(v4_mul(x, v4_all(0.636619772f)), &quadrant);
  /* x - q pi/2 in three parts: 8, 11 and 24 bits. */
  v4 r = v4_sub(x, v4_mul(q, v4_all(1.5703125f)));
  r = v4_sub(r, v4_mul(q, v4_all(4.837512969970703e-4f)));
  r = v4_sub(r, v4_mul(q, v4_all(7.549789954891882e-08f)));
  const v4 z = v4_mul(r, r);
  const v4 ps = v4_cubic(z, -1.666666666e-01f, 8.333331870e-03f, -1.984008437e-04f, 2.724961923e-06f);
  const v4 pc = v4_cubic(z, 4.166666666e-02f, -1.388888767e-03f, 2.480059831e-05f, -2.730069458e-07f);
  const v4 s = v4_add(r, v4_mul(v4_mul(r, z), ps));
  const v4 c = v4_add(v4_sub(v4_all(1.0f), v4_mul(z, v4_all(0.5f))), v4_mul(v4_mul(z, z), pc));
  /* Quadrant q mod 4: odd swaps the two, bit 1 of q and of q + 1 gives their signs. */
  const v4 swap = wasm_i32x4_shr(wasm_i32x4_shl(quadrant, 31), 31);
  const v4 sign = wasm_i32x4_splat((int32_t)0x80000000);
  const v4 sine_sign = wasm_v128_and(wasm_i32x4_shl(quadrant, 30), sign);
  const v4 cosine_sign = wasm_v128_and(wasm_i32x4_shl(wasm_i32x4_add(quadrant, wasm_i32x4_splat(1)), 30), sign);
  *sine = wasm_v128_xor(wasm_v128_bitselect(c, s, swap), sine_sign);
  *cosine = wasm_v128_xor(wasm_v128_bitselect(s, c, swap), cosine_sign);
}

#else /* four scalar calls: this build is about gradients, not speed */

FM_INLINE v4 v4_exp(v4 x) {
  for (int i = 0; i < 4; i++) x[i] = scalar_exp(x[i]);
  return x;
}
FM_INLINE v4 v4_exp_negated(v4 x) {
  for (int i = 0; i < 4; i++) x[i] = scalar_exp(-x[i]);
  return x;
}
FM_INLINE v4 v4_log(v4 x) {
  for (int i = 0; i < 4; i++) x[i] = scalar_log(x[i]);
  return x;
}
FM_INLINE void v4_sincos(v4 x, v4 *sine, v4 *cosine) {
  for (int i = 0; i < 4; i++) {
    double s, c;
    scalar_sincos(x[i], &s, &c);
    (*sine)[i] = s, (*cosine)[i] = c;
  }
}

#endif

/* 1 / (1 + exp(-x)) */
FM_INLINE v4 v4_sigmoid(v4 x) { return v4_div(v4_all(1), v4_add(v4_all(1), v4_exp_negated(x))); }

#endif
