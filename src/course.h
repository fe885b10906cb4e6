/* course.h — what fm.h tells of a point that dopri5 carries: where it is, and what became of each step that was tried. */
#ifndef COURSE_H
#define COURSE_H

#include <stdint.h>

enum {
  FM_COURSE_START,     /* nothing is known but x */
  FM_COURSE_UNDER_WAY, /* the last step was accepted */
  FM_COURSE_REJECTED,  /* the last step was not */
  FM_COURSE_ARRIVED,   /* t is t_end */
  FM_COURSE_STOPPED    /* at t, because `most` steps were tried, or because the field is not finite there */
};

/* A point on its way. In WebAssembly: six doubles at 0 .. 40, then six int32 at 48 .. 68; 72 bytes. */
typedef struct {
  double t, t_end;
  double h;     /* the next step, negative when it goes back */
  double error; /* of the last accepted step; at most 1 */
  double rtol, atol;
  int32_t accepted, rejected, evaluations; /* of the network: two where guidance asks both halves */
  int32_t state;                           /* FM_COURSE_* */
  int32_t most;                            /* steps it may try, rejected ones included */
  int32_t pad;
} fm_course;

/* A step that was tried, from t over h. In WebAssembly: three doubles at 0 .. 16, then int32 at 24; 32 bytes. */
typedef struct {
  double t, h, error;
  int32_t accepted; /* error <= 1 */
  int32_t pad;
} fm_try;

#endif
