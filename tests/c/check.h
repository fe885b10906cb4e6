/* check.h — promises with a count of the cases that showed them.
 *
 *     promise("uniform is never 0 or 1");
 *     for (...) check(u > 0 && u < 1, "word %u gives %g", word, u);
 *     return report(1);
 *
 * A promise without a case is broken, and so is a program that ran fewer promises than it names in `report`: nothing
 * passes by not running.
 */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
  const char *text;
  long cases, broken;
  char note[160];
  int promises, failures;
} check_state;

static inline void promise_end(void) {
  if (!check_state.text) return;
  const int kept = check_state.cases > 0 && check_state.broken == 0;
  printf("%s %s: %ld cases%s%s", kept ? "kept" : "BROKEN", check_state.text, check_state.cases,
         check_state.note[0] ? ", " : "", check_state.note);
  if (check_state.broken) printf(", %ld failed", check_state.broken);
  printf("\n");
  check_state.promises++;
  check_state.failures += !kept;
  check_state.text = NULL;
}

/* Opens a promise and closes the one before. */
static inline void promise(const char *text) {
  promise_end();
  check_state.text = text;
  check_state.cases = check_state.broken = 0;
  check_state.note[0] = 0;
}

/* A case of the open promise; the first three failures are told. */
#define check(condition, ...)                                  \
  do {                                                         \
    check_state.cases++;                                       \
    if (!(condition) && check_state.broken++ < 3) {            \
      printf("  %s:%d: %s: ", __FILE__, __LINE__, #condition); \
      printf(__VA_ARGS__);                                     \
      printf("\n");                                            \
    }                                                          \
  } while (0)

/* A measurement to print beside the open promise. */
#define note(...) snprintf(check_state.note, sizeof check_state.note, __VA_ARGS__)

/* What main returns: 0 when exactly `promises` promises ran and all were kept. */
static inline int report(int promises) {
  promise_end();
  if (check_state.promises != promises) printf("BROKEN %d promises expected, %d ran\n", promises, check_state.promises);
  return check_state.failures || check_state.promises != promises;
}

/* A block of `bytes` that the sanitizer guards on both sides, aligned to 16. */
static inline void *guarded(size_t bytes) {
  void *block = aligned_alloc(16, (bytes + 15) & ~(size_t)15);
  if (!block) {
    printf("BROKEN no memory for %zu bytes\n", bytes);
    exit(1);
  }
  return block;
}

#endif
