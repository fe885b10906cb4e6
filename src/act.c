#include "kernels.h"
#include "vmath.h"

FM_INLINE v4 silu(v4 z, v4 *derivative) {
  const v4 s = v4_sigmoid(z), y = v4_mul(z, s);
  *derivative = v4_add(s, v4_mul(y, v4_sub(v4_all(1), s)));
  return y;
}

void silu_forward(const real *z, real *y, real *d, int count) {
  v4 derivative;
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    v4_store(y + i, silu(v4_load(z + i), &derivative));
    if (d) v4_store(d + i, derivative);
  }
  if (i < count) {
    v4_store_tail(y + i, silu(v4_load_tail(z + i, count - i), &derivative), count - i);
    if (d) v4_store_tail(d + i, derivative, count - i);
  }
}

void silu_backward(const real *d, real *dy, int count) {
  int i = 0;
  for (; i + 4 <= count; i += 4) v4_store(dy + i, v4_mul(v4_load(dy + i), v4_load(d + i)));
  for (; i < count; i++) dy[i] *= d[i];
}
