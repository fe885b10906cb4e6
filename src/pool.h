/* pool.h — the same work on one thread or on several.
 *
 * pool_run calls task(context, i) once for each i = 0 .. count-1. Whoever is free takes the next one, the caller like its
 * helpers; each task writes to memory of its own, so nothing depends on who took it. Tasks see what the caller wrote before
 * the run, and the caller afterwards what they wrote. With one thread, and in builds without shared memory, it is a loop.
 *
 * Helpers are threads of the caller: each enters pool_serve, sleeps there while there is nothing to do, and leaves after
 * pool_stop. The caller waits only for tasks that a helper has begun. So a helper that is late, asleep or dead between two
 * tasks delays nothing; one that wakes up in a later run takes tasks of that run, for a run's number and the tasks nobody has
 * taken are one word.
 *
 * A helper that ends within a task leaves it undone for ever. It is given up when the caller has waited for the patience and
 * no thread has shown progress: finished a task, or called pool_heartbeat. A task that may last longer than that calls it
 * from time to time. Waiting is counted in short naps, so that a machine that sleeps loses no helper.
 * pool_run then says so once, and the pool goes on with one thread: its other helpers are sent home, but the one that was
 * given up may yet wake up and write where its task writes. The caller must end it, or leave that memory, before it goes on.
 */
#ifndef POOL_H
#define POOL_H

#include "base.h"

enum { POOL_MOST = 16 };

typedef void pool_task(void *context, int index);

typedef struct {
  /* The run's number in the upper half, the tasks that nobody has taken in the lower; helpers sleep on it. */
  uint64_t turn;
  int32_t finished; /* tasks of the present run that are done */
  int32_t progress; /* counts finished tasks and heartbeats; the caller sleeps on it */
  int32_t serving;  /* helpers inside pool_serve */
  int32_t stopping;
  int threads; /* the caller's own and the helpers; 1 when alone */
  int naps;    /* the patience */
  pool_task *task;
  void *context;
} pool;

/* Alone, until helpers come. */
void pool_start(pool *p);

/* FM_OK, or FM_E_THREAD when a helper was given up; the tasks of that run are then not all done. */
int pool_run(pool *p, pool_task *task, void *context, int count);

/* For tasks, on any thread: this one is still at work. */
void pool_heartbeat(pool *p);

/* The life of a helper. Returns after pool_stop, at once when that came first. */
void pool_serve(pool *p);

/* From now on `threads` threads, each with `patience_ms` > 0 milliseconds to show progress (natively counted, not timed).
 * FM_E_STATE unless exactly threads - 1 helpers are inside pool_serve, and after pool_stop; a build without shared memory
 * knows 1 only. */
int pool_expect(pool *p, int threads, int patience_ms);

/* Sends every helper home, for good; between runs. */
void pool_stop(pool *p);

#endif
