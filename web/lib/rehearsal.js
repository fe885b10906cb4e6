/** @file Whether own points, an own path and an own source suit a configuration, tried on a model too small to learn. */

import { refusal } from './errors.js';
import { give } from './extras.js';
import { Model } from './model.js';

/**
 * Throws what a model of this configuration would.
 * @param {WebAssembly.Module} module
 * @param {import('./parameters.js').Config} config
 * @param {import('./extras.js').Extras} extras
 */
export function rehearse(module, config, extras) {
  if (extras.points && !extras.labels && Number(config.classes) > 0) {
    throw refusal('classes', config.classes, '0: the points have no labels');
  }
  const network = { hidden: 1, layers: 1, features: 2 };
  const model = Model.createSync({ ...config, ...network, batch: 1, ot_batch: 0 }, module);
  try {
    give(model, extras);
  } finally {
    model.dispose();
  }
}
