#include "train.h"

#include "coupling.h"
#include "kernels.h"

void train_layout(trainer *t, field *f, int batch, arena *a) {
  const uint64_t b = (uint64_t)batch, d = (uint64_t)f->shape.dim, h = (uint64_t)f->shape.hidden, size = sizeof(real);
  t->field = f;
  for (int i = 0; i < TRAIN_GRIDS; i++) chebyshev_layout(&t->grids[i], 16 << i, a);
  t->values = arena_take(a, CHEBYSHEV_MOST * h, size);
  t->coefficients = arena_take(a, CHEBYSHEV_MOST * h, size);
  t->coefficient_panels = arena_take(a, gemm_panels_size(CHEBYSHEV_MOST, (int)h), size);
  t->basis = arena_take(a, FM_ROWS * CHEBYSHEV_MOST, size);
  t->panels = arena_take(a, gemm_panels_size(FM_ROWS, (int)h), size);
  t->t = arena_take(a, b, size);
  t->x0 = arena_take(a, b * d, size);
  t->x1 = arena_take(a, b * d, size);
  t->spare = arena_take(a, b * d, size);
  t->match = arena_take(a, b, sizeof(int32_t));
  t->scratch = arena_take(a, coupling_scratch_size(fm_min(batch, FM_MAX_OT_BATCH), f->shape.dim), 1);
  t->target = arena_take(a, FM_ROWS * d, size);
  t->v = arena_take(a, FM_ROWS * d, size);
}

void train_start(trainer *t) {
  for (int i = 0; i < TRAIN_GRIDS; i++) chebyshev_start(&t->grids[i]);
  t->direct = 0;
  t->grid = NULL;
}

/* ---- Drawing a batch ------------------------------------------------------------------------------------ */

static void copy_point(const real *from, int index, real *to, int row, int dim) {
  for (int j = 0; j < dim; j++) to[row * dim + j] = from[(size_t)index * (size_t)dim + (size_t)j];
}

/* Reorders x1 so that row i is the partner of row i of x0. */
static void couple_by_transport(trainer *t, int n, int dim) {
  coupling_assign(t->x0, t->x1, n, dim, t->scratch, t->match);
  for (int i = 0; i < n; i++) copy_point(t->x1, t->match[i], t->spare, i, dim);
  for (int i = 0; i < n * dim; i++) t->x1[i] = t->spare[i];
}

static void draw_pairs(trainer *t, const train_draw *draw, rng_stream stream, int dim) {
  uint32_t word;
  for (int i = 0; i < draw->batch; i++) {
    rng_words(stream, (uint32_t)i, 1, &word);
    const int index = (int)rng_below(word, (uint32_t)draw->pairs);
    copy_point(draw->pair_x0, index, t->x0, i, dim);
    copy_point(draw->pair_x1, index, t->x1, i, dim);
  }
}

void train_batch(trainer *t, const train_draw *draw) {
  const int dim = t->field->shape.dim, n = draw->batch;
  rng_stream stream = {.seed = draw->seed, .purpose = RNG_BATCH_TIME, .step = draw->step, .round = draw->round};
  timelaw_draw(&draw->law, stream, n, t->t);
  stream.purpose = RNG_BATCH_DATA;
  if (draw->coupling == FM_COUPLING_PAIRED) {
    draw_pairs(t, draw, stream, dim);
    return;
  }
  dataset_draw(&draw->data, stream, n, t->x1);
  stream.purpose = RNG_BATCH_SOURCE;
  rng_normal(stream, 0, n * dim, t->x0);
  if (draw->coupling == FM_COUPLING_OT) couple_by_transport(t, n, dim);
}

/* ---- Loss and gradient ---------------------------------------------------------------------------------- */

/* Row by row: input = in x_t and target = (u_t - skip x_t) / out. */
static void interpolate(trainer *trainer, const real *t, const real *x0, const real *x1, int rows) {
  const field *f = trainer->field;
  const int dim = f->shape.dim;
  for (int i = 0; i < rows; i++) {
    const path_point p = path_at(&f->path, (double)t[i]);
    const path_condition c = path_condition_at(&f->path, (double)t[i]);
    const real alpha = (real)p.alpha, sigma = (real)p.sigma, d_alpha = (real)p.d_alpha, d_sigma = (real)p.d_sigma;
    const real in = (real)c.in, skip = (real)c.skip, inverse = (real)(1 / c.out);
    for (int j = i * dim; j < (i + 1) * dim; j++) {
      const real x = sigma * x0[j] + alpha * x1[j], u = d_sigma * x0[j] + d_alpha * x1[j];
      f->input[j] = in * x;
      trainer->target[j] = (u - skip * x) * inverse;
    }
  }
}

