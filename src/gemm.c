#include "kernels.h"
#include "simd.h"

/* A tile of 4 rows by 8 columns keeps 8 accumulators, 2 vectors of B and one of A in registers: 11 of the 15 that V8
 * hands out. Taller or wider tiles spill. */
enum { TILE_ROWS = 4, PANEL = 8 };

void gemm_pack(const real *b, int b_row, int b_col, int k, int n, real *panels) {
  for (int j = 0; j < n; j += PANEL, panels += (size_t)PANEL * k) {
    const int width = fm_min(PANEL, n - j);
    for (int i = 0; i < k; i++) {
      const real *source = b + (size_t)i * b_row + (size_t)j * b_col;
      real *target = panels + (size_t)i * PANEL;
      for (int q = 0; q < width; q++) target[q] = source[(size_t)q * b_col];
      for (int q = width; q < PANEL; q++) target[q] = 0;
    }
  }
}

/* The first `width` of 8 values at p, zeros after them; nothing past them is read. */
FM_INLINE void load_columns(const real *p, int width, v4 out[2]) {
  if (width == PANEL) {
    out[0] = v4_load(p), out[1] = v4_load(p + 4);
  } else {
    out[0] = v4_load_tail(p, fm_min(width, 4));
    out[1] = v4_load_tail(p + 4, width - 4);
  }
}

FM_INLINE void store_columns(real *p, int width, const v4 in[2]) {
  if (width == PANEL) {
    v4_store(p, in[0]), v4_store(p + 4, in[1]);
  } else {
    v4_store_tail(p, in[0], fm_min(width, 4));
    v4_store_tail(p + 4, in[1], width - 4);
  }
}

/* One tile: `rows` is a constant at each call, so that the loops over it unroll and `sum` lives in registers. */
FM_INLINE void tile(const int rows, const real *a, int a_row, int a_col, const real *panel, const real *init,
                    int init_row, real *c, int c_row, int width, int k) {
  v4 sum[TILE_ROWS][2];
  for (int r = 0; r < rows; r++) {
    if (init)
      load_columns(init + (size_t)r * init_row, width, sum[r]);
    else
      sum[r][0] = sum[r][1] = v4_zero();
  }
  for (int i = 0; i < k; i++, a += a_col, panel += PANEL) {
    const v4 b0 = v4_load(panel), b1 = v4_load(panel + 4);
    for (int r = 0; r < rows; r++) {
      const v4 x = v4_load_all(a + (size_t)r * a_row);
      sum[r][0] = v4_add(sum[r][0], v4_mul(x, b0));
      sum[r][1] = v4_add(sum[r][1], v4_mul(x, b1));
    }
  }
  for (int r = 0; r < rows; r++) store_columns(c + (size_t)r * c_row, width, sum[r]);
}

/* One panel of columns: its k x 8 block of B stays in the first-level cache while the rows of A pass by. A function of
 * its own, called often, because V8 replaces baseline code only between calls. */
FM_HOT void multiply_panel(const real *a, int a_row, int a_col, const real *panel, const real *init, int init_row,
                           real *c, int c_row, int m, int width, int k) {
  int i = 0;
  for (; i + TILE_ROWS <= m; i += TILE_ROWS)
    tile(TILE_ROWS, a + (size_t)i * a_row, a_row, a_col, panel, init ? init + (size_t)i * init_row : NULL, init_row,
         c + (size_t)i * c_row, c_row, width, k);
  for (; i < m; i++)
    tile(1, a + (size_t)i * a_row, a_row, a_col, panel, init ? init + (size_t)i * init_row : NULL, init_row,
         c + (size_t)i * c_row, c_row, width, k);
}

void gemm(const real *a, int a_row, int a_col, const real *panels, const real *init, int init_row, real *c, int c_row,
          int m, int n, int k) {
  for (int j = 0; j < n; j += PANEL, panels += (size_t)PANEL * k)
    multiply_panel(a, a_row, a_col, panels, init ? init + j : NULL, init_row, c + j, c_row, m, fm_min(PANEL, n - j), k);
}
