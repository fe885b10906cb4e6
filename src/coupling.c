#include "coupling.h"

#include "simd.h"

enum {
  NONE = -1,
  SMALL = 32,  /* up to here a problem is solved from scratch */
  FRACTION = 4 /* above, duals come from this part of the points */
};

/* Above any sum of costs: a column priced at -FAR cannot be reached, one at distance FAR has not been. */
static const double FAR = 1e300;

/* Arrays by column have a place for an even number of them, so that the last pair of lanes is whole; the place past the end
 * is priced at -FAR for good. */
typedef struct {
  const real *x0;
  const double *x1; /* coordinate k of column j at x1[k * stride + j] */
  int n, dim, stride;
  double *price;    /* dual of each column; the reduced cost is cost - price */
  double *distance; /* shortest reduced path to each column that is still open */
  double *cost;     /* of one row, as row_costs left it */
  double *parent;   /* row before each column on its shortest path; a double, to be selected with the distance */
  double *final;    /* by order of closing: distance of a closed column */
  double *saved;    /* by order of closing: its price, which is -FAR meanwhile */
  int32_t *owner;   /* row matched to each column, or NONE */
  int32_t *closed;  /* columns whose distance is final, in that order */
  int32_t *match;   /* column of each row, or NONE */
} problem;

enum { DOUBLES = 6, WHOLES = 2 };

static uint32_t even(int n) { return ((uint32_t)n + 1) & ~1u; }

uint32_t coupling_scratch_size(int n, int dim) {
  return even(n) * ((DOUBLES + (uint32_t)dim) * (uint32_t)sizeof(double) + WHOLES * (uint32_t)sizeof(int32_t));
}

/* cost[j] = |x0[row] - x1[j]|^2 for all columns, coordinate by coordinate. */
FM_HOT void row_costs(const problem *p, int row) {
  const real *a = p->x0 + (size_t)row * (size_t)p->dim;
  for (int k = 0; k < p->dim; k++) {
    const v2 place = v2_all((double)a[k]);
    const double *x = p->x1 + (size_t)k * (size_t)p->stride;
    for (int j = 0; j < p->n; j += 2) {
      const v2 gap = v2_sub(place, v2_load(x + j)), square = v2_mul(gap, gap);
      v2_store(p->cost + j, k ? v2_add(v2_load(p->cost + j), square) : square);
    }
  }
}

static void assign(problem *p, int row, int column) {
  p->match[row] = column;
  p->owner[column] = row;
}

/* Least value and first column seen so far, in two lanes. */
typedef struct {
  v2 value, column;
} running_least;

FM_INLINE void least_update(running_least *least, v2 value, v2 column) {
  const v2 lower = v2_less(value, least->value);
  least->value = v2_select(lower, value, least->value);
  least->column = v2_select(lower, column, least->column);
}

/* The column of the least value, the first in case of a tie. */
static int least_column(running_least least) {
  const double a = v2_lane0(least.value), b = v2_lane1(least.value);
  const double first = v2_lane0(least.column), second = v2_lane1(least.column);
  return (int)(b < a || (b == a && second < first) ? second : first);
}

static const double FIRST_COLUMNS[2] = {0, 1};

static running_least least_start(void) { return (running_least){v2_all(2 * FAR), v2_all(0)}; }

/* Shortens the way to every open column through a row whose costs are in place, reached at `offset` plus its reduced cost;
 * returns the nearest open column. */
FM_HOT int relax(problem *p, int row, double offset) {
  const v2 start = v2_all(offset), from = v2_all(row), two = v2_all(2);
  running_least least = least_start();
  v2 column = v2_load(FIRST_COLUMNS);
  for (int j = 0; j < p->n; j += 2) {
    const v2 reached = v2_add(start, v2_sub(v2_load(p->cost + j), v2_load(p->price + j)));
    const v2 known = v2_load(p->distance + j), shorter = v2_less(reached, known);
    const v2 distance = v2_select(shorter, reached, known);
    v2_store(p->distance + j, distance);
    v2_store(p->parent + j, v2_select(shorter, from, v2_load(p->parent + j)));
    least_update(&least, distance, column);
    column = v2_add(column, two);
  }
  return least_column(least);
}