/* Turns v into d loss / d v and adds the squares of the error, of v and of the target to sums[3], in double. */
static void compare(trainer *trainer, int count, double scale, double sums[3]) {
  for (int j = 0; j < count; j++) {
    const double v = (double)trainer->v[j], u = (double)trainer->target[j], error = v - u;
    sums[0] += error * error;
    sums[1] += v * v;
    sums[2] += u * u;
    trainer->v[j] = (real)(2 * scale * error);
  }
}

/* ---- The time branch of a step, at nodes where it can be -------------------------------------------------- */

/* Packs `right` [k, H], then out [m, H] = left right + (accumulate ? out : 0), with left as gemm takes it. */
static void combine(real *panels, const real *left, int left_row, int left_col, const real *right, int accumulate,
                    real *out, int m, int h, int k) {
  gemm_pack(right, h, 1, k, h, panels);
  gemm(left, left_row, left_col, panels, accumulate ? out : NULL, h, out, h, m, h, k);
}

/* The smallest grid, with fewer nodes than the batch has rows, whose coefficients have fallen below TRAIN_TAIL; null when
 * there is none. Its coefficients are left packed. */
static const chebyshev *choose_grid(trainer *trainer, const real *weights, int n) {
  field *f = trainer->field;
  const int h = f->shape.hidden;
  for (int i = 0; i < TRAIN_GRIDS && !trainer->direct; i++) {
    const chebyshev *grid = &trainer->grids[i];
    if (grid->n >= n) break;
    timenet_forward(&f->time, weights, grid->node, trainer->values, grid->n);
    combine(trainer->coefficient_panels, grid->matrix, grid->n, 1, trainer->values, 0, trainer->coefficients, grid->n,
            h, grid->n);
    if (!(chebyshev_tail(grid, trainer->coefficients, h) <= TRAIN_TAIL)) continue;
    gemm_pack(trainer->coefficients, h, 1, grid->n, h, trainer->coefficient_panels);
    for (int j = 0; j < grid->n * h; j++) trainer->coefficients[j] = 0; /* becomes the gradient */
    return grid;
  }
  return NULL;
}

/* Contribution of time to a block of rows. */
static void time_forward(trainer *trainer, const real *weights, const real *t, int rows) {
  field *f = trainer->field;
  const int h = f->shape.hidden, n = trainer->grid ? trainer->grid->n : 0;
  if (!trainer->grid) {
    timenet_forward(&f->time, weights, t, f->contribution, rows);
    return;
  }
  chebyshev_basis(trainer->grid, t, trainer->basis, rows);
  gemm(trainer->basis, n, 1, trainer->coefficient_panels, NULL, 0, f->contribution, h, rows, h, n);
}

static void time_backward(trainer *trainer, const real *dc, real *gradient, int rows) {
  field *f = trainer->field;
  if (trainer->grid)
    combine(trainer->panels, trainer->basis, 1, trainer->grid->n, dc, 1, trainer->coefficients, trainer->grid->n,
            f->shape.hidden, rows);
  else
    timenet_backward(&f->time, dc, gradient, rows);
}

/* After the last block: from the coefficients' gradient to the nodes' and through the branch. */
static void time_finish(trainer *trainer, real *gradient) {
  const chebyshev *grid = trainer->grid;
  if (!grid) return;
  combine(trainer->coefficient_panels, grid->matrix, 1, grid->n, trainer->coefficients, 0, trainer->values, grid->n,
          trainer->field->shape.hidden, grid->n);
  timenet_backward(&trainer->field->time, trainer->values, gradient, grid->n);
}

train_loss train_gradient(trainer *trainer, const real *weights, const real *t, const real *x0, const real *x1, int n,
                          real *gradient) {
  field *f = trainer->field;
  const int dim = f->shape.dim, hidden = f->shape.hidden;
  const double scale = 1.0 / ((double)n * dim);
  double sums[3] = {0, 0, 0};
  field_use(f, weights);
  timenet_pack_backward(&f->time, weights);
  mlp_pack_backward(&f->net, weights);
  for (int i = 0; i < f->shape.size; i++) gradient[i] = 0;
  trainer->grid = choose_grid(trainer, weights, n);
  for (int first = 0; first < n; first += FM_ROWS) {
    const int rows = fm_min(FM_ROWS, n - first);
    const size_t offset = (size_t)first * (size_t)dim;
    interpolate(trainer, t + first, x0 + offset, x1 + offset, rows);
    time_forward(trainer, weights, t + first, rows);
    mlp_forward_keep(&f->net, weights, f->input, f->contribution, hidden, trainer->v, rows);
    compare(trainer, rows * dim, scale, sums);
    const real *dc = mlp_backward(&f->net, f->input, trainer->v, gradient, rows);
    time_backward(trainer, dc, gradient, rows);
  }
  time_finish(trainer, gradient);
  return (train_loss){sums[0] * scale, fm_sqrt(sums[1]), fm_sqrt(sums[2])};
}
