/** Samples with noise on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reflow } from '../../web/lib/reflow.js';
import { finish } from '../../web/lib/slice.js';
import { small } from './small.js';

const trained = small({ hidden: 24, layers: 3, batch: 128, steps: 600 });
trained.train(600);
const travel = { n: 2000, solver: 'heun', steps: 40 };

test('noise on the way leaves the law of the samples: SW2 to the flow is that of two draws of the flow', () => {
  const flow = trained.sample({ ...travel, seed: 1 });
  const again = trained.sample({ ...travel, seed: 2 });
  const floor = trained.sw2(flow, again);
  const x0 = trained.noise({ n: 2000, seed: 1 });
  for (const [sde, sde_strength] of /** @type {const} */ ([
    ['constant', 0.5],
    ['constant', 1],
    ['sigma', 1],
    ['sigma', 3],
  ])) {
    const noisy = trained.sample({ ...travel, n: undefined, x0, seed: 7, sde, sde_strength });
    const moved = noisy.reduce((sum, each, i) => sum + Math.abs(each - flow[i]), 0) / noisy.length;
    assert.ok(moved > 0.2, `${sde} ${sde_strength} moves a coordinate by ${moved}`);
    const sw2 = trained.sw2(noisy, flow);
    assert.ok(sw2 < 1.5 * floor, `${sde} ${sde_strength}: ${sw2}, floor ${floor}`);
  }
});

test('the noise follows from the seed, a point’s number and nothing else', () => {
  const options = { ...travel, n: 700, sde: 'constant', sde_strength: 0.8 };
  const whole = trained.sample(options);
  assert.deepEqual(finish(trained.sampleSlices(options)), whole);
  assert.notDeepEqual(trained.sample({ ...options, seed: 2 }), whole);
  const { x, times, nfe } = trained.trajectory(options);
  assert.deepEqual(x, whole);
  assert.equal(nfe, 80, 'it costs no evaluation');
  const own = Array.from(times, () => 0.8);
  assert.deepEqual(trained.sample({ ...travel, n: 700, sde: own }), whole);
  const silent = Array.from(times, () => 0);
  assert.deepEqual(
    trained.sample({ ...travel, n: 700, sde: silent }),
    trained.sample({ ...travel, n: 700 }),
  );
  trained.set({ sde: 'constant', sde_strength: 0.8 });
  assert.deepEqual(trained.sample({ ...travel, n: 700 }), whole);
  assert.deepEqual(
    trained.sample({ ...travel, n: 700, sde: 'none' }),
    trained.sample({ ...travel, n: 700, sde: silent }),
  );
  trained.set({ sde: 'none', sde_strength: 1 });
});

test('noise goes with a class, but not with guidance beyond it', () => {
  const model = small({ classes: 2 });
  model.train(40);
  const options = { n: 200, solver: 'heun', steps: 10, sde: 'sigma', label: 1 };
  const plain = model.sample({ ...options, guidance: 1 });
  assert.notDeepEqual(model.sample({ ...options, guidance: 0 }), plain);
  assert.ok(plain.every(Number.isFinite));
  assert.throws(
    () => model.sample({ ...options, guidance: 2 }),
    /guidance: got 2; allowed is 0 or 1 beside sde: a guided field is that of no path/,
  );
});

test('noise without a score, or beside what cannot bear it, is refused with what can', () => {
  const ot = small({ coupling: 'ot' });
  const sde = 'constant';
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ sde: 'brownian' }, /sde: got "brownian"; allowed is one of none, constant, sigma/],
    [{ sde: 3 }, /sde: got 3; allowed is none, constant, sigma, or an array of g/],
    [{ sde: [1, 2] }, /sde.length: got 2; allowed is 41, one for every time of the grid/],
    [{ sde: Array(41).fill(-1) }, /sde\[0\]: got -1; allowed is a number from 0 to 1000000/],
    [{ sde: Array(41).fill(1), sde_strength: 1 }, /sde_strength: got 1; allowed is left out: sde/],
    [{ sde_strength: 1 }, /sde_strength: got 1; allowed is left out while sde is none/],
    [{ sde, sde_strength: -1 }, /sde_strength: got -1; allowed is a number from 0 to 100/],
    [
      { sde, solver: 'ab2' },
      /solver: got "ab2"; allowed is euler, midpoint, heun or rk4 beside sde/,
    ],
    [{ sde, solver: 'dopri5', steps: 100 }, /solver: got "dopri5"; allowed is euler, midpoint/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => trained.sample({ ...travel, ...options }), message);
  }
  const reason = /sde: got "constant"; allowed is none: it needs a score.* coupling is 'ot'/;
  assert.throws(() => ot.sample({ ...travel, sde }), reason);
  assert.throws(
    () => ot.set({ sde }),
    /sde: got "constant"; allowed is none: it needs a score.*, and it is 'ot'/,
  );
  trained.set({ sde });
  assert.throws(() => finish(reflow(trained)), /sde: got "constant"; allowed is none: the pairs/);
  assert.throws(() => trained.set({ solver: 'dopri5' }), /sde: got "constant"/);
  assert.throws(() => trained.sample({ n: 3, solver: 'dopri5' }), /solver: got "dopri5"/);
  trained.set({ sde: 'none' });
  assert.equal(cases.length, 9);
});
