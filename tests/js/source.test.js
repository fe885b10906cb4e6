/** Sources other than noise: from one shape to another, and what does not exist for them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SOURCES, torchFiles } from '../../web/lib/torch.js';
import { load, save } from '../../web/lib/weights.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

const sources = /** @type {import('../../web/lib/torch.js').Sources} */ (
  Object.fromEntries(
    SOURCES.map((name) => [
      name,
      readFileSync(new URL(`../../web/lib/${name}.py`, import.meta.url), 'utf8'),
    ]),
  )
);
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
    [{ data: 'points', dim: 3 }, /^source: .*gaussian, or dim 2: .* and dim is 3$/],
    [{ predict: 'score' }, /^predict: got "score"; .*source 'gaussian'.* x1 or noise/],
    [{ sde: 'sigma' }, /^sde: got "sigma"; .*source 'gaussian'/],
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
    [() => torchFiles(model, sources), /^source: got 8gaussians, which the PyTorch file does not/],
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
