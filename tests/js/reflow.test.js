/** Reflow: what a round learns from, what its report says, and what it is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { reflow } from '../../web/lib/reflow.js';
import { finish } from '../../web/lib/slice.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { module, small, state } from './small.js';

test('reflow straightens the flow and betters one step, and its report is whole', () => {
  const model = Model.createSync(
    { hidden: 32, layers: 2, features: 32, batch: 256, steps: 500 },
    module,
  );
  model.train(500);
  const { rounds, sw2_floor, stopped } = finish(
    reflow(model, { rounds: 2, pairs: 2000, n: 1500, steps: 300 }),
  );
  assert.equal(stopped, false);
  assert.deepEqual(
    rounds.map(({ round }) => round),
    [0, 1, 2],
  );
  assert.ok(sw2_floor > 0.02 && sw2_floor < 0.1);
  const [before, once, twice] = rounds;
  const bends = rounds.map(({ straightness }) => Number(straightness));
  assert.ok(bends[1] < 0.5 * bends[0] && bends[2] < bends[1], bends.join(' '));
  assert.ok(once.quality[1].sw2 < 0.5 * before.quality[1].sw2);
  assert.ok(twice.quality[1].sw2 < 0.5 * before.quality[1].sw2);
  // In theory no round makes the paths longer; what the pairs do not teach may, by a little.
  assert.ok(
    once.cost <= 1.01 * before.cost && twice.cost <= 1.01 * once.cost,
    `${rounds.map((row) => row.cost)}`,
  );
  for (const { one_step, quality } of rounds) {
    assert.deepEqual(Object.keys(quality), ['1', '2', '4', '50']);
    assert.ok(
      !one_step && Object.values(quality).every((at) => at !== null && at.sw2 > sw2_floor / 3),
    );
  }
  assert.deepEqual([model.round, model.step, model.config.steps], [2, 300, 300]);
});

/** Every way to make a round. @type {import('../../web/lib/reflow.js').ReflowOptions[]} */
const KINDS = [
  { pairs: 300 },
  { pairs: 100, pairs_from: 'online', refresh: 12 },
  { pairs: 300, distill: true },
  { pairs: 100, pairs_from: 'online', refresh: 1, distill: true },
];

test('reflow has the same bits however its training is cut', () => {
  const seen = new Set();
  for (const kind of KINDS) {
    const digests = [1, 7, 30].map((chunk) => {
      const model = small({ ema2_decay: 0.9 });
      model.train(20);
      const report = finish(reflow(model, { ...kind, n: 200, steps: 30 }, () => chunk));
      return [model.digest(), JSON.stringify(report)];
    });
    assert.deepEqual(digests[1], digests[0]);
    assert.deepEqual(digests[2], digests[0]);
    seen.add(digests[0][0]);
  }
  assert.equal(seen.size, KINDS.length);
});

test('reflow learns from start points of each round’s own, never from those it measures with', () => {
  const model = small();
  model.train(20);
  /** @type {Float32Array[]} */
  const starts = [];
  const { setPairs } = model;
  model.setPairs = (x0, x1) => {
    starts.push(x0);
    setPairs.call(model, x0, x1);
  };
  const [pairs, seed] = [64, 5];
  finish(reflow(model, { rounds: 3, pairs, n: 64, steps: 3, seed }));
  const measured = model.noise({ n: pairs, seed });
  const digests = [measured, ...starts].map((points) => model.digestOf(points));
  assert.equal(starts.length, 3);
  assert.equal(new Set(digests).size, 4, digests.join(' '));
});

test('reflow measures the flow by Euler in 1, 2, 4 and 50 steps, from the points of its seed', () => {
  const model = small({ data: '8gaussians', solver: 'heun' });
  model.train(60);
  const [n, seed] = [300, 4];
  const real = model.data({ n, seed });
  const expected = [1, 2, 4, 50].map((steps) =>
    model.sw2(model.sample({ n, seed, solver: 'euler', steps }), real),
  );
  const { straightness } = model.straightness({ n, seed, steps: 50 });
  const [x0, x1] = [model.noise({ n, seed }), model.sample({ n, seed })];
  const cost = x1.reduce((sum, x, i) => sum + (x - x0[i]) ** 2 / n, 0);
  const [before] = finish(reflow(model, { pairs: 16, n, steps: 1, seed })).rounds;
  assert.deepEqual(
    Object.values(before.quality),
    expected.map((sw2) => ({ sw2 })),
  );
  assert.equal(before.straightness, straightness);
  assert.ok(Math.abs(before.cost - cost) < 1e-9 * cost, `${before.cost}, not ${cost}`);
  assert.equal(new Set(expected).size, 4);
});

