/**
 * @file Points that lie in a latent space of principal components (pca.js): the model knows its D coordinates alone, the
 * data have W. A saved run carries what leads from one to the other.
 */

import { record } from './argument.js';
import { MoonflowError, refusal } from './errors.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./pca.js').Latent} Latent */

/** Images have at most so many pixels; data for pca fewer columns. */
const WIDTH_MAX = 65536;

/**
 * @param {Latent} latent
 * @param {number} dim D, of the model
 * @param {{thing?: string, width?: number}} [known] what the caller knows it by; W where something else says it
 * @returns {Latent} a copy
 */
export function latentOf(latent, dim, { thing = 'latent', width } = {}) {
  const { mean, components } = /** @type {Latent} */ (record(thing, latent));
  if (!(mean instanceof Float32Array)) throw refusal(`${thing}.mean`, mean, 'a Float32Array');
  const wide = mean.length;
  const [least, most] = width === undefined ? [dim, WIDTH_MAX] : [width, width];
  if (wide < least || wide > most) {
    const allowed = width === undefined ? `from ${least} (dim) to ${most}` : `exactly ${width}`;
    throw refusal(`${thing}.mean.length`, wide, allowed);
  }
  column(`${thing}.mean`, mean, wide);
  column(`${thing}.components`, components, wide * dim);
  return { mean: mean.slice(), components: components.slice() };
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} length
 */
function column(thing, value, length) {
  if (!(value instanceof Float32Array)) throw refusal(thing, value, 'a Float32Array');
  if (value.length !== length) throw refusal(`${thing}.length`, value.length, `exactly ${length}`);
  const bad = value.findIndex((each) => !Number.isFinite(each));
  if (bad >= 0) throw refusal(`${thing}[${bad}]`, value[bad], 'a finite number');
}

/**
 * @param {State} model
 * @param {string} operation
 * @returns {Latent}
 */
export function latentSpace({ latent }, operation) {
  if (latent) return latent;
  const message = 'latent: got none, so points are the data themselves; call setLatent first';
  throw new MoonflowError('state', message, { operation });
}
