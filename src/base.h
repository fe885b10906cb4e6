/* base.h — what every file of the engine stands on: status plumbing, limits and small exact arithmetic. */
#ifndef BASE_H
#define BASE_H

#include <stddef.h>
#include <stdint.h>

#include "fm.h"

/* Hands a status that is not FM_OK to the caller. */
#define FM_TRY(call)                      \
  do {                                    \
    const int status_ = (call);           \
    if (status_ != FM_OK) return status_; \
  } while (0)

/* A precondition that a caller can break: returns `status` when it does not hold. */
#define FM_REQUIRE(condition, status)  \
  do {                                 \
    if (!(condition)) return (status); \
  } while (0)

#define FM_INLINE static inline __attribute__((always_inline))

/* A function whose time does not count beside the field's that it calls: as few bytes as can be. */
#define FM_SMALL static __attribute__((noinline, minsize))

/* A hot function that keeps a frame of its own: V8 replaces baseline code by optimised code between calls, never inside one. */
#define FM_HOT static __attribute__((noinline))

enum {
  FM_MAX_DIM = 64,
  FM_MAX_HIDDEN = 512,
  FM_MAX_LAYERS = 8,
  FM_MAX_FEATURES = 512,
  FM_MAX_BATCH = 8192,
  FM_MAX_OT_BATCH = 2048,
  FM_MAX_ASSIGN = 16384,
  FM_MAX_POINTS = 1 << 24,
  FM_MAX_PATH = 1 << 16, /* samples of a custom path */
  /* Rows of one forward or backward pass: 128 rows of 128 floats are 64 kB, so a layer stays in the second-level
   * cache. No result depends on it, because every sum over a shard of the batch (train.h) runs in ascending row order. */
  FM_ROWS = 128,
  /* Points one call of the ODE solver carries together; they share every evaluation of the time branch. */
  FM_SAMPLE_ROWS = 1024,
  /* With the null class they make one block of rows. */
  FM_MAX_CLASSES = FM_ROWS - 1
};

int fm_is_aligned(const void *pointer, uintptr_t bytes);

/* Whether `count` elements of `size` bytes, naturally aligned, may stand at `pointer`. In WebAssembly it also knows where
 * memory ends, so that a wrong pointer is a status and not a trap. */
int fm_is_array(const void *pointer, uint64_t count, uint64_t size);

/* False for NaN and both infinities. */
FM_INLINE int fm_is_finite(double x) { return x - x == 0.0; }

FM_INLINE int fm_min(int a, int b) { return a < b ? a : b; }

FM_INLINE double fm_sqrt(double x) { return __builtin_sqrt(x); }

#endif
