/** A latent space for the user's own data: in the library, in the run's file, and undone by the command. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { pca } from '../../web/lib/pca.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('latent');
const [N, WIDE, K] = [60, 80, 3];
/** Points of a plane of three directions in eighty columns, far from the origin. */
const data = Float32Array.from({ length: N * WIDE }, (_, at) => {
  const [i, j] = [Math.floor(at / WIDE), at % WIDE];
  return 9 + Math.sin(i) * Math.cos(j) + Math.cos(2 * i) * Math.sin(3 * j) + 0.1 * i * (j % 4);
});
const codec = pca(data, WIDE, K);
const latent = { mean: codec.mean, components: codec.components };
const points = codec.encode(data);

const quick = '--hidden 16 --layers 2 --features 16 --batch 64 --warmup 5'.split(' ');
const [file, trained, wide, noise] = ['own.csv', 'run.safetensors', 'wide.csv', 'noise.csv'].map(
  (name) => at(name),
);
writeFileSync(file, csv.write(data, N, WIDE));

/** The run that the command trains of it. */
function own() {
  const model = small({ data: 'points', dim: K, steps: 60 });
  model.setPoints(points);
  model.setLatent(latent);
  return model;
}

test('a model knows its latent space, and so does its file', () => {
  const model = own();
  model.train(3);
  assert.deepEqual(model.encode(data), points);
  const back = model.decode(points);
  const worst = back.reduce((most, each, i) => Math.max(most, Math.abs(each - data[i])), 0);
  assert.ok(worst < 1e-4, `${worst}: three components hold these data`);
  const bytes = save(model);
  const again = loadSync(bytes, { module });
  assert.deepEqual(again.latent, latent);
  assert.equal(again.images, undefined);
  assert.deepEqual(save(again), bytes);
  assert.deepEqual(again.decode(again.sample({ n: 5 })), model.decode(model.sample({ n: 5 })));
});

test('a latent space that the points cannot lie in is refused, and none is missed silently', () => {
  const model = small({ data: 'points', dim: K });
  const { mean, components } = latent;
  /** @type {[RegExp, () => unknown][]} */
  const refused = [
    [
      /^latent: got undefined; allowed is an object/,
      () => model.setLatent(/** @type {any} */ (undefined)),
    ],
    [
      /^latent\.mean: got \[1, 2\]/,
      () => model.setLatent(/** @type {any} */ ({ mean: [1, 2], components })),
    ],
    [
      /^latent\.mean\.length: got 2; allowed is from 3/,
      () => model.setLatent({ mean: mean.slice(0, 2), components }),
    ],
    [
      /^latent\.components\.length: got 80; allowed is exactly 240/,
      () => model.setLatent({ mean, components: mean }),
    ],
    [
      /^latent\.mean\[1\]: got NaN/,
      () => model.setLatent({ mean: mean.with(1, Number.NaN), components }),
    ],
    [/^latent: got none, .*call setLatent first/, () => model.encode(data)],
    [/^latent: got none, .*call setLatent first/, () => model.decode(points)],
  ];
  for (const [message, act] of refused) assert.throws(act, { message });
  assert.equal(model.latent, undefined, 'a refused call has changed nothing');
  model.setLatent(latent);
  assert.throws(() => model.decode(points.subarray(1)), { message: /^latents\.length: got 179/ });
  assert.throws(() => model.setImages({ width: 9, height: 9 }), {
    message: /^images\.latent\.mean\.length: got 80; allowed is exactly 81/,
  });
  model.setImages({ width: 8, height: 10 });
  assert.deepEqual(model.images, { width: 8, height: 10, latent });
});

test('train --latent of a file, of more columns than a model has, is undone by sample', async () => {
  const words = ['train', '--data', file, '--latent', '3', '--steps', '60', ...quick];
  const report = JSON.parse(await succeed(...words, '--out', trained, '--json'));
  const model = own();
  model.train(60);
  assert.equal(report.hash, model.digest());
  assert.deepEqual(loadSync(readFileSync(trained), { module }).latent, latent);
  const x = model.sample({ n: 6, seed: 2 });
  const draw = ['sample', trained, '-n', '6', '--seed', '2'];
  assert.equal(await succeed(...draw), csv.write(model.decode(x), 6, WIDE));
  assert.equal(await succeed(...draw, '--latents'), csv.write(x, 6, K));
  const more = ['train', '--resume', trained, '--data', file, '--steps', '62', '--json'];
  const { hash } = JSON.parse(await succeed(...more));
  model.set({ steps: 62 });
  model.train(2);
  assert.equal(hash, model.digest(), 'resumed with the data as they are in the file');
});

