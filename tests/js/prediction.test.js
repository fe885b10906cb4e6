/** Every path and everything a network may predict, from training to samples, and what is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MoonflowError } from '../../web/lib/errors.js';
import * as npy from '../../web/lib/npy.js';
import { parameters, rowOf } from '../../web/lib/parameters.js';
import { reflow } from '../../web/lib/reflow.js';
import { finish } from '../../web/lib/slice.js';
import { load, save } from '../../web/lib/weights.js';
import { connected } from './channel.js';
import { module, small, state } from './small.js';
import { run, succeed } from './typed.js';

const QUICK = { hidden: 24, layers: 3, batch: 128, steps: 400, seed: 3 };
const PATHS = rowOf(parameters(module), 'path').choices.filter((path) => path !== 'custom');
const PREDICTIONS = rowOf(parameters(module), 'predict').choices;
const QUANTITIES = /** @type {import('../../web/lib/conversion.js').Quantity[]} */ (PREDICTIONS);

/** An untrained model is at 1; measured after 400 steps: 0.06 to 0.13. */
const LIMIT = 0.2;

/**
 * @param {import('../../web/lib/parameters.js').PartialConfig} config
 * @param {number} steps
 */
function quality(config, steps) {
  const model = small({ ...QUICK, ...config });
  model.train(steps);
  const { sw2 } = model.quality({ n: 4000 });
  model.dispose();
  return sw2;
}

/** @param {RegExp} message */
const argument = (message) => (/** @type {unknown} */ error) => {
  assert.ok(error instanceof MoonflowError);
  assert.equal(error.code, 'argument');
  assert.match(error.message, message);
  return true;
};

test('every path trains on moons, whatever the network predicts', (context) => {
  assert.ok(quality({}, 0) > 0.8);
  let cases = 0;
  for (const path of PATHS) {
    for (const predict of path === 've' ? ['v'] : PREDICTIONS) {
      const sw2 = quality({ path, predict }, QUICK.steps);
      context.diagnostic(`${path}, ${predict}: ${sw2.toFixed(3)}`);
      assert.ok(sw2 < LIMIT, `${path}, ${predict}: SW2 ${sw2}`);
      cases++;
    }
  }
  assert.equal(cases, 4 * PATHS.length - 3);
});

test('a score is refused where none exists, and so is another prediction under ve', () => {
  const reason =
    /^predict: got "score"; allowed is score only when coupling is 'independent', and it is '(ot|paired)'; x1 or noise is nearest$/;
  assert.throws(() => small({ predict: 'score', coupling: 'ot' }), argument(reason));
  assert.throws(() => small({ predict: 'score', coupling: 'paired' }), argument(reason));
  const model = small({ predict: 'score' });
  const before = state(model);
  assert.throws(() => model.set({ coupling: 'ot' }), argument(reason));
  assert.throws(
    () => finish(reflow(model, { pairs: 64, n: 64, steps: 2 })),
    argument(/^predict: got "score"; allowed is v, x1 or noise: a reflow/),
  );
  model.setPairs(model.noise({ n: 8 }), model.data({ n: 8 }));
  assert.throws(() => model.reflowBegin(), /pairs have no score to predict/);
  assert.equal(state(model), before);
  for (const predict of PREDICTIONS.slice(1)) {
    const own = /^predict: .*v when path is 've', which has a preconditioning of its own/;
    assert.throws(() => small({ predict, path: 've' }), argument(own));
  }
});

test('a run keeps what it predicts and its power, and continues to the same bits', async () => {
  const config = { predict: 'noise', path: 'polynomial', path_power: 1.5 };
  const whole = small(config);
  whole.train(12);
  const half = small(config);
  half.train(5);
  const again = await load(save(half), { module });
  assert.equal(again.config.predict, 'noise');
  assert.equal(again.config.path_power, 1.5);
  again.train(7);
  assert.equal(again.digest(), whole.digest());
});

test('what is known at a point converts into all else and back, for every path', () => {
  let cases = 0;
  for (const path of PATHS) {
    const model = small({ path, sigma_max: 2, sigma_min: 0.1 });
    const value = model.noise({ n: 20, seed: 2 });
    const x = model.noise({ n: 20, seed: 3 });
    const t = x.slice(0, 20).map((_, i) => 0.1 + 0.04 * i);
    for (const from of QUANTITIES) {
      for (const to of QUANTITIES) {
        const there = model.convert({ from, to, t, x, value });
        const back = model.convert({ from: to, to: from, t, x, value: there });
        back.forEach((each, i) => {
          assert.ok(Math.abs(each - value[i]) < 2e-3, `${path}, ${from} to ${to}: ${each}`);
        });
        cases++;
      }
    }
  }
  assert.equal(cases, 16 * PATHS.length);
  const model = small();
  const [x, value] = [Float32Array.of(2, 3), Float32Array.of(-1, 4)];
  const known = { from: /** @type {const} */ ('v'), t: 0.25, x, value };
  assert.deepEqual([...model.convert({ ...known, to: 'x1' })], [1.25, 6]);
  assert.deepEqual([...model.convert({ ...known, to: 'noise' })], [2.25, 2]);
  assert.deepEqual([...model.convert({ ...known, to: 'score' })], [-3, Math.fround(-8 / 3)]);
});

