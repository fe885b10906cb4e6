#include "train.h"

#include "kernels.h"

/* In the contributions of the classes and the null class. */
static int class_reals(const shape *net) { return net->classes > 0 ? (net->classes + 1) * net->hidden : 0; }

static void shard_layout(train_shard *s, const shape *net, arena *a) {
  const uint64_t h = (uint64_t)net->hidden, d = (uint64_t)net->dim, size = sizeof(real);
  field_pass_layout(&s->pass, net, a);
  s->gradient = arena_take(a, (uint64_t)net->size, size);
  s->coefficients = arena_take(a, CHEBYSHEV_MOST * h, size);
  s->basis = arena_take(a, FM_ROWS * CHEBYSHEV_MOST, size);
  s->panels = arena_take(a, gemm_panels_size(FM_ROWS, net->hidden), size);
  s->classes = arena_take(a, (uint64_t)class_reals(net), size);
  s->target = arena_take(a, FM_ROWS * d, size);
  s->v = arena_take(a, FM_ROWS * d, size);
  s->weight = arena_take(a, FM_ROWS, sizeof(double));
}

void train_layout(trainer *t, field *f, int batch, int ot_batch, arena *a) {
  const uint64_t h = (uint64_t)f->shape.hidden, size = sizeof(real);
  t->field = f;
  for (int i = 0; i < TRAIN_GRIDS; i++) chebyshev_layout(&t->grids[i], 8 << i, a);
  t->values = arena_take(a, CHEBYSHEV_MOST * h, size);
  t->coefficients = arena_take(a, CHEBYSHEV_MOST * h, size);
  t->coefficient_panels = arena_take(a, gemm_panels_size(CHEBYSHEV_MOST, (int)h), size);
  t->classes = arena_take(a, (uint64_t)class_reals(&f->shape), size);
  minibatch_layout(&t->batch, batch, ot_batch, f->shape.dim, f->shape.classes, a);
  arena drawing = *a; /* over the shards, which have nothing to keep while a batch is drawn */
  minibatch_layout_transport(&t->batch, batch, ot_batch, f->shape.dim, f->shape.classes, &drawing);
  for (int i = 0; i < TRAIN_SHARDS; i++) shard_layout(&t->shards[i], &f->shape, a);
  if (drawing.used > a->used) a->used = drawing.used;
}

void train_start(trainer *t) {
  for (int i = 0; i < TRAIN_GRIDS; i++) chebyshev_start(&t->grids[i]);
  t->direct = 0;
  t->grid = NULL;
}

/* A gradient under way; shards read it and write to themselves. */
typedef struct {
  trainer *trainer;
  pool *threads;
  const real *t, *x0, *x1;
  const int32_t *labels;
  int n;
} gradient_job;

/* Row by row: input = in x_t, target = (u_t - skip x_t) / out, and the weight of the error. */
static void interpolate(const trainer *trainer, train_shard *shard, const real *t, const real *x0, const real *x1,
                        int rows) {
  const field *f = trainer->field;
  const int dim = f->shape.dim;
  for (int i = 0; i < rows; i++) {
    const path_point p = path_at(&f->path, (double)t[i]);
    const condition c = condition_at(&f->path, &f->predict, (double)t[i]);
    shard->weight[i] = weight_at(&trainer->weight, &f->path, p, c);
    const real alpha = (real)p.alpha, sigma = (real)p.sigma, d_alpha = (real)p.d_alpha, d_sigma = (real)p.d_sigma;
    const real in = (real)c.in, skip = (real)c.skip, inverse = (real)(1 / c.out);
    for (int j = i * dim; j < (i + 1) * dim; j++) {
      const real x = sigma * x0[j] + alpha * x1[j], u = d_sigma * x0[j] + d_alpha * x1[j];
      shard->pass.input[j] = in * x;
      shard->target[j] = (u - skip * x) * inverse;
    }
  }
}

/* Turns v into d loss / d v and adds to the sums of squares, in double. */
static void compare(train_shard *shard, const real *t, int rows, int dim, double scale) {
  for (int i = 0; i < rows; i++) {
    const double weight = shard->weight[i];
    double row = 0;
    for (int j = i * dim; j < (i + 1) * dim; j++) {
      const double v = (double)shard->v[j], u = (double)shard->target[j], error = v - u;
      row += error * error;
      shard->sums[0] += weight * (error * error);
      shard->sums[1] += v * v;
      shard->sums[2] += u * u;
      shard->v[j] = (real)(2 * scale * (weight * error));
    }
    const int bin = fm_min((int)(t[i] * FM_TIME_BINS), FM_TIME_BINS - 1);
    shard->bins.error[bin] += row;
    shard->bins.points[bin] += 1;
  }
}

