/* dataset.h — what the model learns: points x1 [n, D] drawn from a seed.
 *
 * Each 2-D set is a unit shape plus noise N(0, I), then scaled by the factor given:
 *   moons         sklearn.datasets.make_moons: (cos a, sin a) and (1 - cos a, 1/2 - sin a), n/2 angles (rounded down for
 *                 the first) evenly spaced on [0, pi], shuffled                                              x 2
 *   moons-iid     the same two arcs, arc and angle drawn independently                                       x 2
 *   8gaussians    eight centres on the unit circle                                                           x 4
 *   checkerboard  uniform on the 8 cells of side 2 with even column + row of [-4, 4]^2: density 1/32; no noise
 *   circles       radii 1 and 1/2, each with probability 1/2                                                 x 3
 *   spirals       two arms, angle a = 3 pi sqrt(u), radius a / (3 pi), the second turned by pi                x 4
 *
 * Of the examples of torchcfm (Tong et al. 2024), which others compare by; their noise is their own:
 *   moons-torchcfm       moons, each point moved by 0.2 u along (1, 1), u uniform on (0, 1); then            x 3 - 1
 *   moons-iid-torchcfm   the same with arc and angle drawn independently, as moons-iid is                    x 3 - 1
 *   8gaussians-torchcfm  8gaussians with noise of 0.1^(1/4) / 5, variance 0.316 in the end                   x 5
 *
 *   points        the user's own points, drawn with replacement; no noise, any D
 *
 * The parts of a shape are its classes: the outer moon is 0, the inner circle 0, the arm that is not turned 0; Gaussians
 * count from angle 0 onwards, cells along rows from the lowest. A class is drawn with its point, from the same numbers.
 */
#ifndef DATASET_H
#define DATASET_H

#include "rng.h"

typedef struct {
  int kind; /* FM_DATA_* */
  int dim;
  double noise;          /* of the unit shape, where the set has none of its own */
  const real *points;    /* [count, dim], kind points only */
  const int32_t *labels; /* [count], each in 0 .. classes - 1; null when there are none */
  int count;
} dataset;

/* x [n, dim]. A draw is one: moons depends on n. Lanes of the stream separate shape, jitter and order. */
void dataset_draw(const dataset *d, rng_stream stream, int n, real *x);

/* Points first .. first + n - 1 of the endless draw that dataset_draw begins, first + n <= 2^30, of points 2^32 - 1. No kind
 * whose angles are evenly spaced: moons, moons-torchcfm. */
void dataset_draw_from(const dataset *d, rng_stream stream, uint32_t first, int n, real *x);

/* Parts of equal probability that a 2-D shape has: arcs, centres or cells; its classes. */
int dataset_parts(int kind);

/* x[2]: point of part 0 .. dataset_parts - 1 of the unit shape, before noise and scale, with u and w uniform on (0, 1): u along
 * an arc, (u, w) within a cell. moons and moons-torchcfm space their u evenly on [0, 1], ends included. */
void dataset_shape(int kind, int part, double u, double w, real *x);

/* The factor on shape and noise. */
real dataset_scale(int kind);

/* Standard deviation of the normal noise on the unit shape; 0 where there is none. */
double dataset_noise(const dataset *d);

/* labels[n] of the points that dataset_draw draws from the same stream. Kind points needs labels. */
void dataset_draw_labels(const dataset *d, rng_stream stream, int n, int32_t *labels);

/* Root of the mean over coordinates of their variances, over x [n, dim]; 1 when all points coincide. */
double dataset_std(const real *x, int n, int dim);

#endif
