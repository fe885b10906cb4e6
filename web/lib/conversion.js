/** @file What is known at a point of a path, said in another way: velocity, data, noise or score. */

import { choice, points, pointsOf, real, times } from './argument.js';
import { FIELD_NEEDS } from './batch.js';
import { refusal } from './errors.js';
import { OK } from './instance.js';
import { parameters, rowOf } from './parameters.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {'v' | 'x1' | 'noise' | 'score'} Quantity */

/**
 * @typedef {object} ConvertOptions
 * @property {Quantity} from what `value` is
 * @property {Quantity} to what is wanted
 * @property {number | Float32Array} t one time, or one for each point
 * @property {Float32Array} x [n, D] the points x_t
 * @property {Float32Array} value [n, D]
 */

/**
 * Why the points of a configuration have no score, and so neither noise on the way nor an exact field; undefined when they do.
 * @param {import('./parameters.js').Config} config
 */
export function lackOfScore({ coupling, source }) {
  if (coupling !== 'independent') {
    return `only for pairs drawn independently, and coupling is '${coupling}'`;
  }
  if (source !== 'gaussian') return `only from Gaussian noise, and source is '${source}'`;
  return undefined;
}

/**
 * @param {Model} model
 * @param {ConvertOptions} options
 * @returns {Float32Array}
 */
export function convert(model, options) {
  const { from, to, t, x, value } = optionsOf('convert', options);
  const { instance, handle, dim, config } = model;
  const { choices } = rowOf(parameters(model.module), 'predict');
  const kinds = [choice('from', from, choices), choice('to', to, choices)];
  const n = points('x', x, dim);
  pointsOf('value', value, dim, n);
  const each = typeof t === 'number' ? new Float32Array(n).fill(real('t', t, 0, 1)) : t;
  times('t', each, n);
  const [time, place, known] = instance.put('scratch', each, x, value);
  const status = instance.call('fm_convert', handle, ...kinds, time, place, known, n, known);
  if (status === OK) return instance.take(known, x.length);
  const ofScore = from === 'score' ? 'from' : to === 'score' && 'to';
  const unscored = ofScore && lackOfScore(config);
  if (unscored) {
    throw refusal(ofScore, 'score', `v, x1 or noise: a score exists ${unscored}`, 'convert');
  }
  throw instance.failure('convert', FIELD_NEEDS, status);
}
