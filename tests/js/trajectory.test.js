/** Time grids and the paths of points between noise and data. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finish } from '../../web/lib/slice.js';
import { small } from './small.js';

const trained = small();
trained.train(120);

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

test('dopri5 ends near rk4, and tells what every point took', () => {
  const options = { n: 500, solver: 'dopri5', steps: 100, rtol: 1e-5, atol: 1e-5 };
  const { x, path, times, nfe, nfe_max, effort } = trained.trajectory({ ...options, trace: true });
  const exact = trained.sample({ n: 500, solver: 'rk4', steps: 400 });
  assert.deepEqual(x, trained.sample(options));
  const off = Math.max(...x.map((each, i) => Math.abs(each - exact[i])));
  assert.ok(off < 1e-3, `${off}`);
  const { accepted, rejected, evaluations } = /** @type {any} */ (effort);
  let sum = 0;
  accepted.forEach((/** @type {number} */ count, /** @type {number} */ i) => {
    assert.equal(evaluations[i], 2 + 6 * (count + rejected[i]));
    sum += evaluations[i];
  });
  assert.equal(nfe, sum / 500);
  assert.equal(nfe_max, Math.max(...evaluations));
  assert.ok(nfe_max > nfe && new Set(accepted).size > 1, 'points take steps of their own');
  assert.ok(nfe_max <= trained.nfe('dopri5', 100));
  assert.deepEqual(path.subarray(0, 1000), trained.noise({ n: 500 }));
  assert.deepEqual(path.subarray(path.length - 1000), x);
  assert.equal(times.length, 101);
});

test('a trace joins up from start to end, and the slices of a sample do not show in it', () => {
  const options = { n: 700, solver: 'dopri5', steps: 200, rtol: 1e-6, atol: 1e-6, trace: true };
  const whole = trained.trajectory(options);
  const work = trained.trajectorySlices({ ...options, grid: whole.times });
  let slices = 0;
  for (;;) {
    const { done, value } = work.next();
    if (done) {
      assert.deepEqual(value, whole);
      break;
    }
    slices++;
  }
  assert.ok(slices > 10, `${slices} slices`);
  const { accepted, rejected } = /** @type {import('../../web/lib/course.js').Effort} */ (
    whole.effort
  );
  const trace = whole.trace ?? [];
  assert.equal(
    trace.length,
    [...accepted, ...rejected].reduce((sum, each) => sum + each, 0),
  );
  let [point, t] = [-1, 1];
  for (const step of trace) {
    if (step.point !== point) {
      assert.ok(Math.abs(t - 1) < 1e-12 && step.point === point + 1, `point ${point} ends at ${t}`);
      [point, t] = [step.point, 0];
    }
    assert.equal(step.t, t);
    assert.equal(step.accepted, step.error <= 1);
    if (step.accepted) t += step.h;
  }
  assert.ok(
    trace.some(({ accepted: taken }) => !taken),
    'none was rejected',
  );
});

test('points go back to their noise by dopri5, from the configuration’s own tolerances', () => {
  trained.set({ solver: 'dopri5', solver_steps: 100, rtol: 1e-6, atol: 1e-6 });
  const x0 = trained.noise({ n: 50, seed: 3 });
  const x1 = trained.sample({ x0 });
  const back = trained.sample({ x0: x1, t_start: 1, t_end: 0 });
  const off = Math.max(...back.map((each, i) => Math.abs(each - x0[i])));
  assert.ok(off < 1e-3, `${off}`);
  const { nfe, sw2 } = trained.quality({ n: 500 });
  assert.ok(nfe > 8 && nfe % 6 !== 2 && sw2 > 0, `${nfe} evaluations in the mean`);
  trained.set({ solver: 'heun', solver_steps: 25, rtol: 1e-4, atol: 1e-4 });
});

test('what dopri5 cannot do is refused with what can', () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ rtol: 0 }, /rtol: got 0; allowed is a number from 0.000001 to 1/],
    [{ rtol: -1 }, /rtol: got -1/],
    [{ atol: Number.NaN }, /atol: got NaN/],
    [{ grid: 'quadratic' }, /grid: got "quadratic"; allowed is left out: dopri5 chooses its own/],
    [{ trace: true }, /trace: got true; allowed is left out: trajectory keeps it/],
    [{ steps: 2, rtol: 1e-6 }, /steps: got 2; allowed is more, or a larger rtol.*point 0 stopped/],
    [{ solver: 'heun', rtol: 1e-3 }, /rtol: got 0.001; allowed is left out unless solver is dop/],
    [{ solver: 'heun', trace: true }, /trace: got true; allowed is left out unless solver is dop/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => trained.sample({ n: 5, solver: 'dopri5', ...options }), message);
  }
  assert.equal(cases.length, 8);
});

test('between two data points lies data: the ends are the points, and the middle is on the way of the model', () => {
  const a = trained.data({ n: 40, seed: 1 });
  const b = trained.data({ n: 40, seed: 2 });
  const travel = { a, b, count: 5, solver: 'rk4', steps: 100 };
  const { points, noise, nfe } = trained.interpolate(travel);
  assert.equal(points.length, 5 * a.length);
  assert.equal(nfe, 800);
  for (const [end, at] of /** @type {[Float32Array, number][]} */ ([
    [a, 0],
    [b, 4],
  ])) {
    const got = points.subarray(at * a.length, (at + 1) * a.length);
    const off = Math.max(...got.map((each, i) => Math.abs(each - end[i])));
    assert.ok(off < 5e-3, `${off}`);
  }
  const encode = { solver: 'rk4', steps: 100, t_start: 1, t_end: 0 };
  assert.deepEqual(noise.subarray(0, a.length), trained.sample({ ...encode, x0: a }));
  const straight = trained.interpolate({ ...travel, blend: 'linear' });
  const halves = noise.subarray(0, a.length).map((each, i) => (each + noise[4 * a.length + i]) / 2);
  const middle = straight.noise.subarray(2 * a.length, 3 * a.length);
  middle.forEach((each, i) => {
    assert.ok(Math.abs(each - halves[i]) < 1e-6);
  });
  assert.deepEqual(
    trained.sample({ x0: straight.noise, solver: 'rk4', steps: 100 }),
    straight.points,
  );
  assert.notDeepEqual(straight.points, points);
  assert.deepEqual(finish(trained.interpolateSlices(travel)), trained.interpolate(travel));
});

test('an interpolation that cannot be is refused', () => {
  const [a, b] = [trained.data({ n: 4 }), trained.data({ n: 5 })];
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ a, b }, /b: got 5; allowed is exactly 4 points/],
    [{ a }, /b: got undefined; allowed is a Float32Array/],
    [{ a, b: a, count: 1 }, /count: got 1; allowed is an integer from 2/],
    [{ a, b: a, blend: 'cubic' }, /blend: got "cubic"; allowed is one of linear, spherical/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => trained.interpolate(options), message);
  }
  trained.set({ sde: 'sigma' });
  assert.throws(() => trained.interpolate({ a, b: a }), /sde: got "sigma"; allowed is none: noise/);
  trained.set({ sde: 'none' });
  assert.equal(cases.length, 4);
});
