#include "assignment.h"

enum { NONE = -1, NEAR = CLOUD_MOST, STRIDE = 16 };

void assignment_layout(assignment *a, int n, arena *memory) {
  const uint64_t count = (uint64_t)n, near = (uint64_t)fm_min(n, NEAR), whole = sizeof(int32_t), size = sizeof(double);
  a->match = arena_take(memory, count, whole);
  a->owner = arena_take(memory, count, whole);
  a->paid = arena_take(memory, count, size);
  a->near_column = arena_take(memory, count * near, whole);
  a->near_cost = arena_take(memory, count * near, size);
  a->beyond = arena_take(memory, count, size);
  a->offset = arena_take(memory, count, size);
  a->distance = arena_take(memory, count, size);
  a->parent = arena_take(memory, count, whole);
  a->reached = arena_take(memory, count, whole);
  a->closed = arena_take(memory, count, whole);
  a->key = arena_take(memory, 2 * count, size);
  a->item = arena_take(memory, 2 * count, whole);
  a->place = arena_take(memory, 2 * count, whole);
}

static void assign(assignment *a, int row, int column, double cost) {
  a->match[row] = column;
  a->owner[column] = row;
  a->paid[row] = cost;
}

/* ---- Lists ------------------------------------------------------------------------------------------------ */

/* Makes the list of a row at present prices, from the guesses in it. */
FM_HOT void list_row(assignment *a, int row) {
  double point[CLOUD_MAX_DIM];
  const int near = a->near;
  int32_t *column = a->near_column + row * near;
  double *cost = a->near_cost + row * near;
  cloud_point(a->rows, row, point);
  a->beyond[row] = cloud_nearest(a->columns, point, near, column);
  for (int k = 0; k < near; k++) cost[k] = cloud_cost(a->columns, point, column[k]);
}

/* A free column whose reduced cost is `least`, or NONE. */
static int free_tie(assignment *a, int row, double least) {
  double point[CLOUD_MAX_DIM], reduced[CLOUD_BLOCK];
  cloud_point(a->rows, row, point);
  cloud_bound(a->columns, point);
  for (int b = 0; b < a->columns->blocks; b++) {
    if (a->columns->bound[b] > least) continue;
    cloud_reduce(a->columns, point, b, reduced);
    for (int j = b * CLOUD_BLOCK; j < fm_min((b + 1) * CLOUD_BLOCK, a->n); j++)
      if (reduced[j - b * CLOUD_BLOCK] == least && a->owner[j] == NONE) return j;
  }
  return NONE;
}

/* Takes a free one of the least dear columns, of which there are several only where costs tie. */
static void take_least(assignment *a, int row) {
  const int32_t *column = a->near_column + row * a->near;
  const double *cost = a->near_cost + row * a->near, least = cost[0] - a->columns->price[column[0]];
  int free = NONE, k = 0;
  for (; k < a->near && free == NONE && cost[k] - a->columns->price[column[k]] == least; k++)
    if (a->owner[column[k]] == NONE) free = column[k];
  if (free == NONE && a->beyond[row] == least) free = free_tie(a, row, least);
  if (free == NONE) return;
  double point[CLOUD_MAX_DIM];
  cloud_point(a->rows, row, point);
  assign(a, row, free, cloud_cost(a->columns, point, free));
}

/* Rows stand in the order of a tree too, so the list of one is a good guess for the next. */
static void list_rows(assignment *a) {
  for (int i = 0; i < a->n; i++) {
    int32_t *column = a->near_column + i * a->near;
    for (int k = 0; k < a->near; k++) column[k] = i ? column[k - a->near] : k;
    list_row(a, i);
    take_least(a, i);
  }
}

/* ---- The heap --------------------------------------------------------------------------------------------- */

static void heap_set(assignment *a, int at, double key, int item) {
  a->key[at] = key, a->item[at] = item, a->place[item] = at;
}

/* Inserts an item, or brings it to a smaller key. */
FM_HOT void heap_push(assignment *a, double key, int item) {
  int at = a->place[item] == NONE ? a->heap_count++ : a->place[item];
  for (; at > 0; at = (at - 1) / 2) {
    const int up = (at - 1) / 2;
    if (!(key < a->key[up])) break;
    heap_set(a, at, a->key[up], a->item[up]);
  }
  heap_set(a, at, key, item);
}

/* Removes the item of the least key. */
FM_HOT int heap_pop(assignment *a) {
  const int least = a->item[0], count = --a->heap_count;
  const double key = a->key[count];
  const int item = a->item[count];
  a->place[least] = NONE;
  if (count == 0) return least;
  int at = 0;
  for (int down = 1; down < count; down = 2 * at + 1) {
    if (down + 1 < count && a->key[down + 1] < a->key[down]) down++;
    if (!(a->key[down] < key)) break;
    heap_set(a, at, a->key[down], a->item[down]);
    at = down;
  }
  heap_set(a, at, key, item);
  return least;
}

/* ---- Searches --------------------------------------------------------------------------------------------- */

/* A shorter way to a column, through a row. */
static void reach(assignment *a, int row, int column, double distance) {
  if (a->distance[column] == CLOUD_FAR) a->reached[a->reached_count++] = column;
  a->distance[column] = distance;
  a->parent[column] = row;
  if (a->owner[column] == NONE)
    a->bound = distance, a->free = column;
  else
    heap_push(a, distance, column);
}

