#include "oracle.h"

#include "interval.h"
#include "scalar.h"

/* ---- The Gaussians ---------------------------------------------------------------------------------------- */

/* Of one arc that is traversed at speed at most `speed` as its parameter goes from 0 to 1; 0 when they would be too many. */
static int pieces_of_arc(double speed, double noise) {
  if (noise < ORACLE_LEAST_NOISE) return 0;
  return (int)(speed / (1.5 * noise)) + 1;
}

/* Gaussians a part of the shape takes; 0 when it is none of Gaussians. */
static int count_of_part(const dataset *d, int part, int batch) {
  switch (d->kind) {
    case FM_DATA_MOONS: return part ? batch - batch / 2 : batch / 2;
    case FM_DATA_MOONS_IID: return INTERVAL_NODES * pieces_of_arc(SCALAR_PI, d->noise);
    case FM_DATA_8GAUSSIANS:
    case FM_DATA_8GAUSSIANS_TORCHCFM: return 1;
    case FM_DATA_CIRCLES: return INTERVAL_NODES * pieces_of_arc(2 * SCALAR_PI, d->noise);
    case FM_DATA_SPIRALS: return INTERVAL_NODES * pieces_of_arc(3 * SCALAR_PI + 1, d->noise);
    default: return 0;
  }
}

static int is_integral(int kind) {
  return kind == FM_DATA_MOONS_IID || kind == FM_DATA_CIRCLES || kind == FM_DATA_SPIRALS;
}

void oracle_layout(oracle *o, const dataset *data, int batch, arena *a) {
  /* No part has more than the last. */
  const int parts = dataset_parts(data->kind);
  const uint64_t count = (uint64_t)(parts * count_of_part(data, parts - 1, batch)), dim = (uint64_t)data->dim;
  o->centres = arena_take(a, count * dim, sizeof(real));
  o->log_weight = is_integral(data->kind) ? arena_take(a, count, sizeof(real)) : NULL;
  o->part = arena_take(a, count, sizeof(int32_t));
  posterior_layout(&o->piece, ORACLE_PIECE, data->dim, a);
  o->order = arena_take(a, ORACLE_PIECE, sizeof(int32_t));
  o->weights = arena_take(a, ORACLE_PIECE, sizeof(real));
  o->rows = arena_take(a, FM_ROWS, sizeof(oracle_row));
  o->rest = arena_take(a, FM_ROWS * dim, sizeof(real));
  o->anchor = arena_take(a, FM_ROWS * dim, sizeof(real));
  o->totals = arena_take(a, FM_ROWS * (2 + dim), sizeof(double));
}

/* Places the i-th of `count` Gaussians of a part. */
static void place(const oracle *o, int part, int i, int count) {
  const int kind = o->data->kind, index = o->count;
  real *centre = o->centres + 2 * (size_t)index;
  double u = count > 1 ? (double)i / (count - 1) : 0;
  if (is_integral(kind)) {
    const int node = i % INTERVAL_NODES, piece = i / INTERVAL_NODES;
    double weight = INTERVAL_WEIGHT[node];
    u = (piece + (1 + INTERVAL_NODE[node]) / 2) * INTERVAL_NODES / count;
    /* A spiral is traversed by its radius r = sqrt(u), of density 2 r: u itself has no speed at the middle. */
    if (kind == FM_DATA_SPIRALS) weight *= u, u *= u;
    o->log_weight[index] = (real)scalar_log(weight);
  }
  o->part[index] = part;
  dataset_shape(kind, part, u, 0, centre);
  for (int k = 0; k < 2; k++) centre[k] *= dataset_scale(kind);
}

void oracle_start(oracle *o, const dataset *data, int batch, int classes) {
  o->data = data;
  o->classes = classes;
  o->count = 0;
  o->std = dataset_noise(data) * (double)dataset_scale(data->kind);
  for (int part = 0; part < dataset_parts(data->kind); part++) {
    const int count = count_of_part(data, part, batch);
    for (int i = 0; i < count; i++, o->count++) place(o, part, i, count);
  }
}

int oracle_size(const oracle *o) {
  const dataset *d = o->data;
  if (d->kind == FM_DATA_POINTS) return o->classes > 0 && !d->labels ? 0 : d->count;
  if (d->kind == FM_DATA_CHECKERBOARD) return ORACLE_BOARD;
  return o->classes > 0 && o->count < o->classes ? 0 : o->count;
}

