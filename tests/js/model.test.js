import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, compile, support } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { poison, SMALL, small, state } from './small.js';

/** Every path, coupling and law of t once. */
const VARIANTS = [
  {},
  { path: 'vp-cosine', time: 'uniform', stratified: false },
  { path: 've', coupling: 'ot', data: 'spirals' },
];

/** @param {Model} model @param {number} n */
const pointsOf = (model, n) => model.data({ n, seed: 5 });

test('the shipped bytes import nothing', () => {
  const shipped = new WebAssembly.Module(bytes());
  assert.deepEqual(WebAssembly.Module.imports(shipped), []);
  assert.ok(WebAssembly.Module.exports(shipped).length > 30);
});

test('this platform has what the engine needs, and says so', () => {
  assert.deepEqual(support().missing, []);
  assert.equal(support().ok, true);
});

test('a platform without SIMD is named in one sentence, and compiling says the same', async (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  const { ok, missing, message } = support();
  assert.equal(ok, false);
  assert.deepEqual(missing, ['WebAssembly SIMD']);
  assert.match(message, /^Moonflow needs WebAssembly SIMD, [^.]*\.$/);
  await assert.rejects(compile(), { code: 'unsupported', message });
});

test('an engine that a page forbids to compile is refused with what to allow', async (t) => {
  const fresh = '../../web/lib/loader.js?fresh';
  const { compile } = await import(fresh);
  t.mock.method(WebAssembly, 'compile', async () => {
    throw new WebAssembly.CompileError('blocked by policy');
  });
  const message = /blocked by policy.*'wasm-unsafe-eval'/;
  await assert.rejects(compile(), { code: 'unsupported', message });
  t.mock.reset();
  assert.ok((await compile()) instanceof WebAssembly.Module, 'a refusal is not remembered');
});

test('same seed gives same bits in 10x10, 100x1 and 1x100 steps', () => {
  for (const config of VARIANTS) {
    const [tens, ones, whole] = [small(config), small(config), small(config)];
    const losses = whole.train(100);
    const parts = Array.from({ length: 10 }, () => tens.train(10));
    for (let i = 0; i < 100; i++) ones.train(1);
    assert.deepEqual(Float64Array.from(parts.flatMap((part) => [...part])), losses);
    assert.equal(tens.digest(), whole.digest());
    assert.equal(ones.digest(), whole.digest());
    assert.equal(state(tens), state(whole));
  }
});

test('another seed gives other bits', () => {
  const [a, b] = [small({ seed: 1 }), small({ seed: 2 })];
  assert.notEqual(a.digest(), b.digest());
  assert.notDeepEqual(a.train(3), b.train(3));
});

test('looking at a model between steps does not move its bits', () => {
  const [watched, alone] = [small({ coupling: 'ot' }), small({ coupling: 'ot' })];
  for (let i = 0; i < 5; i++) {
    watched.train(4);
    watched.sample({ n: 70, steps: 3 });
    watched.batch(2);
    watched.data({ n: 33 });
    watched.quality({ n: 50, steps: 2 });
    watched.straightness({ n: 9 });
  }
  alone.train(20);
  assert.equal(watched.digest(), alone.digest());
});

test('the same points come out however a sample is cut', () => {
  const model = small({ path: 've' });
  model.train(10);
  const whole = model.sample({ n: 1500, seed: 9, solver: 'rk4', steps: 4 });
  const x0 = model.noise({ n: 1500, seed: 9 });
  for (const piece of [1, 7, 1499]) {
    const part = x0.slice(0, 2 * piece);
    const got = model.sample({ x0: part, solver: 'rk4', steps: 4 });
    assert.deepEqual(got, whole.slice(0, 2 * piece));
  }
  assert.deepEqual(model.noise({ n: 500, seed: 9, first: 1000 }), x0.slice(2000));
});

test('training on the batch of a step is that step', () => {
  for (const config of VARIANTS) {
    const [own, given] = [small(config), small(config)];
    own.train(3);
    for (let i = 0; i < 3; i++) given.trainBatch(given.batch());
    assert.equal(given.digest(), own.digest());
  }
});

test('the loss of a batch leaves the weights alone and fills the gradient', () => {
  const model = small();
  const before = model.digest();
  const { loss, v_norm, u_norm } = model.loss(model.batch(0));
  assert.ok(loss > 0 && v_norm > 0 && u_norm > 0);
  assert.equal(model.digest(), before);
  assert.equal(loss, small().train(1)[0]);
  const squares = model.tensors().flatMap(({ gradient }) => [...gradient].map((g) => g * g));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  assert.ok(Math.abs(norm - model.stats.gradient_norm) < 1e-4 * norm);
});