/* Whether a way is shorter than the ways known to its column and to a free one. Rounding might make it shorter than what is
 * final; then it counts as equal, so that what is final stays. */
FM_INLINE int is_shorter(const assignment *a, int column, double *distance, double base, double bound) {
  if (*distance < base) *distance = base;
  return *distance < a->distance[column] && *distance < bound;
}

FM_HOT void scan_list(assignment *a, int row) {
  const double offset = a->offset[row], *cost = a->near_cost + row * a->near, *price = a->columns->price,
               base = a->base;
  const int32_t *column = a->near_column + row * a->near;
  const int near = a->near;
  double bound = a->bound;
  for (int k = 0; k < near; k++) {
    const int j = column[k];
    double distance = offset + (cost[k] - price[j]);
    if (is_shorter(a, j, &distance, base, bound)) reach(a, row, j, distance), bound = a->bound;
  }
  if (offset + a->beyond[row] < bound) heap_push(a, offset + a->beyond[row], a->n + row);
}

FM_HOT void scan_block(assignment *a, int row, const double *point, int block) {
  double reduced[CLOUD_BLOCK];
  cloud_reduce(a->columns, point, block, reduced);
  const int from = block * CLOUD_BLOCK, count = fm_min(CLOUD_BLOCK, a->n - from);
  for (int i = 0; i < count; i++) {
    double distance = a->offset[row] + reduced[i];
    if (is_shorter(a, from + i, &distance, a->base, a->bound)) reach(a, row, from + i, distance);
  }
}

static void scan_all(assignment *a, int row) {
  double point[CLOUD_MAX_DIM];
  cloud_point(a->rows, row, point);
  cloud_bound(a->columns, point);
  for (int b = 0; b < a->columns->blocks; b++)
    if (a->offset[row] + a->columns->bound[b] < a->bound) scan_block(a, row, point, b);
}

/* What lies beyond the list of a row has come up: a new list, or all columns where that reaches no further. */
static void scan_beyond(assignment *a, int row) {
  const double before = a->beyond[row];
  list_row(a, row);
  if (a->beyond[row] > before)
    scan_list(a, row);
  else
    scan_all(a, row);
}

static void search_begin(assignment *a) {
  a->reached_count = a->closed_count = a->heap_count = 0;
  a->base = -CLOUD_FAR, a->bound = CLOUD_FAR, a->free = NONE;
}

/* Dijkstra over reduced costs from a free row to the nearest free column. */
static void search(assignment *a, int start) {
  search_begin(a);
  a->offset[start] = 0;
  scan_list(a, start);
  while (a->heap_count > 0 && a->key[0] < a->bound) {
    if (a->key[0] > a->base) a->base = a->key[0];
    const int item = heap_pop(a);
    if (item >= a->n) {
      scan_beyond(a, item - a->n);
      continue;
    }
    const int row = a->owner[item];
    a->closed[a->closed_count++] = item;
    a->offset[row] = a->base - (a->paid[row] - a->columns->price[item]);
    scan_list(a, row);
  }
}

static void search_end(assignment *a) {
  for (int k = 0; k < a->reached_count; k++) a->distance[a->reached[k]] = CLOUD_FAR;
  for (int k = 0; k < a->heap_count; k++) a->place[a->item[k]] = NONE;
}

/* Moves each row of the path to the next column. */
static void flip(assignment *a) {
  double point[CLOUD_MAX_DIM];
  for (int column = a->free; column != NONE;) {
    const int row = a->parent[column], next = a->match[row];
    cloud_point(a->rows, row, point);
    assign(a, row, column, cloud_cost(a->columns, point, column));
    column = next;
  }
}

/* Finds a partner for a free row. */
static void match_row(assignment *a, int row) {
  double *price = a->columns->price;
  search(a, row);
  for (int k = 0; k < a->closed_count; k++) price[a->closed[k]] += a->distance[a->closed[k]] - a->bound;
  search_end(a);
  flip(a);
}

/* Neighbours one after the other would outbid each other; a wide stride spreads the searches over the whole. */
static void match_free_rows(assignment *a) {
  a->searches = 0;
  for (int first = 0; first < STRIDE; first++)
    for (int i = first; i < a->n; i += STRIDE)
      if (a->match[i] == NONE) match_row(a, i), a->searches++;
}

/* ---- The whole -------------------------------------------------------------------------------------------- */

static void assignment_begin(assignment *a, cloud *rows, cloud *columns) {
  a->rows = rows, a->columns = columns, a->n = rows->n, a->near = fm_min(rows->n, NEAR);
  for (int i = 0; i < a->n; i++) a->match[i] = a->owner[i] = NONE, a->distance[i] = CLOUD_FAR;
  for (int i = 0; i < 2 * a->n; i++) a->place[i] = NONE;
}

void assignment_solve(assignment *a, cloud *rows, cloud *columns) {
  assignment_begin(a, rows, columns);
  cloud_enclose(columns);
  list_rows(a);
  match_free_rows(a);
  for (int i = 0; i < a->n; i++) rows->price[i] = a->paid[i] - columns->price[a->match[i]];
}
