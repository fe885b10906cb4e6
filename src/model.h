/* model.h — what an fm_model holds, for the files that implement fm.h. */
#ifndef MODEL_H
#define MODEL_H

#include "likelihood.h"
#include "adaptive.h"
#include "muon.h"
#include "oracle.h"
#include "sample.h"
#include "train.h"

enum {
  MODEL_SLOTS = FM_EMA3 + 1,
  MODEL_MOST_STEPS = 1 << 30, /* of one round: weeks of training */
  MODEL_MOST_ROUNDS = 1 << 20
};

struct fm_model {
  uint32_t magic;
  int measures_sigma; /* sigma_data is taken from the data, not from the caller */
  double params[FM_PARAM_COUNT];
  double first_coupling; /* before reflow made it `paired`; fm_reset returns to it */
  fm_stats stats;
  train_bins bins; /* decaying sums, of fm_loss_by_time */
  field field;
  sampler sampler;
  adaptive adaptive;
  likelihood likelihood;
  trainer trainer;
  muon muon; /* its workspace, where the optimiser is muon */
  pool pool;
  source source;
  dataset data;
  oracle oracle;
  int guided; /* rows the sampler's guide has labels for */
  const real *pair_x0, *pair_x1;
  const int32_t *pair_labels;
  int pairs;
  real *slot[MODEL_SLOTS]; /* null for an average that is off */
};

/* Whether the pointer leads to a model that fm_init has made. */
int model_is(const fm_model *m);

/* False for a model that still waits for the points whose standard deviation its preconditioning or weight needs. */
int model_has_field(const fm_model *m);

/* Whether labels may be read as n whole numbers in 0 .. most. */
int model_are_labels(const int32_t *labels, int n, int most);

/* Whether these are a course's rtol, atol and most. */
int model_is_rule(double rtol, double atol, int most);

/* Whether pairs are set, with labels where there are classes. */
int model_has_pairs(const fm_model *m);

/* Whether the guide, where there is one, knows n rows. */
int model_is_guided(const fm_model *m, int n);

int model_all_finite(const real *x, uint64_t count);

/* FM_RAW, or an average that the model has. */
int model_are_weights(const fm_model *m, int weights);

/* Whether n points may be written to x. */
int model_can_write(const fm_model *m, const real *x, int n);

/* Whether x may be read as n finite points [n, D], n <= 2^24. */
int model_are_points(const fm_model *m, const real *x, int n);

/* Whether m is a model and t [n] in [0, 1], x0 [n, D], x1 [n, D] a batch for it. */
int model_is_batch(const fm_model *m, const real *t, const real *x0, const real *x1, int n);

/* How much an error counts in the loss. */
weight model_weight(const fm_model *m);

/* In [0, 1]; count of them that go one way. */
int model_is_time(double t);
int model_are_times(const double *times, int count);

#endif
