/** Sources other than noise: from one shape to another, and what does not exist for them. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { write } from '../../web/lib/csv.js';
import { reflow } from '../../web/lib/reflow.js';
import { finish } from '../../web/lib/slice.js';
import { load, save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('source');
const OURS = { source: '8gaussians', data: 'moons' };
const QUICK = { ...OURS, hidden: 24, layers: 4, features: 32, batch: 256, steps: 900, warmup: 20 };

test('eight Gaussians become moons, paired independently or by transport', (context) => {
  for (const coupling of ['independent', 'ot']) {
    const model = small({ ...QUICK, coupling });
    const before = model.quality({ n: 4000 }).sw2;
    model.train(QUICK.steps);
    const { sw2, sw2_floor } = model.quality({ n: 4000 });
    context.diagnostic(`${coupling}: SW2 ${sw2.toFixed(3)}, floor ${sw2_floor.toFixed(3)}`);
    assert.ok(before > 1 && sw2 < 0.1, `${coupling}: SW2 ${before}, then ${sw2}`);
    model.dispose();
  }
});

test('eight Gaussians of torchcfm become its moons, which have no exact field', (context) => {
  const model = small({ ...QUICK, source: '8gaussians-torchcfm', data: 'moons-torchcfm' });
  const x0 = model.noise({ n: 1000 });
  const far = x0.filter((x) => Math.abs(x) > 5.3).length;
  assert.ok(far > 100 && far < 250, `${far} coordinates beyond 5.3`); // 0.3 of 0.562 past a centre
  const before = model.quality({ n: 4000 }).sw2;
  model.train(QUICK.steps);
  const { sw2, sw2_floor } = model.quality({ n: 4000 });
  context.diagnostic(`SW2 ${sw2.toFixed(3)}, floor ${sw2_floor.toFixed(3)}`);
  assert.ok(before > 1 && sw2 < 0.15, `SW2 ${before}, then ${sw2}`);
  const moons = small({ data: 'moons-iid-torchcfm' });
  assert.equal(moons.oracle.exists, false);
  const message = /got data 'moons-iid-torchcfm', whose noise is uniform .*'moons' is nearest/;
  assert.throws(() => moons.irreducibleLoss(), { code: 'state', message });
});

test('samples start at points of the source, and a run keeps it to the bit', async () => {
  const model = small({ ...OURS, noise: 0 });
  const x0 = model.noise({ n: 64, seed: 5 });
  for (let i = 0; i < 64; i++) {
    assert.ok(Math.abs(Math.hypot(x0[2 * i], x0[2 * i + 1]) - 4) < 1e-5);
  }
  const { path } = model.trajectory({ n: 64, seed: 5, solver: 'euler', steps: 2 });
  assert.deepEqual(path?.subarray(0, 128), x0);
  model.train(4);
  const again = await load(save(model), { module });
  assert.equal(again.config.source, '8gaussians');
  again.train(4);
  model.train(4);
  assert.equal(again.digest(), model.digest());
});

test('what a shape as source has not is refused with the reason and what works', () => {
  /** @type {[any, RegExp][]} */
  const configs = [
    [{ path: 've' }, /^source: got "8gaussians"; allowed is gaussian when path is 've'.*vp-cosine/],
    [{ data: 'points', dim: 3 }, /^source: .*gaussian or 'points', or dim 2: .* and dim is 3$/],
    [
      { predict: 'score' },
      /^predict: got "score"; .*source is 'gaussian', and it is '8gaussians'; x1 or noise/,
    ],
    [{ sde: 'sigma' }, /^sde: got "sigma"; .*source is 'gaussian'/],
    [{ source: 'moons' }, /^source: got "moons"; allowed is one of gaussian, moons-iid/],
  ];
  for (const [config, message] of configs) {
    assert.throws(() => small({ ...OURS, ...config }), { code: 'argument', message });
  }
  const model = small(OURS);
  const x = model.data({ n: 4 });
  /** @type {[() => unknown, RegExp][]} */
  const calls = [
    [() => model.loglik({ x }), /^loglik: source: got "8gaussians"; allowed is gaussian: .*p_0/],
    [() => model.nll({ n: 8 }), /p_0|moons-iid/],
    [() => model.sample({ n: 4, sde: 'sigma' }), /^sde: .*none: .*source is '8gaussians'/],
    [
      () => model.convert({ from: 'v', to: 'score', t: 0.5, x, value: x }),
      /to: got "score"; allowed is v, x1 or noise: .*source is '8gaussians'/,
    ],
    [() => model.interpolate({ a: x, b: x }), /^interpolate: source: got "8gaussians"/],
    [() => model.irreducibleLoss(), /got source '8gaussians'; allowed is 'gaussian'/],
  ];
  for (const [call, message] of calls) assert.throws(call, { message });
  assert.equal(model.oracle.exists, false);
  assert.equal(model.floor(), null);
});

test('the command trains from one shape to another, and refuses a source it cannot draw', async () => {
  const quick = ['--hidden', '8', '--layers', '2', '--features', '8', '--batch', '32'];
  const words = ['train', '--source', '8gaussians', '--data', 'moons', '--steps', '5', ...quick];
  const report = JSON.parse(await succeed(...words, '--json'));
  assert.equal(report.steps, 5);
  assert.equal(report.loss_floor, null);
  const model = small({
    ...OURS,
    hidden: 8,
    layers: 2,
    features: 8,
    batch: 32,
    steps: 5,
    warmup: 50,
  });
  model.train(5);
  assert.equal(model.digest(), report.hash);
  const { code, stderr } = await run('train', '--source', 'moons');
  assert.equal(code, 2);
  assert.match(stderr, /--source: got "moons"; allowed is one of gaussian, moons-iid/);
});

