/** The command with runs that know classes. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { Model } from '../../web/lib/model.js';
import * as npy from '../../web/lib/npy.js';
import { module } from './small.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-labelled-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const at = (name) => join(folder, name);

const small = [
  '--hidden',
  '16',
  '--layers',
  '1',
  '--features',
  '8',
  '--batch',
  '64',
  '--seed',
  '7',
];
const [runfile, table, array] = [at('run.safetensors'), at('points.csv'), at('points.npy')];
// Three lumps, at (0, -1), (3, 0) and (6, 3), with the label in the last column.
const rows = Float32Array.from({ length: 3 * 300 }, (_, i) => {
  const label = Math.floor(i / 3) % 3;
  return [3 * label + 0.2 * Math.sin(i), label * label - 1 + 0.2 * Math.cos(2 * i), label][i % 3];
});

before(async () => {
  writeFileSync(table, csv.write(rows, 300, 3));
  writeFileSync(array, npy.write(rows, [300, 3]));
  await succeed('train', ...small, '--data', table, '--labels', '--steps', '400', '--out', runfile);
});

/**
 * @param {string} text of points in the plane
 * @returns {number[]}
 */
function meanOf(text) {
  const { data, n } = csv.read(text);
  const mean = [0, 0];
  for (const [i, value] of data.entries()) mean[i % 2] += value / n;
  return mean;
}

test('a class of one’s own points is sampled, and guidance moves it away from the others', async () => {
  const sample = ['sample', runfile, '-n', '400'];
  for (const label of [0, 1, 2]) {
    const [x, y] = meanOf(await succeed(...sample, '--label', String(label)));
    assert.ok(Math.abs(x - 3 * label) < 0.4, `class ${label}: ${x}`);
    assert.ok(Math.abs(y - label * label + 1) < 0.4, `class ${label}: ${y}`);
  }
  const [whole, none, plain, strong] = await Promise.all([
    succeed(...sample),
    succeed(...sample, '--label', '2', '--guidance', '0'),
    succeed(...sample, '--label', '2'),
    succeed(...sample, '--label', '2', '--guidance', '3', '--guidance-interval', '0,0.8'),
  ]);
  assert.equal(none, whole);
  assert.ok(meanOf(strong)[0] > meanOf(plain)[0] + 0.05);
});

test('eval measures each class beside its floor, in words and in JSON', async () => {
  const words = ['eval', runfile, '--data', array, '-n', '900'];
  const { conditional, ...rest } = JSON.parse(await succeed(...words, '--json'));
  assert.deepEqual([conditional.guidance, conditional.nfe, rest.nfe], [1, 50, 50]);
  assert.equal(conditional.classes.length, 3);
  for (const { label, n, sw2, sw2_floor } of conditional.classes) {
    assert.ok(n > 250 && n < 350, `class ${label}: ${n} points`);
    assert.ok(sw2_floor > 0 && sw2_floor < 0.1 && sw2 < 0.5, `class ${label}: ${sw2}`);
  }
  const guided = await succeed(...words, '--guidance', '2', '--guidance-interval', '0.2,0.7');
  assert.match(guided, /^SW2 {3}[\d.]+ \(floor [\d.]+, \d+ points\) of class 2$/m);
  assert.match(guided, /^with {2}guidance 2, 76 evaluations a point of a class$/m);
});

test('a labelled run resumes to the bits of a whole one, from either kind of file', async () => {
  const constant = [...small, '--schedule', 'constant', '--labels', '--data', table];
  const half = at('half.safetensors');
  await succeed('train', ...constant, '--steps', '10', '--out', half);
  const [resumed, straight] = await Promise.all([
    succeed('train', '--resume', half, '--data', array, '--labels', '--steps', '20', '--json'),
    succeed('train', ...constant, '--steps', '20', '--json'),
  ]);
  assert.equal(JSON.parse(resumed).hash, JSON.parse(straight).hash);
});

test('--labels takes the classes of a named data set, and transport between them is warned of', async () => {
  const words = ['train', ...small, '--data', '8gaussians', '--steps', '5', '--json'];
  const model = Model.createSync(
    {
      hidden: 16,
      layers: 1,
      features: 8,
      batch: 64,
      seed: 7,
      data: '8gaussians',
      classes: 8,
      steps: 5,
    },
    module,
  );
  model.train(5);
  const [all, count, warned] = await Promise.all([
    succeed(...words, '--labels'),
    succeed(...words, '--classes', '8'),
    run(...words, '--labels', '--coupling', 'ot'),
  ]);
  assert.equal(JSON.parse(all).hash, model.digest());
  assert.equal(JSON.parse(count).hash, model.digest());
  assert.deepEqual([warned.code, JSON.parse(warned.stdout).warnings.length], [0, 1]);
  assert.match(warned.stderr, /^moonflow: warning: coupling: 'ot' .*skewed.*\n$/);
  assert.ok(!('warnings' in JSON.parse(all)));
});

test('reflow takes a labelled run, and what it saves knows its classes', async () => {
  const straight = at('straight.safetensors');
  const words = ['reflow', runfile, '--data', table, '--pairs', '300', '--steps', '20', '--json'];
  const { rounds } = JSON.parse(await succeed(...words, '--out', straight));
  assert.equal(rounds.length, 2);
  const [x] = meanOf(await succeed('sample', straight, '-n', '300', '--label', '2'));
  assert.ok(Math.abs(x - 6) < 1, `${x}`);
});

test('labels where there are none, and none where they are needed, are refused by their option', async () => {
  const bare = at('bare.safetensors');
  await succeed('train', ...small, '--steps', '2', '--out', bare);
  /** @type {[string[], number, RegExp][]} */
  const cases = [
    [['sample', bare, '--label', '0'], 2, /--label: got 0; .*without classes/],
    [['sample', bare, '--guidance', '2'], 2, /--guidance: got 2; .*without classes/],
    [['eval', bare, '--guidance', '2'], 2, /--guidance: got 2; .*without classes/],
    [['sample', runfile, '--label', '3'], 2, /--label: got 3; allowed is an integer from 0 to 2/],
    [['sample', runfile, '--guidance', '2'], 2, /--guidance: got 2; .*a label from 0 to 2/],
    [['sample', runfile, '--label', '1', '--guidance', '-1'], 2, /--guidance: got -1; .*0 to 100/],
    [
      ['sample', runfile, '--guidance-interval', '0.7,0.2'],
      2,
      /--guidance-interval: got "0.7,0.2"/,
    ],
    [
      ['train', '--data', 'moons', '--classes', '3'],
      2,
      /--classes: got 3; .*0, or 2 when data is moons/,
    ],
    [['train', '--data', table, '--classes', '3'], 2, /--classes: got 3; .*beside --labels/],
    [['train', '--data', table, '--labels', '--classes', '2'], 2, /--classes: got 2; allowed is 3/],
    [['train', '--resume', bare, '--labels'], 2, /--labels: got "on"; .*without classes/],
  ];
  const results = await Promise.all(cases.map(([words]) => run(...words)));
  results.forEach(({ code, stdout, stderr }, i) => {
    const [words, expected, pattern] = cases[i];
    assert.deepEqual([code, stdout], [expected, ''], `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split('\n').length, 1);
  });
  const odd = at('odd.csv');
  writeFileSync(odd, '1,2,0\n3,4,0.5\n');
  const { code, stderr } = await run('train', '--data', odd, '--labels', '--steps', '1');
  assert.equal(code, 1);
  assert.match(stderr, /odd.csv: label of point 1: got 0.5; allowed is an integer/);
});
