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
  {
    name: 'eight classes, more than a group, every label sampled with guidance',
    steps: 40,
    config: { data: '8gaussians', classes: 8, batch: 600, hidden: 21, label_drop: 0.3 },
  },
];

/**
 * @param {{steps: number, config: import('../../web/lib/parameters.js').PartialConfig}} run
 * @param {WebAssembly.Module} module
 * @returns {{weights: string, samples: string}} SHA-256 of weights then average, and of 1,000 samples; with classes, the
 *   label of sample i is i mod (K + 1), at guidance 1.5
 */
export function hashes({ steps, config }, module) {
  const model = Model.createSync(config, module);
  model.train(steps);
  const classes = Number(config.classes ?? 0);
  const labels = Int32Array.from({ length: 1000 }, (_, i) => i % (classes + 1));
  const guide = classes > 0 ? { labels, guidance: 1.5 } : {};
  const samples = model.digestOf(model.sample({ n: 1000, seed: 1, ...guide }));
  const weights = model.digest();
  model.dispose();
  return { weights, samples };
}
