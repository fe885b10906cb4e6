/* cloud.h — points with prices, asked which of them is least dear to a point from elsewhere.
 *
 *     cost(a, j) = |a - x_j|^2        reduced(a, j) = cost(a, j) - price_j
 *
 * all in double, summed in ascending order of coordinates, to the same bits wherever they are computed.
 *
 * Points stand in the order of a k-d tree (Bentley 1975), so 16 consecutive ones are neighbours. A block of them is passed over
 * when no point of its box at its highest price could be less dear than what is known. The same operations in the same order
 * are monotone under rounding, so the bound holds to the last bit. In many dimensions it rarely passes a block over, and
 * costs an eighth of the block.
 *
 *     cloud_order(points, n, dim, order);    cloud_place(&c, points, order);    ...set c.price[0 .. n-1]...
 *     cloud_enclose(&c);    cloud_least(&c, a, &j);
 */
#ifndef CLOUD_H
#define CLOUD_H

#include "arena.h"

enum {
  CLOUD_BLOCK = 16,
  CLOUD_MOST = 16,                            /* longest list of nearest points */
  CLOUD_MAX_DIM = FM_MAX_DIM + FM_MAX_CLASSES /* a coordinate for each class may join those of a point */
};

/* Above any cost, any sum of costs and any price. */
static const double CLOUD_FAR = 1e300;

typedef struct {
  int n, dim;
  int stride;        /* n rounded up to whole blocks; the places past n repeat the last point, at a price nobody pays */
  int blocks, boxes; /* stride / CLOUD_BLOCK, and that rounded up to even */
  double *x;         /* [dim, stride]: coordinate k of point j at x[k * stride + j] */
  double *price;     /* [stride] */
  double *low, *high; /* [dim, boxes]: the box of each block */
  double *top;        /* [boxes]: a bound on its prices from above */
  double *bound;      /* [boxes]: on reduced costs from below, of the point that cloud_bound was given last */
} cloud;

void cloud_layout(cloud *c, int n, int dim, arena *a);

/* order[n]: points [n, dim] in the order of a k-d tree whose cells halve along their longest side. In cells of 2^k places, each
 * counted from the first, the last one may have fewer points. */
void cloud_order(const real *points, int n, int dim, int32_t *order);

/* Takes over points [n, dim] in that order; prices become 0. */
void cloud_place(cloud *c, const real *points, const int32_t *order);

/* coarse, of (n + 1) / 2 points, becomes the means of points 2g and 2g + 1, at price 0. */
void cloud_halve(const cloud *fine, cloud *coarse);

/* Tells the cloud its prices. Falling prices need not be told: bounds then stay true and only lose their edge. */
void cloud_enclose(cloud *c);

/* Point j into point[dim]. */
void cloud_point(const cloud *c, int j, double *point);

double cloud_cost(const cloud *c, const double *point, int j);

/* Least reduced cost to point[dim]; *at is a guess before, one of the least dear points after. */
double cloud_least(cloud *c, const double *point, int *at);

/* The `count` least dear points, in ascending order of reduced cost: at[count] holds as many guesses before, no two alike.
 * 1 <= count <= CLOUD_MOST, count <= n. Returns what no other point is below: CLOUD_FAR when there is no other. */
double cloud_nearest(cloud *c, const double *point, int count, int32_t *at);

/* bound[b] for every block. */
void cloud_bound(cloud *c, const double *point);

/* The reduced costs of one block. */
void cloud_reduce(const cloud *c, const double *point, int block, double reduced[CLOUD_BLOCK]);

#endif
