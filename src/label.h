/* label.h — the class branch: from a label to what it adds to the first hidden layer.
 *
 *     emb_k = row k of label_embed.weight                        [H], k = 0 .. K-1 a class, k = K the null class
 *     c = We (e + emb_k) + b0 = (We e + b0) + We emb_k           timenet.h gives the first part
 *
 * Since the class enters through a sum, one product We emb [K + 1, H] for each set of weights serves every row, and the time
 * branch does not know the labels.
 */
#ifndef LABEL_H
#define LABEL_H

#include "timenet.h"

typedef struct {
  const shape *shape;
  const real *weights; /* the slot that is packed */
  real *contribution;  /* We emb, [K + 1, H] */
} label;

/* Nothing here does anything for a shape without classes. */
void label_layout(label *l, const shape *s, arena *a);

/* Computes the contributions of a slot. Needs timenet_pack of the same slot. */
void label_pack(label *l, const timenet *time, const real *weights);

/* out [rows, H] = c + the contribution of each row's label: rows of c c_row apart (0: one row for all), labels [rows] in
 * 0 .. K, null: K for all. out may be c. */
void label_add(const label *l, const int32_t *labels, const real *c, int c_row, real *out, int rows);

/* sums [K + 1, H] += the rows of dc [rows, H], each to the row of its label, in ascending order. */
void label_gather(const label *l, const int32_t *labels, const real *dc, real *sums, int rows);

/* Adds the gradients of emb and We to `gradient`, given the gradient of the contributions [K + 1, H]. Needs
 * timenet_pack_backward; overwrites `pass`. */
void label_backward(const label *l, const timenet *time, timenet_pass *pass, const real *sums, real *gradient);

#endif