/* ---- Rows ------------------------------------------------------------------------------------------------- */

static oracle_row row_at(path_point at, double std) {
  const double variance = at.alpha * at.alpha * std * std + at.sigma * at.sigma, tau = fm_sqrt(variance);
  return (oracle_row){at, tau, at.alpha / tau, (at.alpha * at.d_alpha * std * std + at.sigma * at.d_sigma) / variance};
}

/* Where the noise prevails rows are anchored to a point of the data, and to the origin for the shapes, which lie around it. */
static double middle(const dataset *d, int k) { return d->kind == FM_DATA_POINTS ? (double)d->points[k] : 0; }

/* The anchor is near the data, wherever they lie, so that neither what is left of x nor anchor - m_j grows without bound. */
static void begin_at(oracle *o, const path *p, const real *t, const real *x, int rows) {
  const int dim = o->data->dim;
  for (int i = 0; i < rows; i++) {
    path_point at = path_at(p, (double)t[i]);
    if (at.sigma < ORACLE_LEAST_SIGMA) at.sigma = ORACLE_LEAST_SIGMA;
    o->rows[i] = row_at(at, o->std);
    for (int k = 0, j = i * dim; k < dim; k++, j++) {
      o->anchor[j] = (real)(at.alpha >= at.sigma ? (double)x[j] / at.alpha : middle(o->data, k));
      o->rest[j] = (real)(((double)x[j] - at.alpha * (double)o->anchor[j]) / o->rows[i].tau);
    }
  }
}

/* Below that of any t a law draws; alpha / sigma is squared in float. */
static const double LEAST_SIGMA_OF_PAIR = 5e-8;

static void begin_from(oracle *o, const path *p, const real *t, const real *x0, const real *x1, int rows) {
  const int dim = o->data->dim;
  for (int i = 0; i < rows; i++) {
    path_point at = path_at(p, (double)t[i]);
    if (at.sigma < LEAST_SIGMA_OF_PAIR) at.sigma = LEAST_SIGMA_OF_PAIR;
    o->rows[i] = row_at(at, o->std);
    const double share = o->rows[i].at.sigma / o->rows[i].tau;
    for (int j = i * dim; j < (i + 1) * dim; j++) {
      o->anchor[j] = x1[j];
      o->rest[j] = (real)(share * (double)x0[j]);
    }
  }
}

/* ---- Mixtures --------------------------------------------------------------------------------------------- */

enum { ANY = -1 }; /* class, of all data */

/* The next piece of a class, from Gaussian *next on, which moves; returns how many it holds. */
static int take_piece(oracle *o, int which, int *next) {
  const int points = o->data->kind == FM_DATA_POINTS, end = oracle_size(o);
  const int32_t *classes = points ? o->data->labels : o->part;
  int count = 0;
  for (; *next < end && count < ORACLE_PIECE; ++*next)
    if (which == ANY || classes[*next] == which) o->order[count++] = *next;
  for (int j = count; j % 4; j++) o->order[j] = -1;
  posterior_take_ordered(&o->piece, points ? o->data->points : o->centres, o->order, (count + 3) & ~3);
  for (int j = 0; j < count && o->log_weight; j++) o->piece.log_weight[j] = o->log_weight[o->order[j]];
  return count;
}

/* Adds the Gaussians of a class to the totals of the rows it concerns. */
static void add_class(oracle *o, int which, const int32_t *labels, int rows) {
  const int dim = o->data->dim;
  int next = 0, count;
  while ((count = take_piece(o, which, &next)) > 0)
    for (int i = 0; i < rows; i++) {
      if (which != ANY && labels[i] != which && labels[i] != o->classes) continue;
      posterior_add(&o->piece, count, o->rows[i].ratio, o->rest + i * dim, o->anchor + i * dim, o->weights,
                    o->totals + i * (2 + dim));
    }
}

