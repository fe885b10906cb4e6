/* The two ways through the time branch of a training step, interpolated from Chebyshev nodes and row by row, held to each
 * other: as a run goes on, and as the branch grows steeper until interpolation gives up. */
#include "made.h"
#include "model.h"

enum { B = 256 };

typedef struct {
  real t[B], x0[2 * B], x1[2 * B];
} batch;

/* Loss and gradient of the batch with interpolation allowed (direct 0) or not; the gradient goes to `gradient`. */
static double loss_of(made m, const batch *b, int direct, real *gradient) {
  m.model->trainer.direct = direct;
  check(fm_loss(m.model, b->t, b->x0, b->x1, B) == FM_OK, "loss");
  memcpy(gradient, fm_slot(m.model, FM_GRADIENT), (size_t)fm_slot_size(m.model) * sizeof(real));
  m.model->trainer.direct = 0;
  return fm_stats_get(m.model)->loss;
}

/* Nodes of the grid chosen for the batch, 0 for none; the two ways must agree to a few roundings of a float. */
static int compare_ways(made m, const batch *b, double *worst) {
  const int size = fm_slot_size(m.model);
  real *near = guarded((size_t)size * sizeof(real)), *truth = guarded((size_t)size * sizeof(real));
  const double direct = loss_of(m, b, 1, truth);
  check(m.model->trainer.grid == NULL, "direct evaluation used a grid");
  const double interpolated = loss_of(m, b, 0, near);
  double gap = 0, norm = 0;
  for (int i = 0; i < size; i++) gap += pow((double)near[i] - truth[i], 2), norm += pow(truth[i], 2);
  const double relative = sqrt(gap / norm);
  *worst = fmax(*worst, relative);
  check(fabs(interpolated - direct) <= 2e-6 * direct, "loss %.9g, not %.9g", interpolated, direct);
  check(relative <= 5e-6, "gradients %.3g apart", relative);
  free(near), free(truth);
  return m.model->trainer.grid ? m.model->trainer.grid->n : 0;
}

static void check_during_training(int optimiser) {
  promise(optimiser == FM_OPTIMISER_ADAMW ? "interpolated and direct gradients agree all through a run of AdamW at 0.01"
                                          : "interpolated and direct gradients agree all through a run of Muon");
  made m = make((const setting[]){{FM_OPTIMISER, optimiser},
                                  {FM_HIDDEN, 32},
                                  {FM_FEATURES, 128},
                                  {FM_BATCH, B},
                                  {FM_TARGET, FM_TARGET_PAIR}, /* mean targets leave a gradient near its rounding */
                                  {FM_LR, 0.01},
                                  {FM_STEPS, 1200},
                                  END});
  batch *b = guarded(sizeof *b);
  int interpolated = 0;
  double worst = 0;
  for (int step = 0; step <= 1200; step += 200) {
    check(fm_batch(m.model, step, b->t, b->x0, b->x1) == FM_OK, "batch");
    interpolated += compare_ways(m, b, &worst) > 0;
    check(fm_train(m.model, 200, NULL) == FM_OK, "train");
  }
  check(interpolated == 7, "%d of 7 interpolated", interpolated);
  note("at most %.1e apart", worst);
  free(b), free(m.model);
}

static void check_growing_slope(void) {
  promise("a branch made ever steeper takes ever more nodes, then none, and agrees with direct evaluation all along");
  made m = make((const setting[]){{FM_HIDDEN, 32}, {FM_FEATURES, 128}, {FM_BATCH, B}, END});
  const fm_tensor *first = fm_tensor_info(m.model, 0);
  batch *b = guarded(sizeof *b);
  check(fm_batch(m.model, 0, b->t, b->x0, b->x1) == FM_OK, "batch");
  int seen[65] = {0}, last = 0;
  double worst = 0;
  for (double slope = 0.01; slope < 2000; slope *= 1.5) {
    real *weight = fm_slot(m.model, FM_RAW) + first->offset;
    for (int i = 0; i < first->rows * first->cols; i++) weight[i] *= slope == 0.01 ? 0.01f : 1.5f;
    check(fm_restore(m.model, 0, 0) == FM_OK, "restore");
    const int nodes = compare_ways(m, b, &worst);
    check(nodes == 0 || (nodes >= last && last >= 0), "slope %g: %d nodes after %d", slope, nodes, last);
    seen[nodes]++;
    last = nodes == 0 ? -1 : nodes;
  }
  check(seen[8] && seen[16] && seen[32] && seen[64] && seen[0], "8: %d, 16: %d, 32: %d, 64: %d, none: %d", seen[8],
        seen[16], seen[32], seen[64], seen[0]);
  note("at most %.1e apart", worst);
  free(b), free(m.model);
}

/* Sets one tensor to zero: what hangs on it is flat in t, and what stands before it is not. */
static void silence(made m, int tensor) {
  const fm_tensor *t = fm_tensor_info(m.model, tensor);
  for (int i = 0; i < t->rows * t->cols; i++) fm_slot(m.model, FM_RAW)[t->offset + i] = 0;
}

static void check_flat_outputs(void) {
  promise("a branch whose output is flat while its inside is steep is not interpolated beyond its means");
  static const double SCALES[] = {0.1, 1, 3, 10, 30, 100, 300};
  int direct = 0;
  double worst = 0;
  for (int s = 0; s < 7; s++)
    for (int tensor = 0; tensor <= 4; tensor += 2) { /* W1, W2, net.0.weight with We in it */
      made m =
          make((const setting[]){{FM_HIDDEN, 32}, {FM_FEATURES, 64}, {FM_BATCH, B}, {FM_TIME_SCALE, SCALES[s]}, END});
      batch *b = guarded(sizeof *b);
      silence(m, tensor);
      check(fm_restore(m.model, 0, 0) == FM_OK && fm_batch(m.model, 0, b->t, b->x0, b->x1) == FM_OK, "batch");
      direct += compare_ways(m, b, &worst) == 0;
      free(b), free(m.model);
    }
  check(direct > 0 && direct < 21, "%d of 21 row by row", direct);
  note("at most %.1e apart", worst);
}

int main(void) {
  check_during_training(FM_OPTIMISER_ADAMW);
  check_during_training(FM_OPTIMISER_MUON);
  check_growing_slope();
  check_flat_outputs();
  return report(4);
}
