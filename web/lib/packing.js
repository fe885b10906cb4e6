/**
 * @file Small own data as text for a link: base64url of a few bytes of heading and then
 * - points: format 1, dim, 1 with labels or 0 without, n (2 bytes, little-endian), int16 coordinates [n, dim] in steps of
 *   1/4096, and a byte a label;
 * - a path of one's own: format 1, count (2 bytes), float32 alpha [count], float32 sigma [count].
 * What is read back has the same bits. Points off the grid, or too many, have no such text: `pack` then gives null.
 */

import { CLASSES_MAX } from './classes.js';
import { refusal } from './errors.js';

/** @typedef {{points: Float32Array, dim: number, labels?: Int32Array}} OwnData */
/** @typedef {import('./path.js').PathSamples} PathSamples */

/** Steps of the grid in a unit. Points on it and within ±8 are numbers of 16 bits. */
export const GRID = 4096;
/** The most characters one text may have; longer ones are cut by some programs that pass links on. */
export const PACKED_MAX = 4096;

const FORMAT = 1;
const POINTS_HEAD = 5;
const PATH_HEAD = 3;
const INT16_MAX = 0x7fff;
const DIM_MAX = 64;
const ALPHABET = /^[\w-]*$/;

/**
 * Points of `dim` coordinates that fit beside each other in one text.
 * @param {number} dim
 * @param {boolean} labelled
 */
export function pointsThatFit(dim, labelled) {
  const bytes = Math.floor((PACKED_MAX * 3) / 4);
  return Math.floor((bytes - POINTS_HEAD) / (2 * dim + Number(labelled)));
}

/**
 * The nearest points of the grid, in place. Those beyond ±8 stay on it, but have no text.
 * @param {Float32Array} points
 */
export function snap(points) {
  for (let i = 0; i < points.length; i++) points[i] = Math.round(points[i] * GRID) / GRID;
  return points;
}

/**
 * @param {OwnData} own
 * @returns {string | null}
 */
export function pack({ points, dim, labels }) {
  const n = points.length / dim;
  if (n > pointsThatFit(dim, labels !== undefined) || !points.every(onGrid)) return null;
  const bytes = new Uint8Array(POINTS_HEAD + 2 * points.length + (labels?.length ?? 0));
  bytes.set([FORMAT, dim, Number(labels !== undefined), n & 0xff, n >> 8]);
  const view = new DataView(bytes.buffer);
  points.forEach((value, i) => {
    view.setInt16(POINTS_HEAD + 2 * i, value * GRID, true);
  });
  if (labels) bytes.set(labels, POINTS_HEAD + 2 * points.length);
  return encode(bytes);
}

/** @param {number} value */
function onGrid(value) {
  // A text has no -0, so a point that has one is not on the grid.
  const step = value * GRID;
  return Number.isInteger(step) && Math.abs(step) <= INT16_MAX && !Object.is(value, -0);
}

/**
 * @param {string} text
 * @returns {OwnData}
 */
export function unpack(text) {
  const bytes = decode('points', text);
  const [format, dim, labelled, low, high] = bytes;
  const n = low + 256 * high;
  const numbers = n * dim;
  const whole = POINTS_HEAD + 2 * numbers + (labelled ? n : 0);
  const sound = format === FORMAT && dim >= 1 && dim <= DIM_MAX && labelled <= 1 && n > 0;
  if (!sound || bytes.length !== whole) throw torn('points', text);
  const view = new DataView(bytes.buffer);
  const points = Float32Array.from(
    { length: numbers },
    (_, i) => view.getInt16(POINTS_HEAD + 2 * i, true) / GRID,
  );
  if (!labelled) return { points, dim };
  const labels = Int32Array.from(bytes.subarray(POINTS_HEAD + 2 * numbers));
  if (labels.some((label) => label >= CLASSES_MAX)) throw torn('points', text);
  return { points, dim, labels };
}

/**
 * @param {PathSamples} path
 * @returns {string | null}
 */
export function packPath({ alpha, sigma }) {
  const count = alpha.length;
  const bytes = new Uint8Array(PATH_HEAD + 8 * count);
  if (bytes.length > (PACKED_MAX * 3) / 4) return null;
  bytes.set([FORMAT, count & 0xff, count >> 8]);
  const view = new DataView(bytes.buffer);
  [...alpha, ...sigma].forEach((value, i) => {
    view.setFloat32(PATH_HEAD + 4 * i, value, true);
  });
  return encode(bytes);
}

/**
 * @param {string} text
 * @returns {PathSamples}
 */
export function unpackPath(text) {
  const bytes = decode('curve', text);
  const count = bytes[1] + 256 * bytes[2];
  if (bytes[0] !== FORMAT || count < 2 || bytes.length !== PATH_HEAD + 8 * count) {
    throw torn('curve', text);
  }
  const view = new DataView(bytes.buffer);
  const column = (/** @type {number} */ from) =>
    Float32Array.from({ length: count }, (_, i) =>
      view.getFloat32(PATH_HEAD + 4 * (from + i), true),
    );
  return { alpha: column(0), sigma: column(count) };
}

/** @param {Uint8Array} bytes */
function encode(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @param {string} thing
 * @param {string} text
 */
function decode(thing, text) {
  if (text.length > PACKED_MAX) {
    throw refusal(thing, text, `at most ${PACKED_MAX} characters, and these are ${text.length}`);
  }
  if (!ALPHABET.test(text) || text.length % 4 === 1) throw torn(thing, text);
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  // Spare bits of the last letter say nothing; a text that sets them was not written here.
  if (encode(bytes) !== text) throw torn(thing, text);
  return bytes;
}

/**
 * @param {string} thing
 * @param {string} text
 */
function torn(thing, text) {
  const allowed = 'one written by Copy link, whole: this one was cut or changed on its way';
  return refusal(thing, text, allowed);
}
