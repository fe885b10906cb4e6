#include "source.h"

source source_of(int kind, int dim, double noise) {
  static const int SETS[] = {[FM_SOURCE_MOONS_IID] = FM_DATA_MOONS_IID,
                             [FM_SOURCE_8GAUSSIANS] = FM_DATA_8GAUSSIANS,
                             [FM_SOURCE_CHECKERBOARD] = FM_DATA_CHECKERBOARD,
                             [FM_SOURCE_CIRCLES] = FM_DATA_CIRCLES,
                             [FM_SOURCE_SPIRALS] = FM_DATA_SPIRALS,
                             [FM_SOURCE_MOONS_IID_TORCHCFM] = FM_DATA_MOONS_IID_TORCHCFM,
                             [FM_SOURCE_8GAUSSIANS_TORCHCFM] = FM_DATA_8GAUSSIANS_TORCHCFM,
                             [FM_SOURCE_POINTS] = FM_DATA_POINTS};
  return (source){kind == FM_SOURCE_GAUSSIAN, {.kind = SETS[kind], .dim = dim, .noise = noise}};
}

int source_is_known(const source *s) { return s->gaussian || s->set.kind != FM_DATA_POINTS || s->set.count > 0; }

/* A point of noise spends a number a coordinate, one of a shape four, one of the user's own one. */
uint32_t source_points(const source *s) {
  return UINT32_MAX / (s->gaussian ? (uint32_t)s->set.dim : s->set.kind == FM_DATA_POINTS ? 1 : 4);
}

void source_draw(const source *s, rng_stream stream, uint32_t first, int n, real *x0) {
  const int dim = s->set.dim;
  if (s->gaussian)
    rng_normal(stream, first * (uint32_t)dim, n * dim, x0);
  else
    dataset_draw_from(&s->set, stream, first, n, x0);
}
