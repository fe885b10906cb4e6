/** @file Whether own points and an own path suit a configuration, tried on a model too small to learn. */

import { refusal } from './errors.js';
import { Model } from './model.js';

/**
 * Throws what a model of this configuration would.
 * @param {WebAssembly.Module} module
 * @param {import('./parameters.js').Config} config
 * @param {{points?: Float32Array, labels?: Int32Array, path?: import('./path.js').PathSamples}} extras
 */
export function rehearse(module, config, { points, labels, path }) {
  if (points && !labels && Number(config.classes) > 0) {
    throw refusal('classes', config.classes, '0: the points have no labels');
  }
  const network = { hidden: 1, layers: 1, features: 2 };
  const model = Model.createSync({ ...config, ...network, batch: 1, ot_batch: 0 }, module);
  try {
    if (path) model.setPath(path);
    if (points) model.setPoints(points, undefined, labels);
  } finally {
    model.dispose();
  }
}