test('one t for all points is the same as that t for each', () => {
  const model = small();
  const x = pointsOf(model, 40);
  const one = model.velocity({ t: 0.25, x });
  assert.deepEqual(model.velocity({ t: new Float32Array(40).fill(0.25), x }), one);
  assert.notDeepEqual(model.velocity({ t: 0.75, x }), one);
});

test('the flow forwards and then backwards returns', () => {
  const model = small();
  model.train(60);
  const x0 = model.noise({ n: 50 });
  const x1 = model.sample({ x0, solver: 'rk4', steps: 50 });
  const back = model.sample({ x0: x1, solver: 'rk4', steps: 50, t_start: 1, t_end: 0 });
  const error = Math.max(...back.map((coordinate, i) => Math.abs(coordinate - x0[i])));
  assert.ok(error < 1e-3, `${error}`);
  assert.ok(Math.max(...x1.map((coordinate, i) => Math.abs(coordinate - x0[i]))) > 0.5);
});

test('solvers cost 1, 2, 2 and 4 evaluations a step, and ab2 one and its start', () => {
  const model = small();
  const solvers = ['euler', 'midpoint', 'heun', 'rk4', 'ab2'];
  const costs = solvers.map((solver) => model.nfe(solver, 10));
  assert.deepEqual(costs, [10, 20, 20, 40, 11]);
});

test('tensors carry the names and shapes of PyTorch and fill the slot', () => {
  const tensors = small().tensors();
  const shapes = Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]));
  assert.deepEqual(shapes, {
    't_embed.1.weight': [16, 16],
    't_embed.1.bias': [16],
    't_embed.3.weight': [16, 16],
    't_embed.3.bias': [16],
    'net.0.weight': [16, 18],
    'net.0.bias': [16],
    'net.2.weight': [16, 16],
    'net.2.bias': [16],
    'net.4.weight': [2, 16],
    'net.4.bias': [2],
  });
  const numbers = tensors.reduce((sum, { raw }) => sum + raw.length, 0);
  assert.equal(numbers, small().parameterCount);
});

test('an assignment is a permutation that costs no more than leaving points where they are', () => {
  const model = small();
  const [x0, x1] = [model.noise({ n: 64 }), pointsOf(model, 64)];
  const match = model.assign(x0, x1);
  assert.deepEqual(
    [...match].sort((a, b) => a - b),
    Array.from({ length: 64 }, (_, i) => i),
  );
  const cost = (/** @type {ArrayLike<number>} */ to) =>
    Array.from({ length: 64 }, (_, i) => {
      const [dx, dy] = [x0[2 * i] - x1[2 * to[i]], x0[2 * i + 1] - x1[2 * to[i] + 1]];
      return dx * dx + dy * dy;
    }).reduce((sum, each) => sum + each, 0);
  assert.ok(cost(match) < 0.9 * cost(Array.from({ length: 64 }, (_, i) => i)));
});

test('reset brings the first weights back and starts at step 0', () => {
  const model = small();
  const before = state(model);
  const digest = model.digest();
  model.train(5);
  assert.notEqual(model.digest(), digest);
  model.reset();
  assert.equal(model.digest(), digest);
  assert.equal(model.step, 0);
  assert.deepEqual(JSON.parse(state(model))[0], JSON.parse(before)[0]);
});

test('live parameters change, the others are refused by name, and a refused set changes nothing', () => {
  const model = small();
  model.set({ lr: 0.5, stratified: false, solver: 'rk4' });
  const { lr, stratified, solver } = model.config;
  assert.deepEqual([lr, stratified, solver], [0.5, false, 'rk4']);
  const before = state(model);
  for (const [partial, message] of /** @type {[any, RegExp][]} */ ([
    [{ lr: 0.1, hidden: 32 }, /set: got "hidden"; allowed is .*\blr\b/],
    [{ lr: 0.1, beta1: 2 }, /beta1: got 2; allowed is a number from 0 to/],
    [{ lr: Number.NaN }, /lr: got NaN/],
    [{ solver: 'rk5' }, /solver: got "rk5"; allowed is one of euler, midpoint, heun, rk4/],
    [{ nothing: 1 }, /parameter: got "nothing"/],
    [null, /set: got null; allowed is an object/],
  ])) {
    assert.throws(() => model.set(partial), { code: 'argument', message });
    assert.equal(state(model), before);
  }
});

