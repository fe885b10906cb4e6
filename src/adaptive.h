/* adaptive.h — points of a field carried by dopri5.h, in calls of bounded work. */
#ifndef ADAPTIVE_H
#define ADAPTIVE_H

#include "dopri5.h"
#include "field.h"

typedef struct {
  const field *field;
  field_pass *pass;
  dopri5 solver;
  fm_course *course;  /* [FM_ROWS] */
  real *k;            /* [FM_ROWS, D] */
  const guide *guide; /* of every call, by point; the owner's */
  int32_t *labels;    /* [FM_ROWS], of the rows of an evaluation; with classes only */
  int *twice;         /* [FM_ROWS], how often a point was asked for both halves in the call under way */
} adaptive;

/* `pass` is borrowed: nothing else uses it while a call of this module runs. */
void adaptive_layout(adaptive *a, const field *f, field_pass *pass, const guide *g, arena *memory);

/* Sets every course[n] to `from`, and multiplies x [n, D] by the path's source scale when it begins at t = 0. */
void adaptive_begin(const adaptive *a, fm_course from, real *x, int n, fm_course *course);

/* Up to `tries` steps of each of n points, with the weights of the last field_use; see fm_course_run. */
void adaptive_run(const adaptive *a, int tries, real *x, real *k, fm_course *course, int n, fm_try *log,
                  const dopri5_dense *dense);

/* Carries x [n, D] from the beginning of `from` to its end. FM_E_STEPS when a point stopped on the way; all have moved. */
int adaptive_flow(const adaptive *a, fm_course from, real *x, int n);

/* For other fields that this solver carries, points first .. of a call in its rows: forgets how often rows were asked twice; and
 * the guide of the rows at hand at times t, counting in twice[point] those it asks twice. */
void adaptive_count(const adaptive *a, int rows);
guide adaptive_guide(const adaptive *a, int first, const real *t, int rows);

#endif