/* Packs `right` [k, H], then out [m, H] = left right + (accumulate ? out : 0), with left as gemm takes it. */
static void combine(real *panels, const real *left, int left_row, int left_col, const real *right, int accumulate,
                    real *out, int m, int h, int k) {
  gemm_pack(right, h, 1, k, h, panels);
  gemm(left, left_row, left_col, panels, accumulate ? out : NULL, h, out, h, m, h, k);
}

/* Whether the grid meets a function of t to float rounding, from its values [n, H] at the nodes; leaves its coefficients. */
static int is_resolved(trainer *trainer, const chebyshev *grid, const real *values) {
  const int h = trainer->field->shape.hidden;
  combine(trainer->coefficient_panels, grid->matrix, grid->n, 1, values, 0, trainer->coefficients, grid->n, h, grid->n);
  return chebyshev_tail(grid, trainer->coefficients, h) <= TRAIN_TAIL; /* false for NaN */
}

/* The same for the time features, whatever the weights: the coefficients of sin and cos of w t on [0, 1] are 2 J_k(w / 2), and
 * |J_k(x)| <= (x / 2)^k / k!. No feature is faster than w = time_scale. */
static int resolves_features(const chebyshev *grid, double time_scale) {
  double bound = 2;
  for (int k = 1; k <= grid->n - 2; k++) bound *= time_scale / (4 * k);
  return bound <= TRAIN_TAIL;
}

/* The smallest grid, with fewer nodes than the batch has rows, that resolves the time branch; null when there is none. Its
 * contribution is left as packed coefficients. The gradients of We, W2 and W1 hold the embedding, the hidden layer and the
 * features themselves, which may be steep where the contribution is flat (We = 0), so each of them must be resolved. */
static const chebyshev *choose_grid(trainer *trainer, int n) {
  const field *f = trainer->field;
  timenet_pass *pass = &trainer->shards[0].pass.time;
  const int h = f->shape.hidden;
  for (int i = 0; i < TRAIN_GRIDS && !trainer->direct; i++) {
    const chebyshev *grid = &trainer->grids[i];
    if (grid->n >= n) break;
    if (!resolves_features(grid, f->shape.time_scale)) continue;
    timenet_forward(&f->time, pass, grid->node, trainer->values, grid->n);
    if (!is_resolved(trainer, grid, pass->hidden) || !is_resolved(trainer, grid, pass->embedding)) continue;
    if (!is_resolved(trainer, grid, trainer->values)) continue;
    gemm_pack(trainer->coefficients, h, 1, grid->n, h, trainer->coefficient_panels);
    return grid;
  }
  return NULL;
}

/* Contribution of time to a block of rows. */
static void time_forward(const trainer *trainer, train_shard *shard, const real *t, int rows) {
  const chebyshev *grid = trainer->grid;
  const int h = trainer->field->shape.hidden;
  if (!grid) {
    timenet_forward(&trainer->field->time, &shard->pass.time, t, shard->pass.contribution, rows);
    return;
  }
  chebyshev_basis(grid, t, shard->basis, rows);
  gemm(shard->basis, grid->n, 1, trainer->coefficient_panels, NULL, 0, shard->pass.contribution, h, rows, h, grid->n);
}

static void time_backward(const trainer *trainer, train_shard *shard, const real *dc, int rows) {
  const chebyshev *grid = trainer->grid;
  if (grid)
    combine(shard->panels, shard->basis, 1, grid->n, dc, 1, shard->coefficients, grid->n, trainer->field->shape.hidden,
            rows);
  else
    timenet_backward(&trainer->field->time, &shard->pass.time, dc, shard->gradient, rows);
}

static void block_gradient(const gradient_job *job, train_shard *shard, int first, int rows) {
  const trainer *trainer = job->trainer;
  const field *f = trainer->field;
  const int dim = f->shape.dim;
  const size_t offset = (size_t)first * (size_t)dim;
  field_pass *pass = &shard->pass;
  interpolate(trainer, shard, job->t + first, job->x0 + offset, job->x1 + offset, rows);
  time_forward(trainer, shard, job->t + first, rows);
  const int32_t *labels = job->labels ? job->labels + first : NULL;
  label_add(&f->label, labels, pass->contribution, f->shape.hidden, pass->contribution, rows);
  mlp_forward_keep(&f->net, &pass->net, pass->input, pass->contribution, f->shape.hidden, shard->v, rows);
  compare(shard, job->t + first, rows, dim, 1.0 / ((double)job->n * dim));
  const real *dc = mlp_backward(&f->net, &pass->net, pass->input, shard->v, shard->gradient, rows);
  label_gather(&f->label, labels, dc, shard->classes, rows);
  time_backward(trainer, shard, dc, rows);
}

