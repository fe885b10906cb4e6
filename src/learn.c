/* learn.c — the training half of fm.h: what a step is, when it counts, and when it is refused. */
#include "adamw.h"
#include "kernels.h"
#include "model.h"

/* Above this a sum of squares of gradients, or the second moment, leaves float's range in the next operation. */
static const double LARGEST = 1e18;

static int whole(const fm_model *m, int index) { return (int)m->params[index]; }

static minibatch_plan plan_of(const fm_model *m, int step) {
  return (minibatch_plan){
      .coupling = whole(m, FM_COUPLING),
      .target = whole(m, FM_TARGET),
      .classes = m->field.shape.classes,
      .drop = m->params[FM_LABEL_DROP],
      .size = whole(m, FM_BATCH),
      .ot_batch = whole(m, FM_OT_BATCH),
      .reg = m->params[FM_SINKHORN_REG],
      .class_weight = m->params[FM_OT_CLASS_WEIGHT],
      .seed = (uint32_t)m->params[FM_SEED],
      .step = (uint32_t)step,
      .round = (uint32_t)m->stats.round,
      .law = {.kind = whole(m, FM_TIME),
              .stratified = whole(m, FM_STRATIFIED),
              .mean = m->params[FM_TIME_MEAN],
              .std = m->params[FM_TIME_STD],
              .power = m->params[FM_TIME_EXPONENT],
              .ends = m->params[FM_TIME_ENDS]},
      .path = m->field.path,
      .source = m->source,
      .data = m->data,
      .pair_x0 = m->pair_x0,
      .pair_x1 = m->pair_x1,
      .pair_labels = m->pair_labels,
      .pairs = m->pairs,
  };
}

weight model_weight(const fm_model *m) { return (weight){whole(m, FM_WEIGHT), m->params[FM_WEIGHT_GAMMA]}; }

/* Whether a batch can be drawn at all. */
static int can_draw(const fm_model *m) {
  if (!model_has_field(m)) return 0;
  if (minibatch_is_paired(whole(m, FM_COUPLING))) return model_has_pairs(m);
  if (!source_is_known(&m->source)) return 0;
  if (m->data.kind != FM_DATA_POINTS) return 1;
  return m->data.count > 0 && (m->field.shape.classes == 0 || m->data.labels != NULL);
}

/* False for NaN. */
static int is_bounded(double x) { return x >= -LARGEST && x <= LARGEST; }

static int diverged(fm_model *m, int cause) {
  m->stats.cause = cause;
  return FM_E_DIVERGED;
}

/* Loss and gradient into stats and slot; nothing else of the state moves. */
static int differentiate(fm_model *m, const real *t, const real *x0, const real *x1, const int32_t *labels, int n,
                         train_bins *bins) {
  real *gradient = m->slot[FM_GRADIENT];
  train_loss loss;
  m->trainer.weight = model_weight(m);
  FM_TRY(train_gradient(&m->trainer, &m->pool, m->slot[FM_RAW], t, x0, x1, labels, n, gradient, &loss));
  *bins = loss.bins;
  m->stats.loss = loss.loss;
  m->stats.v_norm = loss.v_norm;
  m->stats.u_norm = loss.u_norm;
  m->stats.gradient_norm = fm_sqrt(sum_squares(gradient, m->field.shape.size));
  if (!is_bounded(loss.loss)) return diverged(m, FM_CAUSE_LOSS);
  if (!is_bounded(m->stats.gradient_norm)) return diverged(m, FM_CAUSE_GRADIENT);
  m->stats.cause = FM_CAUSE_NONE;
  return FM_OK;
}

/* AdamW over the reals from `first` to before `end` of the slots. */
static void adapt(fm_model *m, const adamw_setting *setting, int first, int end) {
  adamw_step(setting, (uint32_t)m->stats.step + 1, m->stats.gradient_norm, m->slot[FM_GRADIENT] + first,
             m->slot[FM_RAW] + first, m->slot[FM_MOMENT] + first, m->slot[FM_VARIANCE] + first, m->slot[FM_EMA] + first,
             end - first);
}

static void orthogonalise(fm_model *m, const muon_setting *setting, const fm_tensor *t) {
  muon_step(&m->muon, setting, m->slot[FM_GRADIENT] + t->offset, m->slot[FM_RAW] + t->offset,
            m->slot[FM_MOMENT] + t->offset, m->slot[FM_EMA] + t->offset, t->rows);
}

static double rate_of(const fm_model *m, int index) {
  return adamw_lr(whole(m, FM_SCHEDULE), m->params[index], whole(m, FM_WARMUP), whole(m, FM_STEPS), m->stats.step);
}

