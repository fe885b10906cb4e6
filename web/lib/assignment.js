/** @file The exact optimal assignment between two sets of points, under squared distance. */

import { points, pointsOf } from './argument.js';
import { refusal } from './errors.js';

/**
 * @param {import('./model.js').Model} model
 * @param {Float32Array} x0 [n, D]
 * @param {Float32Array} x1 [n, D]
 * @returns {Int32Array} x0[i] goes to x1[match[i]]
 */
export function assign({ instance, dim }, x0, x1) {
  const n = points('x0', x0, dim);
  pointsOf('x1', x1, dim, n);
  const size = instance.pointer('fm_assign_size', n, dim);
  if (size === 0) throw refusal('x0', n, 'at most 16384 points');
  const spare = new Uint8Array(size);
  const [a, b, scratch, match] = instance.put('scratch', x0, x1, spare, new Int32Array(n));
  instance.check('assign', 'give other points', 'fm_assign', a, b, n, dim, scratch, match);
  return instance.memory.copy(instance.memory.ints(match, n));
}