test('the batch limit of optimal transport is refused live too', () => {
  const model = small({ batch: 4096 });
  assert.throws(() => model.set({ coupling: 'ot' }), {
    code: 'argument',
    message: /batch: got 4096/,
  });
  assert.equal(model.config.coupling, 'independent');
});

test('a point that is not finite is refused by its index and coordinate', () => {
  const model = small({ data: 'points' });
  for (const [value, coordinate] of [
    [Number.NaN, 0],
    [Infinity, 1],
    [-Infinity, 1],
  ]) {
    const points = new Float32Array(20);
    points[2 * 7 + coordinate] = value;
    const message = new RegExp(`points, point 7, coordinate ${coordinate}: got ${value}`);
    assert.throws(() => model.setPoints(points, 10), { code: 'argument', message });
  }
  assert.throws(() => model.train(1), { code: 'state', message: /call setPoints first/ });
});

test('own points train in more than two dimensions, and survive a refused replacement', () => {
  const [model, same] = [small({ data: 'points', dim: 5 }), small({ data: 'points', dim: 5 })];
  const points = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i));
  for (const each of [model, same]) each.setPoints(points, 100);
  model.train(5);
  const bad = points.map(() => Number.NaN);
  assert.throws(() => model.setPoints(bad, 100), { code: 'argument' });
  assert.throws(() => model.setPoints(points, 99), { code: 'argument', message: /got 100/ });
  model.train(5);
  same.train(10);
  assert.equal(model.digest(), same.digest());
});

test('calls that come too early say what to call first', () => {
  /** @type {[() => unknown, RegExp][]} */
  const cases = [
    [() => small({ data: 'points' }).train(1), /setPoints/],
    [() => small({ data: 'points' }).data({ n: 5 }), /setPoints/],
    [() => small({ data: 'points' }).batch(), /setPoints/],
    [() => small({ coupling: 'paired' }).train(1), /setPairs/],
    [() => small().reflowBegin(), /setPairs/],
    [() => small().setPoints(new Float32Array(4), 2), /data is 'points'/],
  ];
  for (const [call, message] of cases) assert.throws(call, { code: 'state', message });
});

test('a wrong argument is named with its value and what is allowed, and changes nothing', () => {
  const model = small();
  const before = state(model);
  const x = pointsOf(model, 4);
  const t = new Float32Array(4);
  /** @type {[(m: any) => unknown, RegExp][]} */
  const cases = [
    [(m) => m.train(-1), /steps: got -1; allowed is an integer from 0/],
    [(m) => m.train(1.5), /steps: got 1.5/],
    [(m) => m.train('9'), /steps: got "9"/],
    [(m) => m.sample({ n: 0 }), /n: got 0; allowed is an integer from 1 to 16777216/],
    [(m) => m.sample({ n: 2 ** 24 + 1 }), /n: got 16777217/],
    [(m) => m.sample({}), /n: got undefined/],
    [
      (m) => m.sample({ n: 1, seed: -1 }),
      /seed: got -1; allowed is an integer from 0 to 4294967295/,
    ],
    [(m) => m.sample({ n: 1, steps: 0 }), /steps: got 0; allowed is an integer from 1 to 10000/],
    [(m) => m.sample({ n: 1, solver: 'dopri' }), /solver: got "dopri"/],
    [
      (m) => m.sample({ n: 1, weights: 'moment' }),
      /weights: got "moment"; allowed is one of raw, ema/,
    ],
    [(m) => m.sample({ n: 1, t_end: 2 }), /t_end: got 2; allowed is a number from 0 to 1/],
    [(m) => m.sample({ n: 1, t_start: 1 }), /t_end: got 1; .* other than t_start/],
    [(m) => m.sample({ x0: [1, 2] }), /x0: got \[1, 2\]; allowed is a Float32Array/],
    [(m) => m.sample({ x0: new Float32Array(3) }), /x0.length: got 3; .* multiple of 2/],
    [(m) => m.velocity({ t: -0.5, x }), /t: got -0.5/],
    [(m) => m.velocity({ t: t.fill(2), x }), /t\[0\]: got 2; allowed is a number from 0 to 1/],
    [(m) => m.velocity({ t: new Float32Array(3), x }), /t.length: got 3; allowed is exactly 4/],
    [(m) => m.velocity({ t: 0, x: new Float32Array(0) }), /x.length: got 0/],
    [(m) => m.noise({ n: 2, first: 2 ** 32 - 1 }), /first \+ n must stay within/],
    [(m) => m.data({ n: -3 }), /n: got -3/],
    [(m) => m.batch(-1), /step: got -1/],
    [
      (m) => m.loss({ t: new Float32Array(4), x0: x, x1: x.slice(2) }),
      /x1: got 3; allowed is exactly 4/,
    ],
    [
      (m) => m.trainBatch({ t: new Float32Array(4).fill(Number.NaN), x0: x, x1: x }),
      /t\[0\]: got NaN/,
    ],
    [
      (m) =>
        m.setPairs(
          x,
          x.map(() => Infinity),
        ),
      /x1, point 0, coordinate 0: got Infinity/,
    ],
    [(m) => m.straightness({ n: 0 }), /n: got 0/],
    [(m) => m.sw2(x, x.slice(2)), /b: got 3; allowed is exactly 4/],
    [(m) => m.sw2(x, x, { directions: 0 }), /directions: got 0/],
    [(m) => m.assign(new Float32Array(32770), new Float32Array(32770)), /x0: got 16385; .* 16384/],
    [(m) => m.nfe('euler', 0), /steps: got 0/],
    [(m) => m.restore({ step: -1, round: 0 }), /step: got -1/],
    [(m) => m.quality({ n: 5, seed: 'a' }), /seed: got "a"/],
    [(m) => m.digestOf('abc'), /array: got "abc"; allowed is a Float32Array, /],
    [(m) => m.digestOf(), /array: got undefined/],
    [(m) => m.sample(), /n: got undefined/],
    [(m) => m.sample(null), /sample: got null; allowed is an object/],
    [(m) => m.velocity(), /x: got undefined/],
    [(m) => m.noise(), /n: got undefined/],
    [(m) => m.data(), /n: got undefined/],
    [(m) => m.loss(), /x0: got undefined/],
    [(m) => m.trainBatch(), /x0: got undefined/],
    [(m) => m.restore(), /step: got undefined/],
    [
      () => /** @type {any} */ (Model).createSync({}),
      /module: got undefined; allowed is a WebAssembly.Module/,
    ],
    [() => Model.createSync({}, /** @type {any} */ ({})), /module: got an object/],
  ];
  for (const [call, message] of cases) {
    assert.throws(() => call(model), { name: 'MoonflowError', code: 'argument', message });
    assert.equal(state(model), before, String(call));
  }
});