/* Decay of an average in the step at hand. */
static double decay_of(const fm_model *m, double decay) {
  return adamw_ema_decay(decay, whole(m, FM_EMA_WARMUP), m->stats.step);
}

/* ema_decay, or ema_late_decay from its step on. */
static double first_decay(const fm_model *m) {
  const double *p = m->params;
  const int late = p[FM_EMA_LATE_DECAY] > 0 && m->stats.step >= p[FM_EMA_LATE_FROM] * p[FM_STEPS];
  return decay_of(m, p[late ? FM_EMA_LATE_DECAY : FM_EMA_DECAY]);
}

static void average_further(fm_model *m) {
  for (int i = 0; i < 2; i++) {
    real *ema = m->slot[FM_EMA2 + i];
    if (ema) adamw_average(m->slot[FM_RAW], ema, decay_of(m, m->params[FM_EMA2_DECAY + i]), m->field.shape.size);
  }
}

/* Moves the weights by the gradient in the slot. Muon takes net.2, net.4, ..: the matrices between two hidden layers. */
static void move(fm_model *m) {
  const double *p = m->params;
  const shape *s = &m->field.shape;
  m->stats.lr = rate_of(m, FM_LR);
  m->stats.ema_decay = first_decay(m);
  const adamw_setting adamw = {.lr = m->stats.lr,
                               .beta1 = p[FM_BETA1],
                               .beta2 = p[FM_BETA2],
                               .eps = p[FM_EPS],
                               .weight_decay = p[FM_WEIGHT_DECAY],
                               .clip = p[FM_CLIP],
                               .ema_decay = m->stats.ema_decay};
  const muon_setting muon = {.lr = rate_of(m, FM_MUON_LR),
                             .momentum = p[FM_MUON_MOMENTUM],
                             .weight_decay = p[FM_WEIGHT_DECAY],
                             .scale = adamw_clip(p[FM_CLIP], m->stats.gradient_norm),
                             .ema_decay = m->stats.ema_decay};
  const int matrices = whole(m, FM_OPTIMISER) == FM_OPTIMISER_MUON ? s->layers - 1 : 0;
  int done = 0;
  for (int i = 1; i <= matrices; i++) {
    const fm_tensor *t = &s->tensors[2 * (SHAPE_NET + i)];
    adapt(m, &adamw, done, t->offset);
    orthogonalise(m, &muon, t);
    done = t->offset + t->rows * t->cols;
  }
  adapt(m, &adamw, done, s->size);
  average_further(m);
}

/* A step counts 1 % less with each step after it. */
static void remember(train_bins *mean, const train_bins *bins) {
  for (int i = 0; i < FM_TIME_BINS; i++) {
    mean->error[i] = 0.99 * mean->error[i] + bins->error[i];
    mean->points[i] = 0.99 * mean->points[i] + bins->points[i];
  }
}

static int take_step(fm_model *m, const real *t, const real *x0, const real *x1, const int32_t *labels, int n) {
  FM_REQUIRE(m->stats.step < MODEL_MOST_STEPS, FM_E_STATE);
  train_bins bins;
  FM_TRY(differentiate(m, t, x0, x1, labels, n, &bins));
  remember(&m->bins, &bins);
  move(m);
  m->stats.step++;
  return FM_OK;
}

/* The batch of a plan, and what it says of sinkhorn_reg. */
static int draw(fm_model *m, pool *threads, const minibatch_plan *plan) {
  minibatch *b = &m->trainer.batch;
  const int status = minibatch_draw(b, threads, plan);
  if (plan->coupling == FM_COUPLING_SINKHORN) m->stats.least_reg = b->transport.least_reg;
  return status;
}

int fm_train(fm_model *m, int steps, double *losses) {
  FM_REQUIRE(model_is(m) && steps >= 0, FM_E_ARG);
  FM_REQUIRE(losses == NULL || fm_is_array(losses, (uint64_t)steps, sizeof(double)), FM_E_ARG);
  FM_REQUIRE(can_draw(m), FM_E_STATE);
  minibatch *b = &m->trainer.batch;
  for (int i = 0; i < steps; i++) {
    const minibatch_plan plan = plan_of(m, m->stats.step);
    FM_TRY(draw(m, &m->pool, &plan));
    FM_TRY(take_step(m, b->t, b->x0, b->x1, plan.classes > 0 ? b->labels : NULL, plan.size));
    if (losses) losses[i] = m->stats.loss;
  }
  return FM_OK;
}

