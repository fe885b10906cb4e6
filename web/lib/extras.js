/** @file What a model is given beside its configuration, by whoever makes or loads it. */

import { optionsOf } from './vocabulary.js';

/** @typedef {import('./state.js').State} State */

/**
 * @typedef {object} Extras
 * @property {Float32Array} [points] the user's points, when data is 'points'
 * @property {Int32Array} [labels] their classes, when the run has classes
 * @property {import('./path.js').PathSamples} [path] the user's path, when path is 'custom'
 * @property {Float32Array} [source] the points of the user's source, when source is 'points'
 * @property {import('./pca.js').Latent} [latent] the latent space that points lie in
 * @property {import('./images.js').Images} [images] what points are images of
 */

/**
 * @param {State} model
 * @param {Extras} extras
 * @param {'create' | 'load'} [call]
 */
export function give(model, extras, call = 'create') {
  const { points, labels, path, source, latent, images } = optionsOf(call, extras);
  // Labels without points are refused there.
  if (points || labels) model.setPoints(/** @type {Float32Array} */ (points), undefined, labels);
  if (path) model.setPath(path);
  if (source) model.setSource(source);
  if (latent) model.setLatent(latent);
  if (images) model.setImages(images);
}
