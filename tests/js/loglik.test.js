/** Log-densities, as the command gives them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { summarise } from '../../web/lib/likelihood.js';
import * as npy from '../../web/lib/npy.js';
import { save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

const { folder, at } = scratch('loglik');

const model = small();
model.train(60);
const trained = at('trained.safetensors');
writeFileSync(trained, save(model));
const own = small({ data: 'points', dim: 3 });
own.setPoints(Float32Array.from({ length: 60 }, (_, i) => Math.sin(i)));
own.train(5);
const ownRun = at('own.safetensors');
writeFileSync(ownRun, save(own));
const x = model.data({ n: 40, seed: 5 });
const points = at('points.npy');
writeFileSync(points, npy.write(x, [40, 2]));

test('log-densities of points are those of the library, in npy, in csv and on stdout', async () => {
  const words = ['loglik', trained, '--points', points, '--solver', 'rk4', '--steps', '6'];
  const [said, , printed] = await Promise.all([
    succeed(...words, '--out', at('logp.npy')),
    succeed(...words, '--out', at('logp.csv')),
    succeed(...words),
  ]);
  const { logp } = model.loglik({ x, solver: 'rk4', steps: 6 });
  const { shape, data } = npy.read(readFileSync(at('logp.npy')));
  assert.deepEqual([...shape], [40]);
  assert.deepEqual(data, Float32Array.from(logp));
  for (const text of [printed, readFileSync(at('logp.csv'), 'utf8')]) {
    assert.deepEqual(csv.read(text), { n: 40, dim: 1, data });
  }
  assert.match(
    said,
    /^NLL {3}\d+\.\d{4} \+- \d+\.\d{4} nats, .* bits a coordinate\nwith {2}40 points, 24 /,
  );
});

test('--json of points names the mean, its error and how it was come by', async () => {
  const words = ['--points', points, '--probes', '3', '--seed', '4', '--weights', 'raw'];
  const grid = ['--solver', 'euler', '--time-grid', '0,0.5,1'];
  const result = JSON.parse(await succeed('loglik', trained, ...words, ...grid, '--json'));
  const { seconds, ...rest } = result;
  const options = { probes: 3, seed: 4, weights: /** @type {const} */ ('raw'), grid: [0, 0.5, 1] };
  const { logp } = model.loglik({ x, solver: 'euler', ...options });
  const counts = { n: 40, not_finite: 0, nfe: 2 };
  const expected = { ...summarise(logp, 2), ...counts, solver: 'euler', steps: 2, ...options };
  assert.deepEqual(rest, expected);
  assert.ok(seconds > 0);
  const plain = JSON.parse(await succeed('loglik', trained, '--points', points, '--json'));
  const { probes, seed, weights, solver, steps } = plain;
  assert.deepEqual([probes, seed, weights, solver, steps], [0, 1, 'ema', 'heun', 25]);
});

test('points whose log-density leaves the range of a float are counted, and why is said', async () => {
  const file = at('far.csv');
  writeFileSync(file, '0,0\n1e30,1e30\n0,1\n');
  const words = ['loglik', trained, '--points', file];
  const { not_finite } = JSON.parse(await succeed(...words, '--json'));
  assert.equal(not_finite, 1);
  const said = await succeed(...words, '--out', at('far-logp.csv'));
  assert.match(said, /^lost {2}1 of 3 points: they lie farther out than the flow reaches/);
});