test('online pairs are the next points of one stream, carried by the teacher and not by its student', () => {
  const model = small();
  model.train(20);
  const teacher = loadSync(save(model), { module });
  /** @type {{step: number, x0: Float32Array, x1: Float32Array}[]} */
  const sets = [];
  const { setPairs } = model;
  model.setPairs = (x0, x1) => {
    sets.push({ step: model.round === 0 ? 0 : model.step, x0, x1 });
    setPairs.call(model, x0, x1);
  };
  const [pairs, seed] = [64, 5];
  const online = /** @type {const} */ ({ pairs_from: 'online', pairs, refresh: 4 });
  finish(reflow(model, { ...online, n: 64, steps: 10, seed }));
  assert.deepEqual(
    sets.map(({ step }) => step),
    [0, 4, 8],
  );
  const x0 = teacher.noise({ n: 3 * pairs, seed: seed + 1 });
  const x1 = teacher.sample({ x0 });
  const [starts, ends] = [sets.map((set) => [...set.x0]), sets.map((set) => [...set.x1])];
  assert.deepEqual(starts.flat(), [...x0]);
  assert.deepEqual(ends.flat(), [...x1]);
  assert.notEqual(model.digestOf(model.sample({ x0 })), model.digestOf(x1));
});

test('a round that was stopped and saved goes on to the bits of a whole one, its pairs being made anew', () => {
  const file = save(small());
  for (const kind of KINDS) {
    const [whole, teacher, first] = [0, 1, 2].map(() => {
      const model = loadSync(file, { module });
      model.train(20);
      return model;
    });
    const options = { ...kind, n: 200, steps: 30 };
    const expected = finish(reflow(whole, options));
    const stopped = () => first.round === 1 && first.step >= 17;
    const part = finish(reflow(first, { ...options, stopped }, () => 5));
    assert.deepEqual([part.stopped, part.rounds.length], [true, 1]);
    const later = loadSync(save(first), { module });
    assert.ok(later.step >= 17 && later.step < 30);
    const report = finish(reflow(later, { ...options, teacher }));
    assert.deepEqual(report, expected);
    assert.equal(later.digest(), whole.digest());
  }
});

test('a distilled round betters one step, and what it leaves is a one-step model that takes no other', () => {
  const model = Model.createSync(
    { hidden: 32, layers: 2, features: 32, batch: 256, steps: 500 },
    module,
  );
  model.train(500);
  const { rounds } = finish(reflow(model, { distill: true, pairs: 2000, n: 1500, steps: 300 }));
  const [before, after] = rounds;
  assert.deepEqual([before.one_step, after.one_step], [false, true]);
  assert.ok(after.quality[1].sw2 < 0.2 * before.quality[1].sw2, `${after.quality[1].sw2}`);
  assert.deepEqual([after.quality[2], after.quality[4], after.quality[50]], [null, null, null]);
  assert.equal(after.straightness, null);
  assert.ok(Math.abs(after.cost / before.cost - 1) < 0.1, `${before.cost} ${after.cost}`);
  const { coupling, solver, solver_steps } = model.config;
  assert.deepEqual([coupling, solver, solver_steps], ['distilled', 'euler', 1]);
  const loaded = loadSync(save(model), { module });
  const x = loaded.noise({ n: 40 });
  const v = loaded.velocity({ t: 0, x });
  assert.deepEqual(
    loaded.sample({ n: 40 }),
    x.map((each, i) => each + v[i]),
  );
  /** @type {[() => unknown, RegExp][]} */
  const cases = [
    [
      () => loaded.sample({ n: 4, steps: 2 }),
      /^steps: got 2; allowed is 1, since .* a one-step model$/,
    ],
    [() => loaded.sample({ n: 4, solver: 'heun' }), /^solver: got "heun"; allowed is euler, since/],
    [() => loaded.sample({ n: 4, t_end: 0.5 }), /^times: got "0, 0.5"; allowed is 0, 1, since/],
    [() => loaded.sample({ n: 4, t_start: 1, t_end: 0 }), /^times: got "1, 0"; allowed is 0, 1/],
    [() => loaded.trajectory({ n: 4, grid: [0, 0.5, 1] }), /^times: got "0, 0.5, 1"; allowed/],
    [() => loaded.quality({ n: 40, steps: 50 }), /^steps: got 50; allowed is 1/],
    [() => loaded.loglik({ x }), /^loglik: coupling: got "distilled"; allowed is any other/],
    [() => loaded.straightness({ n: 40, steps: 50 }), /^steps: got 50; allowed is 1/],
  ];
  for (const [call, message] of cases) assert.throws(call, { code: 'argument', message });
  loaded.reset();
  assert.equal(loaded.sample({ n: 4, solver: 'heun', steps: 5 }).length, 8);
});

