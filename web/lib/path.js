/**
 * @file The user's own path from noise to data: x_t = sigma(t) x0 + alpha(t) x1, with alpha and sigma as samples on a uniform
 * grid over [0, 1].
 */

import { record } from './argument.js';
import { MoonflowError, refusal } from './errors.js';
import { OK } from './instance.js';

/** @typedef {import('./state.js').State} State */

/**
 * Both of the same length, 2 to 65,536: sample i is at t = i / (length - 1), from noise to data.
 * @typedef {{alpha: Float32Array, sigma: Float32Array}} PathSamples
 */

const SAMPLES_MAX = 65536;
const NEED = "only a model whose path is 'custom' takes samples of one";

/**
 * Gives the engine a path; a refused one leaves the path before.
 * @param {State} model
 * @param {PathSamples} samples
 * @returns {PathSamples} copies
 */
export function setPath(model, samples) {
  const { alpha, sigma } = /** @type {PathSamples} */ (record('path', samples));
  column('path.alpha', alpha);
  column('path.sigma', sigma);
  if (sigma.length !== alpha.length) {
    throw refusal('path.sigma.length', sigma.length, `${alpha.length}, as alpha has`);
  }
  const before = model.path;
  const { status, bad } = place(model, { alpha, sigma });
  if (status === OK) return { alpha: alpha.slice(), sigma: sigma.slice() };
  if (before) place(model, before);
  if (bad < 0) throw model.instance.failure('setPath', NEED, status);
  const got = `alpha ${alpha[bad]} and sigma ${sigma[bad]}`;
  const message = `path, sample ${bad}: got ${got}; allowed is ${rule(bad, alpha.length)}`;
  throw new MoonflowError('argument', message, { operation: 'setPath' });
}

/**
 * @param {State} model
 * @param {PathSamples} samples
 */
function place({ instance, handle }, { alpha, sigma }) {
  const [a, s, fault] = instance.put('path', alpha, sigma, new Int32Array(1));
  const status = instance.call('fm_path_set', handle, a, s, alpha.length, fault);
  return { status, bad: instance.memory.ints(fault, 1)[0] };
}

/**
 * @param {string} thing
 * @param {unknown} value
 */
function column(thing, value) {
  if (!(value instanceof Float32Array)) throw refusal(thing, value, 'a Float32Array');
  if (value.length >= 2 && value.length <= SAMPLES_MAX) return;
  throw refusal(`${thing}.length`, value.length, `from 2 to ${SAMPLES_MAX}`);
}

/**
 * What fm_path_set demands of a sample, in words.
 * @param {number} index
 * @param {number} count
 */
function rule(index, count) {
  if (index === 0) {
    const turned = 'if these samples run from data to noise, reverse them';
    return `noise at t = 0: sigma above 0, up to 1000, and alpha from 0 to 0.01 sigma; ${turned}`;
  }
  const rising = `numbers from 0 to 1000 with alpha / sigma rising all the way from sample ${index - 1}`;
  const end = 'and data at t = 1: alpha within 0.01 of 1 and sigma up to 0.01';
  return index === count - 1 ? `${rising}, ${end}` : rising;
}
