/* golden.c — one whole run of the native twin, named by its hashes.
 *
 *     golden STEPS [NAME=VALUE ...]      a choice is given by its name
 *
 * Trains that many steps from the default preset with the given parameters and prints two SHA-256: of the weights and their
 * average, and of 1,000 samples by the configured solver; with classes the label of sample i is i mod (K + 1), at guidance 1.5. The
 * engines test compares them with WebAssembly's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fm.h"

static void fail(const char *what, const char *value) {
  fprintf(stderr, "golden: %s: %s\n", what, value);
  exit(2);
}

/* Position of `name` in "a|b|c", or -1. */
static int choice_of(const char *choices, const char *name) {
  const size_t length = strlen(name);
  int index = 0;
  for (const char *c = choices; *c; index++) {
    const size_t size = strcspn(c, "|");
    if (size == length && strncmp(c, name, length) == 0) return index;
    c += size + (c[size] == '|');
  }
  return -1;
}

static void apply(double *params, char *text) {
  char *value = strchr(text, '=');
  if (!value) fail("expected NAME=VALUE", text);
  *value++ = 0;
  for (int i = 0; i < fm_param_count(); i++) {
    const fm_param *row = fm_param_info(i);
    if (strcmp(row->name, text) != 0) continue;
    params[i] = row->kind == FM_KIND_CHOICE ? choice_of(row->choices, value) : strtod(value, NULL);
    return;
  }
  fail("no such parameter", text);
}

static void print_digest(const void *data, size_t bytes) {
  uint8_t out[32];
  if (fm_digest(data, (uint32_t)bytes, out) != FM_OK) fail("digest", "refused");
  for (int i = 0; i < 32; i++) printf("%02x", out[i]);
  printf("\n");
}

int main(int argc, char **argv) {
  enum { POINTS = 1000 };
  double params[FM_PARAM_COUNT];
  fm_preset(FM_PRESET_DEFAULT, params);
  if (argc < 2) fail("usage", "golden STEPS [NAME=VALUE ...]");
  for (int i = 2; i < argc; i++) apply(params, argv[i]);
  const uint32_t bytes = fm_size(params);
  fm_model *model = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (fm_init(model, bytes, params) != FM_OK) fail("configuration", "refused");
  if (fm_train(model, atoi(argv[1]), NULL) != FM_OK) fail("training", "failed");

  /* Weights and average lie side by side here only by copying: the engine does not promise where its slots are. */
  const size_t size = (size_t)fm_slot_size(model);
  real *both = malloc(2 * size * sizeof(real));
  memcpy(both, fm_slot(model, FM_RAW), size * sizeof(real));
  memcpy(both + size, fm_slot(model, FM_EMA), size * sizeof(real));
  print_digest(both, 2 * size * sizeof(real));

  const size_t reals = POINTS * (size_t)params[FM_DIM];
  real *x = malloc(reals * sizeof(real));
  fm_noise(model, 1, 0, POINTS, x);
  int32_t labels[POINTS];
  const int classes = (int)params[FM_CLASSES];
  for (int i = 0; i < POINTS; i++) labels[i] = i % (classes + 1);
  if (classes > 0) fm_guide_set(model, labels, POINTS, 1.5, 0, 1);
  fm_sample(model, FM_EMA, (int)params[FM_SOLVER], (int)params[FM_SOLVER_STEPS], 0, 1, x, POINTS);
  print_digest(x, reals * sizeof(real));
  free(x);
  free(both);
  free(model);
  return 0;
}
