/**
 * @file Same as PyTorch: forward, loss, gradients, a run of an optimiser and samples, from the same weights and batches.
 *
 * tests/fixtures/parity holds PyTorch's results in double, and parity.json how far PyTorch's own float results are from
 * them: the largest difference relative to the largest value of a tensor. Ours may be SLACK times as far, and never has to
 * be nearer than the FLOOR of its kind.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compileSync } from '../../web/lib/loader.js';
import { read } from '../../web/lib/safetensors.js';
import { batchOf, modelOf } from './given.js';

const fixtures = new URL('../fixtures/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('parity.json', fixtures), 'utf8'));
const module = compileSync();

const SLACK = 4;
/** Rounding of sums of up to 130 terms through up to six layers; weights add a run of it. */
const FLOORS = { values: 1e-6, gradients: 4e-6, weights: 2e-6 };

/**
 * @param {string} name
 * @returns {Map<string, {shape: number[], data: Float32Array}>}
 */
function truthOf(name) {
  return read(readFileSync(new URL(`parity/${name}.safetensors`, fixtures))).tensors;
}

/** As make_parity.py guides. @param {Int32Array | undefined} labels */
const guideOf = (labels) => labels && { labels, guidance: 1.5 };

/**
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} truth
 */
function errorOf(got, truth) {
  assert.equal(got.length, truth.length);
  let [gap, most] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    gap = Math.max(gap, Math.abs(got[i] - truth[i]));
    most = Math.max(most, Math.abs(truth[i]));
    assert.ok(Number.isFinite(got[i]), `number ${i} is ${got[i]}`);
  }
  return gap / most;
}

for (const [name, { config, torch_float_error: yardstick }] of Object.entries(cases)) {
  describe(`case ${name} is PyTorch's: ${config.path}, ${config.layers} x ${config.hidden}`, () => {
    const truth = truthOf(name);
    let compared = 0;

    /**
     * @param {string} key
     * @param {ArrayLike<number>} got
     * @param {keyof typeof FLOORS} kind
     */
    function compare(key, got, kind) {
      const error = errorOf(got, truth.get(key)?.data ?? []);
      const allowed = Math.max(SLACK * yardstick[key], FLOORS[kind]);
      assert.ok(error <= allowed, `${key}: ${error} off, ${allowed} allowed`);
      compared++;
    }

    test('forward', () => {
      const model = modelOf(config, module);
      const { t, x0, labels } = batchOf(config, 0);
      const guide = guideOf(labels);
      compare('velocity', model.velocity({ t, x: x0, weights: 'raw', ...guide }), 'values');
    });

    test('loss, its components and every gradient', () => {
      const model = modelOf(config, module);
      const { loss, v_norm, u_norm } = model.loss(batchOf(config, 0));
      compare('numbers', [loss, v_norm, u_norm], 'values');
      for (const row of model.tensors()) {
        compare(`gradient.${row.name}`, row.gradient, 'gradients');
      }
    });

    test('Euler, midpoint, Heun and RK4 samples', () => {
      const model = modelOf(config, module);
      const batch = batchOf(config, 0);
      const x0 = batch.x0.slice(0, 64 * config.dim).map((value) => value / 2);
      const guide = guideOf(batch.labels?.slice(0, 64));
      const runs = [...truth.keys()].filter((key) => key.startsWith('sample.'));
      assert.equal(runs.length, 4);
      for (const key of runs) {
        const [, solver, steps] = key.split('.');
        const options = {
          x0,
          solver,
          steps: Number(steps),
          weights: /** @type {const} */ ('raw'),
          ...guide,
        };
        compare(key, model.sample(options), 'values');
      }
    });

    test(`${config.steps} steps of ${config.optimiser ?? 'adamw'}, clipping and EMA`, () => {
      const model = modelOf(config, module);
      const losses = Array.from({ length: config.steps }, (_, step) => {
        return model.trainBatch(batchOf(config, step)).loss;
      });
      compare('losses', losses, 'values');
      for (const row of model.tensors()) {
        compare(`raw.${row.name}`, row.raw, 'weights');
        compare(`ema.${row.name}`, row.ema, 'weights');
      }
    });

    test('every tensor of the fixture was compared', () => assert.equal(compared, truth.size));
  });
}

test('there are fixtures for every path and optimiser, 2 to 4 layers, and another dimension', () => {
  const configs = Object.values(cases).map(({ config }) => config);
  const seen = (/** @type {string} */ key) => [...new Set(configs.map((each) => each[key]))].sort();
  assert.deepEqual(seen('path'), ['linear', 've', 'vp-cosine']);
  assert.deepEqual(seen('layers'), [2, 3, 4]);
  assert.deepEqual(seen('dim'), [2, 5]);
  assert.equal(configs.filter(({ optimiser }) => optimiser === 'muon').length, 1);
  assert.equal(configs.filter(({ classes }) => classes > 0).length, 1);
});
