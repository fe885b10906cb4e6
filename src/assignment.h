/* assignment.h — the permutation of least cost between two clouds of n points.
 *
 *     minimise  sum_i cost(i, match_i)          over permutations
 *     maximise  sum_i u_i + sum_j price_j       with  u_i <= cost(i, j) - price_j  for all i, j: the dual
 *
 * Method: shortest augmenting paths (Tomizawa 1971; Jonker & Volgenant 1987) over a list of the least dear columns of each row.
 * What a list leaves out has a reduced cost of `beyond` or more, and since searches only lower prices, that stays true without
 * looking again. So a search walks the lists alone and is still exact: where `beyond` comes up before a free column is reached,
 * the list is made anew. Costs are stored in the lists alone: O(n (D + 16)) memory. O(n^3) time at worst.
 *
 * Where costs tie, a row first takes any free one of its least dear columns: in data of few values searches would each visit all
 * the equal points, and few rows are left to search for.
 *
 * Of several optima the one found depends on the points and the first prices alone. u and the prices satisfy the conditions
 * above up to the rounding of sums along a path.
 */
#ifndef ASSIGNMENT_H
#define ASSIGNMENT_H

#include "cloud.h"

typedef struct {
  cloud *rows, *columns;
  int n;
  int searches;         /* rows that got no column but by a search */
  int near;             /* length of a list: 16, or n if that is less */
  int32_t *match;       /* [n] column of each row, or -1 */
  int32_t *owner;       /* [n] row of each column, or -1 */
  double *paid;         /* [n] cost of each row and its match */
  int32_t *near_column; /* [n, near] in ascending order of the reduced costs when the list was made */
  double *near_cost;    /* [n, near] */
  double *beyond;       /* [n] no column outside the list of this row has a smaller reduced cost */

  /* of one search */
  double *offset;            /* [n] by row: the distance of a column through it is offset + reduced cost */
  double *distance;          /* [n] by column: of the shortest way found, CLOUD_FAR while there is none */
  int32_t *parent;           /* [n] by column: the row before it on that way */
  int32_t *reached, *closed; /* [n] columns with a distance; those whose distance is final */
  int reached_count, closed_count, heap_count;
  double base, bound; /* no open column is nearer than base; the nearest free one is at bound */
  int free;           /* that column, or -1 */
  double *key;        /* [2n] a binary heap of distances, with */
  int32_t *item;      /* [2n] a column j, or n + i for what lies beyond the list of row i, */
  int32_t *place;     /* [2n] where an item stands in the heap, or -1 */
} assignment;

/* For up to n points. */
void assignment_layout(assignment *a, int n, arena *memory);

/* Matches rows[n] to columns[n]: a->match. Searches start from the prices of the columns, any finite ones; the nearer they are
 * to the dual, the shorter the searches. In the end they are the dual, and the prices of the rows are u. */
void assignment_solve(assignment *a, cloud *rows, cloud *columns);

#endif