test('dopri5 follows the paths to the tolerances of --rtol and --atol, for points, grid and eval', async () => {
  const rules = { solver: 'dopri5', rtol: 1e-3, atol: 1e-6, steps: 90 };
  const words = ['--solver', 'dopri5', '--rtol', '1e-3', '--atol', '1e-6', '--steps', '90'];
  const judge = ['loglik', trained, '--points', points];
  const [fine, plain, mapped, measured] = (
    await Promise.all([
      succeed(...judge, ...words, '--json'),
      succeed(...judge, '--solver', 'dopri5', '--json'),
      succeed('loglik', trained, '--grid', '6', '--box', '-4,4', ...words, '--json'),
      succeed('eval', trained, '-n', '200', '--nll', ...words, '--json'),
    ])
  ).map((text) => JSON.parse(text));
  const { logp, nfe } = model.loglik({ x, ...rules });
  const { seconds, ...told } = fine;
  const how = { probes: 0, seed: 1, weights: 'ema' };
  assert.deepEqual(told, { ...summarise(logp, 2), n: 40, not_finite: 0, nfe, ...rules, ...how });
  assert.deepEqual([plain.rtol, plain.atol, plain.grid], [1e-4, 1e-4, undefined]);
  assert.notEqual(plain.nfe, nfe);
  assert.equal(mapped.mass, model.density({ size: 6, box: [-4, 4], ...rules }).mass);
  const { nll, nfe: nll_nfe } = model.nll({ n: 200, ...rules });
  assert.deepEqual([measured.nll, measured.nll_nfe], [nll, nll_nfe]);
  assert.equal(seconds > 0, true);
});

test('--t asks for a time on the way, of points and of a grid', async () => {
  const of = ['loglik', trained, '--t', '0.5', '--json'];
  const [judged, mapped] = (
    await Promise.all([
      succeed(...of, '--points', points),
      succeed(...of, '--grid', '8', '--box', '-4,4'),
    ])
  ).map((text) => JSON.parse(text));
  const { logp } = model.loglik({ x, t: 0.5 });
  assert.equal(judged.nll, summarise(logp, 2).nll);
  assert.equal(mapped.mass, model.density({ t: 0.5, size: 8, box: [-4, 4] }).mass);
  assert.deepEqual([judged.t, mapped.t], [0.5, 0.5]);
});

test('--grid gives the density of the library with its mass, and draws it', async () => {
  const words = ['--grid', '20', '--box', '-5,6,-4,4', '--out', at('grid.npy')];
  const drawing = ['--png', at('grid.png'), '--json'];
  const result = JSON.parse(await succeed('loglik', trained, ...words, ...drawing));
  const density = model.density({ size: 20, box: [-5, 6, -4, 4] });
  const { shape, data } = npy.read(readFileSync(at('grid.npy')));
  assert.deepEqual([...shape], [20, 20]);
  assert.deepEqual(data, density.logp);
  const { mass, box, size, nfe } = result;
  const told = { mass: density.mass, box: density.box, size: 20, nfe: density.nfe };
  assert.deepEqual({ mass, box, size, nfe }, told);
  const { loadImage, createCanvas } = await import('@napi-rs/canvas');
  const image = await loadImage(at('grid.png'));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, image.width, image.height).data;
  let orange = 0;
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i] > pixels[i + 2] + 100) orange++;
  assert.ok(orange > 20_000, `${orange} pixels`);
  const said = await succeed('loglik', trained, '--grid', '8');
  assert.match(said, /^mass {2}[\d.]+\nwith {2}8 x 8 cells on (-?[\d.]+,){3}[\d.]+\n(note .*\n)?$/);
});

test('a mass that is not 1 says what it asks for', async () => {
  const few = ['--grid', '20', '--steps', '4', '--solver', 'rk4'];
  const doubt = /the mass is 0\.0\d+, and 1 where .*; a wider --box holds more of it/;
  const away = ['loglik', trained, ...few, '--box', '5,6,5,6'];
  assert.match(await succeed(...away), doubt);
  assert.match(JSON.parse(await succeed(...away, '--json')).warnings.join(), doubt);
  const whole = await succeed('loglik', trained, '--grid', '60', '--steps', '20');
  assert.match(whole, /^mass {2}(1\.0|0\.99)/);
  assert.doesNotMatch(whole, /note/);
});

test('eval --nll adds what the library finds of points no training has drawn', async () => {
  const words = ['-n', '300', '--steps', '5', '--json'];
  const result = JSON.parse(await succeed('eval', trained, '--nll', ...words));
  const { nll, nll_error, bits_per_dim } = model.nll({ n: 300, steps: 5 });
  assert.equal(result.nll, nll);
  assert.equal(result.nll_error, nll_error);
  assert.equal(result.bits_per_dim, bits_per_dim);
  assert.equal('nll' in JSON.parse(await succeed('eval', trained, ...words)), false);
});

