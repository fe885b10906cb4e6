/* shape.h — the tensors of VectorFieldMLP: names, sizes and where each stands in a slot.
 *
 * A slot is one run of reals holding every tensor without gaps, in the order of PyTorch's state_dict:
 *
 *     t_embed.1.weight [H, T]    t_embed.1.bias [H]
 *     t_embed.3.weight [H, H]    t_embed.3.bias [H]
 *     net.0.weight [H, D + H]    net.0.bias [H]        input is concat(x, e): the first D columns meet x
 *     net.2.weight [H, H]        net.2.bias [H]        ... one pair for each further hidden layer
 *     net.2L.weight [D, H]       net.2L.bias [D]
 *     label_embed.weight [K + 1, H]                    with K > 0 classes only; row K is the null class
 *
 * Weights, EMA, both moments and the gradient are slots of the same shape.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "base.h"
#include "rng.h"

enum { SHAPE_MAX_TENSORS = 4 + 2 * (FM_MAX_LAYERS + 1) + 1 };

typedef struct {
  int dim, hidden, layers, features;
  int classes; /* K, 0 without labels */
  double time_scale;
  int size;  /* reals in a slot */
  int count; /* tensors */
  fm_tensor tensors[SHAPE_MAX_TENSORS];
} shape;

void shape_set(shape *s, int dim, int hidden, int layers, int features, int classes, double time_scale);

/* Offset of the weight (bias: + 1) of the i-th linear layer: 0 and 1 are t_embed.1 and .3, then net.0, net.2, ... */
FM_INLINE int shape_weight(const shape *s, int layer) { return s->tensors[2 * layer].offset; }
FM_INLINE int shape_bias(const shape *s, int layer) { return s->tensors[2 * layer + 1].offset; }
/* Offset of label_embed.weight. Needs K > 0. */
FM_INLINE int shape_labels(const shape *s) { return s->tensors[s->count - 1].offset; }
enum { SHAPE_TIME_1, SHAPE_TIME_2, SHAPE_NET }; /* layer numbers; net.2k is SHAPE_NET + k */

/* U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for weights and biases (torch.nn.Linear.reset_parameters), N(0, 1) for label_embed
 * (torch.nn.Embedding.reset_parameters). Tensor i draws from step i of the stream. */
void shape_init(const shape *s, rng_stream stream, real *slot);

#endif