/* Rows index n / S .. (index + 1) n / S of the batch. */
static void shard_gradient(void *context, int index) {
  const gradient_job *job = context;
  const trainer *trainer = job->trainer;
  train_shard *shard = &job->trainer->shards[index];
  const int end = (int)((int64_t)job->n * (index + 1) / TRAIN_SHARDS);
  fill_zero(shard->gradient, trainer->field->shape.size);
  if (trainer->grid) fill_zero(shard->coefficients, trainer->grid->n * trainer->field->shape.hidden);
  fill_zero(shard->classes, class_reals(&trainer->field->shape));
  for (int i = 0; i < 3; i++) shard->sums[i] = 0;
  shard->bins = (train_bins){{0}, {0}};
  for (int first = (int)((int64_t)job->n * index / TRAIN_SHARDS); first < end; first += FM_ROWS) {
    block_gradient(job, shard, first, fm_min(FM_ROWS, end - first));
    pool_heartbeat(job->threads);
  }
}

/* From the coefficients' gradient, in order of the shards, to the nodes' and through the time branch. */
static void finish_time(trainer *trainer, real *gradient) {
  const chebyshev *grid = trainer->grid;
  const int h = trainer->field->shape.hidden;
  if (!grid) return;
  const real *parts[TRAIN_SHARDS];
  for (int i = 0; i < TRAIN_SHARDS; i++) parts[i] = trainer->shards[i].coefficients;
  add_up(parts, TRAIN_SHARDS, trainer->coefficients, grid->n * h);
  combine(trainer->coefficient_panels, grid->matrix, 1, grid->n, trainer->coefficients, 0, trainer->values, grid->n, h,
          grid->n);
  timenet_backward(&trainer->field->time, &trainer->shards[0].pass.time, trainer->values, gradient, grid->n);
}

/* The sums of the shards, in their order. */
static train_loss loss_of(const trainer *trainer, int n) {
  const int dim = trainer->field->shape.dim;
  double sums[3] = {0, 0, 0};
  train_bins bins = {{0}, {0}};
  for (int i = 0; i < TRAIN_SHARDS; i++) {
    const train_shard *shard = &trainer->shards[i];
    for (int k = 0; k < 3; k++) sums[k] += shard->sums[k];
    for (int k = 0; k < FM_TIME_BINS; k++) {
      bins.error[k] += shard->bins.error[k] / dim;
      bins.points[k] += shard->bins.points[k];
    }
  }
  return (train_loss){sums[0] / ((double)n * dim), fm_sqrt(sums[1]), fm_sqrt(sums[2]), bins};
}

/* From the classes' contributions, in order of the shards, to the embedding and its matrix. */
static void finish_classes(trainer *trainer, real *gradient) {
  const field *f = trainer->field;
  const real *parts[TRAIN_SHARDS];
  for (int i = 0; i < TRAIN_SHARDS; i++) parts[i] = trainer->shards[i].classes;
  add_up(parts, TRAIN_SHARDS, trainer->classes, class_reals(&f->shape));
  label_backward(&f->label, &f->time, &trainer->shards[0].pass.time, trainer->classes, gradient);
}

int train_gradient(trainer *trainer, pool *threads, const real *weights, const real *t, const real *x0, const real *x1,
                   const int32_t *labels, int n, real *gradient, train_loss *out) {
  field *f = trainer->field;
  gradient_job job = {trainer, threads, t, x0, x1, labels, n};
  field_use(f, weights);
  timenet_pack_backward(&f->time);
  mlp_pack_backward(&f->net);
  trainer->grid = choose_grid(trainer, n);
  FM_TRY(pool_run(threads, shard_gradient, &job, TRAIN_SHARDS));
  const real *parts[TRAIN_SHARDS];
  for (int i = 0; i < TRAIN_SHARDS; i++) parts[i] = trainer->shards[i].gradient;
  add_up(parts, TRAIN_SHARDS, gradient, f->shape.size);
  finish_time(trainer, gradient);
  finish_classes(trainer, gradient);
  *out = loss_of(trainer, n);
  return FM_OK;
}
