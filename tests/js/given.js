/** @file Models and batches of given numbers, those of tests/fixtures/given.py, drawn alike on both sides. */

import { Model } from '../../web/lib/model.js';
import { write } from '../../web/lib/safetensors.js';
import { loadSync } from '../../web/lib/weights.js';
import { spread } from './draw.js';

/**
 * A model whose weight and bias number i is U(-1, 1) / sqrt(fan_in) from stream 100 + i, by way of a file as PyTorch's
 * side would write it.
 * @param {Record<string, unknown>} config
 * @param {WebAssembly.Module} module
 * @returns {Model}
 */
export function modelOf(config, module) {
  const data = config.dim === 2 ? 'moons' : 'points';
  const complete = { preset: 'seed', data, ...config };
  const blank = Model.createSync(complete, module);
  let bound = 0;
  /** @type {[string, {shape: number[], data: Float32Array}][]} */
  const rows = blank.tensors().map(({ name, shape, size }, i) => {
    if (shape.length === 2) bound = shape[1] ** -0.5;
    return [name, { shape, data: spread(100 + i, size, -bound, bound) }];
  });
  blank.dispose();
  const bytes = write({ tensors: new Map(rows), metadata: {} });
  return loadSync(bytes, { module, config: complete });
}

/**
 * Batch number `step`: t in [0, 1), x0 in [-3, 3), x1 in [-2.5, 2.5), labels from 0 to K where there are classes; any
 * numbers do.
 * @param {{batch: number, dim: number, classes?: number}} config
 * @param {number} step
 * @returns {import('../../web/lib/batch.js').Batch}
 */
export function batchOf({ batch, dim, classes }, step) {
  const points = {
    t: spread(1000 + 3 * step, batch, 0, 1),
    x0: spread(1001 + 3 * step, batch * dim, -3, 3),
    x1: spread(1002 + 3 * step, batch * dim, -2.5, 2.5),
  };
  if (!classes) return points;
  return { ...points, labels: Int32Array.from(spread(5000 + step, batch, 0, classes + 1)) };
}
