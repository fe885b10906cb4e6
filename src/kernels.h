/* kernels.h — the dense kernels: one matrix product, SiLU, sums.
 *
 * Same bits everywhere: each output element is one running sum in ascending k, a multiplication and an addition a term,
 * starting from its initial value. Tiles, tails and cuts of the k range do not change that order, so an element's bits
 * depend on its row of A, its column of B and its initial value alone.
 *
 * Sizes come last in rows, columns order; `*_row` and `*_col` are distances in elements between neighbours.
 */
#ifndef KERNELS_H
#define KERNELS_H

#include "base.h"

/* ---- gemm.c --------------------------------------------------------------------------------------- */

/* Reals that a packed k x n matrix takes: columns come in panels of 8, the last one padded with zeros. */
FM_INLINE uint32_t gemm_panels_size(int k, int n) { return (uint32_t)((n + 7) & ~7) * (uint32_t)k; }

/* panels[j / 8][i][j % 8] = b[i, j] for b [k, n] with element (i, j) at b[i * b_row + j * b_col]. One of the two steps is 1:
 * b_row = 1 packs a transpose. */
void gemm_pack(const real *b, int b_row, int b_col, int k, int n, real *panels);

/* c[i, j] = init[i, j] + sum over k of a[i, k] b[k, j]
 *   a       [m, k], element (i, k) at a[i * a_row + k * a_col]; one of the two is 1; a_row = 1 multiplies by a transpose
 *   panels  b [k, n] as gemm_pack left it
 *   init    [m, n] with rows init_row apart; init_row = 0 is a bias; null is zero; init = c accumulates
 *   c       [m, n] with rows c_row apart */
void gemm(const real *a, int a_row, int a_col, const real *panels, const real *init, int init_row, real *c, int c_row,
          int m, int n, int k);

/* ---- act.c ---------------------------------------------------------------------------------------- */

/* y = z sigmoid(z), and its derivative d = s + y (1 - s) with s = sigmoid(z) unless d is null. y may be z. [count] */
void silu_forward(const real *z, real *y, real *d, int count);

/* dy becomes dz = dy * d, with d from silu_forward. [count] */
void silu_backward(const real *d, real *dy, int count);

/* ---- reduce.c ------------------------------------------------------------------------------------- */

/* sum[j] += x[0, j] + x[1, j] + ... in ascending row order; x [rows, cols] without gaps. */
void sum_rows(const real *x, real *sum, int rows, int cols);

/* sum[i] = parts[0][i] + parts[1][i] + ... in that order, parts >= 1. [count] */
void add_up(const real *const *part, int parts, real *sum, int count);

/* x[i] = 0. [count] */
void fill_zero(real *x, int count);

/* Sum of squares in double: four running sums of every fourth element, added as (0 + 1) + (2 + 3). NaN and infinity
 * come through. */
double sum_squares(const real *x, int count);

#endif
