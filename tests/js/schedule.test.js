/** The user's own path: what it gives, what is refused, and how it travels with a run. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as npy from '../../web/lib/npy.js';
import { load, save } from '../../web/lib/weights.js';
import { connected, rejects } from './channel.js';
import { module, SMALL, small, state } from './small.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-schedule-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const at = (name) => join(folder, name);

/**
 * Samples of a path given by its two functions.
 * @param {number} count
 * @param {(t: number) => number} alpha
 * @param {(t: number) => number} sigma
 */
function sampled(count, alpha, sigma) {
  const t = Float32Array.from({ length: count }, (_, i) => i / (count - 1));
  return { alpha: t.map(alpha), sigma: t.map(sigma) };
}

const cosine = (count = 65) =>
  sampled(
    count,
    (t) => Math.sin((Math.PI / 2) * t),
    (t) => Math.max(0, Math.cos((Math.PI / 2) * t)),
  );

const linear = (count = 3) =>
  sampled(
    count,
    (t) => t,
    (t) => 1 - t,
  );

test('samples of the linear path train to its bits, samples of the cosine path to its quality', () => {
  for (const predict of ['v', 'x1', 'noise', 'score']) {
    const [own, engine] = [small({ path: 'custom', predict }), small({ predict })];
    own.setPath(linear());
    own.train(10);
    engine.train(10);
    assert.equal(own.digest(), engine.digest(), predict);
  }
  const [own, engine] = [small({ path: 'custom' }), small({ path: 'vp-cosine' })];
  own.setPath(cosine());
  own.train(60);
  engine.train(60);
  const [a, b] = [own.quality({ n: 2000 }), engine.quality({ n: 2000 })];
  assert.ok(Math.abs(a.sw2 - b.sw2) < 0.01, `${a.sw2}, ${b.sw2}`);
});

test('a path of its own noise scale trains on moons', (context) => {
  const config = { hidden: 24, layers: 3, batch: 128, steps: 400, seed: 3, path: 'custom' };
  const model = small(config);
  const shape = sampled(
    33,
    (t) => t * t * (3 - 2 * t),
    (t) => 3 * (1 - t) ** 1.5,
  );
  model.setPath(shape);
  model.train(400);
  const { sw2 } = model.quality({ n: 4000 });
  context.diagnostic(sw2.toFixed(3));
  assert.ok(sw2 < 0.2, String(sw2));
});

test('a path that does not lead from noise to data is refused with the sample, and the one before stays', () => {
  const model = small({ path: 'custom' });
  assert.throws(() => model.train(1), {
    code: 'state',
    message: /when path is 'custom' call setPath/,
  });
  assert.throws(() => model.sample({ n: 2 }), { code: 'state', message: /call setPath first/ });
  model.setPath(cosine());
  model.train(3);
  const before = [state(model), model.sample({ n: 50 })];
  const { alpha, sigma } = linear(5);
  /** @param {Float32Array} array @param {number} i @param {number} value */
  const but = (array, i, value) => array.map((each, k) => (k === i ? value : each));
  /** @type {[any, RegExp][]} */
  const cases = [
    [
      { alpha: sigma, sigma: alpha },
      /sample 0: got alpha 1 and sigma 0; allowed is noise at t = 0.*reverse/,
    ],
    [
      { alpha, sigma: but(sigma, 4, 0.1) },
      /sample 4: got alpha 1 and sigma 0.1.*; allowed is .*data at t = 1/,
    ],
    [
      { alpha: but(alpha, 4, 0.9), sigma },
      /sample 4: got alpha 0.89.* allowed is .*within 0.01 of 1/,
    ],
    [
      { alpha: but(alpha, 2, 0.1), sigma: but(sigma, 2, 0.9) },
      /sample 2: .*rising all the way from sample 1/,
    ],
    [{ alpha, sigma: but(sigma, 2, Number.NaN) }, /sample 2: got alpha 0.5 and sigma NaN/],
    [{ alpha: [0, 1], sigma: [1, 0] }, /^path.alpha: got \[0, 1\]; allowed is a Float32Array/],
    [{ alpha, sigma: sigma.slice(1) }, /^path.sigma.length: got 4; allowed is 5, as alpha has/],
    [
      { alpha: alpha.slice(4), sigma: sigma.slice(4) },
      /^path.alpha.length: got 1; allowed is from 2/,
    ],
    [undefined, /^path: got undefined; allowed is an object/],
  ];
  for (const [samples, message] of cases) {
    assert.throws(() => model.setPath(samples), { code: 'argument', message });
    assert.deepEqual([state(model), model.sample({ n: 50 })], before);
  }
  const own = { code: 'state', message: /only a model whose path is 'custom' takes samples/ };
  assert.throws(() => small().setPath(linear()), own);
});

