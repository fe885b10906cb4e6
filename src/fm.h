/* fm.h — Moonflow: flow matching in one block of memory.
 *
 * The engine learns a velocity field v(t, x) by conditional flow matching and integrates dx/dt = v(t, x).
 * Time runs from noise to data: t = 0 is the source x0, t = 1 is the data x1. Every formula here uses
 *
 *     x_t = sigma(t) x0 + alpha(t) x1,      u_t = sigma'(t) x0 + alpha'(t) x1,      loss = mean (v - u)^2
 *
 * with the mean over the batch and the coordinates (Lipman et al. 2023; Liu et al. 2022).
 *
 * Synopsis
 *
 *     double params[FM_PARAM_COUNT];
 *     fm_preset(FM_PRESET_DEFAULT, params);
 *     params[FM_SEED] = 7;
 *     void *block = ...fm_size(params) bytes, aligned to 16...;
 *     fm_init(block, fm_size(params), params);          // weights drawn from the seed
 *     fm_train(block, 100, losses);                     // 100 steps, losses[100]
 *     fm_noise(block, 1, 0, 2000, x);                   // 2,000 start points
 *     fm_sample(block, FM_EMA, FM_SOLVER_HEUN, 25, 0, 1, x, 2000);   // ... carried to the data
 *
 * Conventions
 *   - Legend: B batch, D dimension of a point, H hidden width, T time features, L hidden layers, N points, K classes.
 *   - Arrays of points are row-major float [N, D]. Pointers have the alignment of what they point to (float and
 *     int32 4, double 8) or FM_E_ARG.
 *   - The engine owns no memory: it lives in the caller's block, calls no allocator and imports nothing.
 *   - Every function returning `int` gives a status below unless it says otherwise. A refused call has
 *     changed nothing. Output arrays must not overlap inputs unless the function says so.
 *   - Only i32, u32, f32, f64 and pointers cross this boundary.
 *   - Same parameters, seed and calls give the same bits on every engine, and no result depends on how a
 *     long piece of work is cut into calls.
 */
#ifndef FM_H
#define FM_H

#include <stdint.h>

#include "setting.h"

#if defined(__wasm__)
#define FM_API __attribute__((visibility("default"), used))
#else
#define FM_API
#endif

/* `real` is float. The test build with -DFM_DOUBLE makes it double, so that the same sources can be
 * differentiated numerically to 1e-6. */
#ifdef FM_DOUBLE
typedef double real;
#else
typedef float real;
#endif

/* ---- Status: frozen, never renumbered ------------------------------------------------------------- */
enum {
  FM_OK = 0,
  FM_E_ARG = 1,      /* an argument is outside what the function says it takes */
  FM_E_STATE = 2,    /* the call does not fit what has happened so far (no points, source, pairs or path set) */
  FM_E_MEMORY = 3,   /* the block is smaller than fm_size, null, or not aligned to 16 */
  FM_E_DIVERGED = 4, /* loss or gradient left the finite range; the model is as it was before that step */
  FM_E_FORMAT = 5,   /* restored state holds a value that fm_restore does not admit */
  FM_E_THREAD = 6,   /* a helper thread was lost; the model is as it was before that step, and works on one thread */
  FM_E_STEPS = 7,    /* dopri5 has tried its steps and not arrived; the points are where they got */
  FM_E_REG = 8 /* sinkhorn_reg is below least_reg of the stats, for the points of a batch are so far apart; the model is
                      * as it was before that step */
};

/* ---- Parameters: one table for validation, command options, page controls and documents; rows in setting.h -- */
enum { FM_PRESET_DEFAULT, FM_PRESET_SEED, FM_PRESET_DIGITS };

enum {
  FM_KIND_INTEGER,
  FM_KIND_REAL,
  FM_KIND_LOG /* real, best shown on a log scale */,
  FM_KIND_CHOICE,
  FM_KIND_SWITCH
};

/* One row of the table. In WebAssembly: four pointers at bytes 0, 4, 8, 12; three doubles at 16, 24, 32;
 * two int32 at 40 and 44; 48 bytes. */
