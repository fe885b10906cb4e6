/** @file What a model draws without its field: start points, data and their classes, each the same for the same seed. */

import { integer, POINTS_MAX, seed } from './argument.js';
import { NEEDS } from './batch.js';
import { OK } from './instance.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/** FM_E_STATE of fm.h, which fm_noise gives for want of a source alone. */
const STATE = 2;

/**
 * @param {Model} model
 * @param {{n: number, seed?: number, first?: number}} options
 */
export function noise(model, options) {
  const { n, seed: from = 1, first = 0 } = optionsOf('noise', options);
  const pointer = room(model, n);
  const { instance, handle, dim } = model;
  const args = [seed('seed', from), integer('first', first, 0, 0xffffffff), n, pointer];
  const status = instance.call('fm_noise', handle, ...args);
  const range = 'first + n must stay within 2^32 / dim, or 2^30 from a shape';
  if (status !== OK) throw instance.failure('noise', status === STATE ? NEEDS : range, status);
  return instance.take(pointer, n * dim);
}

/**
 * @param {Model} model
 * @param {{n: number, seed?: number}} options
 */
export function data(model, options) {
  const { n, seed: from = 1 } = optionsOf('data', options);
  const pointer = room(model, n);
  const { instance, handle, dim } = model;
  instance.check('data', NEEDS, 'fm_data', handle, seed('seed', from), n, pointer);
  return instance.take(pointer, n * dim);
}

/**
 * @param {Model} model
 * @param {{n: number, seed?: number}} options
 */
export function dataLabels(model, options) {
  const { n, seed: from = 1 } = optionsOf('dataLabels', options);
  const pointer = room(model, n);
  const { instance, handle } = model;
  const hint = `${NEEDS}; a run without classes has no labels`;
  const args = [handle, seed('seed', from), n, pointer];
  instance.check('dataLabels', hint, 'fm_data_labels', ...args);
  return instance.takeInts(pointer, n);
}

/**
 * Where n points may be written for the caller.
 * @param {Model} model
 * @param {number} n
 */
function room({ instance, dim }, n) {
  return instance.memory.reserve('scratch', integer('n', n, 1, POINTS_MAX) * dim * 4);
}
