/* The arena measures and carves by one list. */
#include "arena.h"

#include "check.h"

enum { ASKS = 6 };
static const uint64_t COUNTS[ASKS] = {1, 0, 7, 16, 3, 1000}, SIZES[ASKS] = {4, 8, 4, 1, 8, 4};

static void lay_out(arena *a, uint8_t *out[ASKS]) {
  for (int i = 0; i < ASKS; i++) out[i] = arena_take(a, COUNTS[i], SIZES[i]);
}

int main(void) {
  uint8_t *measured[ASKS], *carved[ASKS];
  arena measure = {0};
  lay_out(&measure, measured);

  promise("measuring hands out no pointer");
  for (int i = 0; i < ASKS; i++) check(measured[i] == NULL, "ask %d", i);

  uint8_t *block = guarded(measure.used);
  arena carve = {.base = block};
  lay_out(&carve, carved);

  promise("carving uses exactly the measured bytes");
  check(carve.used == measure.used, "%llu against %llu", (unsigned long long)carve.used,
        (unsigned long long)measure.used);

  promise("every array is aligned to 16, inside the block, and writable to its last byte");
  for (int i = 0; i < ASKS; i++) {
    check(((uintptr_t)carved[i] & 15) == 0, "ask %d is misaligned", i);
    check(carved[i] + COUNTS[i] * SIZES[i] <= block + measure.used, "ask %d leaves the block", i);
    memset(carved[i], i + 1, COUNTS[i] * SIZES[i]);
  }

  promise("no two arrays overlap");
  for (int i = 0; i < ASKS; i++)
    for (uint64_t k = 0; k < COUNTS[i] * SIZES[i]; k++) check(carved[i][k] == i + 1, "byte %d of %d", (int)k, i);

  promise("an absurd request does not wrap the size");
  arena absurd = {0};
  arena_take(&absurd, 1u << 31, 4);
  arena_take(&absurd, 1u << 31, 4);
  check(absurd.used == 1ull << 34, "%llu", (unsigned long long)absurd.used);

  free(block);
  return report(5);
}