typedef struct {
  const char *name;          /* as written in configurations; command options write - for _ */
  const char *group;         /* network, data, batch, optimiser, sampling */
  const char *choices;       /* "adamw|muon" for a choice, its value being the position; else "" */
  const char *help;          /* one sentence */
  double min, max, standard; /* `standard` is the value in the default preset */
  int32_t kind;
  int32_t live; /* 1: fm_param_set may change it on a living model */
} fm_param;

FM_API int fm_param_count(void);
FM_API const fm_param *fm_param_info(int index); /* null when there is no such row */

/* Writes preset `preset` (FM_PRESET_*) into params[FM_PARAM_COUNT].
 * `default` gives clean moons in 1,200 steps; `seed` is the published example to the letter; `digits` learns small images by class:
 * points of 64 dimensions and 10 classes, or with another dim those of a latent space. */
FM_API int fm_preset(int preset, double *params);
FM_API const char *fm_preset_name(int preset); /* null when there is no such preset */

/* FM_OK, or FM_E_ARG with the index of the first offending row in *bad. Beyond the ranges it demands: `features` even;
 * `dim` 2 unless data is points; sigma_min < sigma_max; batch <= 2,048 under the couplings ot, sinkhorn and
 * ot-conditional, which needs K > 0; `ot_batch` 0 or at least batch; `classes` 0 or what fm_data_classes gives unless data
 * is points; `source` gaussian or points unless `dim` is 2, and gaussian under ve; predict v under ve (condition.h says
 * why), and score, and noise on the way (sde), only under the independent coupling and from a gaussian source, since
 * others follow no density whose gradient x0 would give; the linear path and no weight under the distilled coupling, for
 * on others x0 + v(0, x0) is not the data, or the error at t = 0 counts nothing; weight_decay times the larger of lr and
 * muon_lr <= 1, since beyond it decay makes weights grow. */
FM_API int fm_check(const double *params, int *bad);

/* Classes of a named data set (FM_DATA_*): 2 moons, circles or arms, 8 Gaussians or cells; 0 for points and unknown sets. */
FM_API int fm_data_classes(int data);

/* ---- A model ---------------------------------------------------------------------------------------- */
typedef struct fm_model fm_model;

/* Bytes of the block a model with these parameters needs, 0 when fm_check refuses them. */
FM_API uint32_t fm_size(const double *params);

/* Lays the model out in `block` (16-byte aligned, at least fm_size bytes) and draws the weights:
 * U(-1/sqrt(fan_in), 1/sqrt(fan_in)) as torch.nn.Linear does, label_embed N(0, 1) as nn.Embedding. `block` is the model. */
FM_API int fm_init(void *block, uint32_t bytes, const double *params);

FM_API int fm_param_get(const fm_model *model, int index, double *value);
/* Refuses rows that are not live, and values that fm_check would refuse. */
FM_API int fm_param_set(fm_model *model, int index, double value);

/* The user's own data: points [n, D], 1 <= n, all finite. Kept by reference: the caller keeps the array alive
 * and unchanged. Needed before training when data is `points`, refused otherwise. Under ve with sigma_data measured,
 * FM_E_ARG when their standard deviation exceeds that row's range. */
FM_API int fm_points_set(fm_model *model, const real *points, int n);

/* The user's own source: points [n, D] that x0 is drawn from, with replacement. Kept by reference. Needed before fm_noise and, but
 * under the paired and distilled couplings, before training when source is `points`; FM_E_STATE otherwise. */
FM_API int fm_source_set(fm_model *model, const real *points, int n);

/* The class of each point that is set: labels [n] in 0 .. K-1, n as in fm_points_set, every class at least once. By reference.
 * Needed before training when data is `points` and K > 0, anew after new points. FM_E_STATE without points or with K = 0. */
FM_API int fm_labels_set(fm_model *model, const int32_t *labels, int n);

/* The user's own path: alpha and sigma [count] at t = i / (count - 1), 2 <= count <= 65,536, joined by cubics with a continuous
 * derivative (pchip.h). Kept by reference. Needed before the field is used when path is `custom`, FM_E_STATE otherwise. It must
 * lead from noise to data: samples in [0, 1000], alpha(0) <= 0.01 sigma(0), sigma(1) <= 0.01, alpha(1) within 0.01 of 1, and
 * alpha/sigma rising all along; else FM_E_ARG, with the index of the first sample that is wrong in *bad, or -1 there when it
 * is another argument (`bad` may be null). Samples start at sigma(0) N(0, I). */
