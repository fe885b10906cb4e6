/* Training through fm.h: runs that do not depend on how they are cut, saved or restored, and divergence that is undone. */
#include "made.h"

/* ---- Training ------------------------------------------------------------------------------------- */

static void check_chunks(void) {
  static const int COUPLINGS[] = {FM_COUPLING_INDEPENDENT, FM_COUPLING_OT};
  promise("1 x 60 steps, 60 x 1 and ragged pieces give the same bits, for every path, coupling and optimiser");
  for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++)
    for (int which = 0; which < 4; which++) {
      const setting settings[] = {{FM_PATH, path}, {FM_COUPLING, COUPLINGS[which / 2]}, {FM_OPTIMISER, which % 2}, END};
      double losses[60], again[60];
      made whole = make(settings), single = make(settings), ragged = make(settings);
      check(fm_train(whole.model, 60, losses) == FM_OK, "whole");
      for (int i = 0; i < 60; i++) fm_train(single.model, 1, again + i);
      check(slots_equal(whole, single) && memcmp(losses, again, sizeof losses) == 0, "path %d by 1", path);
      for (int done = 0, piece = 1; done < 60; done += piece, piece = piece % 17 + 3) {
        if (piece > 60 - done) piece = 60 - done;
        real x[20] = {0}; /* measuring in between must not disturb the run */
        fm_sample(ragged.model, FM_EMA, FM_SOLVER_EULER, 3, 0, 1, x, 10);
        fm_train(ragged.model, piece, again + done);
      }
      check(slots_equal(whole, ragged) && memcmp(losses, again, sizeof losses) == 0, "path %d ragged", path);
      free(whole.model), free(single.model), free(ragged.model);
    }
}

static void check_resume(void) {
  promise("slots, step and round carried to a new model continue to the same bits, with either optimiser");
  for (int cut = 0; cut <= 33; cut += 3) {
    const setting settings[] = {{FM_OPTIMISER, cut % 2}, END};
    made whole = make(settings), first = make(settings);
    fm_train(whole.model, 33, NULL);
    fm_train(first.model, cut, NULL);
    made second = copy_of(first, settings);
    check(fm_train(second.model, 33 - cut, NULL) == FM_OK && slots_equal(whole, second), "cut at %d", cut);
    check(fm_stats_get(second.model)->step == 33, "step %d", fm_stats_get(second.model)->step);
    free(whole.model), free(first.model), free(second.model);
  }
  promise("restored state that is not finite, or a negative variance, is refused as format");
  made m = make((const setting[]){END});
  const real bad[] = {NAN, INFINITY, -INFINITY};
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    for (int i = 0; i < 3; i++) {
      real *place = fm_slot(m.model, slot) + fm_slot_size(m.model) - 1, kept = *place;
      *place = bad[i];
      check(fm_restore(m.model, 0, 0) == FM_E_FORMAT, "slot %d", slot);
      *place = kept;
    }
  fm_slot(m.model, FM_VARIANCE)[0] = -1e-9f;
  check(fm_restore(m.model, 0, 0) == FM_E_FORMAT, "negative variance");
  free(m.model);
}

static void check_batches(void) {
  promise("training on the batches that fm_batch tells gives the bits of fm_train, and fm_loss moves nothing");
  enum { B = 40 };
  real t[B], x0[2 * B], x1[2 * B];
  made whole = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  made given = make((const setting[]){{FM_COUPLING, FM_COUPLING_OT}, END});
  double losses[10];
  fm_train(whole.model, 10, losses);
  for (int i = 0; i < 10; i++) {
    check(fm_batch(given.model, i, t, x0, x1) == FM_OK, "batch %d", i);
    check(fm_loss(given.model, t, x0, x1, B) == FM_OK && fm_stats_get(given.model)->loss == losses[i], "loss %d", i);
    check(fm_stats_get(given.model)->step == i, "step %d", fm_stats_get(given.model)->step);
    check(fm_train_batch(given.model, t, x0, x1, B) == FM_OK, "step %d", i);
    check(fm_stats_get(given.model)->loss == losses[i], "loss %d is %.17g", i, fm_stats_get(given.model)->loss);
  }
  check(slots_equal(whole, given), "after 10 steps");
  free(whole.model), free(given.model);
}

/* ---- Divergence ----------------------------------------------------------------------------------- */

/* Trains until it diverges or `steps` are done; a divergence must leave the bits of the last good step. */
static int train_watching(made m, const setting *settings, int steps) {
  for (int i = 0; i < steps; i++) {
    made before = copy_of(m, settings);
    const int status = fm_train(m.model, 1, NULL);
    const fm_stats *stats = fm_stats_get(m.model);
    check(slots_finite(m), "step %d left a value that is not finite", i);
    if (status == FM_E_DIVERGED) {
      check(slots_equal(m, before) && stats->step == i, "the step that diverged was not undone: step %d", stats->step);
      check(stats->cause != FM_CAUSE_NONE, "no cause");
      check(fm_train(m.model, 5, NULL) == FM_E_DIVERGED && slots_equal(m, before), "the next call moved");
      free(before.model);
      return 1;
    }
    check(status == FM_OK && isfinite(stats->loss), "step %d: status %d, loss %g", i, status, stats->loss);
    free(before.model);
  }
  return 0;
}

