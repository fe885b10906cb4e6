#include "minibatch.h"

static int groups_of(int n) { return (n + MINIBATCH_GROUP - 1) / MINIBATCH_GROUP; }

void minibatch_layout(minibatch *b, int size, int ot_batch, int dim, int classes, arena *a) {
  const uint64_t n = (uint64_t)size, drawn = ot_batch > size ? (uint64_t)ot_batch : n, points = n * (uint64_t)dim,
                 groups = (uint64_t)groups_of(size);
  const uint64_t labelled = classes > 0;
  b->dim = dim;
  b->t = arena_take(a, n, sizeof(real));
  b->x0 = arena_take(a, drawn * (uint64_t)dim, sizeof(real));
  b->x1 = arena_take(a, drawn * (uint64_t)dim, sizeof(real));
  b->spare = arena_take(a, points, sizeof(real));
  /* Each class is filled up to whole fours. */
  b->room = classes > 0 ? (fm_min(size, MINIBATCH_GROUP) + 3 * classes + 3) & ~3 : MINIBATCH_GROUP;
  posterior_layout(&b->data, classes > 0 ? (int)groups * b->room : size, dim, a);
  for (int i = 0; i < MINIBATCH_PARTS; i++) b->weights[i] = arena_take(a, (uint64_t)b->room, sizeof(real));
  b->labels = arena_take(a, labelled * n, sizeof(int32_t));
  b->classes = arena_take(a, labelled * drawn, sizeof(int32_t));
  b->order = arena_take(a, labelled * groups * (uint64_t)b->room, sizeof(int32_t));
  b->start = arena_take(a, labelled * groups * ((uint64_t)classes + 1), sizeof(int32_t));
}

void minibatch_layout_transport(minibatch *b, int size, int ot_batch, int dim, int classes, arena *a) {
  const int drawn = ot_batch > size ? ot_batch : size;
  transport_layout(&b->transport, fm_min(drawn, FM_MAX_OT_BATCH), dim, classes, a);
}

static void copy_point(const real *from, int index, real *to, int row, int dim) {
  for (int j = 0; j < dim; j++) to[row * dim + j] = from[(size_t)index * (size_t)dim + (size_t)j];
}

/* ---- Pairs ---------------------------------------------------------------------------------------------- */

/* Of the points drawn, row i of x1 becomes the partner of row i of x0, with its class, for the rows of the batch. */
static int couple_by_transport(minibatch *b, const minibatch_plan *plan, rng_stream stream, int drawn) {
  const int n = plan->size;
  const int32_t *match = b->transport.match;
  stream.purpose = RNG_BATCH_PARTNER;
  const transport_plan how = {plan->coupling, plan->reg, plan->class_weight, stream};
  FM_TRY(transport_match(&b->transport, &how, b->x0, b->x1, plan->classes > 0 ? b->classes : NULL, drawn, n));
  for (int i = 0; i < n; i++) copy_point(b->x1, match[i], b->spare, i, b->dim);
  for (int i = 0; i < n * b->dim; i++) b->x1[i] = b->spare[i];
  for (int i = 0; i < n && plan->classes > 0; i++) b->labels[i] = b->classes[match[i]];
  for (int i = 0; i < n && plan->classes > 0; i++) b->classes[i] = b->labels[i];
  return FM_OK;
}

static void draw_pairs(minibatch *b, const minibatch_plan *plan, rng_stream stream) {
  uint32_t word;
  for (int i = 0; i < plan->size; i++) {
    rng_words(stream, (uint32_t)i, 1, &word);
    const int index = (int)rng_below(word, (uint32_t)plan->pairs);
    copy_point(plan->pair_x0, index, b->x0, i, b->dim);
    copy_point(plan->pair_x1, index, b->x1, i, b->dim);
    if (plan->classes > 0) b->classes[i] = plan->pair_labels[index];
  }
}

/* ---- Labels ---------------------------------------------------------------------------------------------- */

/* Dropping is decided by numbers of its own, so that it leaves everything else of the batch as it was. */
static void drop_labels(minibatch *b, const minibatch_plan *plan, rng_stream stream) {
  real *u = b->spare;
  stream.purpose = RNG_BATCH_LABEL;
  rng_uniform(stream, 0, plan->size, u);
  for (int i = 0; i < plan->size; i++) b->labels[i] = (double)u[i] < plan->drop ? plan->classes : b->classes[i];
}

/* The places of group `group`: its rows by class, each class in whole fours. */
static void sort_group(minibatch *b, const minibatch_plan *plan, int group) {
  const int first = group * MINIBATCH_GROUP, end = fm_min(first + MINIBATCH_GROUP, plan->size);
  int32_t *start = b->start + (size_t)group * (size_t)(plan->classes + 1);
  const int limit = (group + 1) * b->room;
  int place = group * b->room;
  for (int c = 0; c < plan->classes; c++) {
    start[c] = place;
    for (int i = first; i < end; i++)
      if (b->classes[i] == c) b->order[place++] = i;
    while (place % 4) b->order[place++] = -1;
  }
  start[plan->classes] = place;
  while (place < limit) b->order[place++] = -1;
}