test('a conversion that cannot be is refused with the reason', () => {
  const [x, value] = [Float32Array.of(2, 3), Float32Array.of(-1, 4)];
  const known = /** @type {const} */ ({ from: 'v', to: 'score', t: 0.25, x, value });
  const ot = small({ coupling: 'ot' });
  const reason = /: got "score"; allowed is v, x1 or noise: .*coupling is 'ot'/;
  assert.throws(() => ot.convert(known), argument(new RegExp(`^to${reason.source}`)));
  const turned = /** @type {const} */ ({ ...known, from: 'score', to: 'v' });
  assert.throws(() => ot.convert(turned), argument(new RegExp(`^from${reason.source}`)));
  assert.equal(ot.convert({ ...known, to: 'x1' }).length, 2);
  const bad = (/** @type {object} */ change) => () =>
    small().convert(/** @type {any} */ ({ ...known, ...change }));
  assert.throws(bad({ to: 'u' }), argument(/^to: got "u"; allowed is one of v, x1, noise, score/));
  assert.throws(bad({ t: 1.5 }), argument(/^t: got 1.5; allowed is a number from 0 to 1/));
  assert.throws(bad({ value: x.slice(1) }), argument(/^value/));
  const unset = small({ path: 'custom' });
  assert.throws(() => unset.convert(known), { code: 'state', message: /call setPath first/ });
});

test('the command says nothing of data and noise where a velocity does not tell them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-untold-'));
  try {
    const at = (/** @type {string} */ name) => join(folder, name);
    writeFileSync(at('x.npy'), npy.write(new Float32Array([1, -2]), [1, 2]));
    const still = small({ path: 'polynomial', predict: 'x1' });
    writeFileSync(at('still.safetensors'), save(still));
    writeFileSync(at('linear.safetensors'), save(small()));
    /** @param {string} name @param {string} t @param {string} as */
    const ask = (name, t, as) =>
      run('velocity', at(`${name}.safetensors`), '--points', at('x.npy'), '--t', t, '--as', as);
    for (const as of ['x1', 'noise', 'score']) {
      const { code, stderr } = await ask('still', '0', as);
      assert.equal(code, 2, as);
      assert.match(stderr, new RegExp(`--t: got 0; allowed is .* does not tell ${as} on path`));
      for (const t of ['0.05', '0.5', '1']) assert.equal((await ask('still', t, as)).code, 0, t);
      for (const t of ['0', '0.5', '1']) assert.equal((await ask('linear', t, as)).code, 0, t);
    }
    assert.equal((await ask('still', '0', 'v')).code, 0);
    assert.match((await ask('linear', '0', 'noise')).stdout, /^1,-2$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a client and the command convert as the library does', async () => {
  const model = small({ path: 'vp-linear', predict: 'x1', seed: 4 });
  model.train(20);
  const x = model.noise({ n: 6 });
  const value = model.velocity({ t: 0.4, x });
  const options = /** @type {const} */ ({ from: 'v', to: 'score', t: 0.4, x, value });
  const score = model.convert(options);
  await connected(async (client) => {
    await client.load(save(model));
    assert.deepEqual(await client.convert(options), score);
  });
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-prediction-'));
  try {
    const at = (/** @type {string} */ name) => join(folder, name);
    const ot = small({ coupling: 'ot' });
    writeFileSync(at('run.safetensors'), save(model));
    writeFileSync(at('ot.safetensors'), save(ot));
    writeFileSync(at('x.npy'), npy.write(x, [6, 2]));
    const words = ['--points', at('x.npy'), '--t', '0.4'];
    const out = [...words, '--as', 'score', '--out', at('score.npy')];
    await succeed('velocity', at('run.safetensors'), ...out);
    assert.deepEqual(npy.read(readFileSync(at('score.npy'))).data, score);
    const plain = await succeed('velocity', at('run.safetensors'), ...words);
    assert.equal(plain, await succeed('velocity', at('run.safetensors'), ...words, '--as', 'v'));
    const refused = await run('velocity', at('ot.safetensors'), ...out);
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /--as: got "score"; allowed is v, x1 or noise: .*coupling is 'ot'/,
    );
    assert.equal((await run('velocity', at('ot.safetensors'), ...words, '--as', 'x0')).code, 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
