/* pool.h — the same work on one thread or on several.
 *
 * pool_run calls task(context, i) for i = 0 .. count-1. The indices are dealt out in turn, thread k taking k, k + T, k + 2T, ...;
 * each task writes to memory of its own, so nothing depends on T. With one thread, and in builds without shared memory, it
 * is a loop.
 *
 * Helpers are threads of the caller: each enters pool_serve and stays there until pool_stop. A helper that does not finish
 * within POOL_PATIENCE_MS is given up: pool_run says so once and the pool goes on with one thread. The caller must then
 * end its helpers before it goes on, since a sleeping one might wake up.
 */
#ifndef POOL_H
#define POOL_H

#include "base.h"

enum { POOL_MOST = 16, POOL_PATIENCE_MS = 5000 };

typedef void pool_task(void *context, int index);

typedef struct {
  int32_t threads;    /* the caller's own and the helpers; 1 when alone */
  int32_t generation; /* counts the runs; helpers sleep on it */
  int32_t arrived;    /* helpers that have finished the present run */
  int32_t serving;    /* helpers inside pool_serve */
  int32_t stopping;
  pool_task *task;
  void *context;
  int32_t count;
} pool;

/* Alone, until helpers come. */
void pool_start(pool *p);

/* FM_OK, or FM_E_THREAD when a helper was lost; the tasks of that run are then not all done. */
int pool_run(pool *p, pool_task *task, void *context, int count);

/* The life of helper 1 .. threads - 1. Returns after pool_stop. */
void pool_serve(pool *p, int helper);

/* From now on `threads` threads. FM_E_STATE unless exactly threads - 1 helpers are inside pool_serve; a build without shared
 * memory knows 1 only. */
int pool_expect(pool *p, int threads);

/* Sends every helper home, for good. */
void pool_stop(pool *p);

#endif