test('a diverging run stops at its last finite step and says why', () => {
  const model = small({ data: 'points' });
  model.setPoints(new Float32Array(20).fill(1), 10);
  model.train(7);
  const digest = model.digest();
  model.setPoints(new Float32Array(20).fill(1e30), 10);
  assert.throws(
    () => model.train(50),
    (/** @type {any} */ error) => {
      assert.equal(error.code, 'diverged');
      assert.match(
        error.message,
        /the (loss|gradient norm) of step 8 left the range of \+-1e18; the model is as it was after step 7/,
      );
      assert.equal(error.details.step, 7);
      assert.ok(['loss', 'gradient'].includes(error.details.cause));
      assert.equal(error.details.losses.length, 0);
      return true;
    },
  );
  assert.equal(model.digest(), digest);
  model.setPoints(new Float32Array(20).fill(1), 10);
  assert.equal(model.train(3).length, 3);
});

test('a disposed model refuses every call, and disposing twice is fine', () => {
  const model = small();
  model.dispose();
  model.dispose();
  for (const call of [() => model.train(1), () => model.digest(), () => model.config]) {
    assert.throws(call, { code: 'disposed' });
  }
});

test('a trap ends its own model for ever and no other', () => {
  const [lost, kept] = [small(), small()];
  poison(lost);
  assert.throws(() => lost.train(1), { code: 'trap', message: /this model is lost/ });
  for (const call of [() => lost.digest(), () => lost.sample({ n: 1 }), () => lost.stats]) {
    assert.throws(call, { code: 'trap', message: /in an earlier call/ });
  }
  assert.equal(kept.train(2).length, 2);
});

test('a digest is over canonical bytes: every NaN counts as the same', () => {
  const model = small();
  const nans = [0x7fc00000, 0xffc00000, 0x7f800001].map(
    (bits) => new Float32Array(new Uint32Array([bits, 0]).buffer),
  );
  const digests = nans.map((array) => model.digestOf(array));
  assert.equal(new Set(digests).size, 1);
  assert.notEqual(model.digestOf(new Float32Array(2)), digests[0]);
  const abc = new TextEncoder().encode('abc');
  assert.equal(
    model.digestOf(abc),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('create compiles by itself and equals createSync', async () => {
  const model = await Model.create(SMALL);
  assert.equal(model.digest(), small().digest());
});