test('after one round the default preset needs one step for what took fifty', (t) => {
  const model = Model.createSync({ preset: 'default', seed: 1 }, module);
  model.train(Number(model.config.steps));
  const [before, after] = finish(reflow(model, { n: 10_000 })).rounds;
  const [fifty, one] = [Number(before.quality[50]?.sw2), after.quality[1].sw2];
  t.diagnostic(`SW2 ${fifty} of fifty steps before, ${one} of one step after`);
  assert.ok(one > 0 && one <= fifty, `${one} ${fifty}`);
});

test('wrong reflow options are refused before anything changes', () => {
  const model = small();
  const before = state(model);
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ rounds: 0 }, /rounds: got 0/],
    [{ pairs: 0 }, /pairs: got 0/],
    [{ n: -1 }, /n: got -1/],
    [{ seed: 0.5 }, /seed: got 0.5/],
    [{ steps: 0 }, /steps: got 0/],
    [{ solver: 'rk5' }, /solver: got "rk5"/],
    [{ solver_steps: 0 }, /steps: got 0/],
    [{ n: 10, steps: 7, solver_steps: 0 }, /steps: got 0/],
    [{ pairs_from: 'disk' }, /pairs_from: got "disk"; allowed is one of stored, online/],
    [{ refresh: 5 }, /refresh: got 5; allowed is none, or pairs_from 'online'/],
    [{ pairs_from: 'online', refresh: 0 }, /refresh: got 0/],
    [
      { pairs_from: 'online', refresh: 1, steps: 10_000_000 },
      /pairs: got 1024; allowed is at most 214 in/,
    ],
    [
      { teacher: small() },
      /teacher: got "round 0 before a model in round 0"; allowed is the model as it/,
    ],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => finish(reflow(model, options)), { code: 'argument', message });
    assert.equal(state(model), before, JSON.stringify(options));
  }
});

test('a round is only continued from its own teacher and as it began, and distilled only under linear', () => {
  const [model, teacher] = [small(), small()];
  const x0 = model.noise({ n: 50 });
  model.setPairs(x0, x0);
  model.reflowBegin();
  model.train(2);
  const before = state(model);
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ teacher: small({ hidden: 8 }) }, /^teacher, hidden: got 8; allowed is 16, as in the model/],
    [{ teacher, distill: true }, /^distill: got true; allowed is false, as the round began/],
    [{ teacher: model }, /^teacher: got "round 1 before a model in round 1"/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => finish(reflow(model, options)), { code: 'argument', message });
    assert.equal(state(model), before);
  }
  const bent = small({ path: 'vp-cosine' });
  const message = /^distill: got true; allowed is false with path 'vp-cosine' and weight 'none'/;
  assert.throws(() => finish(reflow(bent, { distill: true })), { code: 'argument', message });
  assert.deepEqual([bent.round, bent.config.coupling], [0, 'independent']);
});
