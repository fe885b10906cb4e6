/**
 * @file The golden runs: what must come out bit for bit on every engine. Runs in Node, in a page and in the bare shells
 * of other engines, so it uses nothing that one of them lacks.
 */

import { Model } from '../../web/lib/model.js';

/** Each covers code that the others do not reach; the first is a whole run of the default preset. */
export const RUNS = [
  { name: 'default preset', steps: 1200, config: {} },
  {
    name: 'seed preset shape, AdamW, vp-cosine, midpoint',
    steps: 60,
    config: {
      hidden: 128,
      layers: 2,
      optimiser: 'adamw',
      path: 'vp-cosine',
      target: 'pair',
      time: 'logit-normal',
      stratified: false,
      solver: 'midpoint',
    },
  },
  {
    name: 've, optimal transport, odd sizes, rk4',
    steps: 60,
    config: {
      path: 've',
      coupling: 'ot',
      data: 'spirals',
      hidden: 37,
      features: 18,
      layers: 4,
      batch: 97,
      seed: 4294967295,
      solver: 'rk4',
    },
  },
  {
    name: 'a time branch too steep to interpolate',
    steps: 40,
    config: { time_scale: 300, data: 'checkerboard', batch: 300, hidden: 20, time: 'uniform' },
  },
];

/**
 * @param {{steps: number, config: import('../../web/lib/parameters.js').PartialConfig}} run
 * @param {WebAssembly.Module} module
 * @returns {{weights: string, samples: string}} SHA-256 of weights then average, and of 1,000 samples
 */
export function hashes({ steps, config }, module) {
  const model = Model.createSync(config, module);
  model.train(steps);
  const samples = model.digestOf(model.sample({ n: 1000, seed: 1 }));
  const weights = model.digest();
  model.dispose();
  return { weights, samples };
}
