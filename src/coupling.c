#include "coupling.h"

enum { NONE = -1 };

typedef struct {
  const real *x0, *x1;
  int n, dim;
  double *price;    /* dual of each column; the reduced cost is cost - price */
  double *distance; /* shortest reduced path to each column found so far */
  double *cost;     /* of one row, as row_costs left it */
  int32_t *owner;   /* row matched to each column, or NONE */
  int32_t *parent;  /* row before each column on its shortest path */
  int32_t *closed;  /* columns whose distance is final, in that order */
  int32_t *is_open; /* by column */
  int32_t *free;    /* rows without a column */
  int32_t *match;   /* column of each row, or NONE */
} problem;

uint32_t coupling_scratch_size(int n) { return (uint32_t)n * (3 * sizeof(double) + 5 * sizeof(int32_t)); }

static double cost_between(const real *a, const real *b, int dim) {
  double sum = 0;
  for (int k = 0; k < dim; k++) {
    const double gap = (double)a[k] - (double)b[k];
    sum += gap * gap;
  }
  return sum;
}

/* cost[j] = |x0[row] - x1[j]|^2. The plane has a loop of its own: it is the common case, and this is the inner loop. */
static void row_costs(const problem *p, int row) {
  const real *a = p->x0 + (size_t)row * (size_t)p->dim;
  if (p->dim == 2) {
    const double ax = (double)a[0], ay = (double)a[1];
    for (int j = 0; j < p->n; j++) {
      const double dx = ax - (double)p->x1[2 * j], dy = ay - (double)p->x1[2 * j + 1];
      p->cost[j] = dx * dx + dy * dy;
    }
  } else {
    for (int j = 0; j < p->n; j++) p->cost[j] = cost_between(a, p->x1 + (size_t)j * (size_t)p->dim, p->dim);
  }
}

static void assign(problem *p, int row, int column) {
  p->match[row] = column;
  p->owner[column] = row;
}

/* Column reduction: each price starts at the column's cheapest row, and that row takes it when still free. All reduced costs
 * are then >= 0, and 0 on the matched ones. Kept row by row: `parent` holds the cheapest row of each column. */
static void reduce_columns(problem *p) {
  for (int j = 0; j < p->n; j++) p->price[j] = 1e300, p->owner[j] = NONE, p->match[j] = NONE;
  for (int i = 0; i < p->n; i++) {
    row_costs(p, i);
    for (int j = 0; j < p->n; j++)
      if (p->cost[j] < p->price[j]) p->price[j] = p->cost[j], p->parent[j] = i;
  }
  for (int j = p->n - 1; j >= 0; j--)
    if (p->match[p->parent[j]] == NONE) assign(p, p->parent[j], j);
}

typedef struct {
  double first, second; /* the two lowest reduced costs of a row */
  int column, runner_up;
} lowest;

static lowest two_lowest(problem *p, int row) {
  lowest low = {1e300, 1e300, 0, 0};
  row_costs(p, row);
  for (int j = 0; j < p->n; j++) {
    const double reduced = p->cost[j] - p->price[j];
    if (reduced >= low.second) continue;
    if (reduced < low.first)
      low = (lowest){reduced, low.first, j, low.column};
    else
      low.second = reduced, low.runner_up = j;
  }
  return low;
}

/* Augmenting row reduction: each free row takes its cheapest column and lowers that price until its second choice is as
 * good; the row it turns out is tried next, or, on a tie, in the next pass. Returns the rows still free. The number of
 * trials is bounded, since with rounded prices two rows could go on outbidding each other by one last place. */
static int reduce_rows(problem *p, int count) {
  int kept = 0, trials = 8 * p->n;
  for (int k = 0; k < count;) {
    const int row = p->free[k++];
    if (trials-- <= 0) {
      p->free[kept++] = row;
      continue;
    }
    const lowest low = two_lowest(p, row);
    const int wins = low.first < low.second;
    int column = low.column;
    if (wins)
      p->price[column] -= low.second - low.first;
    else if (p->owner[column] != NONE)
      column = low.runner_up;
    const int turned_out = p->owner[column];
    assign(p, row, column);
    if (turned_out == NONE) continue;
    p->match[turned_out] = NONE;
    if (wins)
      p->free[--k] = turned_out;
    else
      p->free[kept++] = turned_out;
  }
  return kept;
}

/* Relaxes every open column through `row`, reached at `base`; returns the nearest open column, the first in case of a tie. */
static int relax(problem *p, int row, double base) {
  row_costs(p, row);
  const int own = p->match[row];
  const double offset = base - (own == NONE ? 0 : p->cost[own] - p->price[own]);
  double least = 1e300;
  int nearest = NONE;
  for (int j = 0; j < p->n; j++) {
    if (!p->is_open[j]) continue;
    const double reached = offset + (p->cost[j] - p->price[j]);
    if (reached < p->distance[j]) p->distance[j] = reached, p->parent[j] = row;
    if (p->distance[j] < least) least = p->distance[j], nearest = j;
  }
  return nearest;
}

/* Dijkstra over reduced costs from a free row to the nearest free column; then the prices of the closed columns and the
 * matching along the path are updated. */
static void augment(problem *p, int start) {
  for (int j = 0; j < p->n; j++) p->is_open[j] = 1, p->distance[j] = 1e300;
  int row = start, count = 0, column;
  double base = 0;
  for (;;) {
    column = relax(p, row, base);
    base = p->distance[column];
    if (p->owner[column] == NONE) break;
    p->is_open[column] = 0;
    p->closed[count++] = column;
    row = p->owner[column];
  }
  for (int k = 0; k < count; k++) p->price[p->closed[k]] += p->distance[p->closed[k]] - base;
  while (column != NONE) {
    const int from = p->parent[column], next = p->match[from];
    assign(p, from, column);
    column = next;
  }
}

void coupling_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match) {
  double *reals = scratch;
  int32_t *whole = (int32_t *)(void *)(reals + 3 * (size_t)n);
  problem p = {.x0 = x0, .x1 = x1, .n = n, .dim = dim, .match = match};
  p.price = reals, p.distance = reals + n, p.cost = reals + 2 * (size_t)n;
  p.owner = whole, p.parent = whole + n, p.closed = whole + 2 * (size_t)n, p.is_open = whole + 3 * (size_t)n;
  p.free = whole + 4 * (size_t)n;
  reduce_columns(&p);
  int count = 0;
  for (int i = 0; i < n; i++)
    if (match[i] == NONE) p.free[count++] = i;
  for (int pass = 0; pass < 2; pass++) count = reduce_rows(&p, count);
  for (int k = 0; k < count; k++) augment(&p, p.free[k]);
}