static void check_divergence(void) {
  promise("absurd learning rates end finite or diverged, with the last good weights kept");
  int diverged = 0;
  for (int which = 0; which < 4; which++)
    for (double lr = 1e-2; lr <= 10; lr *= 10) {
      const setting settings[] = {{FM_LR, lr},
                                  {FM_MUON_LR, lr},
                                  {FM_OPTIMISER, which / 2},
                                  {FM_CLIP, which % 2},
                                  {FM_SCHEDULE, FM_SCHEDULE_CONSTANT},
                                  {FM_BETA1, 0},
                                  {FM_BETA2, 0},
                                  {FM_LAYERS, 8},
                                  END};
      made m = make(settings);
      diverged += train_watching(m, settings, 120);
      free(m.model);
    }
  check(diverged > 0, "no run diverged, so nothing was shown");
  note("%d of 16 runs diverged", diverged);
}

static void check_causes(void) {
  promise("a diverged step names its cause: the loss, or the gradient where the loss is still bounded");
  /* A squared error of 1e24 leaves the range. A last layer of zeros hides activations of 1e25 from the loss alone. */
  static const real FAR[] = {1e12f, -1e12f};
  made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, END});
  check(fm_points_set(m.model, FAR, 1) == FM_OK && fm_train(m.model, 1, NULL) == FM_E_DIVERGED, "far point");
  check(fm_stats_get(m.model)->cause == FM_CAUSE_LOSS, "cause %d", fm_stats_get(m.model)->cause);
  free(m.model);
  m = make((const setting[]){{FM_LAYERS, 1}, END});
  real *weights = fm_slot(m.model, FM_RAW);
  const fm_tensor *bias = fm_tensor_info(m.model, 5), *last = fm_tensor_info(m.model, 6);
  for (int i = 0; i < bias->rows; i++) weights[bias->offset + i] = 1e25f;
  for (int i = 0; i < last->rows * last->cols; i++) weights[last->offset + i] = 0;
  check(fm_train(m.model, 1, NULL) == FM_E_DIVERGED, "huge activations");
  check(fm_stats_get(m.model)->cause == FM_CAUSE_GRADIENT, "cause %d", fm_stats_get(m.model)->cause);
  check(fm_stats_get(m.model)->step == 0 && slots_finite(m), "the step counted");
  free(m.model);
}

static void check_data_extremes(void) {
  promise("huge, constant or single points train or diverge without a value that is not finite");
  static const real SETS[][8] = {{1e30f, 1e30f, -1e30f, 1e30f, 1e30f, -1e30f, 0, 0},
                                 {3.4e38f, -3.4e38f, 3.4e38f, 3.4e38f, 0, 0, 1, 1},
                                 {2.5f, -1, 2.5f, -1, 2.5f, -1, 2.5f, -1},
                                 {1e-40f, 0, 0, 1e-40f, 1e-40f, 1e-40f, 0, 0}};
  int diverged = 0;
  for (int s = 0; s < 4; s++)
    for (int n = 1; n <= 4; n += 3)
      for (int path = FM_PATH_LINEAR; path <= FM_PATH_VE; path++)
        for (int coupling = FM_COUPLING_INDEPENDENT; coupling <= FM_COUPLING_OT; coupling++) {
          made m = make((const setting[]){{FM_DATA, FM_DATA_POINTS}, {FM_PATH, path}, {FM_COUPLING, coupling}, END});
          /* ve would have to take a spread beyond sigma_data's range for its unit: such points it refuses. */
          const int refused = path == FM_PATH_VE && s < 2 && n > 1;
          check(fm_points_set(m.model, SETS[s], n) == (refused ? FM_E_ARG : FM_OK), "set %d, n %d", s, n);
          if (refused) {
            free(m.model);
            continue;
          }
          const int status = fm_train(m.model, 20, NULL), step = fm_stats_get(m.model)->step;
          check(status == FM_OK || status == FM_E_DIVERGED, "set %d: status %d", s, status);
          check(status == FM_OK ? step == 20 : step < 20, "set %d: status %d at step %d", s, status, step);
          check(slots_finite(m), "set %d, n %d, path %d: not finite", s, n, path);
          diverged += status == FM_E_DIVERGED;
          /* A spread of 1e-40 has no reciprocal in float, so ve cannot bring it to unit scale; the rest must train. */
          if (s == 2 || (s == 3 && path != FM_PATH_VE)) check(status == FM_OK, "set %d, n %d, path %d", s, n, path);
          free(m.model);
        }
  check(diverged > 0, "no run diverged");
  note("%d of 44 runs diverged, none on constant points", diverged);
}

int main(void) {
  check_chunks();
  check_resume();
  check_batches();
  check_divergence();
  check_causes();
  check_data_extremes();
  return report(7);
}
