/**
 * The reader's own points, from a CSV or NPY file.
 */

import { read as readCsv } from '../lib/csv.js';
import { read as readNpy } from '../lib/npy.js';

const ROWS_MAX = 2 ** 20;
const COLUMNS_MAX = 64;
/** No text begins with the first byte of an NPY file. */
const NPY_MAGIC = 0x93;

/**
 * Reads a file of either kind.
 * @param {File} file
 * @returns {Promise<import('./dials.js').Points>}
 */
export async function read(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { n, dim, data } = bytes[0] === NPY_MAGIC ? fromNpy(bytes) : readCsv(decode(bytes));
  if (dim > COLUMNS_MAX) throw new Error(`${dim} columns; at most ${COLUMNS_MAX} are allowed`);
  if (n > ROWS_MAX) {
    const most = ROWS_MAX.toLocaleString('en');
    throw new Error(`${n.toLocaleString('en')} rows; at most ${most} are allowed`);
  }
  return { data, n, dim, name: file.name };
}

/** @param {Uint8Array} bytes */
function fromNpy(bytes) {
  const { shape, data } = readNpy(bytes);
  if (shape.length !== 2) {
    throw new Error(`the array has shape (${shape.join(', ')}); allowed is (rows, columns)`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const [row, column] = [Math.floor(bad / shape[1]), bad % shape[1]];
    throw new Error(
      `row ${row + 1}, column ${column + 1} is ${data[bad]}; finite numbers are allowed`,
    );
  }
  return { n: shape[0], dim: shape[1], data };
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('neither an NPY file nor text in UTF-8');
  }
}