/* The column of least reduced cost of a row whose costs are in place. */
FM_HOT int cheapest(const problem *p) {
  running_least least = least_start();
  v2 column = v2_load(FIRST_COLUMNS);
  for (int j = 0; j < p->n; j += 2) {
    least_update(&least, v2_sub(v2_load(p->cost + j), v2_load(p->price + j)), column);
    column = v2_add(column, v2_all(2));
  }
  return least_column(least);
}

/* price[j] = min over i < rows of cost(i, j) - offset[i], the c-transform: no reduced cost of these rows lies below their
 * offset. A null offset is zero. */
static void price_columns(problem *p, const double *offset, int rows) {
  for (int j = 0; j < p->n; j += 2) v2_store(p->price + j, v2_all(FAR));
  for (int i = 0; i < rows; i++) {
    const v2 u = v2_all(offset ? offset[i] : 0);
    row_costs(p, i);
    for (int j = 0; j < p->n; j += 2)
      v2_store(p->price + j, v2_pmin(v2_load(p->price + j), v2_sub(v2_load(p->cost + j), u)));
  }
  if (p->n & 1) p->price[p->n] = -FAR;
}

/* Each row takes its cheapest column where that is free. */
static void match_greedily(problem *p) {
  for (int j = 0; j < p->n; j++) p->match[j] = p->owner[j] = NONE;
  for (int i = 0; i < p->n; i++) {
    row_costs(p, i);
    const int column = cheapest(p);
    if (p->owner[column] == NONE) assign(p, i, column);
  }
}

static void close_column(problem *p, int column, int order) {
  p->closed[order] = column;
  p->final[order] = p->distance[column];
  p->saved[order] = p->price[column];
  p->distance[column] = FAR;
  p->price[column] = -FAR;
}

/* Dijkstra over reduced costs from a free row to the nearest free column; then the prices of the closed columns and the
 * matching along the path are updated. */
static void augment(problem *p, int start) {
  for (int j = 0; j < p->n; j += 2) v2_store(p->distance + j, v2_all(FAR));
  row_costs(p, start);
  int count = 0, column = relax(p, start, 0);
  double base = p->distance[column];
  for (; p->owner[column] != NONE; count++) {
    close_column(p, column, count);
    const int row = p->owner[column];
    row_costs(p, row);
    column = relax(p, row, base - (p->cost[column] - p->saved[count]));
    base = p->distance[column];
  }
  for (int k = 0; k < count; k++) p->price[p->closed[k]] = p->saved[k] + (p->final[k] - base);
  while (column != NONE) {
    const int from = (int)p->parent[column], next = p->match[from];
    assign(p, from, column);
    column = next;
  }
}

static void solve(problem *p);

/* Batches come in random order, so the first quarter of one stands for the whole: its exact duals, carried over to all
 * columns, are nearly those of the whole, and the paths that remain are short. `distance` lends its place to the duals of the
 * rows. */
static void price_from_part(problem *p) {
  problem part = *p;
  part.n = p->n / FRACTION;
  solve(&part);
  for (int i = 0; i < part.n; i++) {
    row_costs(&part, i);
    p->distance[i] = p->cost[p->match[i]] - p->price[p->match[i]];
  }
  price_columns(p, p->distance, part.n);
}

static void solve(problem *p) {
  if (p->n > SMALL)
    price_from_part(p);
  else
    price_columns(p, NULL, p->n);
  match_greedily(p);
  for (int i = 0; i < p->n; i++)
    if (p->match[i] == NONE) augment(p, i);
}

void coupling_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match) {
  const size_t size = even(n);
  double *reals = scratch, *columns = reals + DOUBLES * size;
  int32_t *whole = (int32_t *)(void *)(columns + size * (size_t)dim);
  for (int k = 0; k < dim; k++)
    for (size_t j = 0; j < size; j++)
      columns[(size_t)k * size + j] = j < (size_t)n ? (double)x1[j * (size_t)dim + (size_t)k] : 0;
  problem p = {.x0 = x0, .x1 = columns, .n = n, .dim = dim, .stride = (int)size, .match = match};
  p.price = reals, p.distance = reals + size, p.cost = reals + 2 * size, p.parent = reals + 3 * size;
  p.final = reals + 4 * size, p.saved = reals + 5 * size;
  p.owner = whole, p.closed = whole + size;
  solve(&p);
}