test('what loglik cannot do is refused with the reason, before anything is written', async () => {
  writeFileSync(at('three.csv'), '1,2,3\n');
  writeFileSync(at('nan.csv'), '1,nan\n');
  const held = readdirSync(folder).sort();
  const [judge, map] = [
    ['--points', points],
    ['--grid', '9'],
  ];
  const out = ['--out', at('never.npy')];
  /** @type {[string[], number, RegExp][]} */
  const cases = [
    [[trained], 2, /--points: got nothing; allowed is a file .*\.npy, or --grid N/],
    [[trained, ...judge, ...map], 2, /--grid: got 9; allowed is left out beside --points/],
    [[trained, ...judge, '--box', '0,1'], 2, /--box: got "0,1"; allowed is left out/],
    [[trained, ...judge, '--png', 'x.png'], 2, /--png: got "x.png"; allowed is left out/],
    [[trained, '--points', at('three.csv')], 2, /three.csv, columns: got 3; allowed is 2, as in/],
    [[trained, '--points', at('nan.csv')], 1, /nan.csv.*line 1, column 2/],
    [[trained, ...judge, '--probes', '1'], 2, /--probes: got 1; allowed is 0 \(exact\) or/],
    [[trained, ...judge, '--probes', '65'], 2, /--probes: got 65; allowed/],
    [
      [trained, ...judge, '--time-grid', '0,0.5'],
      2,
      /grid, ends: got "0 and 0.5"; allowed is 0 and 1/,
    ],
    [
      [trained, ...judge, '--solver', 'dopri5', '--time-grid', 'quadratic'],
      2,
      /grid: got "quadratic"; allowed is left out: dopri5/,
    ],
    [
      [trained, ...judge, '--rtol', '1e-3'],
      2,
      /rtol: got 0.001; .*solver is dopri5; here it is heun/,
    ],
    [
      [trained, ...judge, '--solver', 'dopri5', '--rtol', '0'],
      2,
      /--rtol: got 0; allowed is a number/,
    ],
    [[trained, ...judge, '--solver', 'dopri5', '--atol', '-1'], 2, /--atol: got -1; allowed/],
    [
      [trained, ...judge, '--solver', 'dopri5', '--steps', '1'],
      2,
      /--steps: got 1; allowed is more, or/,
    ],
    [[trained, ...map, '--box', '1,0'], 2, /--box: got "1, 0"; allowed/],
    [[trained, ...map, '--box', '1,2,3'], 2, /--box: got \[1, 2, 3\]; allowed is \[from, to\]/],
    [[trained, ...map, '--box', '0,one'], 2, /--box: got "0, one"; allowed/],
    [[trained, ...judge, '--t', '0'], 2, /--t: got 0; allowed is above 0 and at most 1/],
    [[trained, ...judge, '--probes', 'two'], 2, /--probes: got "two"; allowed/],
    [[trained, '--grid', '0'], 2, /--grid: got 0; allowed/],
    [
      [ownRun, ...map],
      2,
      /--grid: got 9; allowed is left out: .* have 3 coordinates; --points judges any/,
    ],
    [[at('absent.safetensors'), ...judge], 1, /RUN: cannot read/],
  ];
  const work = cases.map(async ([words, code, pattern]) => {
    const { stdout, stderr, ...result } = await run('loglik', ...words, ...out);
    assert.deepEqual([result.code, stdout], [code, ''], `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  });
  await Promise.all(work);
  writeFileSync(at('own.csv'), csv.write(own.data({ n: 9 }), 9, 3));
  const unseen = await run('eval', ownRun, '--data', at('own.csv'), '--nll');
  assert.equal(unseen.code, 2);
  assert.match(unseen.stderr, /nll: data: got "points".*give loglik points it has not seen/);
  assert.deepEqual(readdirSync(folder).sort(), [...held, 'own.csv'].sort());
});
