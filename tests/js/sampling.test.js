/** How points travel, as the command offers it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { save } from '../../web/lib/weights.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-sampling-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const at = (name) => join(folder, name);

const model = small();
model.train(60);
const trained = at('trained.safetensors');
writeFileSync(trained, save(model));

/** @param {...string} words */
const sampled = async (...words) =>
  csv.read(await succeed('sample', trained, '-n', '20', ...words)).data;

test('the solver and the grid of the command are those of the library', async () => {
  const own = ['--solver', 'heun', '--time-grid', '0,0.25,0.5,1'];
  const [ab2, quadratic, times] = await Promise.all([
    sampled('--solver', 'ab2', '--steps', '6'),
    sampled('--solver', 'heun', '--steps', '6', '--time-grid', 'quadratic'),
    sampled(...own),
  ]);
  assert.deepEqual(ab2, model.sample({ n: 20, solver: 'ab2', steps: 6 }));
  const named = { n: 20, solver: 'heun', steps: 6, grid: 'quadratic' };
  assert.deepEqual(quadratic, model.sample(named));
  assert.deepEqual(times, model.sample({ n: 20, solver: 'heun', grid: [0, 0.25, 0.5, 1] }));
  const words = ['eval', trained, '-n', '400', '--json', ...own];
  const { nfe, steps, grid } = JSON.parse(await succeed(...words));
  assert.deepEqual({ nfe, steps, grid }, { nfe: 6, steps: 3, grid: [0, 0.25, 0.5, 1] });
});

test('options of travelling that do not fit are bad usage and say what does', async () => {
  const sample = ['sample', trained];
  /** @type {[string[], RegExp][]} */
  const cases = [
    [[...sample, '--time-grid', 'cubic'], /--time-grid: got "cubic"; allowed is one of uniform/],
    [[...sample, '--time-grid', '0,0.5,0.4'], /grid\[2\]: got 0.4; allowed is a time above grid/],
    [[...sample, '--time-grid', '0,x'], /--time-grid, time 2: got "x"; allowed is a number from 0/],
    [[...sample, '--time-grid', '0,1', '--steps', '3'], /steps: got 3; allowed is left out/],
  ];
  const results = await Promise.all(cases.map(([words]) => run(...words)));
  results.forEach(({ code, stdout, stderr }, i) => {
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, cases[i][1]);
  });
  assert.equal(results.length, 4);
});
