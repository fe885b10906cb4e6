/**
 * @file Files cross to PyTorch and back: a saved run loads by load_state_dict and answers alike, and weights that PyTorch
 * wrote load here. Fails when python3-torch is missing.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { read, write } from '../../web/lib/safetensors.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { spread } from './draw.js';

const script = fileURLToPath(new URL('../fixtures/load_torch.py', import.meta.url));
const module = compileSync();
const N = 200;

/** Largest difference of velocities relative to the largest velocity: rounding in float on both sides. */
const TOLERANCE = 2e-6;

const RUNS = [
  { preset: 'seed', hidden: 48 },
  { layers: 4, path: 've', data: 'spirals', time_scale: 3 },
  { path: 'vp-cosine', data: 'circles', features: 30 },
  { data: '8gaussians', classes: 8, layers: 2 },
];

/** @param {string[]} files */
function askTorch(files) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  return JSON.parse(
    execFileSync('/usr/bin/python3', [script, ...files], { env, encoding: 'utf8' }),
  );
}

for (const config of RUNS) {
  describe(`a run of ${JSON.stringify(config)} crosses to PyTorch and back`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'moonflow-torch-'));
    const [run, query, answer, weights] = ['run', 'query', 'answer', 'weights'].map((name) => {
      return join(folder, `${name}.safetensors`);
    });
    const model = Model.createSync({ ...config, batch: 64, seed: 11 }, module);
    const t = spread(1, N, 0, 1);
    const x = spread(2, N * 2, -4, 4);
    /** @type {ReturnType<typeof read>['tensors']} */
    let answers;

    before(() => {
      model.train(50);
      const tensors = new Map([
        ['t', { shape: [N], data: t }],
        ['x', { shape: [N, 2], data: x }],
      ]);
      writeFileSync(run, save(model));
      writeFileSync(query, write({ tensors, metadata: {} }));
      const report = askTorch([run, query, answer, weights]);
      assert.equal(report.tensors, 4 * model.tensors().length);
      answers = read(readFileSync(answer)).tensors;
    });
    after(() => rmSync(folder, { recursive: true }));

    /**
     * @param {string} key
     * @param {Float32Array} got
     */
    function compare(key, got) {
      const truth = answers.get(key)?.data ?? new Float32Array();
      assert.equal(got.length, truth.length);
      const most = truth.reduce((least, value) => Math.max(least, Math.abs(value)), 0);
      const gap = got.reduce((least, value, i) => Math.max(least, Math.abs(value - truth[i])), 0);
      assert.ok(gap <= TOLERANCE * most, `${key}: ${gap} off where ${most} is the largest`);
    }

    test('load_state_dict takes the file and gives the same velocities', () => {
      compare('raw', model.velocity({ t, x, weights: 'raw' }));
      compare('ema', model.velocity({ t, x, weights: 'ema' }));
    });

    test('weights that PyTorch wrote load here and give the same velocities', () => {
      const loaded = loadSync(readFileSync(weights), { module, config: model.config });
      compare('fresh', loaded.velocity({ t, x, weights: 'raw' }));
      compare('fresh', loaded.velocity({ t, x, weights: 'ema' }));
      assert.equal(loaded.step, 0);
      assert.equal(loaded.train(5).length, 5);
    });
  });
}
