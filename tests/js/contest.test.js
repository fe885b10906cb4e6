/** Two models in step: what is the same of both, what is not, and what is said of it. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Contest } from '../../web/app/contest.js';
import { Dials } from '../../web/app/dials.js';
import { contender, level } from '../../web/app/match.js';
import { speak } from '../../web/app/tongue.js';
import { verdict } from '../../web/app/verdict.js';
import { Model } from '../../web/lib/model.js';
import { module } from './small.js';

const SMALL = { hidden: 8, layers: 1, batch: 32, steps: 50, solver_steps: 4 };

afterEach(() => speak('en'));

/** @param {import('../../web/lib/parameters.js').PartialConfig} [values] */
function dialsOf(values = {}) {
  const dials = new Dials(module);
  dials.config = dials.vary(dials.config, { ...SMALL, ...values });
  return dials;
}

/**
 * @param {Dials} dials
 * @param {string} name
 * @param {[any, any]} values
 */
async function held(dials, name, [a, b]) {
  const contest = new Contest(dials, () => {});
  const sides = /** @type {any} */ ([a, b].map((value) => contender(dials, { [name]: value })));
  await contest.run({ name, ...level(dials, sides, name) });
  return contest;
}

test('the same noise goes through both, and at every moment both have taken as many steps', async () => {
  const contest = await held(dialsOf(), 'path', ['linear', 'vp-cosine']);
  assert.equal(contest.phase, 'done', contest.fault);
  const [a, b] = contest.sides;
  assert.deepEqual(
    a.moments.map(({ step }) => step),
    b.moments.map(({ step }) => step),
  );
  assert.equal(a.moments.length, 25);
  assert.equal(a.moments.at(-1)?.step, 50);
  assert.equal(a.losses.count, 50);
  const size = a.moments[0].path.length / 5;
  assert.deepEqual(a.moments[0].path.subarray(0, size), b.moments[0].path.subarray(0, size));
  assert.notEqual(a.hash, b.hash);
  const model = await Model.create({ ...SMALL, path: 'vp-cosine' }, module);
  model.train(50);
  assert.equal(b.hash, await model.digest());
  const { sw2, sw2_floor, nfe } = model.quality({ n: 10_000 });
  assert.deepEqual(b.quality, { sw2, floor: sw2_floor, nfe });
  const { times, path } = model.trajectory({ n: size / 2, seed: 1 });
  assert.deepEqual(b.moments.at(-1), { step: 50, times, path });
  model.dispose();
});

test('a run that is shorter stands still while the longer one goes on', async () => {
  const { sides } = await held(dialsOf(), 'steps', [10, 50]);
  assert.deepEqual([sides[0].step, sides[1].step], [10, 50]);
  assert.equal(sides[0].moments.at(-1)?.step, 10);
});

test('guidance is compared by class, at equal cost', async () => {
  const { sides, nfe } = await held(dialsOf({ classes: 2 }), 'guidance', [1, 3]);
  assert.equal(nfe, 8);
  assert.deepEqual([sides[0].quality?.nfe, sides[1].quality?.nfe], [8, 8]);
  assert.equal(sides[0].hash, sides[1].hash);
  assert.notEqual(sides[0].quality?.sw2, sides[1].quality?.sw2);
});

test('the reader’s own points are learned by both sides', async () => {
  const dials = dialsOf();
  const data = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
  dials.usePoints({ data, n: 100, dim: 3, name: 'sines' });
  const contest = await held(dials, 'coupling', ['independent', 'ot']);
  assert.equal(contest.phase, 'done', contest.fault);
  assert.equal(contest.dim, 3);
  const model = await Model.create({ ...SMALL, data: 'points', dim: 3 }, module);
  model.setPoints(data);
  model.train(50);
  assert.equal(contest.sides[0].hash, await model.digest());
  model.dispose();
});

test('what is said follows from what was measured', async () => {
  const same = await held(dialsOf(), 'coupling', ['ot', 'ot']);
  assert.match(verdict(same, '').join(' '), /^The settings are the same, and so is every bit/);
  const steps = await held(dialsOf(), 'solver_steps', [4, 1]);
  const [first, ...rest] = verdict(steps, '');
  const { quality } = steps.sides[0];
  assert.ok(quality && steps.sides[1].quality);
  const nearer = quality.sw2 < steps.sides[1].quality.sw2 ? 'A' : 'B';
  assert.match(first, new RegExp(`^${nearer} comes nearer|^The two cannot be told apart`));
  assert.match(rest.join(' '), /same to the bit; only the way of sampling/);
  [steps.sides[0].quality, steps.sides[1].quality] = [
    { sw2: 0.024, floor: 0.02, nfe: 8 },
    { sw2: 0.028, floor: 0.02, nfe: 8 },
  ];
  assert.match(verdict(steps, '')[0], /^The two cannot be told apart: SW2 0\.024 and 0\.028/);
  steps.sides[1].quality = { sw2: 0.126, floor: 0.02, nfe: 8 };
  assert.match(
    verdict(steps, '')[0],
    /^A comes nearer to the data: SW2 0\.024 against 0\.126 of B/,
  );
  speak('zh');
  assert.match(verdict(steps, '')[0], /^A 更接近数据：SW2 为 0\.024，B 为 0\.126/);
});

test('a side that diverges ends there and says so, and the other one ends its run', async () => {
  const wild = { optimiser: 'adamw', hidden: 24, layers: 8, batch: 16, clip: 0 };
  const dials = dialsOf({ ...wild, schedule: 'constant', steps: 60 });
  const contest = await held(dials, 'lr', [0.001, 10]);
  assert.equal(contest.phase, 'done', contest.fault);
  const [a, b] = contest.sides;
  assert.deepEqual([a.step, a.fault], [60, '']);
  assert.ok(a.quality && b.quality === null && b.fault !== '');
  assert.match(verdict(contest, '')[0], /^B came to no end/);
});

test('a contest that is called off stands still, and can be begun again', async () => {
  const dials = dialsOf();
  const contest = new Contest(dials, () => {});
  const side = contender(dials, {});
  const run = contest.run({ name: 'path', sides: [side, side], nfe: 8 });
  contest.cancel();
  await run;
  assert.deepEqual([contest.phase, contest.fault], ['stopped', '']);
  await contest.run({ name: 'path', sides: [side, side], nfe: 8 });
  assert.equal(contest.phase, 'done');
});