FM_API int fm_path_set(fm_model *model, const real *alpha, const real *sigma, int count, int *bad);

/* Reflow pairs: x0 [n, D] source points (unit scale, see fm_noise) and x1 [n, D] where the model's ODE carried
 * them. Kept by reference. Needed before training under the paired and distilled couplings. Later pairs may replace them
 * between any two steps (online reflow): a step draws from those set last. */
FM_API int fm_pairs_set(fm_model *model, const real *x0, const real *x1, int n);

/* The label of each pair that is set, in 0 .. K, n as in fm_pairs_set. By reference. Needed with K > 0, anew after new pairs;
 * FM_E_STATE without pairs or with K = 0. */
FM_API int fm_pair_labels_set(fm_model *model, const int32_t *labels, int n);

/* Begins the next reflow round (Liu et al. 2022): weights and averages become the EMA weights, moments and step return to 0,
 * the coupling becomes `paired`, and random draws move to a stream of their own. FM_E_STATE without pairs (with K > 0:
 * labelled ones), and when
 * `predict` is score or `sde` on: pairs have no score.
 *
 * Under `paired` the field learns x1 - x0 at every point of the line from x0 to x1. Set to `distilled` after the beginning, the
 * coupling takes the same pairs at t = 0 alone, whatever the law of time (section 3 of the paper):
 *
 *     loss = mean |v(0, x0) - (x1 - x0)|^2
 *
 * The result is a one-step model: x0 + v(0, x0) is its sample, and its field at any other t means nothing. */
FM_API int fm_reflow_begin(fm_model *model);

/* ---- Training --------------------------------------------------------------------------------------- */
enum { FM_CAUSE_NONE, FM_CAUSE_LOSS, FM_CAUSE_GRADIENT };

/* What the last step did. In WebAssembly: seven doubles at 0..48, then four int32 at 56. */
typedef struct {
  double loss;          /* weighted mean over B and D, before the update */
  double v_norm;        /* Frobenius norm of the prediction [B, D] */
  double u_norm;        /* Frobenius norm of the target [B, D]; both are of the network's F, see condition.h */
  double gradient_norm; /* before clipping */
  double lr, ema_decay; /* as used in that step; lr is AdamW's, muon_lr follows the same schedule */
  double least_reg;     /* of the last batch under sinkhorn: the smallest sinkhorn_reg whose plan a float holds */
  int32_t step;         /* steps taken in this round */
  int32_t round;        /* reflow rounds begun; 0 before the first */
  int32_t cause;        /* FM_CAUSE_*: what left the finite range when the last step diverged */
  int32_t pad;
} fm_stats;
FM_API const fm_stats *fm_stats_get(const fm_model *model);

/* Where in time the loss is: mean[i] of the points with t in [i / 20, (i + 1) / 20), without weights, averaged over the steps
 * since fm_init, fm_reset, fm_restore or fm_reflow_begin; a step counts 1 % less with each step after it. -1 where no point
 * has been. */
enum { FM_TIME_BINS = 20 };
FM_API int fm_loss_by_time(const fm_model *model, double *mean);

/* Takes up to `steps` optimiser steps, 0 <= steps, writing each loss to losses[steps] unless it is null.
 * FM_E_DIVERGED: stopped before the first bad step; stats.step tells how many were taken, stats.cause why.
 * FM_E_STATE: points, labels, a source or pairs are missing, or the round has taken its 2^30 steps.
 * FM_E_REG: stopped before a step whose batch needs a larger sinkhorn_reg, stats.least_reg at least; so do fm_batch and fm_pairing. */
FM_API int fm_train(fm_model *model, int steps, double *losses);

/* One optimiser step on a given batch: t [n] in [0, 1], x0 [n, D], x1 [n, D], 1 <= n; already coupled. */
FM_API int fm_train_batch(fm_model *model, const real *t, const real *x0, const real *x1, int n);

/* Loss and gradients of a given batch, no update: read stats.loss and slot FM_GRADIENT. */
FM_API int fm_loss(fm_model *model, const real *t, const real *x0, const real *x1, int n);

