/* source.h — where a flow starts: x0, of unit scale.
 *
 *   gaussian   N(0, I), any D
 *   points     the user's own, drawn with replacement and without noise, any D: from any data to any data
 *   the rest   the 2-D sets of dataset.h, each at its own scale and with the noise of the data: from one shape to another
 *
 * A flow from any x0 is learned as one from noise is. What needs p_0 or its score does not exist for the rest: the score of a
 * point and stochastic samples, the log-density, the oracle and the stable target (posterior.h). Nor are they scaled by
 * sigma_max, so the ve path, which begins at noise that drowns the data, is not theirs.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "dataset.h"

typedef struct {
  int gaussian;
  dataset set; /* of any other source; its dim is D of either */
} source;

/* kind is one of FM_SOURCE_*. */
source source_of(int kind, int dim, double noise);

/* Whether it can be drawn from: not before points of one's own are set, in set.points and set.count. */
int source_is_known(const source *s);

/* Most points of one stream: no two of them then share a number. */
uint32_t source_points(const source *s);

/* x0 [n, D]: points first .. first + n - 1 of the stream, first + n <= source_points. */
void source_draw(const source *s, rng_stream stream, uint32_t first, int n, real *x0);

#endif
