/**
 * @file The run that every contender makes: the published network with the given weights, on the given batches, and the
 * given start points to sample from. tests/fixtures/given.py has the same numbers for PyTorch.
 */

import { compileSync } from '../../web/lib/loader.js';
import { spread } from '../js/draw.js';
import { batchOf, modelOf } from '../js/given.js';

export const SEED = {
  preset: 'seed',
  dim: 2,
  hidden: 128,
  layers: 2,
  features: 128,
  batch: 512,
  lr: 3e-4,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  clip: 1,
  ema_decay: 0.9999,
};

export const seedModel = () => modelOf(SEED, compileSync());

/**
 * Batches first .. first + count - 1.
 * @param {number} first
 * @param {number} count
 */
export function batches(first, count) {
  return Array.from({ length: count }, (_, i) => batchOf(SEED, first + i));
}

/**
 * Where sampling starts, [count, 2].
 * @param {number} count
 */
export const startPoints = (count) => spread(9000, count * SEED.dim, -2, 2);

/**
 * The weights as a framework that multiplies x by W takes them: matrices [in, out] instead of PyTorch's [out, in].
 * @returns {{shape: number[], data: Float32Array}[]} weight and bias of each linear layer in turn
 */
export function layerArrays() {
  const model = seedModel();
  const arrays = model.tensors().map(({ shape, raw }) => {
    if (shape.length === 1) return { shape, data: raw };
    const [rows, columns] = shape;
    const data = raw.map((_, i) => raw[(i % rows) * columns + Math.floor(i / rows)]);
    return { shape: [columns, rows], data };
  });
  model.dispose();
  return arrays;
}

/** f_i of the time features, see tests/fixtures/field.py. */
export function frequencies() {
  const half = SEED.features / 2;
  return Float32Array.from({ length: half }, (_, i) => 10000 ** (-i / half));
}