/* The same with labels [n] in 0 .. K, none dropped; the two above teach K, the null class. FM_E_STATE with K = 0. */
FM_API int fm_train_labelled(fm_model *model, const real *t, const real *x0, const real *x1, const int32_t *labels,
                             int n);
FM_API int fm_loss_labelled(fm_model *model, const real *t, const real *x0, const real *x1, const int32_t *labels,
                            int n);

/* The batch that step `step` of this round would draw or has drawn: t [B], x0 [B, D], x1 [B, D], paired by the coupling. Under
 * the stable target x1 is E[x1 | x_t] and x0 what then leads to the same x_t, so x_t and u are those of the step. With K > 0
 * the second gives labels [B], K where it was dropped, and E[x1 | x_t] is over points of the label alone. */
FM_API int fm_batch(fm_model *model, int step, real *t, real *x0, real *x1);
FM_API int fm_batch_labels(fm_model *model, int step, int32_t *labels);

/* The pairs of that batch as they were drawn and coupled, whatever the target: x0 [B, D], x1 [B, D]. Labels and times are those of
 * fm_batch. */
FM_API int fm_pairing(fm_model *model, int step, real *x0, real *x1);

/* ---- Threads, an option of the build with shared memory (core_threads.wasm) ---------------------------------
 *
 * Helpers are instances of the same module over the same memory, each on a thread and a stack of its own. Each calls
 * fm_serve(model), which returns after fm_threads_stop. When threads - 1 are inside, fm_threads(model, threads, patience_ms)
 * puts them to work on every later gradient, and in fm_train on the means of the stable target. The bits do not depend on the number of threads: a batch is always cut into
 * four shards, whose gradients are added in order, and means are of a row each, so more than four threads gain nothing. threads is 1 .. 16, patience_ms at
 * least 1, else FM_E_ARG.
 *
 * A helper that ends or is held up between two shards costs nothing. When one has begun a shard, or a quarter of the means, and no
 * thread gets a block of rows (64 means) further for patience_ms, the call returns FM_E_THREAD (pool.h): end every helper, or leave the memory, before the
 * next call. Neither then nor after fm_threads_stop does the model take new ones, and fm_init must not run on a block that
 * is being served. In the build without shared memory fm_serve returns at once and fm_threads knows 1 alone. */
FM_API int fm_serve(fm_model *model);
FM_API int fm_threads(fm_model *model, int threads, int patience_ms); /* FM_E_STATE unless threads - 1 serve */
FM_API int fm_threads_stop(fm_model *model);

/* ---- The field and its flow ------------------------------------------------------------------------- */
/* Slots. FM_RAW and the averages also choose weights; one that ema2_decay or ema3_decay turns off is FM_E_ARG. */
enum { FM_RAW, FM_EMA, FM_MOMENT, FM_VARIANCE, FM_GRADIENT, FM_EMA2, FM_EMA3 };

/* Classifier-free guidance (Ho & Salimans 2022): from now on row i of a call below is of labels[i] in 0 .. K, by reference, and
 * v = v_null + s (v_label - v_null), s being scale in [0, 100] at times 0 <= t_from .. t_to <= 1 and 1 elsewhere: 0 is the
 * unconditional field, 1 that of the class, more leads away from the other classes. More rows than n are FM_E_ARG. n = 0 forgets
 * the labels: every row is unconditional, as in a new model. FM_E_STATE for n > 0 with K = 0. */
FM_API int fm_guide_set(fm_model *model, const int32_t *labels, int n, double scale, double t_from, double t_to);

/* v [n, D] = v(t, x) with t [n], x [n, D]. The velocity, whatever F stands for. This and every other use of the field is
 * FM_E_STATE while a ve model has no sigma_data (none given, and no points set to measure it) or a custom path is not set. */
FM_API int fm_velocity(fm_model *model, int weights, const real *t, const real *x, int n, real *v);

/* What is known of points x [n, D] at times t [n] said in another way: value [n, D], one of FM_PREDICT_*, into out [n, D], which
 * may be x or value; see conversion.h, also for the ends of time, where some say nothing of the others. FM_E_STATE where a score
 * is asked for or given and the coupling is not independent or the source not gaussian, and while a custom path is not set. */
