/**
 * The reader's own points, from the bytes of a CSV or NPY file, of a pasted table or of the pixels of an image. Runs in the
 * worker of intake.js.
 */

import { splitLabels } from '../lib/classes.js';
import { read as readCsv } from '../lib/csv.js';
import { pointsOfInk } from '../lib/ink.js';
import { read as readNpy } from '../lib/npy.js';
import { standardised } from '../lib/standard.js';
import { varied } from './flock.js';
import { numbered } from './roster.js';

const ROWS_MAX = 2 ** 20;
const COLUMNS_MAX = 64;
/** No text begins with the first byte of an NPY file. */
const NPY_MAGIC = 0x93;
/** How files of images begin: PNG, JPEG, GIF, WebP (after its size). */
const IMAGES = ['89504e47', 'ffd8ff', '47494638', '52494646'];

/**
 * @typedef {'columns' | 'shape' | 'none'} Scaling  each column to deviation 1, all by one factor, or as they are
 *
 * Labels are classes from 0, and `names` what each of them is called where the file has names for them.
 * @typedef {{data: Float32Array, n: number, dim: number, labels?: Int32Array, names?: string[]}} Table
 */

/** @param {Uint8Array} bytes */
export function isImage(bytes) {
  const begin = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0'));
  return IMAGES.some((magic) => begin.join('').startsWith(magic));
}

/**
 * @param {Uint8Array} bytes
 * @param {{labelled?: boolean, scaling?: Scaling}} [options] whether the last column is the class of each point
 * @returns {Table}
 */
export function pointsOfTable(bytes, { labelled = false, scaling = 'none' } = {}) {
  /** @type {Table} */
  const table = bytes[0] === NPY_MAGIC ? fromNpy(bytes) : fromCsv(bytes, labelled);
  const { n, dim, data, labels } = labelled
    ? { n: table.n, ...splitLabels(table.data, table.n, table.dim) }
    : { ...table, labels: undefined };
  if (dim > COLUMNS_MAX) throw new Error(`${dim} columns; at most ${COLUMNS_MAX} are allowed`);
  if (n > ROWS_MAX) {
    const most = ROWS_MAX.toLocaleString('en');
    throw new Error(`${n.toLocaleString('en')} rows; at most ${most} are allowed`);
  }
  varied(data, dim);
  return { n, dim, labels, names: table.names, data: scaled(data, dim, scaling) };
}

/**
 * @param {import('../lib/ink.js').Picture} picture
 * @param {{n: number, light?: boolean, scaling?: Scaling}} options
 * @returns {Table}
 */
export function pointsOfImage(picture, { n, light, scaling = 'none' }) {
  return { n, dim: 2, data: scaled(pointsOfInk(picture, n, { light }), 2, scaling) };
}

/**
 * @param {Float32Array} points
 * @param {number} dim
 * @param {Scaling} scaling
 */
export function scaled(points, dim, scaling) {
  return scaling === 'none' ? points : standardised(points, dim, { shape: scaling === 'shape' });
}

/**
 * @param {Uint8Array} bytes
 * @param {boolean} labelled
 */
function fromCsv(bytes, labelled) {
  const { text, names } = labelled ? numbered(decode(bytes)) : { text: decode(bytes) };
  return { ...readCsv(text), names };
}

/** @param {Uint8Array} bytes */
function fromNpy(bytes) {
  const { shape, data } = readNpy(bytes);
  if (shape.length === 2) return { n: shape[0], dim: shape[1], data };
  throw new Error(`the array has shape (${shape.join(', ')}); allowed is (rows, columns)`);
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const allowed = 'a table in UTF-8 (CSV), an NPY file, or an image (PNG, JPEG, GIF or WebP)';
    throw new Error(`the file is of another kind; allowed is ${allowed}`);
  }
}
