#include "pool.h"

/* Shared memory exists natively and in the threaded WebAssembly build; elsewhere a pool is a loop. */
#if !defined(__wasm__) || defined(__wasm_atomics__)
#define POOL_SHARED 1
#else
#define POOL_SHARED 0
#endif

void pool_start(pool *p) { *p = (pool){.threads = 1}; }

static int run_alone(pool_task *task, void *context, int count) {
  for (int i = 0; i < count; i++) task(context, i);
  return FM_OK;
}

#if POOL_SHARED

/* A step takes about a millisecond, so a wait is first spun out: going to sleep and being woken costs ten times as much as
 * the check it saves. */
enum { SPINS = 20000, NAP_MS = 50 };

static int32_t load(const int32_t *p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }

static void add(int32_t *p, int32_t change) { __atomic_add_fetch(p, change, __ATOMIC_SEQ_CST); }

static uint64_t load_turn(const pool *p) { return __atomic_load_n(&p->turn, __ATOMIC_SEQ_CST); }

/* Natively there is nothing to sleep on without the system's headers: a nap is a number of looks, a sleep has no end. */
#ifdef __wasm__

static void nap(int32_t *p, int32_t value) { __builtin_wasm_memory_atomic_wait32(p, value, NAP_MS * (int64_t)1000000); }

static void sleep(uint64_t *p, uint64_t value) {
  __builtin_wasm_memory_atomic_wait64((int64_t *)p, (int64_t)value, -1);
}

static void wake_all(void *p) { __builtin_wasm_memory_atomic_notify(p, POOL_MOST); }

#else

enum { LOOKS = NAP_MS * 20000 };

static void nap(int32_t *p, int32_t value) {
  for (int i = 0; i < LOOKS && load(p) == value;) i++;
}

static void sleep(uint64_t *p, uint64_t value) {
  while (__atomic_load_n(p, __ATOMIC_SEQ_CST) == value) continue;
}

static void wake_all(void *p) { (void)p; }

#endif

/* Begins run number last + 1, or none when `tasks` is 0. Only the caller comes here, when nothing is left to take; so no
 * helper changes the word meanwhile, and one that read it before fails to take anything by it. */
static void next_turn(pool *p, int tasks) {
  const uint64_t number = (load_turn(p) >> 32) + 1;
  __atomic_store_n(&p->turn, number << 32 | (uint32_t)tasks, __ATOMIC_SEQ_CST);
  wake_all(&p->turn);
}

/* The index of a task that is from now on this thread's, or -1 when none is left. */
static int take(pool *p) {
  uint64_t turn = load_turn(p);
  while ((uint32_t)turn > 0)
    if (__atomic_compare_exchange_n(&p->turn, &turn, turn - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      return (int)(uint32_t)turn - 1;
  return -1;
}

/* The run cannot end, nor task and context change, between taking a task and finishing it. */
static void work(pool *p) {
  for (int i = take(p); i >= 0; i = take(p)) {
    p->task(p->context, i);
    add(&p->finished, 1);
    pool_heartbeat(p);
    wake_all(&p->progress);
  }
}

void pool_heartbeat(pool *p) { add(&p->progress, 1); }

/* Whether progress leaves `seen` before the patience is over. */
static int moves_on(pool *p, int32_t seen) {
  for (int i = 0; i < SPINS; i++)
    if (load(&p->progress) != seen) return 1;
  for (int i = 0; i < p->naps; i++) {
    nap(&p->progress, seen);
    if (load(&p->progress) != seen) return 1;
  }
  return 0;
}

static int all_finish(pool *p, int count) {
  for (;;) {
    const int32_t seen = load(&p->progress);
    if (load(&p->finished) == count) return 1;
    if (!moves_on(p, seen)) return 0;
  }
}

int pool_run(pool *p, pool_task *task, void *context, int count) {
  if (p->threads == 1) return run_alone(task, context, count);
  p->task = task;
  p->context = context;
  __atomic_store_n(&p->finished, 0, __ATOMIC_SEQ_CST);
  next_turn(p, count);
  work(p);
  if (all_finish(p, count)) return FM_OK;
  pool_stop(p);
  return FM_E_THREAD;
}

/* Until the word is no longer `turn`. */
static void wait_for_turn(pool *p, uint64_t turn) {
  for (int i = 0; i < SPINS; i++)
    if (load_turn(p) != turn) return;
  sleep(&p->turn, turn);
}

/* The turn is read before `stopping`, and pool_stop writes them the other way round: whoever overlooks the one sees the other. */
void pool_serve(pool *p) {
  add(&p->serving, 1);
  for (;;) {
    work(p);
    const uint64_t turn = load_turn(p);
    if (load(&p->stopping)) break;
    if ((uint32_t)turn == 0) wait_for_turn(p, turn);
  }
  add(&p->serving, -1);
}

int pool_expect(pool *p, int threads, int patience_ms) {
  if (load(&p->serving) != threads - 1 || load(&p->stopping)) return FM_E_STATE;
  p->threads = threads;
  p->naps = patience_ms / NAP_MS + 1;
  return FM_OK;
}

void pool_stop(pool *p) {
  p->threads = 1;
  __atomic_store_n(&p->stopping, 1, __ATOMIC_SEQ_CST);
  next_turn(p, 0);
}

#else

int pool_run(pool *p, pool_task *task, void *context, int count) { return (void)p, run_alone(task, context, count); }

void pool_heartbeat(pool *p) { (void)p; }

void pool_serve(pool *p) { (void)p; }

int pool_expect(pool *p, int threads, int patience_ms) {
  return (void)p, (void)patience_ms, threads == 1 ? FM_OK : FM_E_STATE;
}

void pool_stop(pool *p) { (void)p; }

#endif