FM_API int fm_convert(const fm_model *model, int from, int to, const real *t, const real *x, const real *value, int n,
                      real *out);

/* Points first .. first + n - 1 of the endless stream of start points drawn from `seed`, unit scale: N(0, I), the shape that
 * `source` names, or draws of the points of fm_source_set. first + n <= (2^32 - 1) / D, of a shape / 4, of points / 1.
 * fm_sample and fm_straightness scale them to the path's source themselves. */
FM_API int fm_noise(const fm_model *model, uint32_t seed, uint32_t first, int n, real *x0);

/* Data: n points [n, D] drawn from `seed`. The whole draw is one: its points depend on n. */
FM_API int fm_data(const fm_model *model, uint32_t seed, int n, real *x1);
FM_API int fm_data_labels(const fm_model *model, uint32_t seed, int n, int32_t *labels); /* of that draw; K > 0 */

/* How points are carried along the field: fm_sample, fm_nfe, fm_grid, fm_sample_grid, fm_guided_nfe, fm_sample_sde, fm_diffusion,
 * fm_course_begin, fm_course_run and fm_blend. */
#include "course.h"

/* Per start point (unit scale, [n, D]): straightness[n] = integral over t of |(x(1) - x(0)) - v(x(t), t)|^2 along the
 * Euler trajectory of `steps` steps, cost[n] = |x(1) - x(0)|^2. 0 straightness is a straight line. */
FM_API int fm_straightness(fm_model *model, int weights, int steps, const real *x0, int n, real *straightness,
                           real *cost);

/* logp[n] = log p_t(x) in nats for x [n, D] and t = times[0]: the density of what fm_sample draws, at that time of the flow, as
 * exact as the solver's steps are fine.
 *     log p_t(x) = log p_0(x(0)) - integral of div v(s, x(s)) ds from 0 to t           (likelihood.h, divergence.h)
 * along the path that is at x at t, followed back by `solver`, other than dopri5, through times[count], 2 .. 10,001 falling from t in
 * (0, 1], which is 1 for the samples themselves, to exactly 0; p_0 is the path's source, FM_E_STATE unless it is gaussian. probes = 0 takes the exact divergence, D tangents
 * an evaluation; 2 .. 64 the mean of so many estimates by random signs from `seed`, unbiased in the integral. error[n], unless null, is the standard error of that mean,
 * 0 when exact; in few dimensions, where exact costs no more, signs are so few that it is not to be trusted. x is points first
 * .. first + n - 1, each with signs of its own; first + n <= 2^31. Each point's bits are its own. Not finite where the path
 * leaves the range. By a guide of scale 1 it is log p(x | label), by one of another scale the density of what that draws. */
FM_API int fm_loglik(fm_model *model, int weights, int solver, const double *times, int count, int probes,
                     uint32_t seed, uint32_t first, const real *x, int n, double *logp, double *error);

/* The same by dopri5 from t in (0, 1]: rtol, atol and most as in fm_course_begin, the tolerances counting for the integral too. evaluations[n] of the
 * field. FM_E_STEPS when a point stopped on the way: its logp is NaN, and the others stand. */
FM_API int fm_loglik_adaptive(fm_model *model, int weights, double t, double rtol, double atol, int most, int probes,
                              uint32_t seed, uint32_t first, const real *x, int n, double *logp, double *error,
                              int32_t *evaluations);

/* ---- The oracle ------------------------------------------------------------------------------------- */
/* v*(t, x) = E[u_t | x_t = x], the field that minimises the loss, exactly (src/oracle.h). It exists under the independent
 * coupling of a gaussian source where the law of the data is known: for every data set but the moons of torchcfm; noise below 0.0125 on
 * moons-iid, circles and spirals would take too many Gaussians; for points once they are set, with coordinates within 1e6. `moons` has the
 * law of a batch.
 * With labels [n] in 0 .. K row i is of that class, K being all data; null is K for all. Labels with K = 0 are FM_E_STATE.
 *
 * fm_oracle_size: Gaussians that one velocity sums over, which is its cost (the checkerboard counts as 2,048); 0 where v* does
 * not exist, and the others are then FM_E_STATE. */
