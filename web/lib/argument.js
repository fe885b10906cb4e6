/** @file Checks of the values callers give. Each returns what the engine takes or throws error 'argument'. */

import { refusal } from './errors.js';

/** FM_MAX_POINTS of src/base.h: the most points one call takes. */
export const POINTS_MAX = 2 ** 24;
const INT_MAX = 0x7fffffff;
const UINT_MAX = 0xffffffff;

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} min
 * @param {number} [max]
 */
export function integer(thing, value, min, max = INT_MAX) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw refusal(thing, value, `an integer from ${min} to ${max}`);
}

/**
 * @param {string} thing
 * @param {unknown} value
 */
export function seed(thing, value) {
  return integer(thing, value, 0, UINT_MAX);
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} min
 * @param {number} max
 */
export function real(thing, value, min, max) {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw refusal(thing, value, `a number from ${min} to ${max}`);
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {readonly string[]} names
 * @returns {number} the position of the name
 */
export function choice(thing, value, names) {
  const index = names.indexOf(/** @type {string} */ (value));
  if (index >= 0) return index;
  throw refusal(thing, value, `one of ${names.join(', ')}`);
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function record(thing, value) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (!ArrayBuffer.isView(value)) return /** @type {Record<string, unknown>} */ (value);
  }
  throw refusal(thing, value, 'an object');
}

/**
 * The named arguments of a call, where none at all lets each name be refused as missing.
 * @template {object} T
 * @param {string} thing
 * @param {T | undefined} value
 * @returns {T}
 */
export function given(thing, value) {
  return /** @type {T} */ (record(thing, value === undefined ? {} : value));
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} dim
 * @returns {number} how many points the array holds, at least one, all finite
 */
export function points(thing, value, dim) {
  if (!(value instanceof Float32Array)) throw refusal(thing, value, 'a Float32Array');
  if (value.length === 0 || value.length % dim !== 0) {
    throw refusal(`${thing}.length`, value.length, `a positive multiple of ${dim} (coordinates)`);
  }
  integer(thing, value.length / dim, 1, POINTS_MAX);
  const bad = value.findIndex((coordinate) => !Number.isFinite(coordinate));
  if (bad < 0) return value.length / dim;
  const where = `${thing}, point ${Math.floor(bad / dim)}, coordinate ${bad % dim}`;
  throw refusal(where, value[bad], 'a finite number');
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} dim
 * @param {number} n
 */
export function pointsOf(thing, value, dim, n) {
  const got = points(thing, value, dim);
  if (got !== n) throw refusal(thing, got, `exactly ${n} points`);
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} n
 */
export function times(thing, value, n) {
  if (!(value instanceof Float32Array)) throw refusal(thing, value, 'a Float32Array');
  if (value.length !== n) throw refusal(`${thing}.length`, value.length, `exactly ${n}`);
  const bad = value.findIndex((t) => !(t >= 0 && t <= 1));
  if (bad >= 0) throw refusal(`${thing}[${bad}]`, value[bad], 'a number from 0 to 1');
}