/* v [rows, D] of the rows begun: alpha' M + c tau (rest + ratio (anchor - M)). */
static void finish_mixture(oracle *o, const int32_t *labels, int rows, real *v) {
  const int dim = o->data->dim;
  for (int i = 0; i < rows; i++) posterior_begin(o->totals + i * (2 + dim), dim);
  for (int which = 0; which < o->classes && labels; which++) add_class(o, which, labels, rows);
  if (!labels) add_class(o, ANY, NULL, rows);
  for (int i = 0; i < rows; i++) {
    const oracle_row *row = &o->rows[i];
    const double *total = o->totals + i * (2 + dim);
    for (int k = 0; k < dim; k++) {
      const double off = total[2 + k] / total[1], mean = (double)o->anchor[i * dim + k] - off;
      const double gap = (double)o->rest[i * dim + k] + row->ratio * off;
      v[i * dim + k] = (real)(row->at.d_alpha * mean + row->c * row->tau * gap);
    }
  }
}

/* ---- The checkerboard --------------------------------------------------------------------------------------- */

/* A coordinate that lies in one of two intervals. */
static interval either(interval a, interval b) {
  if (b.log_density > a.log_density) return either(b, a); /* the exponential below is then bounded */
  const double share = 1 / (1 + scalar_exp(b.log_density - a.log_density)), rest = 1 - share;
  return (interval){a.log_density - scalar_log(share), share * a.x0 + rest * b.x0, share * a.x1 + rest * b.x1};
}

/* A coordinate given that its cell stands in column or row `line`. */
static interval consider_line(path_point at, double x, int line) {
  const double side = (double)dataset_scale(FM_DATA_CHECKERBOARD) / 2, low = side * (line - 2);
  return interval_given(at.alpha, at.sigma, x, low, low + side);
}

/* The board's cells are where column and row are both even or both odd, so each of the two sets is a product. */
static void consider_board(path_point at, const double *x, interval *given) {
  interval set[2][2];
  double density[2] = {0, 0};
  for (int j = 0; j < 4; j++) {
    const int odd = j / 2, k = j % 2;
    set[odd][k] = either(consider_line(at, x[k], odd), consider_line(at, x[k], odd + 2));
    density[odd] += set[odd][k].log_density;
  }
  const double share = 1 / (1 + scalar_exp(density[1] - density[0])), rest = 1 - share;
  for (int k = 0; k < 2; k++) {
    given[k].x0 = share * set[0][k].x0 + rest * set[1][k].x0;
    given[k].x1 = share * set[0][k].x1 + rest * set[1][k].x1;
  }
}

static void finish_board(oracle *o, const int32_t *labels, int rows, real *v) {
  for (int i = 0; i < rows; i++) {
    const path_point at = o->rows[i].at;
    const int cell = labels ? labels[i] : o->classes;
    interval given[2];
    double x[2];
    for (int k = 0; k < 2; k++) x[k] = at.alpha * (double)o->anchor[2 * i + k] + at.sigma * (double)o->rest[2 * i + k];
    if (cell == o->classes) {
      consider_board(at, x, given);
    } else { /* dataset.h counts cells along rows from the lowest */
      given[0] = consider_line(at, x[0], 2 * (cell % 2) + cell / 2 % 2);
      given[1] = consider_line(at, x[1], cell / 2);
    }
    for (int k = 0; k < 2; k++) v[2 * i + k] = (real)(at.d_alpha * given[k].x1 + at.d_sigma * given[k].x0);
  }
}

/* ---- Both --------------------------------------------------------------------------------------------------- */

static void finish(oracle *o, const int32_t *labels, int rows, real *v) {
  if (o->data->kind == FM_DATA_CHECKERBOARD)
    finish_board(o, labels, rows, v);
  else
    finish_mixture(o, labels, rows, v);
}

void oracle_velocity(oracle *o, const path *p, const int32_t *labels, const real *t, const real *x, int n, real *v) {
  const size_t dim = (size_t)o->data->dim;
  for (int first = 0; first < n; first += FM_ROWS) {
    const int rows = fm_min(FM_ROWS, n - first);
    begin_at(o, p, t + first, x + first * dim, rows);
    finish(o, labels ? labels + first : NULL, rows, v + first * dim);
  }
}

void oracle_velocity_of(oracle *o, const path *p, const int32_t *labels, const real *t, const real *x0, const real *x1,
                        int n, real *v) {
  const size_t dim = (size_t)o->data->dim;
  for (int first = 0; first < n; first += FM_ROWS) {
    const int rows = fm_min(FM_ROWS, n - first);
    begin_from(o, p, t + first, x0 + first * dim, x1 + first * dim, rows);
    finish(o, labels ? labels + first : NULL, rows, v + first * dim);
  }
}
