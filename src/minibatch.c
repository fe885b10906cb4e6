#include "minibatch.h"

#include "coupling.h"

void minibatch_layout(minibatch *b, int size, int dim, arena *a) {
  const uint64_t n = (uint64_t)size, points = n * (uint64_t)dim;
  b->dim = dim;
  b->t = arena_take(a, n, sizeof(real));
  b->x0 = arena_take(a, points, sizeof(real));
  b->x1 = arena_take(a, points, sizeof(real));
  b->spare = arena_take(a, points, sizeof(real));
  b->match = arena_take(a, n, sizeof(int32_t));
  posterior_layout(&b->data, size, dim, a);
  for (int i = 0; i < MINIBATCH_PARTS; i++) b->weights[i] = arena_take(a, MINIBATCH_GROUP, sizeof(real));
  b->scratch = arena_take(a, coupling_scratch_size(fm_min(size, FM_MAX_OT_BATCH), dim), 1);
}

static void copy_point(const real *from, int index, real *to, int row, int dim) {
  for (int j = 0; j < dim; j++) to[row * dim + j] = from[(size_t)index * (size_t)dim + (size_t)j];
}

/* ---- Pairs ---------------------------------------------------------------------------------------------- */

/* Reorders x1 so that row i is the partner of row i of x0. */
static void couple_by_transport(minibatch *b, int n) {
  coupling_assign(b->x0, b->x1, n, b->dim, b->scratch, b->match);
  for (int i = 0; i < n; i++) copy_point(b->x1, b->match[i], b->spare, i, b->dim);
  for (int i = 0; i < n * b->dim; i++) b->x1[i] = b->spare[i];
}

static void draw_pairs(minibatch *b, const minibatch_plan *plan, rng_stream stream) {
  uint32_t word;
  for (int i = 0; i < plan->size; i++) {
    rng_words(stream, (uint32_t)i, 1, &word);
    const int index = (int)rng_below(word, (uint32_t)plan->pairs);
    copy_point(plan->pair_x0, index, b->x0, i, b->dim);
    copy_point(plan->pair_x1, index, b->x1, i, b->dim);
  }
}

/* ---- The stable target ---------------------------------------------------------------------------------- */

typedef struct {
  minibatch *batch;
  const minibatch_plan *plan;
} averaging;

/* The pair of row i becomes its mean given x_t and the data of its group. */
static void average_row(const averaging *job, int i, real *weights) {
  minibatch *b = job->batch;
  const int first = i - i % MINIBATCH_GROUP, count = fm_min(MINIBATCH_GROUP, job->plan->size - first);
  const path_point p = path_at(&job->plan->path, (double)b->t[i]);
  const double ratio = p.alpha / p.sigma;
  real *x0 = b->x0 + i * b->dim, *x1 = b->x1 + i * b->dim, *mean = b->spare + i * b->dim;
  if (!fm_is_finite(ratio)) return;
  posterior_mean(&b->data, first, count, ratio, x0, x1, weights, mean);
  for (int k = 0; k < b->dim; k++) {
    x0[k] += (real)ratio * (x1[k] - mean[k]);
    x1[k] = mean[k];
  }
}

/* Rows part n / P .. (part + 1) n / P of the batch. */
static void average_part(void *context, int part) {
  const averaging *job = context;
  const int64_t n = job->plan->size;
  const int end = (int)(n * (part + 1) / MINIBATCH_PARTS);
  for (int i = (int)(n * part / MINIBATCH_PARTS); i < end; i++) average_row(job, i, job->batch->weights[part]);
}

static int average(minibatch *b, pool *threads, const minibatch_plan *plan) {
  averaging job = {b, plan};
  posterior_take(&b->data, b->x1, plan->size);
  return pool_run(threads, average_part, &job, MINIBATCH_PARTS);
}

int minibatch_draw(minibatch *b, pool *threads, const minibatch_plan *plan) {
  const int n = plan->size;
  rng_stream stream = {.seed = plan->seed, .purpose = RNG_BATCH_TIME, .step = plan->step, .round = plan->round};
  timelaw_draw(&plan->law, stream, n, b->t);
  stream.purpose = RNG_BATCH_DATA;
  if (plan->coupling == FM_COUPLING_PAIRED) {
    draw_pairs(b, plan, stream);
    return FM_OK;
  }
  dataset_draw(&plan->data, stream, n, b->x1);
  stream.purpose = RNG_BATCH_SOURCE;
  rng_normal(stream, 0, n * b->dim, b->x0);
  if (plan->coupling == FM_COUPLING_OT) couple_by_transport(b, n);
  const int averaged = plan->target == FM_TARGET_STABLE && plan->coupling == FM_COUPLING_INDEPENDENT;
  return averaged ? average(b, threads, plan) : FM_OK;
}