FM_API int fm_oracle_size(const fm_model *model);

/* v [n, D] = v*(t, x) with t [n], x [n, D] within 1e6; under ve the velocity. With sigma(t) below 1e-5 that of sigma = 1e-5. */
FM_API int fm_oracle_velocity(fm_model *model, const real *t, const real *x, const int32_t *labels, int n, real *v);

/* For each row of a batch t [n], x0 [n, D], x1 [n, D], as fm_batch gives it, the mean over coordinates of
 *     floor[n] = (u_t - v*)^2       what remains of the loss under the best field: its mean is the irreducible loss
 *     error[n] = (v - v*)^2         of the field under these weights: its mean is what training can still gain
 * so that the expected loss is mean floor + mean error. As in the loss, both have the weight of t, and they are of F (condition.h).
 * Either may be null; without error the network is not asked. */
FM_API int fm_oracle_loss(fm_model *model, int weights, const real *t, const real *x0, const real *x1,
                          const int32_t *labels, int n, double *floor, double *error);

/* ---- Measures --------------------------------------------------------------------------------------- */
/* Squared sliced Wasserstein-2 distance between a [n, dim] and b [n, dim], one value a direction:
 * out[i] = mean_k (sort(a.d)_k - sort(b.d)_k)^2 for directions first .. first + count - 1 of the stream of `seed`.
 * SW2 = sqrt(mean of out over 256 directions). first + count below 2^31, coordinates in [-1e18, 1e18]. scratch: 3 n floats. */
FM_API int fm_sw2(const real *a, const real *b, int n, int dim, uint32_t seed, int first, int count, real *scratch,
                  double *out);

/* Means over pairs, of which the energy distance and the maximum mean discrepancy are made (metric.h): out[i] = mean_j f(|a_i -
 * b_j|) for rows first .. first + count - 1 of a [n, dim] and all of b [m, dim]; f is the distance, or exp(-d^2 / (2
 * bandwidth^2)) with a bandwidth in [1e-9, 1e18]. Coordinates in [-1e18, 1e18]. */
enum { FM_PAIR_DISTANCE, FM_PAIR_GAUSSIAN };
FM_API int fm_pair_means(int kernel, double bandwidth, const real *a, int n, const real *b, int m, int dim, int first,
                         int count, double *out);

/* Exact optimal assignment under squared distance: x0[i] goes to x1[match[i]], a permutation of 0 .. n-1.
 * 1 <= n <= 16,384. scratch: fm_assign_size(n, dim) bytes, 8-byte aligned. */
FM_API uint32_t fm_assign_size(int n, int dim);
FM_API int fm_assign(const real *x0, const real *x1, int n, int dim, void *scratch, int32_t *match);

/* ---- State, for saving and loading ------------------------------------------------------------------ */
/* A tensor of the network, named as PyTorch names it. In WebAssembly: name at 0, then int32 rank, rows, cols, offset at
 * 4, 8, 12, 16. Biases have rank 1 and cols 1. `offset` counts reals from the start of a slot. */
typedef struct {
  const char *name;
  int32_t rank, rows, cols, offset;
} fm_tensor;
FM_API int fm_tensor_count(const fm_model *model);
FM_API const fm_tensor *fm_tensor_info(const fm_model *model, int index);

/* Reals in a slot (all tensors, without gaps), and the slot itself; null for an unknown slot and for an average that is off.
 * The caller may write every slot but FM_GRADIENT, and then must call fm_restore. */
FM_API int fm_slot_size(const fm_model *model);
FM_API real *fm_slot(fm_model *model, int slot);

/* Declares the slots loaded: sets step (0 .. 2^30) and round (0 .. 2^20). FM_E_FORMAT when a weight or average lies beyond
 * 1e38, a moment beyond 1e20, a variance outside [0, 1e36], or a value is NaN; the caller must then load again or drop the
 * model. */
FM_API int fm_restore(fm_model *model, int step, int round);

/* Draws weights anew from the seed; moments, EMA, step and round as after fm_init. Points and pairs stay. */
FM_API int fm_reset(fm_model *model);

/* SHA-256 of `bytes` bytes into out[32]. */
FM_API int fm_digest(const void *data, uint32_t bytes, uint8_t *out);

#endif
