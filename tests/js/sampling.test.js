/** How points travel, as the command offers it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import * as npy from '../../web/lib/npy.js';
import { save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('sampling');

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

test('points of a file are encoded as noise, and the noise decoded, as the library does it', async () => {
  const points = model.data({ n: 30 });
  writeFileSync(at('data.npy'), npy.write(points, [30, 2]));
  const way = ['--solver', 'rk4', '--steps', '40'];
  const back = ['--from', at('data.npy'), '--t-start', '1', '--t-end', '0', '--out', at('z.npy')];
  const there = JSON.parse(await succeed('sample', trained, ...way, ...back, '--json'));
  const { data } = npy.read(readFileSync(at('z.npy')));
  const span = { t_start: 1, t_end: 0 };
  assert.deepEqual(data, model.sample({ x0: points, solver: 'rk4', steps: 40, ...span }));
  const { n, nfe, t_start, t_end } = there;
  assert.deepEqual({ n, nfe, t_start, t_end }, { n: 30, nfe: 160, ...span });
  await succeed('sample', trained, ...way, '--from', at('z.npy'), '--out', at('again.npy'));
  const again = npy.read(readFileSync(at('again.npy'))).data;
  assert.ok(Math.max(...again.map((each, i) => Math.abs(each - points[i]))) < 1e-3);
});

test('dopri5 says what its steps cost, and its trace is the library’s', async () => {
  const tight = ['--solver', 'dopri5', '--steps', '99', '--rtol', '1e-5', '--atol', '1e-6'];
  const words = ['sample', trained, '-n', '20', ...tight, '--json', '--out'];
  const [plain, traced] = await Promise.all([
    succeed(...words, at('d.npy')),
    succeed(...words, at('e.npy'), '--trace'),
  ]);
  const options = { n: 20, solver: 'dopri5', steps: 99, rtol: 1e-5, atol: 1e-6 };
  const { x, nfe, nfe_max, trace } = model.trajectory({ ...options, trace: true });
  for (const name of ['d.npy', 'e.npy']) {
    assert.deepEqual(npy.read(readFileSync(at(name))).data, x);
  }
  const result = JSON.parse(plain);
  assert.deepEqual([result.nfe, result.nfe_max, result.trace], [nfe, nfe_max, undefined]);
  assert.ok(Math.abs(result.nfe - 2 - 6 * (result.accepted + result.rejected)) < 1e-9);
  assert.deepEqual(JSON.parse(traced).trace, trace);
  const measured = await succeed('eval', trained, '-n', '400', ...tight, '--json');
  const { nfe: mean, grid } = JSON.parse(measured);
  assert.ok(mean > 8 && mean < 594 && grid === undefined, measured);
});

test('noise on the way is the library’s, and interpolate goes from point to point', async () => {
  const noisy = await sampled('--sde', 'constant', '--sde-strength', '0.5', '--seed', '3');
  assert.deepEqual(noisy, model.sample({ n: 20, seed: 3, sde: 'constant', sde_strength: 0.5 }));
  const [a, b] = [model.data({ n: 3, seed: 1 }), model.data({ n: 3, seed: 2 })];
  writeFileSync(at('a.npy'), npy.write(a, [3, 2]));
  writeFileSync(at('b.csv'), csv.write(b, 3, 2));
  const ends = ['--points', at('a.npy'), '--to', at('b.csv'), '--count', '4', '--steps', '50'];
  const out = await succeed('interpolate', trained, ...ends);
  const rows = csv.read(out);
  assert.equal(rows.n, 12);
  const { points } = model.interpolate({ a, b, count: 4, steps: 50 });
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 4; k++) {
      const [row, from] = [2 * (4 * i + k), 2 * (3 * k + i)];
      assert.deepEqual(rows.data.subarray(row, row + 2), points.subarray(from, from + 2));
    }
  }
});

test('options of travelling that do not fit are bad usage and say what does', async () => {
  const sample = ['sample', trained];
  /** @type {[string[], RegExp][]} */
  const cases = [
    [[...sample, '--time-grid', 'cubic'], /--time-grid: got "cubic"; allowed is one of uniform/],
    [
      [...sample, '--time-grid', '0,0.5,0.4'],
      /--time-grid, time 3: got 0.4; allowed is a time above --time-grid, time 2/,
    ],
    [[...sample, '--time-grid', '0,x'], /--time-grid, time 2: got "x"; allowed is a number from 0/],
    [[...sample, '--time-grid', '0,1', '--steps', '3'], /steps: got 3; allowed is left out/],
    [[...sample, '--rtol', '0'], /--rtol: got 0; allowed is a number from 0.000001 to 1/],
    [
      [...sample, '--rtol', '0.1', '--solver', 'heun'],
      /--rtol: got 0.1; allowed is left out unless/,
    ],
    [[...sample, '--solver', 'dopri5', '--steps', '2'], /steps: got 2; allowed is more, or a larg/],
    [
      [...sample, '--sde', 'sigma', '--solver', 'ab2'],
      /--solver: got "ab2"; allowed is euler, mid/,
    ],
    [[...sample, '--json'], /--out: got nothing; allowed is beside --json a file name/],
    [[...sample, '--trace'], /--trace: got true; allowed is left out without --json/],
    [[...sample, '-n', '3', '--from', at('data.npy')], /-n: got 3; allowed is left out: --from/],
    [
      [...sample, '--t-start', '0.5', '--t-end', '0.5'],
      /--t-end: got 0.5; allowed is from 0 to 1, o/,
    ],
    [['interpolate', trained], /--points: got nothing; allowed is a file name/],
    [
      ['interpolate', trained, '--points', at('data.npy'), '--to', at('a.npy')],
      /points: got 3; allowed is 30, as in --points/,
    ],
  ];
  const results = await Promise.all(cases.map(([words]) => run(...words)));
  results.forEach(({ code, stdout, stderr }, i) => {
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, cases[i][1]);
  });
  assert.equal(results.length, 14);
});
