/**
 * @file Between two data points through noise: both are encoded (t 1 to 0), their noises blended, and what lies between is
 * decoded (t 0 to 1), so that every point on the way looks like data.
 */

import { choice, integer, points, pointsOf } from './argument.js';
import { refusal } from './errors.js';
import { travelSlices } from './flow.js';
import { share } from './slice.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {Omit<import('./flow.js').SampleOptions, 'n' | 'x0' | 'seed' | 't_start' | 't_end' | 'trace' | 'sde'
 *   | 'sde_strength' | 'grid'>} Travel
 * @typedef {Travel & {grid?: string, a: Float32Array, b: Float32Array, count?: number, blend?: 'spherical' | 'linear'}} InterpolateOptions
 *   a and b are n data points each; `count` points on each way, ends included, 9 unless given; 'spherical' unless given
 */

/** @typedef {{points: Float32Array, noise: Float32Array, nfe: number}} Interpolation [count, n, D] both; nfe of a point, to and fro */

const COUNT_MAX = 4096;

/**
 * @param {Model} model
 * @param {InterpolateOptions} options
 * @returns {import('./slice.js').Work<number, Interpolation>}
 */
export function* interpolateSlices(model, options) {
  const { a, b, count = 9, blend = 'spherical', ...travel } = optionsOf('interpolate', options);
  const n = points('a', a, model.dim);
  pointsOf('b', b, model.dim, n);
  integer('count', count, 2, COUNT_MAX);
  choice('blend', blend, ['linear', 'spherical']);
  const { sde = model.config.sde } = travel;
  if (sde !== 'none') {
    throw refusal('sde', sde, 'none: noise on the way would not lead back to the points');
  }
  const { source } = model.config;
  if (source !== 'gaussian') {
    const allowed = 'gaussian: what lies between two points of another source is not of it';
    throw refusal('interpolate: source', source, allowed);
  }
  const ends = new Float32Array(2 * a.length);
  ends.set(a);
  ends.set(b, a.length);
  const back = { ...travel, x0: ends, t_start: 1, t_end: 0 };
  const there = yield* share(travelSlices(model, back), 0, 2 / (count + 2));
  const noise = blendNoise(model, there.x, { count, blend });
  const forth = { ...travel, x0: noise };
  const decoded = yield* share(travelSlices(model, forth), 2 / (count + 2), 1);
  return { points: decoded.x, noise, nfe: there.nfe + decoded.nfe };
}

/**
 * @param {Model} model
 * @param {Float32Array} ends [2, n, D]
 * @param {{count: number, blend: string}} how
 */
function blendNoise({ instance, dim }, ends, { count, blend }) {
  const size = ends.length / 2;
  const all = new Float32Array(count * size);
  const [from, to, out] = instance.put(
    'scratch',
    ends.subarray(0, size),
    ends.subarray(size),
    new Float32Array(size),
  );
  const kind = ['linear', 'spherical'].indexOf(blend);
  for (let k = 0; k < count; k++) {
    const args = [kind, k / (count - 1), from, to, size / dim, dim, out];
    instance.check('interpolate', 'give points nearer to the data', 'fm_blend', ...args);
    all.set(instance.memory.floats(out, size), k * size);
  }
  return all;
}
