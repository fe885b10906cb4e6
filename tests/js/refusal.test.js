/** What the command refuses, since under the other options it would have no effect or mean something else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { save } from '../../web/lib/weights.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-refusal-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'run.safetensors');
writeFileSync(file, save(small()));
const points = join(folder, 'points.csv');
writeFileSync(points, '0.1,0.2\n0.3,0.4\n');

/** @param {[string[], RegExp][]} rows */
async function allRefused(rows) {
  for (const [words, message] of rows) {
    const { code, stderr } = await run(...words);
    assert.match(stderr, message);
    assert.equal(code, 2, words.join(' '));
  }
}

test('what is measured against data runs from 0 to 1, and noise is of t = 0', async () => {
  await allRefused([
    [
      ['eval', file, '--time-grid', '0,0.5'],
      /--time-grid: got "0,0.5"; allowed is times from 0 to 1/,
    ],
    [['eval', file, '--time-grid', '1,0'], /--time-grid: got "1,0"/],
    [['sample', file, '--t-start', '0.5'], /--t-start: got 0.5; allowed is 0 unless --from/],
    [
      ['sample', file, '--time-grid', '0.1,1'],
      /--time-grid, time 1: got 0.1; allowed is 0 unless --from/,
    ],
  ]);
  assert.throws(() => small().sample({ n: 3, t_start: 0.5 }), { message: /^t_start: got 0.5.*x0/ });
  assert.throws(() => small().quality({ n: 50, grid: [0, 0.5] }), {
    message: /^grid: got "0,0.5"/,
  });
  assert.throws(() => small().discrepancy({ n: 50, grid: [0.5, 1] }), { message: /^grid: got/ });
});

test('classes that are none, and points that vary nowhere, are refused before training', async () => {
  const same = join(folder, 'same.csv');
  writeFileSync(same, '1,2,3\n1,2,3\n1,2,3\n');
  await allRefused([
    [
      ['train', '--labels', '--classes', '0', '--steps', '1'],
      /--classes: got 0; allowed is .*--labels/,
    ],
    [['train', '--data', same, '--latent', '2'], /--latent: got 2; allowed is left out: .*same/],
  ]);
});

test('sample tells the whole way, and interpolate lists what it takes', async () => {
  const words = ['sample', file, '--from', points, '--time-grid', '1,0.5,0', '--json', '--out'];
  const told = JSON.parse(await succeed(...words, join(folder, 'x.csv')));
  assert.deepEqual([told.t_start, told.t_end, told.sde], [1, 0, 'none']);
  assert.deepEqual(told.grid, [1, 0.5, 0]);
  const help = await succeed('interpolate', '--help');
  assert.match(help, /--label N.*--guidance X/s);
  assert.doesNotMatch(help, /T,T/);
  const way = ['interpolate', file, '--points', points, '--to', points];
  await allRefused([
    [[...way, '--label', '0'], /--label: got 0; allowed/],
    [[...way, '--time-grid', '0,1'], /--time-grid: got "0,1"; allowed is/],
  ]);
});

test('a switch has one way, and the steps of the solver are not those of training', async () => {
  const network = ['--hidden', '8', '--layers', '1', '--features', '8', '--batch', '32'];
  const adaptive = ['--solver', 'dopri5', '--solver-steps', '1', '--steps', '1'];
  await allRefused([
    [['train', ...network, ...adaptive], /--solver-steps: got 1;/],
    [['train', '--stratified', '--no-stratified'], /--stratified: got "--no-stratified"; allowed/],
  ]);
});