test('data are encoded where they come in: noise and back, log-densities, quality', async () => {
  const model = loadSync(readFileSync(trained), { module });
  writeFileSync(wide, csv.write(data.subarray(0, 5 * WIDE), 5, WIDE));
  const five = points.subarray(0, 5 * K);
  const there = { t_start: 1, t_end: 0 };
  await succeed(
    'sample',
    trained,
    '--from',
    wide,
    '--t-start',
    '1',
    '--t-end',
    '0',
    '--out',
    noise,
  );
  const z = model.sample({ x0: five, ...there });
  assert.deepEqual(csv.read(readFileSync(noise, 'utf8')).data, z);
  const decoded = await succeed('sample', trained, '--from', noise);
  assert.equal(decoded, csv.write(model.decode(model.sample({ x0: z })), 5, WIDE));
  const logp = csv.read(await succeed('loglik', trained, '--points', wide)).data;
  assert.deepEqual(logp, Float32Array.from(model.loglik({ x: five }).logp));
  const between = csv.read(
    await succeed('interpolate', trained, '--points', wide, '--to', wide, '--count', '2'),
  );
  assert.deepEqual([between.n, between.dim], [10, WIDE]);
  const { sw2 } = JSON.parse(await succeed('eval', trained, '--data', file, '-n', '200', '--json'));
  model.setPoints(points);
  assert.equal(sw2, model.quality({ n: 200 }).sw2);
  const judged = [
    ['eval', '--data', file, '-n', '50'],
    ['loglik', '--points', wide, '--out', noise],
  ];
  for (const [verb, ...words] of judged) {
    const said = await succeed(verb, trained, ...words);
    assert.match(said, /^of {4}3 coordinates in the latent space of 80 columns$/m, verb);
    const { latent: of } = JSON.parse(await succeed(verb, trained, ...words, '--json'));
    assert.deepEqual(of, { dim: 3, width: WIDE }, verb);
    assert.match(await succeed(verb, '--help'), /latent space .*\n?.*coordinates/, verb);
  }
});

test('a source from a file lies in the same latent space', async () => {
  const out = at('from.safetensors');
  const words = ['--source', file, '--data', file, '--latent', '3', '--steps', '2', ...quick];
  await succeed('train', ...words, '--out', out);
  assert.deepEqual(loadSync(readFileSync(out), { module }).source, points);
});

test('a latent space that data do not have is refused with the reason', async () => {
  writeFileSync(at('three.csv'), '1,2,3\n4,5,7\n');
  writeFileSync(at('one.csv'), '1,2,3\n');
  /** @type {[string[], number, RegExp][]} */
  const cases = [
    [
      ['train', '--data', file],
      1,
      /columns: got 80; allowed is 1 to 64, or up to 256 with train --latent/,
    ],
    [
      ['train', '--data', at('three.csv'), '--latent', '4'],
      2,
      /--latent: got 4; allowed is 1 to 3, the columns of .*three.csv/,
    ],
    [
      ['train', '--data', at('one.csv'), '--latent', '2'],
      2,
      /--latent: got 2; .*one point, which varies nowhere/,
    ],
    [
      ['train', '--data', file, '--latent', '3', '--dim', '5'],
      2,
      /--dim: got 5; allowed is 3, as --latent says/,
    ],
    [
      ['train', '--data', file, '--latent', '3', '--source', at('three.csv')],
      2,
      /three.csv, columns: got 3; allowed is 80/,
    ],
    [
      ['train', '--resume', trained, '--data', at('three.csv')],
      2,
      /columns of a point: got 3; allowed is 80, as in/,
    ],
    [
      ['train', '--resume', trained, '--data', file, '--latent', '2'],
      2,
      /--latent: got 2; .*a run has its space/,
    ],
    [['sample', trained, '--from', file], 2, /own.csv, columns: got 80; allowed is 3, as in/],
    [['loglik', trained, '--points', noise, '--grid', '3'], 2, /--grid: got 3/],
    [
      ['velocity', trained, '--points', file, '--t', '0.5'],
      2,
      /columns: got 80; allowed is 3, as in/,
    ],
    [['eval', trained], 2, /--data: got nothing/],
  ];
  for (const [words, code, message] of cases) {
    const { stderr, ...result } = await run(...words);
    assert.match(stderr, message);
    assert.equal(result.code, code, stderr);
  }
});
