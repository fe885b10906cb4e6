/* Averages of the weights: the late decay of the first, and further ones beside it. */
#include "made.h"

static int same_slot(made a, int slot_a, made b, int slot_b) {
  const real *x = fm_slot(a.model, slot_a), *y = fm_slot(b.model, slot_b);
  return x && y && memcmp(x, y, (size_t)fm_slot_size(a.model) * sizeof(real)) == 0;
}

static void check_bits(void) {
  promise("a further average with the decay of the first has its bits, and moves nothing else");
  for (int optimiser = FM_OPTIMISER_ADAMW; optimiser <= FM_OPTIMISER_MUON; optimiser++)
    for (int warmup = 0; warmup <= 1; warmup++) {
      const setting rows[] = {{FM_OPTIMISER, optimiser}, {FM_EMA_WARMUP, warmup}, {FM_EMA_DECAY, 0.9}, END};
      const setting more[] = {rows[0], rows[1], rows[2], {FM_EMA2_DECAY, 0.9}, {FM_EMA3_DECAY, 0.5}, END};
      made plain = make(rows), several = make(more);
      check(fm_train(plain.model, 15, NULL) == FM_OK && fm_train(several.model, 15, NULL) == FM_OK, "train");
      check(slots_equal(plain, several), "optimiser %d, warm-up %d", optimiser, warmup);
      check(same_slot(several, FM_EMA2, several, FM_EMA), "optimiser %d, warm-up %d", optimiser, warmup);
      check(!same_slot(several, FM_EMA3, several, FM_EMA), "another decay is another average");
      free(plain.model), free(several.model);
    }
}

static void check_off(void) {
  promise("an average that is off takes no memory, has no slot and chooses no weights");
  made none = make((const setting[]){END}), one = make((const setting[]){{FM_EMA3_DECAY, 0.05}, END});
  const int bytes = fm_slot_size(none.model) * (int)sizeof(real), more = (int)(one.bytes - none.bytes);
  check(more >= bytes && more < bytes + 64, "%d bytes more for a slot of %d", more, bytes);
  const real t[] = {0.5}, x[] = {1, 2};
  real v[2], w[2];
  check(fm_slot(none.model, FM_EMA2) == NULL && fm_slot(none.model, FM_EMA3) == NULL, "slots");
  check(fm_slot(one.model, FM_EMA2) == NULL && fm_slot(one.model, FM_EMA3) != NULL, "slots");
  check(fm_slot(one.model, FM_EMA3 + 1) == NULL, "no such slot");
  for (int weights = FM_EMA2; weights <= FM_EMA3; weights++)
    check(fm_velocity(none.model, weights, t, x, 1, v) == FM_E_ARG, "weights %d", weights);
  check(fm_velocity(one.model, FM_EMA2, t, x, 1, v) == FM_E_ARG, "ema2 is off");
  check(fm_train(one.model, 5, NULL) == FM_OK, "train");
  check(fm_velocity(one.model, FM_EMA3, t, x, 1, v) == FM_OK && fm_velocity(one.model, FM_EMA, t, x, 1, w) == FM_OK,
        "v");
  check(memcmp(v, w, sizeof v) != 0, "ema3 and ema answer alike");
  check(fm_param_set(one.model, FM_EMA2_DECAY, 0.9) == FM_E_ARG, "fixed for the life of a model");
  free(none.model), free(one.model);
}

static void check_late(void) {
  promise("ema_late_decay is the decay from its share of the run on, as if it were set at that step");
  const setting rows[] = {{FM_STEPS, 20}, {FM_EMA_WARMUP, 0}, {FM_EMA_DECAY, 0.5}, END};
  const setting late[] = {rows[0], rows[1], rows[2], {FM_EMA_LATE_DECAY, 0.75}, {FM_EMA_LATE_FROM, 0.6}, END};
  made scheduled = make(late), by_hand = make(rows);
  for (int step = 0; step < 20; step++) {
    if (step == 12) check(fm_param_set(by_hand.model, FM_EMA_DECAY, 0.75) == FM_OK, "set");
    fm_train(scheduled.model, 1, NULL), fm_train(by_hand.model, 1, NULL);
    const double decay = fm_stats_get(scheduled.model)->ema_decay;
    check(decay == (step < 12 ? 0.5 : 0.75), "step %d: %g", step, decay);
    check(slots_equal(scheduled, by_hand), "step %d", step);
  }
  check(fm_param_set(scheduled.model, FM_EMA_WARMUP, 1) == FM_OK, "set");
  fm_train(scheduled.model, 1, NULL);
  const double ramp = fm_stats_get(scheduled.model)->ema_decay;
  check(ramp == 21.0 / 30, "the warm-up bounds it: %g", ramp);
  free(scheduled.model), free(by_hand.model);
}

static void check_restored(void) {
  promise("further averages are restored to the same bits, refused when not finite, and begin anew with the weights");
  const setting rows[] = {{FM_EMA2_DECAY, 0.9}, {FM_EMA3_DECAY, 0.99}, END};
  made whole = make(rows), cut = make(rows);
  fm_train(whole.model, 6, NULL), fm_train(cut.model, 6, NULL);
  made resumed = copy_of(cut, rows);
  const size_t bytes = (size_t)fm_slot_size(cut.model) * sizeof(real);
  for (int slot = FM_EMA2; slot <= FM_EMA3; slot++)
    memcpy(fm_slot(resumed.model, slot), fm_slot(cut.model, slot), bytes);
  check(fm_restore(resumed.model, 6, 0) == FM_OK, "restore");
  fm_train(whole.model, 6, NULL), fm_train(resumed.model, 6, NULL);
  for (int slot = FM_EMA2; slot <= FM_EMA3; slot++) check(same_slot(whole, slot, resumed, slot), "slot %d", slot);
  const real bad[] = {NAN, INFINITY, -2e38f};
  for (int slot = FM_EMA2; slot <= FM_EMA3; slot++)
    for (int i = 0; i < 3; i++) {
      const real kept = fm_slot(cut.model, slot)[3];
      fm_slot(cut.model, slot)[3] = bad[i];
      check(fm_restore(cut.model, 6, 0) == FM_E_FORMAT, "slot %d, %g", slot, (double)bad[i]);
      fm_slot(cut.model, slot)[3] = kept;
    }
  const real x0[] = {0, 1}, x1[] = {2, 3};
  check(fm_pairs_set(whole.model, x0, x1, 1) == FM_OK && fm_reflow_begin(whole.model) == FM_OK, "reflow");
  for (int slot = FM_EMA2; slot <= FM_EMA3; slot++)
    check(same_slot(whole, slot, whole, FM_EMA), "reflow, slot %d", slot);
  check(fm_reset(resumed.model) == FM_OK, "reset");
  for (int slot = FM_EMA2; slot <= FM_EMA3; slot++)
    check(same_slot(resumed, slot, resumed, FM_RAW), "reset, slot %d", slot);
  free(whole.model), free(cut.model), free(resumed.model);
}

int main(void) {
  check_bits();
  check_off();
  check_late();
  check_restored();
  return report(4);
}