static void take_by_class(minibatch *b, const minibatch_plan *plan) {
  const int groups = groups_of(plan->size);
  for (int group = 0; group < groups; group++) sort_group(b, plan, group);
  posterior_take_ordered(&b->data, b->x1, b->order, groups * b->room);
}

/* ---- The stable target ---------------------------------------------------------------------------------- */

/* At a larger alpha / sigma, which only a path of the user's own has, a point is its own x1 to all digits. */
static const double MOST_RATIO = 1e18;

enum { HEARTBEAT_ROWS = 64 };

typedef struct {
  minibatch *batch;
  pool *threads;
  const minibatch_plan *plan;
} averaging;

/* Which of the posterior's points row i is averaged over. */
static void candidates(const averaging *job, int i, int *first, int *count) {
  const minibatch *b = job->batch;
  const int group = i / MINIBATCH_GROUP, classes = job->plan->classes;
  if (classes == 0) {
    *first = group * MINIBATCH_GROUP;
    *count = fm_min(MINIBATCH_GROUP, job->plan->size - *first);
    return;
  }
  const int32_t *start = b->start + (size_t)group * (size_t)(classes + 1);
  const int label = b->labels[i];
  *first = label == classes ? start[0] : start[label];
  *count = (label == classes ? start[classes] : start[label + 1]) - *first;
}

/* The pair of row i becomes its mean given x_t and the data of its group that its label admits. */
static void average_row(const averaging *job, int i, real *weights) {
  minibatch *b = job->batch;
  int first, count;
  candidates(job, i, &first, &count);
  const path_point p = path_at(&job->plan->path, (double)b->t[i]);
  const double ratio = p.alpha / p.sigma;
  real *x0 = b->x0 + i * b->dim, *x1 = b->x1 + i * b->dim, *gap = b->spare + i * b->dim;
  if (!(ratio < MOST_RATIO)) return;
  posterior_gap(&b->data, first, count, ratio, x0, x1, weights, gap);
  for (int k = 0; k < b->dim; k++) {
    x0[k] += (real)ratio * gap[k];
    x1[k] -= gap[k];
  }
}

/* Rows part n / P .. (part + 1) n / P of the batch. */
static void average_part(void *context, int part) {
  const averaging *job = context;
  const int64_t n = job->plan->size;
  const int end = (int)(n * (part + 1) / MINIBATCH_PARTS);
  for (int i = (int)(n * part / MINIBATCH_PARTS); i < end; i++) {
    average_row(job, i, job->batch->weights[part]);
    if (i % HEARTBEAT_ROWS == 0) pool_heartbeat(job->threads);
  }
}

static int average(minibatch *b, pool *threads, const minibatch_plan *plan) {
  averaging job = {b, threads, plan};
  if (plan->classes > 0)
    take_by_class(b, plan);
  else
    posterior_take(&b->data, b->x1, plan->size);
  return pool_run(threads, average_part, &job, MINIBATCH_PARTS);
}

int minibatch_is_paired(int coupling) { return coupling == FM_COUPLING_PAIRED || coupling == FM_COUPLING_DISTILLED; }

int minibatch_draw(minibatch *b, pool *threads, const minibatch_plan *plan) {
  const int n = plan->size;
  rng_stream stream = {.seed = plan->seed, .purpose = RNG_BATCH_TIME, .step = plan->step, .round = plan->round};
  timelaw_draw(&plan->law, stream, n, b->t);
  for (int i = 0; plan->coupling == FM_COUPLING_DISTILLED && i < n; i++) b->t[i] = 0;
  stream.purpose = RNG_BATCH_DATA;
  if (minibatch_is_paired(plan->coupling)) {
    draw_pairs(b, plan, stream);
    if (plan->classes > 0) drop_labels(b, plan, stream);
    return FM_OK;
  }
  const int chosen = transport_is(plan->coupling), drawn = chosen && plan->ot_batch > n ? plan->ot_batch : n;
  dataset_draw(&plan->data, stream, drawn, b->x1);
  if (plan->classes > 0) dataset_draw_labels(&plan->data, stream, drawn, b->classes);
  stream.purpose = RNG_BATCH_SOURCE;
  source_draw(&plan->source, stream, 0, drawn, b->x0);
  if (chosen) FM_TRY(couple_by_transport(b, plan, stream, drawn));
  if (plan->classes > 0) drop_labels(b, plan, stream);
  const int known = plan->coupling == FM_COUPLING_INDEPENDENT && plan->source.gaussian;
  return known && plan->target == FM_TARGET_STABLE ? average(b, threads, plan) : FM_OK;
}