test('a run carries its path and continues to the same bits; a second path beside it is refused', async () => {
  const whole = small({ path: 'custom', predict: 'x1' });
  whole.setPath(cosine(17));
  whole.train(12);
  const half = small({ path: 'custom', predict: 'x1' });
  half.setPath(cosine(17));
  half.train(5);
  const bytes = save(half);
  const again = await load(bytes, { module });
  assert.deepEqual(again.path, cosine(17));
  again.train(7);
  assert.equal(again.digest(), whole.digest());
  assert.ok(Buffer.from(save(again)).equals(Buffer.from(save(whole))));
  await rejects(
    load(bytes, { module, path: linear() }),
    'argument',
    /^path: got one beside a file/,
  );
  const bare = await load(save(small({ path: 'custom' })), { module, path: linear() });
  assert.deepEqual(bare.path, linear());
});

test('a client hands a path over when it creates', () =>
  connected(async (client) => {
    const config = { ...SMALL, path: 'custom' };
    await rejects(
      client.create(config, { path: { ...linear(), sigma: new Float32Array(3) } }),
      'argument',
    );
    await client.create(config, { path: linear() });
    await client.train({ steps: 10 });
    const model = small();
    model.train(10);
    assert.equal(await client.digest(), model.digest());
    const info = await client.load(await client.save());
    assert.equal(info.config.path, 'custom');
  }));

test('train --path takes a file of alpha and sigma, and the run needs it no more', async () => {
  const words = [
    '--hidden',
    '8',
    '--layers',
    '1',
    '--features',
    '8',
    '--batch',
    '32',
    '--seed',
    '7',
  ];
  const { alpha, sigma } = cosine(9);
  const rows = Float32Array.from({ length: 18 }, (_, i) => (i % 2 ? sigma : alpha)[i >> 1]);
  writeFileSync(at('path.npy'), npy.write(rows, [9, 2]));
  const text = Array.from(alpha, (a, i) => `${a},${sigma[i]}`).join('\n');
  writeFileSync(at('path.csv'), `alpha,sigma\n${text}\n`);
  const out = ['--steps', '10', '--json', '--out'];
  const a = await succeed('train', ...words, '--path', at('path.npy'), ...out, at('a.safetensors'));
  const b = await succeed('train', ...words, '--path', at('path.csv'), ...out, at('b.safetensors'));
  assert.equal(JSON.parse(a).hash, JSON.parse(b).hash);
  const model = await load(readFileSync(at('a.safetensors')), { module });
  assert.deepEqual(model.path, cosine(9));
  await succeed('sample', at('a.safetensors'), '-n', '5');
  await succeed('train', '--resume', at('a.safetensors'), '--steps', '12');
  writeFileSync(at('turned.csv'), '1,0\n0,1\n');
  writeFileSync(at('wide.csv'), '0,1,2\n1,0,2\n');
  /** @type {[string[], RegExp, number?][]} */
  const cases = [
    [
      ['--path', at('turned.csv')],
      /--path .*turned.csv: path, sample 0: got alpha 1 and sigma 0; .*reverse/,
      1,
    ],
    [
      ['--path', at('wide.csv')],
      /--path .*wide.csv, columns: got 3; allowed is 2, alpha and sigma/,
    ],
    [['--path', 'custom'], /--path: got "custom"; allowed is one of linear, .*FILE.csv, FILE.npy/],
    [
      ['--path', at('path.csv'), '--resume', at('a.safetensors')],
      /--path: .*nothing beside --resume/,
    ],
  ];
  for (const [extra, message, code = 2] of cases) {
    const { code: got, stderr } = await run('train', ...words, ...extra);
    assert.equal(got, code, stderr);
    assert.match(stderr, message);
  }
});
