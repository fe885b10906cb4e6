/**
 * @file Points that stand for images: pixels themselves, or coordinates in a latent space that decode to pixels. The engine
 * knows points alone; a saved run carries this beside its weights.
 */

import { integer, record } from './argument.js';
import { MoonflowError, refusal } from './errors.js';
import { latentOf } from './latent.js';
import { decode } from './pca.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./pca.js').Latent} Latent */

/**
 * @typedef {object} Images
 * @property {number} width   pixels across, 1 to 256
 * @property {number} height  pixels down; rows from the top, values from -1 to 1
 * @property {string} [name]  of the data set, such as 'digits'
 * @property {Latent} [latent]  the space that the points of the model lie in, when it is not that of pixels
 */

const SIDE_MAX = 256;

/**
 * @param {Images} images
 * @param {number} dim of the model
 * @param {Latent} [held] the latent space that is set already
 * @returns {Images} a copy
 */
export function imagesOf(images, dim, held) {
  const { width, height, name, latent } = /** @type {Images} */ (record('images', images));
  integer('images.width', width, 1, SIDE_MAX);
  integer('images.height', height, 1, SIDE_MAX);
  if (name !== undefined && typeof name !== 'string') throw refusal('images.name', name, 'a text');
  const named = { width, height, ...(name !== undefined && { name }) };
  const pixels = width * height;
  const space = latent ?? held;
  if (space !== undefined) {
    return { ...named, latent: latentOf(space, dim, { thing: 'images.latent', width: pixels }) };
  }
  if (pixels === dim) return named;
  const allowed = `${dim}, the coordinates of a point, or any other with a latent`;
  throw refusal('images.width * images.height', pixels, allowed);
}

/**
 * @param {State} model
 * @param {Float32Array} points [n, D]
 * @returns {Float32Array} [n, width * height]
 */
export function pixelsOf({ images }, points) {
  if (images) return images.latent ? decode(images.latent, points) : points;
  const message = 'images: got none, so points have no pixels; call setImages first';
  throw new MoonflowError('state', message, { operation: 'pixels' });
}
