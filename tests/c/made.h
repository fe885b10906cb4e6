/* made.h — small models for tests of fm.h, in blocks that the sanitizer guards.
 *
 *     made m = make((const setting[]){{FM_PATH, FM_PATH_VE}, END});
 *     ... free(m.model);
 */
#ifndef MADE_H
#define MADE_H

#include "fm.h"

#include "check.h"

typedef struct {
  fm_model *model;
  uint32_t bytes;
} made;

/* Rows to change in the default preset, ended by index -1. */
typedef struct {
  int index;
  double value;
} setting;
#define END \
  { -1, 0 }

static inline void params_with(const setting *settings, double *params) {
  fm_preset(FM_PRESET_DEFAULT, params);
  params[FM_HIDDEN] = 12, params[FM_FEATURES] = 8, params[FM_BATCH] = 40, params[FM_SEED] = 5;
  for (; settings->index >= 0; settings++) params[settings->index] = settings->value;
}

static inline made make(const setting *settings) {
  double params[FM_PARAM_COUNT];
  params_with(settings, params);
  const uint32_t bytes = fm_size(params);
  check(bytes > 0, "fm_size refuses");
  made m = {guarded(bytes ? bytes : 16), bytes};
  memset(m.model, 0xa5, bytes); /* nothing may rely on a clean block */
  const int status = fm_init(m.model, bytes, params);
  check(status == FM_OK, "fm_init gives %d", status);
  return m;
}

static inline int slots_equal(made a, made b) {
  const size_t bytes = (size_t)fm_slot_size(a.model) * sizeof(real);
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    if (memcmp(fm_slot(a.model, slot), fm_slot(b.model, slot), bytes) != 0) return 0;
  return 1;
}

static inline int slots_finite(made m) {
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++)
    for (int i = 0; i < fm_slot_size(m.model); i++)
      if (!isfinite(fm_slot(m.model, slot)[i])) return 0;
  return 1;
}

static inline made copy_of(made m, const setting *settings) {
  made copy = make(settings);
  const size_t bytes = (size_t)fm_slot_size(m.model) * sizeof(real);
  for (int slot = FM_RAW; slot <= FM_VARIANCE; slot++) memcpy(fm_slot(copy.model, slot), fm_slot(m.model, slot), bytes);
  const fm_stats *stats = fm_stats_get(m.model);
  check(fm_restore(copy.model, stats->step, stats->round) == FM_OK, "fm_restore refuses");
  return copy;
}

#endif
