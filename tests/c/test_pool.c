/* The pool on real threads, under ThreadSanitizer: what is taken once, who is waited for, and who is not. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "made.h"
#include "model.h"

enum { HELPERS = 3, TASKS = 7, RUNS = 400, PATIENCE_MS = 200, ENDLESS_MS = 1000000000 };

static _Thread_local int is_helper;

static void *helper(void *argument) {
  is_helper = 1;
  pool_serve(argument);
  return NULL;
}

static void enter(pool *p, pthread_t *threads, int helpers) {
  for (int i = 0; i < helpers; i++)
    if (pthread_create(&threads[i], NULL, helper, p)) exit(1);
}

static void leave(pthread_t *threads, int helpers) {
  for (int i = 0; i < helpers; i++) pthread_join(threads[i], NULL);
}

/* A pool with all its helpers inside. */
static void open_pool(pool *p, pthread_t *threads, int helpers, int patience_ms) {
  pool_start(p);
  enter(p, threads, helpers);
  while (pool_expect(p, helpers + 1, patience_ms) != FM_OK) continue;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* What a run is about; each has one of its own, which is gone when the next begins. */
typedef struct {
  int run, seen[TASKS], done[TASKS], helped;
} tally;

static void count_up(void *context, int index) {
  tally *t = context;
  for (volatile int i = 0; is_helper && i < 3000;) i++; /* slow, so that the caller has something to wait for */
  t->seen[index] = t->run;
  if (is_helper) __atomic_add_fetch(&t->helped, 1, __ATOMIC_RELAXED);
  t->done[index]++; /* no atomic: two threads at one task would be a race */
}

static void check_tally(int helpers, const tally *t, int tasks) {
  for (int i = 0; i < TASKS; i++) {
    const int times = i < tasks;
    check(t->done[i] == times && t->seen[i] == (times ? t->run : 0),
          "%d helpers, run %d of %d tasks: task %d done %d times", helpers, t->run, tasks, i, t->done[i]);
  }
}

static void check_runs(void) {
  promise("every task of every run is done once and for its own run, on 1 to 4 threads");
  int helped = 0;
  for (int helpers = 0; helpers <= HELPERS; helpers++) {
    pthread_t threads[HELPERS];
    pool p;
    open_pool(&p, threads, helpers, ENDLESS_MS);
    for (int run = 1; run <= RUNS; run++) {
      tally *t = calloc(1, sizeof *t);
      t->run = run;
      check(pool_run(&p, count_up, t, run % (TASKS + 1)) == FM_OK, "run %d", run);
      check_tally(helpers, t, run % (TASKS + 1));
      helped += t->helped;
      free(t);
    }
    pool_stop(&p);
    leave(threads, helpers);
    check(p.serving == 0, "%d still serve", p.serving);
  }
  note("helpers took %d tasks", helped);
}

static void check_absence(void) {
  promise("helpers that ended, or do not get to run, between two tasks cost no run and no wait");
  pool p;
  pool_start(&p);
  p.serving = HELPERS; /* they came, and were never heard of again */
  check(pool_expect(&p, HELPERS + 1, ENDLESS_MS) == FM_OK, "refused");
  for (int run = 1; run <= RUNS; run++) {
    tally t = {.run = run};
    check(pool_run(&p, count_up, &t, TASKS) == FM_OK, "run %d", run);
    check_tally(HELPERS, &t, TASKS);
  }
}

/* Two tasks, so that the helper gets one of them: the caller's does not end before the helper's has begun. */
typedef struct {
  pool *pool;
  int begun, released, finished;
  int beats;       /* how often the helper's task shows that it is at work, */
  double interval; /* after so many seconds each */
} errand;

static int look(int *p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }
static void set(int *p) { __atomic_store_n(p, 1, __ATOMIC_SEQ_CST); }

static void run_errand(void *context, int index) {
  errand *e = context;
  (void)index;
  if (!is_helper) {
    while (!look(&e->begun)) continue;
    return;
  }
  set(&e->begun);
  for (int i = 0; i < e->beats; i++) {
    for (const double end = seconds() + e->interval; seconds() < end;) continue;
    pool_heartbeat(e->pool);
  }
  while (!look(&e->released)) continue;
  set(&e->finished);
}

/* Returns the seconds it took. */
static double check_loss(void) {
  promise("a helper held up within a task is given up once; what it does later, when it moves again, disturbs no run");
  pthread_t threads[HELPERS];
  pool p;
  open_pool(&p, threads, HELPERS, PATIENCE_MS);
  errand e = {.pool = &p};
  const double start = seconds();
  check(pool_run(&p, run_errand, &e, 2) == FM_E_THREAD, "not given up");
  const double took = seconds() - start;
  check(!look(&e.finished) && p.threads == 1, "%d threads", p.threads);
  for (int run = 1; run <= 3 * RUNS; run++) {
    tally t = {.run = run};
    if (run == RUNS) set(&e.released);
    check(pool_run(&p, count_up, &t, TASKS) == FM_OK, "run %d", run);
    check_tally(HELPERS, &t, TASKS);
  }
  leave(threads, HELPERS);
  check(look(&e.finished) && p.serving == 0, "%d still serve", p.serving);
  p.serving = HELPERS; /* as if others came */
  check(pool_expect(&p, HELPERS + 1, PATIENCE_MS) == FM_E_STATE, "a pool that lost a helper takes others");
  note("after %.0f ms", 1000 * took);
  return took;
}

static void check_progress(double patience) {
  promise("a task that lasts longer than the patience is waited for as long as it shows progress");
  pthread_t threads[1];
  pool p;
  open_pool(&p, threads, 1, PATIENCE_MS);
  errand e = {.pool = &p, .released = 1, .beats = 20, .interval = patience / 10};
  check(pool_run(&p, run_errand, &e, 2) == FM_OK && look(&e.finished), "given up");
  pool_stop(&p);
  leave(threads, 1);
}

static void check_stop(void) {
  promise("helpers that enter before, while and after the pool is stopped all leave it");
  for (int i = 0; i < RUNS; i++) {
    pthread_t threads[HELPERS];
    pool p;
    pool_start(&p);
    enter(&p, threads, i % HELPERS);
    if (i % 2) nanosleep(&(struct timespec){.tv_nsec = 1000L * (i % 100)}, NULL);
    pool_stop(&p);
    enter(&p, threads + i % HELPERS, HELPERS - i % HELPERS);
    leave(threads, HELPERS);
    check(p.serving == 0, "%d still serve", p.serving);
    p.serving = 1; /* as if another came */
    check(pool_expect(&p, 2, PATIENCE_MS) == FM_E_STATE, "a stopped pool takes helpers");
  }
}

static void *serve(void *model) {
  fm_serve(model);
  return NULL;
}

static void check_training(void) {
  promise("a model trained on 2 to 4 threads has the bits of one trained alone, and no two threads race for anything");
  const setting settings[] = {{FM_BATCH, 600}, END};
  made alone = make(settings);
  fm_train(alone.model, 4, NULL);
  for (int helpers = 1; helpers <= HELPERS; helpers++) {
    pthread_t threads[HELPERS];
    made m = make(settings);
    for (int i = 0; i < helpers; i++)
      if (pthread_create(&threads[i], NULL, serve, m.model)) exit(1);
    while (fm_threads(m.model, helpers + 1, ENDLESS_MS) != FM_OK) continue;
    check(fm_train(m.model, 4, NULL) == FM_OK && slots_equal(m, alone), "%d helpers", helpers);
    fm_threads_stop(m.model);
    leave(threads, helpers);
    free(m.model);
  }
  free(alone.model);
}

static void check_heartbeats(void) {
  promise("a gradient shows progress after every block of rows, however many a shard has");
  static const int ROWS[] = {1, 3, 4 * FM_ROWS, 4 * FM_ROWS + 1, 100 * FM_ROWS - 1};
  static real t[100 * FM_ROWS], x[2 * 100 * FM_ROWS];
  made m = make((const setting[]){END});
  for (int i = 0; i < 5; i++) {
    const int n = ROWS[i];
    const int32_t before = m.model->pool.progress;
    int blocks = 0;
    for (int k = 0; k < TRAIN_SHARDS; k++)
      blocks += ((k + 1) * n / TRAIN_SHARDS - k * n / TRAIN_SHARDS + FM_ROWS - 1) / FM_ROWS;
    check(fm_loss(m.model, t, x, x, n) == FM_OK, "refused");
    check(m.model->pool.progress - before == blocks, "%d rows: %d, not %d", n, m.model->pool.progress - before, blocks);
  }
  free(m.model);
}

int main(void) {
  alarm(120); /* a helper that never leaves ends the program with a signal */
  check_runs();
  check_absence();
  check_progress(check_loss());
  check_stop();
  check_training();
  check_heartbeats();
  return report(7);
}
