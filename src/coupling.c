#include "coupling.h"

#include "assignment.h"

enum {
  SMALL = 16, /* up to here a problem is solved from scratch */
  LEVELS = 12 /* FM_MAX_ASSIGN points halved down to SMALL, with one to spare */
};

typedef struct {
  int levels;
  cloud rows[LEVELS], columns[LEVELS]; /* x0 and x1; each level has half the points of the one before */
  int32_t *row_order, *column_order;
  assignment assignment;
} coupling;

static void coupling_layout(coupling *c, int n, int dim, arena *a) {
  int size = 2 * n;
  c->levels = 0;
  do {
    size = (size + 1) / 2;
    cloud_layout(&c->rows[c->levels], size, dim, a);
    cloud_layout(&c->columns[c->levels], size, dim, a);
    c->levels++;
  } while (size > SMALL);
  c->row_order = arena_take(a, (uint64_t)n, sizeof(int32_t));
  c->column_order = arena_take(a, (uint64_t)n, sizeof(int32_t));
  assignment_layout(&c->assignment, n, a);
}

uint32_t coupling_scratch_size(int n, int dim) {
  coupling c;
  arena a = {0};
  coupling_layout(&c, n, dim, &a);
  return (uint32_t)a.used;
}

static void place_points(coupling *c, const real *x0, const real *x1, int n, int dim) {
  cloud_order(x0, n, dim, c->row_order);
  cloud_order(x1, n, dim, c->column_order);
  cloud_place(&c->rows[0], x0, c->row_order);
  cloud_place(&c->columns[0], x1, c->column_order);
  for (int level = 1; level < c->levels; level++) {
    cloud_halve(&c->rows[level - 1], &c->rows[level]);
    cloud_halve(&c->columns[level - 1], &c->columns[level]);
  }
}

/* price_j = min_i cost(i, j) - u_i over the rows of a level, whose prices are u: the c-transform. */
static void price_columns(cloud *columns, cloud *rows) {
  double point[CLOUD_MAX_DIM];
  int row = 0;
  cloud_enclose(rows);
  for (int j = 0; j < columns->n; j++) {
    cloud_point(columns, j, point);
    columns->price[j] = cloud_least(rows, point, &row);
  }
}

void coupling_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match) {
  coupling c;
  arena a = {.base = scratch};
  coupling_layout(&c, n, dim, &a);
  place_points(&c, x0, x1, n, dim);
  for (int level = c.levels - 1, from = level; level >= 0; from = level--) {
    price_columns(&c.columns[level], &c.rows[from]);
    assignment_solve(&c.assignment, &c.rows[level], &c.columns[level]);
  }
  for (int i = 0; i < n; i++) match[c.row_order[i]] = c.column_order[c.assignment.match[i]];
}

double coupling_mean_cost(const real *x0, const real *x1, int n, int dim) {
  double sum = 0;
  for (int i = 0; i < n * dim; i++) sum += ((double)x0[i] - (double)x1[i]) * ((double)x0[i] - (double)x1[i]) / n;
  return sum;
}
