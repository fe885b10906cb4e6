/* arena.h — measure, then carve.
 *
 * A layout function takes an arena and asks for one array after another. Run over an arena without memory it measures;
 * run again over the caller's block it hands out pointers. Sizes and pointers therefore come from one list.
 *
 *     arena a = {0};              layout(&a, model);   // a.used is the size
 *     arena a = {.base = block};  layout(&a, model);   // the pointers
 */
#ifndef ARENA_H
#define ARENA_H

#include "base.h"

typedef struct {
  uint8_t *base; /* null while measuring */
  uint64_t used; /* bytes; 64 bits so that an absurd configuration cannot wrap */
} arena;

/* `count` elements of `size` bytes, aligned to 16; null while measuring. */
void *arena_take(arena *a, uint64_t count, uint64_t size);

#endif