/** Points around (6, -6, 0, ..): nothing that a flow from noise would leave by chance. */
const START = { n: 50, dim: 3, points: Float32Array.from({ length: 150 }, (_, i) => i % 3 || -6) };
const END = { n: 40, dim: 3, points: Float32Array.from({ length: 120 }, (_, i) => Math.cos(i)) };

/** @param {Float32Array} points [n, 3] */
const rowsOf = (points) =>
  Array.from({ length: points.length / 3 }, (_, i) => points.subarray(3 * i, 3 * i + 3).join());

/** @param {string} name @param {{points: Float32Array, n: number, dim: number}} rows */
function written(name, { points, n, dim }) {
  const path = at(name);
  writeFileSync(path, write(points, n, dim));
  return path;
}

test("a run from one's own points to one's own points resumes and samples from its file alone", async () => {
  const model = small({ source: 'points', data: 'points', dim: 3, coupling: 'ot' });
  model.setPoints(END.points);
  model.setSource(START.points);
  model.train(5);
  const bytes = save(model);
  const again = await load(bytes, { module });
  assert.deepEqual(again.source, START.points);
  assert.deepEqual(again.sample({ n: 30, seed: 4 }), model.sample({ n: 30, seed: 4 }));
  const rows = new Set(rowsOf(START.points));
  assert.ok(rowsOf(again.noise({ n: 99 })).every((row) => rows.has(row)));
  again.setPoints(END.points);
  again.reset();
  again.train(5);
  assert.equal(again.digest(), model.digest(), 'from the beginning');
  const later = await load(bytes, { module, points: END.points });
  later.train(7);
  model.train(7);
  assert.equal(later.digest(), model.digest(), 'from the middle');
  const beside = { module, source: START.points };
  await assert.rejects(load(bytes, beside), {
    code: 'argument',
    message: /^source: got one beside a file that has its own; allowed is none/,
  });
});

test('reflow carries pairs from the source of points', () => {
  const model = small({ source: 'points' });
  model.setSource(START.points.subarray(0, 100));
  model.train(5);
  finish(reflow(model, { rounds: 1, pairs: 64, steps: 3, n: 100 }));
  assert.equal(model.round, 1);
});

test('a source of points is refused where it is missing, of the wrong shape, or cannot be', () => {
  const waiting = small({ source: 'points' });
  for (const ask of [
    () => waiting.noise({ n: 2 }),
    () => waiting.train(1),
    () => waiting.sample({ n: 2 }),
  ]) {
    assert.throws(ask, { code: 'state', message: /when source is 'points' call setSource first/ });
  }
  /** @type {[() => unknown, RegExp][]} */
  const calls = [
    [() => waiting.setSource(new Float32Array(5)), /^source\.length: got 5; .* multiple of 2/],
    [
      () => waiting.setSource(new Float32Array(4), 3),
      /^source: got 2; allowed is exactly 3 points/,
    ],
    [
      () => waiting.setSource(Float32Array.of(1, Number.NaN)),
      /^source, point 0, coordinate 1: got NaN/,
    ],
    [() => waiting.setSource(/** @type {any} */ ([1, 2])), /^source: got .*Float32Array/],
    [() => small().setSource(new Float32Array(4)), /^setSource: .*whose source is 'points'/],
    [
      () => small({ source: 'points', path: 've' }),
      /^source: got "points"; allowed is gaussian when/,
    ],
    [() => small({ source: 'points', predict: 'score' }), /^predict: .*source 'gaussian'/],
  ];
  for (const [call, message] of calls) assert.throws(call, { message });
  const { source } = waiting;
  assert.equal(source, undefined, 'a refused source is not kept');
});

test('the command takes the source from a file, saves it in the run, and refuses one of another dimension', async () => {
  const [start, end] = [written('start.csv', START), written('end.csv', END)];
  const plane = written('plane.csv', { n: 75, dim: 2, points: START.points });
  const out = at('run.safetensors');
  const quick = [
    '--hidden',
    '16',
    '--layers',
    '2',
    '--features',
    '16',
    '--batch',
    '64',
    '--warmup',
    '5',
  ];
  const ours = ['train', '--data', end, '--source', start, '--steps', '60', ...quick];
  const report = JSON.parse(await succeed(...ours, '--out', out, '--json'));
  const model = small({ source: 'points', data: 'points', dim: 3 });
  model.setPoints(END.points);
  model.setSource(START.points);
  model.train(60);
  assert.equal(report.hash, model.digest());
  const sampled = await succeed('sample', out, '-n', '4', '--seed', '3');
  assert.equal(sampled, write(model.sample({ n: 4, seed: 3 }), 4, 3));
  const more = await succeed('train', '--resume', out, '--data', end, '--steps', '62', '--json');
  model.set({ steps: 62 });
  model.train(2);
  assert.equal(JSON.parse(more).hash, model.digest());
  /** @type {[string[], RegExp][]} */
  const refused = [
    [
      ['--data', end, '--source', plane],
      /--source .*plane.csv, columns: got 2; allowed is 3, as --data .*end.csv has/,
    ],
    [
      ['--source', start],
      /--source .*start.csv, columns: got 3; allowed is 2, as --data moons has/,
    ],
    [
      ['--resume', out, '--data', end, '--source', start],
      /--source: got .*; allowed is nothing beside --resume: a run has its source/,
    ],
    [
      ['--source', 'start.txt'],
      /--source: got "start.txt"; allowed is one of gaussian, .*FILE.npy/,
    ],
  ];
  for (const [words, message] of refused) {
    const { code, stderr } = await run('train', ...words);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});
