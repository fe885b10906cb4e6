#include "pool.h"

/* Shared memory exists natively and in the threaded WebAssembly build; elsewhere a pool is a loop. */
#if !defined(__wasm__) || defined(__wasm_atomics__)
#define POOL_SHARED 1
#else
#define POOL_SHARED 0
#endif

void pool_start(pool *p) { *p = (pool){.threads = 1}; }

static void run_share(const pool *p, int thread, int threads) {
  for (int i = thread; i < p->count; i += threads) p->task(p->context, i);
}

#if POOL_SHARED

/* A step takes about a millisecond, so a wait is first spun out: going to sleep and being woken costs ten times as much as
 * the check it saves. */
enum { SPINS = 20000, NAP_MS = 50, NAPS = POOL_PATIENCE_MS / NAP_MS };

static int32_t load(const int32_t *p) { return __atomic_load_n(p, __ATOMIC_SEQ_CST); }

/* Sleeps until *p is no longer `value`, at most NAP_MS. */
static void nap(int32_t *p, int32_t value) {
#ifdef __wasm__
  __builtin_wasm_memory_atomic_wait32(p, value, NAP_MS * (int64_t)1000000);
#else
  for (int i = 0; i < 100000 * NAP_MS && load(p) == value;) i++;
#endif
}

static void wake_all(int32_t *p) {
#ifdef __wasm__
  __builtin_wasm_memory_atomic_notify(p, POOL_MOST);
#else
  (void)p;
#endif
}

/* What *p has become, or `value` when it has not changed for `naps` naps. */
static int32_t wait_for_change(int32_t *p, int32_t value, int naps) {
  for (int i = 0; i < SPINS; i++)
    if (load(p) != value) return load(p);
  while (load(p) == value && naps-- > 0) nap(p, value);
  return load(p);
}

static void announce(int32_t *p) {
  __atomic_add_fetch(p, 1, __ATOMIC_SEQ_CST);
  wake_all(p);
}

static int all_arrive(pool *p) {
  for (;;) {
    const int32_t arrived = load(&p->arrived);
    if (arrived == p->threads - 1) return 1;
    if (wait_for_change(&p->arrived, arrived, NAPS) == arrived) return 0;
  }
}

int pool_run(pool *p, pool_task *task, void *context, int count) {
  p->task = task;
  p->context = context;
  p->count = count;
  __atomic_store_n(&p->arrived, 0, __ATOMIC_SEQ_CST);
  if (p->threads > 1) announce(&p->generation);
  run_share(p, 0, p->threads);
  if (all_arrive(p)) return FM_OK;
  p->threads = 1;
  return FM_E_THREAD;
}

void pool_serve(pool *p, int helper) {
  int32_t seen = load(&p->generation);
  announce(&p->serving);
  for (;;) {
    const int32_t now = wait_for_change(&p->generation, seen, NAPS);
    if (load(&p->stopping)) break;
    if (now == seen) continue;
    seen = now;
    run_share(p, helper, p->threads);
    announce(&p->arrived);
  }
  __atomic_sub_fetch(&p->serving, 1, __ATOMIC_SEQ_CST);
}

int pool_expect(pool *p, int threads) {
  if (load(&p->serving) != threads - 1) return FM_E_STATE;
  p->threads = threads;
  return FM_OK;
}

void pool_stop(pool *p) {
  p->threads = 1;
  __atomic_store_n(&p->stopping, 1, __ATOMIC_SEQ_CST);
  announce(&p->generation);
}

#else

int pool_run(pool *p, pool_task *task, void *context, int count) {
  p->task = task;
  p->context = context;
  p->count = count;
  run_share(p, 0, 1);
  return FM_OK;
}

void pool_serve(pool *p, int helper) { (void)p, (void)helper; }

int pool_expect(pool *p, int threads) { return (void)p, threads == 1 ? FM_OK : FM_E_STATE; }

void pool_stop(pool *p) { (void)p; }

#endif
