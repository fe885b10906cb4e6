#include "kernels.h"
#include "simd.h"

void add_up(const real *const *part, int parts, real *sum, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    v4 total = v4_load(part[0] + i);
    for (int k = 1; k < parts; k++) total = v4_add(total, v4_load(part[k] + i));
    v4_store(sum + i, total);
  }
  for (; i < count; i++) {
    sum[i] = part[0][i];
    for (int k = 1; k < parts; k++) sum[i] += part[k][i];
  }
}

void fill_zero(real *x, int count) {
  for (int i = 0; i < count; i++) x[i] = 0;
}

void sum_rows(const real *x, real *sum, int rows, int cols) {
  for (int i = 0; i < rows; i++, x += cols) {
    int j = 0;
    for (; j + 4 <= cols; j += 4) v4_store(sum + j, v4_add(v4_load(sum + j), v4_load(x + j)));
    for (; j < cols; j++) sum[j] += x[j];
  }
}

double sum_squares(const real *x, int count) {
  double sum[4] = {0, 0, 0, 0};
  int i = 0;
  for (; i + 4 <= count; i += 4)
    for (int lane = 0; lane < 4; lane++) sum[lane] += (double)x[i + lane] * (double)x[i + lane];
  for (; i < count; i++) sum[i & 3] += (double)x[i] * (double)x[i];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