int model_is_batch(const fm_model *m, const real *t, const real *x0, const real *x1, int n) {
  if (!model_is(m) || n < 1 || !model_are_points(m, x0, n) || !model_are_points(m, x1, n)) return 0;
  if (!fm_is_array(t, (uint64_t)n, sizeof(real))) return 0;
  for (int i = 0; i < n; i++)
    if (!(t[i] >= 0 && t[i] <= 1)) return 0;
  return 1;
}

int fm_train_batch(fm_model *m, const real *t, const real *x0, const real *x1, int n) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  return take_step(m, t, x0, x1, NULL, n);
}

int fm_loss(fm_model *m, const real *t, const real *x0, const real *x1, int n) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  train_bins bins;
  return differentiate(m, t, x0, x1, NULL, n, &bins);
}

/* FM_OK when labels [n] may stand beside a sound batch. */
static int check_labels(const fm_model *m, const int32_t *labels, int n) {
  FM_REQUIRE(m->field.shape.classes > 0, FM_E_STATE);
  FM_REQUIRE(model_are_labels(labels, n, m->field.shape.classes), FM_E_ARG);
  FM_REQUIRE(model_has_field(m), FM_E_STATE);
  return FM_OK;
}

int fm_train_labelled(fm_model *m, const real *t, const real *x0, const real *x1, const int32_t *labels, int n) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n), FM_E_ARG);
  FM_TRY(check_labels(m, labels, n));
  return take_step(m, t, x0, x1, labels, n);
}

int fm_loss_labelled(fm_model *m, const real *t, const real *x0, const real *x1, const int32_t *labels, int n) {
  FM_REQUIRE(model_is_batch(m, t, x0, x1, n), FM_E_ARG);
  FM_TRY(check_labels(m, labels, n));
  train_bins bins;
  return differentiate(m, t, x0, x1, labels, n, &bins);
}

/* The batch of a step into the trainer's, on this thread alone. */
static int draw_batch(fm_model *m, int step, int target) {
  minibatch_plan plan = plan_of(m, step);
  plan.target = target;
  pool alone;
  pool_start(&alone);
  return draw(m, &alone, &plan);
}

int fm_loss_by_time(const fm_model *m, double *mean) {
  FM_REQUIRE(model_is(m) && fm_is_array(mean, FM_TIME_BINS, sizeof(double)), FM_E_ARG);
  for (int i = 0; i < FM_TIME_BINS; i++) mean[i] = m->bins.points[i] > 0 ? m->bins.error[i] / m->bins.points[i] : -1;
  return FM_OK;
}

int fm_batch(fm_model *m, int step, real *t, real *x0, real *x1) {
  FM_REQUIRE(model_is(m) && step >= 0, FM_E_ARG);
  const uint64_t n = (uint64_t)whole(m, FM_BATCH), reals = n * (uint64_t)m->field.shape.dim;
  FM_REQUIRE(fm_is_array(t, n, sizeof(real)) && fm_is_array(x0, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(fm_is_array(x1, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(can_draw(m), FM_E_STATE);
  const minibatch *b = &m->trainer.batch;
  FM_TRY(draw_batch(m, step, whole(m, FM_TARGET)));
  for (uint64_t i = 0; i < n; i++) t[i] = b->t[i];
  for (uint64_t i = 0; i < reals; i++) x0[i] = b->x0[i], x1[i] = b->x1[i];
  return FM_OK;
}

int fm_pairing(fm_model *m, int step, real *x0, real *x1) {
  FM_REQUIRE(model_is(m) && step >= 0, FM_E_ARG);
  const uint64_t reals = (uint64_t)whole(m, FM_BATCH) * (uint64_t)m->field.shape.dim;
  FM_REQUIRE(fm_is_array(x0, reals, sizeof(real)) && fm_is_array(x1, reals, sizeof(real)), FM_E_ARG);
  FM_REQUIRE(can_draw(m), FM_E_STATE);
  FM_TRY(draw_batch(m, step, FM_TARGET_PAIR));
  for (uint64_t i = 0; i < reals; i++) x0[i] = m->trainer.batch.x0[i], x1[i] = m->trainer.batch.x1[i];
  return FM_OK;
}

int fm_batch_labels(fm_model *m, int step, int32_t *labels) {
  FM_REQUIRE(model_is(m) && step >= 0, FM_E_ARG);
  const int n = whole(m, FM_BATCH);
  FM_REQUIRE(m->field.shape.classes > 0 && can_draw(m), FM_E_STATE);
  FM_REQUIRE(fm_is_array(labels, (uint64_t)n, sizeof(int32_t)), FM_E_ARG);
  FM_TRY(draw_batch(m, step, FM_TARGET_PAIR));
  for (int i = 0; i < n; i++) labels[i] = m->trainer.batch.labels[i];
  return FM_OK;
}
