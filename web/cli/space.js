/**
 * @file Files for a run that may lie in a latent space (train --latent): its data have W columns, its points D coordinates.
 * Data are encoded where they come in, and what was sampled is decoded where it goes out.
 */

import { refusal } from '../lib/errors.js';
import { DIM_MAX } from '../lib/pca.js';
import { readPoints } from './pointfile.js';

/** @typedef {import('../lib/model.js').Model} Model */
/** @typedef {import('./pointfile.js').Points} Points */

/**
 * The data of a run, as points of it.
 * @param {string} what  the option that named the file
 * @param {string} path
 * @param {{model: Model, name: string, labelled?: boolean}} run  name: of its file
 * @returns {Promise<Points>}
 */
export async function readData(what, path, { model, name, labelled = false }) {
  const { latent, dim } = model;
  const read = await readPoints(what, path, labelled, latent && DIM_MAX);
  const width = latent ? latent.mean.length : dim;
  if (read.dim === width)
    return latent ? { ...read, points: model.encode(read.points), dim } : read;
  const more = labelled ? ' and the label' : '';
  throw refusal(`${what} ${path}, columns of a point`, read.dim, `${width}${more}, as in ${name}`);
}

/**
 * Points of a run: data, or in a latent space its coordinates too.
 * @param {string} what
 * @param {string} path
 * @param {{model: Model, name: string, encoded?: boolean}} run  encoded: whether they are coordinates in any case
 * @returns {Promise<Points>}
 */
export async function readRunPoints(what, path, { model, name, encoded = false }) {
  const { latent, dim } = model;
  const read = await readPoints(what, path, false, latent && DIM_MAX);
  const width = latent && !encoded ? latent.mean.length : dim;
  if (latent && read.dim === width && !encoded) {
    return { ...read, points: model.encode(read.points), dim };
  }
  if (read.dim === dim) return read;
  const inside = width === dim ? '' : `, or ${dim} in its latent space`;
  throw refusal(`${what} ${path}, columns`, read.dim, `${width}, as in ${name}${inside}`);
}

/**
 * @param {Model} model  in a latent space
 * @returns {{dim: number, width: number} | undefined} of what it measures, and of the data; undefined where they are the same
 */
export function spaceOf({ latent, dim }) {
  return latent && { dim, width: latent.mean.length };
}

/**
 * What a measure is of, where that is not the data themselves.
 * @param {Model} model
 * @returns {string[]} a line or none
 */
export function spaceWords(model) {
  const space = spaceOf(model);
  return space
    ? [`of    ${space.dim} coordinates in the latent space of ${space.width} columns`]
    : [];
}

/**
 * Points of a run as data.
 * @param {Model} model
 * @param {Float32Array} points
 * @returns {Points}
 */
export function asData(model, points) {
  const n = points.length / model.dim;
  const data = model.latent ? model.decode(points) : points;
  return { points: data, n, dim: data.length / n };
}
