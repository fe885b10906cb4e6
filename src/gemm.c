#include "kernels.h"
#include "simd.h"

/* A tile of 4 rows by 8 columns keeps 8 accumulators, 2 vectors of B and one of A in registers: 11 of the 15 that V8
 * hands out. Taller or wider tiles spill. */
enum { TILE_ROWS = 4, PANEL = 8 };

/* A whole panel whose rows are runs of memory. */
FM_HOT void pack_rows(const real *b, int b_row, int k, real *panel) {
  for (int i = 0; i < k; i++, b += b_row, panel += PANEL) {
    v4_store(panel, v4_load(b));
    v4_store(panel + 4, v4_load(b + 4));
  }
}

/* A whole panel whose columns are runs of memory: squares of 4 x 4 are turned in registers. */
FM_HOT void pack_columns(const real *b, int b_col, int k, real *panel) {
  int i = 0;
  for (; i + 4 <= k; i += 4, b += 4, panel += 4 * PANEL)
    for (int half = 0; half < PANEL; half += 4) {
      const real *source = b + (size_t)half * b_col;
      v4 square[4];
      for (int q = 0; q < 4; q++) square[q] = v4_load(source + (size_t)q * b_col);
      v4_transpose(square);
      for (int q = 0; q < 4; q++) v4_store(panel + q * PANEL + half, square[q]);
    }
  for (; i < k; i++, b++, panel += PANEL)
    for (int q = 0; q < PANEL; q++) panel[q] = b[(size_t)q * b_col];
}

/* The last panel of a matrix whose width is no multiple of 8. */
FM_HOT void pack_rest(const real *b, int b_row, int b_col, int k, int width, real *panel) {
  for (int i = 0; i < k; i++, b += b_row, panel += PANEL) {
    for (int q = 0; q < width; q++) panel[q] = b[(size_t)q * b_col];
    for (int q = width; q < PANEL; q++) panel[q] = 0;
  }
}

void gemm_pack(const real *b, int b_row, int b_col, int k, int n, real *panels) {
  for (int j = 0; j < n; j += PANEL, panels += (size_t)PANEL * k) {
    const real *first = b + (size_t)j * b_col;
    if (n - j < PANEL)
      pack_rest(first, b_row, b_col, k, n - j, panels);
    else if (b_col == 1)
      pack_rows(first, b_row, k, panels);
    else
      pack_columns(first, b_col, k, panels);
  }
}

/* The first `width` of 8 values at p, zeros after them; nothing past them is read. */
FM_INLINE void load_columns(const real *p, int width, v4 out[2]) {
  out[0] = width >= 4 ? v4_load(p) : v4_load_tail(p, width);
  if (width > 4) out[1] = width == PANEL ? v4_load(p + 4) : v4_load_tail(p + 4, width - 4);
}

FM_INLINE void store_columns(real *p, int width, const v4 in[2]) {
  if (width >= 4)
    v4_store(p, in[0]);
  else
    v4_store_tail(p, in[0], width);
  if (width == PANEL)
    v4_store(p + 4, in[1]);
  else if (width > 4)
    v4_store_tail(p + 4, in[1], width - 4);
}

/* One step of k. */
FM_INLINE void accumulate(const int rows, const int halves, const real *a, int a_row, const real *panel,
                          v4 sum[TILE_ROWS][2]) {
  v4 b[2];
  for (int h = 0; h < halves; h++) b[h] = v4_load(panel + 4 * h);
  for (int r = 0; r < rows; r++) {
    const v4 x = v4_load_all(a + (size_t)r * a_row);
    for (int h = 0; h < halves; h++) sum[r][h] = v4_add(sum[r][h], v4_mul(x, b[h]));
  }
}

/* One tile: `rows` and `halves` (of a panel: 1 up to four columns) are constants at each call, so that the loops over them
 * unroll and `sum` lives in registers; so is whichever of a_row and a_col is 1, which leaves one address to step for all four
 * rows, or for all steps of k. */
FM_INLINE void tile(const int rows, const int halves, const real *a, int a_row, int a_col, const real *panel,
                    const real *init, int init_row, real *c, int c_row, int width, int k) {
  v4 sum[TILE_ROWS][2];
  for (int r = 0; r < rows; r++) {
    if (init)
      load_columns(init + (size_t)r * init_row, width, sum[r]);
    else
      sum[r][0] = sum[r][1] = v4_zero();
  }
  /* Counting by the pointer alone leaves the loop short enough for V8 to unroll it well; unrolled by hand it is slower. */
  for (const real *end = panel + (size_t)k * PANEL; panel != end; a += a_col, panel += PANEL)
    accumulate(rows, halves, a, a_row, panel, sum);
  for (int r = 0; r < rows; r++) store_columns(c + (size_t)r * c_row, width, sum[r]);
}

FM_INLINE void tiles(const int halves, const real *a, const int a_row, const int a_col, const real *panel,
                     const real *init, int init_row, real *c, int c_row, int m, int width, int k) {
  int i = 0;
  for (; i + TILE_ROWS <= m; i += TILE_ROWS)
    tile(TILE_ROWS, halves, a + (size_t)i * a_row, a_row, a_col, panel, init ? init + (size_t)i * init_row : NULL,
         init_row, c + (size_t)i * c_row, c_row, width, k);
  for (; i < m; i++)
    tile(1, halves, a + (size_t)i * a_row, a_row, a_col, panel, init ? init + (size_t)i * init_row : NULL, init_row,
         c + (size_t)i * c_row, c_row, width, k);
}

/* One panel of columns: its k x 8 block of B stays in the first-level cache while the rows of A pass by. Functions of
 * their own, called often, because V8 replaces baseline code only between calls. */
#define MULTIPLY_PANEL(name, halves, a_row, a_col, step)                                                           \
  FM_HOT void name(const real *a, int step, const real *panel, const real *init, int init_row, real *c, int c_row, \
                   int m, int width, int k) {                                                                      \
    tiles(halves, a, a_row, a_col, panel, init, init_row, c, c_row, m, width, k);                                  \
  }
MULTIPLY_PANEL(multiply_rows, 2, a_row, 1, a_row)
MULTIPLY_PANEL(multiply_rows_narrow, 1, a_row, 1, a_row)
MULTIPLY_PANEL(multiply_columns, 2, 1, a_col, a_col)
MULTIPLY_PANEL(multiply_columns_narrow, 1, 1, a_col, a_col)

void gemm(const real *a, int a_row, int a_col, const real *panels, const real *init, int init_row, real *c, int c_row,
          int m, int n, int k) {
  const int by_rows = a_col == 1;
  for (int j = 0; j < n; j += PANEL, panels += (size_t)PANEL * k) {
    const real *first = init ? init + j : NULL;
    const int width = fm_min(PANEL, n - j);
    if (by_rows && width > 4)
      multiply_rows(a, a_row, panels, first, init_row, c + j, c_row, m, width, k);
    else if (by_rows)
      multiply_rows_narrow(a, a_row, panels, first, init_row, c + j, c_row, m, width, k);
    else if (width > 4)
      multiply_columns(a, a_col, panels, first, init_row, c + j, c_row, m, width, k);
    else
      multiply_columns_narrow(a, a_col, panels, first, init_row, c + j, c_row, m, width, k);
  }
}
