#include "cloud.h"

#include "simd.h"

void cloud_layout(cloud *c, int n, int dim, arena *a) {
  c->n = n, c->dim = dim;
  c->blocks = (n + CLOUD_BLOCK - 1) / CLOUD_BLOCK, c->boxes = (c->blocks + 1) & ~1;
  c->stride = c->blocks * CLOUD_BLOCK;
  const uint64_t d = (uint64_t)dim, stride = (uint64_t)c->stride, boxes = (uint64_t)c->boxes, size = sizeof(double);
  c->x = arena_take(a, d * stride, size);
  c->price = arena_take(a, stride, size);
  c->low = arena_take(a, d * boxes, size);
  c->high = arena_take(a, d * boxes, size);
  c->top = arena_take(a, boxes, size);
  c->bound = arena_take(a, boxes, size);
}

/* ---- Order ------------------------------------------------------------------------------------------------ */

/* The coordinate in which order[from .. to - 1] spread most. */
static int widest(const real *points, int dim, const int32_t *order, int from, int to) {
  int axis = 0;
  double most = -1;
  for (int k = 0; k < dim; k++) {
    const real *x = points + k;
    real low = x[(size_t)order[from] * (size_t)dim], high = low;
    for (int i = from + 1; i < to; i++) {
      const real value = x[(size_t)order[i] * (size_t)dim];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const double spread = (double)high - (double)low;
    if (spread > most) most = spread, axis = k;
  }
  return axis;
}

/* Reorders so that nothing before place `middle` is greater than anything from there on (Hoare 1961, FIND). */
static void split(const real *x, int dim, int32_t *order, int from, int to, int middle) {
  for (int first = from, last = to - 1; first < last;) {
    const real pivot = x[(size_t)order[(first + last) / 2] * (size_t)dim];
    int i = first, j = last;
    while (i <= j) {
      while (x[(size_t)order[i] * (size_t)dim] < pivot) i++;
      while (pivot < x[(size_t)order[j] * (size_t)dim]) j--;
      if (i > j) break;
      const int32_t kept = order[i];
      order[i++] = order[j], order[j--] = kept;
    }
    if (j < middle) first = i;
    if (middle < i) last = j;
  }
}

/* Halves cells of `size` places, a power of two, down to single points. */
static void order_cells(const real *points, int n, int dim, int32_t *order, int size) {
  for (; size > 1; size /= 2)
    for (int from = 0; from + size / 2 < n; from += size) {
      const int to = fm_min(from + size, n);
      split(points + widest(points, dim, order, from, to), dim, order, from, to, from + size / 2);
    }
}

void cloud_order(const real *points, int n, int dim, int32_t *order) {
  int size = 1;
  while (size < n) size *= 2;
  for (int i = 0; i < n; i++) order[i] = i;
  order_cells(points, n, dim, order, size);
}

/* ---- Points and boxes ------------------------------------------------------------------------------------- */

/* Fills the places past the last point. */
static void pad(cloud *c) {
  for (int j = 0; j < c->n; j++) c->price[j] = 0;
  for (int j = c->n; j < c->stride; j++) {
    c->price[j] = -2 * CLOUD_FAR;
    for (int k = 0; k < c->dim; k++) c->x[k * c->stride + j] = c->x[k * c->stride + c->n - 1];
  }
}

void cloud_place(cloud *c, const real *points, const int32_t *order) {
  for (int j = 0; j < c->n; j++)
    for (int k = 0; k < c->dim; k++)
      c->x[k * c->stride + j] = (double)points[(size_t)order[j] * (size_t)c->dim + (size_t)k];
  pad(c);
}

void cloud_halve(const cloud *fine, cloud *coarse) {
  for (int k = 0; k < fine->dim; k++) {
    const double *from = fine->x + k * fine->stride;
    double *to = coarse->x + k * coarse->stride;
    for (int g = 0; g < coarse->n; g++) {
      const int other = 2 * g + 1 < fine->n ? 2 * g + 1 : 2 * g;
      to[g] = 0.5 * (from[2 * g] + from[other]);
    }
  }
  pad(coarse);
}

static double least_of(const double *x) {
  double least = x[0];
  for (int i = 1; i < CLOUD_BLOCK; i++) least = x[i] < least ? x[i] : least;
  return least;
}

static double most_of(const double *x) {
  double most = x[0];
  for (int i = 1; i < CLOUD_BLOCK; i++) most = x[i] > most ? x[i] : most;
  return most;
}

void cloud_enclose(cloud *c) {
  for (int b = 0; b < c->boxes; b++) {
    const int block = fm_min(b, c->blocks - 1); /* an odd one out repeats the last, and is not asked for */
    for (int k = 0; k < c->dim; k++) {
      const double *x = c->x + k * c->stride + block * CLOUD_BLOCK;
      c->low[k * c->boxes + b] = least_of(x), c->high[k * c->boxes + b] = most_of(x);
    }
    c->top[b] = most_of(c->price + block * CLOUD_BLOCK);
  }
}

void cloud_point(const cloud *c, int j, double *point) {
  for (int k = 0; k < c->dim; k++) point[k] = c->x[k * c->stride + j];
}

double cloud_cost(const cloud *c, const double *point, int j) {
  double sum = 0;
  for (int k = 0; k < c->dim; k++) {
    const double gap = point[k] - c->x[k * c->stride + j];
    sum += gap * gap;
  }
  return sum;
}

/* ---- Questions -------------------------------------------------------------------------------------------- */

void cloud_bound(cloud *c, const double *point) {
  for (int b = 0; b < c->boxes; b += 2) {
    v2 sum = v2_all(0);
    for (int k = 0; k < c->dim; k++) {
      const v2 place = v2_all(point[k]);
      const v2 below = v2_sub(v2_load(c->low + k * c->boxes + b), place);
      const v2 above = v2_sub(place, v2_load(c->high + k * c->boxes + b));
      const v2 gap = v2_pmax(v2_pmax(below, above), v2_all(0));
      sum = v2_add(sum, v2_mul(gap, gap));
    }
    v2_store(c->bound + b, v2_sub(sum, v2_load(c->top + b)));
  }
}

void cloud_reduce(const cloud *c, const double *point, int block, double reduced[CLOUD_BLOCK]) {
  enum { PAIRS = CLOUD_BLOCK / 2 };
  v2 sum[PAIRS];
  for (int i = 0; i < PAIRS; i++) sum[i] = v2_all(0);
  const double *x = c->x + block * CLOUD_BLOCK, *price = c->price + block * CLOUD_BLOCK;
  for (int k = 0; k < c->dim; k++, x += c->stride) {
    const v2 place = v2_all(point[k]);
    for (int i = 0; i < PAIRS; i++) {
      const v2 gap = v2_sub(place, v2_load(x + 2 * i));
      sum[i] = v2_add(sum[i], v2_mul(gap, gap));
    }
  }
  for (int i = 0; i < PAIRS; i++) v2_store(reduced + 2 * i, v2_sub(sum[i], v2_load(price + 2 * i)));
}

double cloud_least(cloud *c, const double *point, int *at) {
  double least = cloud_cost(c, point, *at) - c->price[*at], reduced[CLOUD_BLOCK];
  cloud_bound(c, point);
  for (int b = 0; b < c->blocks; b++) {
    if (!(c->bound[b] < least)) continue;
    cloud_reduce(c, point, b, reduced);
    for (int i = 0; i < CLOUD_BLOCK; i++)
      if (reduced[i] < least) least = reduced[i], *at = b * CLOUD_BLOCK + i;
  }
  return least;
}

/* The least dear points so far, in ascending order. */
typedef struct {
  int count, filled;
  double limit; /* nothing above it belongs to the list */
  double reduced[CLOUD_MOST];
  int32_t at[CLOUD_MOST];
} ranking;

static void rank(ranking *r, double reduced, int j) {
  const int last = r->count - 1;
  if (r->filled > last && !(reduced < r->limit)) return;
  int k = r->filled > last ? last : r->filled++;
  for (; k > 0 && r->reduced[k - 1] > reduced; k--) r->reduced[k] = r->reduced[k - 1], r->at[k] = r->at[k - 1];
  r->reduced[k] = reduced, r->at[k] = j;
  if (r->filled > last) r->limit = r->reduced[last];
}

FM_HOT void rank_block(const cloud *c, const double *point, int block, ranking *r) {
  double reduced[CLOUD_BLOCK];
  cloud_reduce(c, point, block, reduced);
  for (int i = 0; i < CLOUD_BLOCK; i += 2)
    for (uint32_t open = v2_bits(v2_less_equal(v2_load(reduced + i), v2_all(r->limit))); open; open &= open - 1) {
      const int j = i + __builtin_ctz(open);
      rank(r, reduced[j], block * CLOUD_BLOCK + j);
    }
}

double cloud_nearest(cloud *c, const double *point, int count, int32_t *at) {
  ranking r;
  r.count = count, r.filled = 0, r.limit = -CLOUD_FAR;
  for (int k = 0; k < count; k++) {
    const double reduced = cloud_cost(c, point, at[k]) - c->price[at[k]];
    if (reduced > r.limit) r.limit = reduced;
  }
  cloud_bound(c, point);
  for (int b = 0; b < c->blocks; b++)
    if (c->bound[b] <= r.limit) rank_block(c, point, b, &r);
  for (int k = 0; k < count; k++) at[k] = r.at[k];
  return count == c->n ? CLOUD_FAR : r.limit;
}
