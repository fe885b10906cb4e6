/* variety.h — a model for every data set, path and target, with weights, predictions and classes in turn, and its batches. */
#ifndef VARIETY_H
#define VARIETY_H

#include "model.h"

#include "made.h"

static const char *const NAMES[] = {"moons",   "moons-iid",      "8gaussians",         "checkerboard",        "circles",
                                    "spirals", "moons-torchcfm", "moons-iid-torchcfm", "8gaussians-torchcfm", "points"};
enum { KINDS = FM_DATA_POINTS + 1 };

/* Whether there is an oracle for it. */
static inline int is_known(int kind) { return kind != FM_DATA_MOONS_TORCHCFM && kind != FM_DATA_MOONS_IID_TORCHCFM; }

static real own[2 * 300]; /* points of nobody's data set, in two lumps */
static int32_t classes_of_own[300];

static inline int classes_of(int kind) { return kind == FM_DATA_POINTS ? 3 : fm_data_classes(kind); }

static inline void give_points(made m, int kind, int classes) {
  for (int i = 0; i < 300; i++) {
    own[2 * i] = (real)(sin(i) + (i % 3 ? 1 : -2)), own[2 * i + 1] = (real)cos(7 * i);
    classes_of_own[i] = i % 3;
  }
  if (kind != FM_DATA_POINTS) return;
  check(fm_points_set(m.model, own, 300) == FM_OK, "points");
  if (classes > 0) check(fm_labels_set(m.model, classes_of_own, 300) == FM_OK, "labels");
}

/* Weights of the error and what is predicted take turns with paths and data: four of each, five and seven of those. Every other
 * model knows classes. */
static inline made made_of(int kind, int course, int target, int batch) {
  const int classes = (kind + course) % 2 ? classes_of(kind) : 0;
  made m = make((const setting[]){{FM_DATA, kind},
                                  {FM_PATH, course},
                                  {FM_PATH_POWER, 2},
                                  {FM_WEIGHT, course % 4},
                                  {FM_PREDICT, course == FM_PATH_VE ? FM_PREDICT_V : (kind + course) % 4},
                                  {FM_SIGMA_DATA, 1.5},
                                  {FM_TARGET, target},
                                  {FM_BATCH, batch},
                                  {FM_CLASSES, classes},
                                  {FM_LABEL_DROP, 0.3},
                                  END});
  give_points(m, kind, classes);
  return m;
}

enum { BATCH = 300 };
static real t[BATCH], x0[2 * BATCH], x1[2 * BATCH];
static int32_t labels[BATCH];

/* Fills t, x0, x1 with the batch of a step; returns its labels, null without classes. */
static inline const int32_t *draw(made m, int step) {
  double classes;
  check(fm_batch(m.model, step, t, x0, x1) == FM_OK, "batch");
  check(fm_param_get(m.model, FM_CLASSES, &classes) == FM_OK, "classes");
  if (classes == 0) return NULL;
  check(fm_batch_labels(m.model, step, labels) == FM_OK, "labels");
  return labels;
}

#endif
