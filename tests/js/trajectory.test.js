/** Time grids and the paths of points between noise and data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { small } from './small.js';

const trained = small();
trained.train(60);

test('a grid is taken from the option, else from the configuration, and own times give the same bits', () => {
  const travel = { n: 300, solver: 'heun', steps: 5 };
  const uniform = trained.sample(travel);
  const quadratic = trained.sample({ ...travel, grid: 'quadratic' });
  assert.notDeepEqual(quadratic, uniform);
  const times = [0, 1, 2, 3, 4, 5].map((i) => 1 - (1 - i / 5) ** 2);
  const own = trained.trajectory({ n: 300, solver: 'heun', grid: 'quadratic', steps: 5 }).times;
  own.forEach((t, i) => {
    assert.ok(Math.abs(t - times[i]) < 1e-15, `${t}`);
  });
  assert.deepEqual(trained.sample({ n: 300, solver: 'heun', grid: own }), quadratic);
  assert.deepEqual(trained.sample({ n: 300, solver: 'heun', grid: [...own] }), quadratic);
  trained.set({ time_grid: 'quadratic' });
  assert.deepEqual(trained.sample(travel), quadratic);
  trained.set({ time_grid: 'uniform' });
  assert.deepEqual(trained.sample(travel), uniform);
});

test('a trajectory starts at the noise, ends at the sample and is the same in pieces of any size', () => {
  for (const solver of ['euler', 'midpoint', 'heun', 'rk4', 'ab2']) {
    const options = { n: 700, seed: 4, solver, steps: 6 };
    const { x, times, path, nfe } = trained.trajectory(options);
    assert.deepEqual(x, trained.sample(options));
    assert.equal(path.length, 7 * x.length);
    assert.equal(times.length, 7);
    assert.deepEqual(path.subarray(0, x.length), trained.noise({ n: 700, seed: 4 }));
    assert.deepEqual(path.subarray(6 * x.length), x);
    assert.equal(nfe, trained.nfe(solver, 6));
    const x0 = trained.noise({ n: 1, seed: 4, first: 699 });
    const alone = trained.trajectory({ ...options, n: undefined, x0 });
    for (let i = 0; i < 7; i++) {
      const from = (i + 1) * x.length - 2;
      assert.deepEqual(alone.path.subarray(2 * i, 2 * i + 2), path.subarray(from, from + 2));
    }
  }
});

test('grids that do not go one way, and options beside own times, are refused with the place', () => {
  const solver = 'heun';
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ grid: 'cubic' }, /grid: got "cubic"; allowed is one of uniform, quadratic/],
    [{ grid: 3 }, /grid: got 3; allowed is the name of a grid, or an array of times/],
    [{ grid: [0] }, /grid.length: got 1; allowed is from 2 to 10001/],
    [{ grid: [0, 0.5, 0.4, 1] }, /grid\[2\]: got 0.4; allowed is a time above grid\[1\] \(0.5\)/],
    [{ grid: [1, 0.5, 0.5, 0] }, /grid\[2\]: got 0.5; allowed is a time below grid\[1\] \(0.5\)/],
    [{ grid: [0.5, 0.5] }, /grid\[1\]: got 0.5; allowed is a time other than grid\[0\]/],
    [{ grid: [0, 1.5] }, /grid\[1\]: got 1.5; allowed is a number from 0 to 1/],
    [{ grid: [0, Number.NaN] }, /grid\[1\]: got NaN/],
    [{ grid: [0, 1], steps: 1 }, /steps: got 1; allowed is left out: grid gives every time/],
    [{ grid: [0, 1], t_end: 1 }, /t_end: got 1; allowed is left out/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => trained.sample({ n: 2, solver, ...options }), message);
  }
  const far = { n: 100_000, solver, steps: 1000 };
  assert.throws(() => trained.trajectory(far), /fewer points or fewer steps/);
  assert.equal(cases.length, 10);
});
