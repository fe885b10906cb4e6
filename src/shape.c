#include "shape.h"

static const char *const NAMES[] = {
    "t_embed.1.weight", "t_embed.1.bias", "t_embed.3.weight", "t_embed.3.bias", "net.0.weight",  "net.0.bias",
    "net.2.weight",     "net.2.bias",     "net.4.weight",     "net.4.bias",     "net.6.weight",  "net.6.bias",
    "net.8.weight",     "net.8.bias",     "net.10.weight",    "net.10.bias",    "net.12.weight", "net.12.bias",
    "net.14.weight",    "net.14.bias",    "net.16.weight",    "net.16.bias"};

static void add_linear(shape *s, int out, int in) {
  fm_tensor *weight = &s->tensors[s->count], *bias = weight + 1;
  *weight = (fm_tensor){NAMES[s->count], 2, out, in, s->size};
  *bias = (fm_tensor){NAMES[s->count + 1], 1, out, 1, s->size + out * in};
  s->count += 2;
  s->size += out * in + out;
}

static void add_embedding(shape *s, int rows, int width) {
  s->tensors[s->count++] = (fm_tensor){"label_embed.weight", 2, rows, width, s->size};
  s->size += rows * width;
}

void shape_set(shape *s, int dim, int hidden, int layers, int features, int classes, double time_scale) {
  s->dim = dim, s->hidden = hidden, s->layers = layers, s->features = features;
  s->classes = classes;
  s->time_scale = time_scale;
  s->size = s->count = 0;
  add_linear(s, hidden, features);
  add_linear(s, hidden, hidden);
  add_linear(s, hidden, dim + hidden);
  for (int layer = 1; layer < layers; layer++) add_linear(s, hidden, hidden);
  add_linear(s, dim, hidden);
  if (classes > 0) add_embedding(s, classes + 1, hidden);
}

void shape_init(const shape *s, rng_stream stream, real *slot) {
  const int linear = s->count & ~1;
  for (int i = 0; i < linear; i++) {
    const fm_tensor *t = &s->tensors[i], *weight = &s->tensors[i & ~1];
    const real bound = (real)(1.0 / fm_sqrt(weight->cols));
    real *values = slot + t->offset;
    stream.step = (uint32_t)i;
    rng_uniform(stream, 0, t->rows * t->cols, values);
    for (int j = 0; j < t->rows * t->cols; j++) values[j] = (2 * values[j] - 1) * bound;
  }
  stream.step = (uint32_t)linear;
  if (s->classes > 0) rng_normal(stream, 0, (s->classes + 1) * s->hidden, slot + shape_labels(s));
}
