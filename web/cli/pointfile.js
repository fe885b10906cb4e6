/** @file Points in files: .npy and .csv, told apart by the ending of the name. */

import { splitLabels } from '../lib/classes.js';
import * as csv from '../lib/csv.js';
import { MoonflowError } from '../lib/errors.js';
import { compileSync } from '../lib/loader.js';
import * as npy from '../lib/npy.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { DIM_MAX } from '../lib/pca.js';
import { readWhole, writeWhole } from './file.js';

/** @typedef {{points: Float32Array, n: number, dim: number, labels?: Int32Array}} Points */

export const ENDINGS = ['.csv', '.npy'];

/** @param {string} text */
export function isPointsFile(text) {
  return ENDINGS.some((ending) => text.toLowerCase().endsWith(ending));
}

/**
 * @param {string} what  the option that named the file
 * @param {string} path
 * @param {boolean} [labelled]  whether the last column is the class of each point
 * @param {number} [most]  columns, as many as the engine takes unless given
 * @returns {Promise<Points>}
 */
export async function readPoints(what, path, labelled = false, most) {
  const bytes = await readWhole(what, path);
  try {
    const read = path.toLowerCase().endsWith('.npy') ? fromNpy(bytes) : fromCsv(bytes);
    if (!labelled) return checked(read, most);
    const { data, dim, labels } = splitLabels(read.points, read.n, read.dim);
    return checked({ points: data, n: read.n, dim, labels }, most);
  } catch (error) {
    if (!(error instanceof MoonflowError)) throw error;
    // What is wrong lies inside the file: the command was used well, so this is a failure and not bad usage.
    throw new MoonflowError('format', `${what} ${path}: ${error.message}`, { cause: error });
  }
}

/**
 * @param {Points} read
 * @param {number} [most]
 */
function checked(read, most) {
  const { min, max } = rowOf(parameters(compileSync()), 'dim');
  if (read.dim >= min && read.dim <= (most ?? max)) return read;
  const range = `${min} to ${most ?? max}`;
  const allowed = most ? range : `${range}, or up to ${DIM_MAX} with train --latent`;
  throw new MoonflowError('format', `columns: got ${read.dim}; allowed is ${allowed}`);
}

/** @param {Uint8Array} bytes */
function fromNpy(bytes) {
  const { shape, data } = npy.read(bytes);
  if (shape.length !== 2) {
    throw new MoonflowError('format', `shape: got (${shape}); allowed is (points, coordinates)`);
  }
  return { points: data, n: shape[0], dim: shape[1] };
}

/** @param {Uint8Array} bytes */
function fromCsv(bytes) {
  const { n, dim, data } = csv.read(new TextDecoder('utf-8', { fatal: false }).decode(bytes));
  return { points: data, n, dim };
}

/**
 * Writes points to the file of --out, or as CSV on stdout when there is none.
 * @param {string | undefined} path
 * @param {Points} points
 * @param {number[]} [shape] of the .npy file
 */
export async function deliverPoints(path, { points, n, dim }, shape = [n, dim]) {
  if (path === undefined) process.stdout.write(csv.write(points, n, dim));
  else if (path.toLowerCase().endsWith('.npy')) {
    await writeWhole('--out', path, npy.write(points, shape));
  } else await writeWhole('--out', path, csv.write(points, n, dim));
}
