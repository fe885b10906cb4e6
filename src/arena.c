#include "arena.h"

void *arena_take(arena *a, uint64_t count, uint64_t size) {
  const uint64_t start = (a->used + 15) & ~(uint64_t)15;
  a->used = start + count * size;
  return a->base ? a->base + start : NULL;
}
