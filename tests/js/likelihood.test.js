/** Log-densities: that they are densities, of the data they were trained on, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { module, small, state } from './small.js';

/** The noise of the data set, 0.05 before it is scaled by 2, and where its points are scattered from. */
const NOISE = 0.1;
const ANGLES = 400;
const arcs = Array.from({ length: ANGLES }, (_, i) => (Math.PI * (i + 0.5)) / ANGLES).flatMap(
  (angle) => [
    [2 * Math.cos(angle), 2 * Math.sin(angle)],
    [2 - 2 * Math.cos(angle), 1 - 2 * Math.sin(angle)],
  ],
);

/** The density the moons are drawn from: two half circles blurred by noise. @param {number} x @param {number} y */
function moonsDensity(x, y) {
  const scale = 1 / (2 * Math.PI * NOISE ** 2 * arcs.length);
  return arcs.reduce((sum, [a, b]) => {
    return sum + scale * Math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * NOISE ** 2));
  }, 0);
}

test('the default preset on moons has mass 1 and an NLL above the entropy by at most 0.06', (t) => {
  const model = Model.createSync({ preset: 'default', seed: 1 }, module);
  model.train(Number(model.config.steps));
  const { mass } = model.density({ box: [-3.5, 5.5, -4, 5], size: 110 });
  assert.ok(Math.abs(mass - 1) < 0.02, `mass ${mass}`);
  const n = 2000;
  const { nll, nll_error, bits_per_dim } = model.nll({ n });
  const points = Model.createSync({ data: 'moons-iid' }, module).data({ n });
  const { logp } = model.loglik({ x: points });
  let [entropy, gap, squares] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const truth = Math.log(moonsDensity(points[2 * i], points[2 * i + 1]));
    entropy -= truth / n;
    gap += (truth - logp[i]) / n;
    squares += (truth - logp[i]) ** 2 / n;
  }
  const error = Math.sqrt((squares - gap ** 2) / n);
  t.diagnostic(
    `mass ${mass.toFixed(5)}, NLL ${nll.toFixed(4)}, entropy ${entropy.toFixed(4)} nats`,
  );
  assert.ok(
    Math.abs(nll - entropy - gap) < 1e-9,
    'nll is the mean over the set that moons are measured against',
  );
  assert.ok(gap > -2 * error && gap < 0.06, `the model is ${gap} nats away, +- ${error}`);
  assert.ok(nll_error > 0.005 && nll_error < 0.05, `${nll_error}`);
  assert.equal(bits_per_dim, nll / 2 / Math.LN2);
});

test('on the way, the density has mass 1 in a box around the points there, and no time is 0', () => {
  const model = small({ data: '8gaussians', steps: 100 });
  model.train(100);
  const x = model.data({ n: 6 });
  for (const t of [0.1, 0.5, 0.9]) {
    const { mass, box } = model.density({ t, size: 80 });
    assert.ok(Math.abs(mass - 1) < 1e-2, `t ${t}: mass ${mass} in ${box}`);
    const fixed = model.loglik({ x, t, solver: 'rk4', steps: 60 });
    const own = model.loglik({ x, t, grid: [0, t / 3, t], solver: 'rk4' });
    const free = model.loglik({ x, t, solver: 'dopri5', rtol: 1e-5, atol: 1e-5, steps: 500 });
    fixed.logp.forEach((logp, i) => {
      assert.ok(Math.abs(logp - free.logp[i]) < 2e-3 * (1 + Math.abs(logp)), `${logp}`);
      assert.ok(Math.abs(logp - own.logp[i]) < 0.5 * (1 + Math.abs(logp)), `${own.logp[i]}`);
    });
  }
  assert.deepEqual(model.loglik({ x, t: 1 }), model.loglik({ x }));
  for (const t of [0, -1, 1.1, Number.NaN]) {
    assert.throws(() => model.loglik({ x, t }), /^MoonflowError: t: got .*above 0 and at most 1/);
    assert.throws(() => model.density({ t }), /t: got .*above 0 and at most 1/);
  }
  assert.throws(() => model.loglik({ x, t: 0.5, grid: [0, 1] }), /grid, ends: .* 0 and 0.5/);
});

test('a flow has mass 1 whatever it has learnt, on every path and for every prediction', () => {
  const paths = ['linear', 'vp-cosine', 've', 'vp-linear', 'polynomial'].map((path) => ({ path }));
  const predictions = ['x1', 'noise', 'score'].map((predict) => ({ predict }));
  for (const config of [...paths, ...predictions]) {
    const model = small({ ...config, data: '8gaussians', steps: 100 });
    model.train(100);
    const { mass } = model.density({ box: [-20, 20], size: 80, solver: 'rk4', steps: 40 });
    assert.ok(Math.abs(mass - 1) < 0.005, `${JSON.stringify(config)}: mass ${mass}`);
  }
});

test('cells are rows of rising y, and each holds the log-density at its centre', () => {
  const model = small();
  model.train(30);
  const { logp, size, box, nfe, mass } = model.density({ box: [-2, 2, 0, 1], size: 4 });
  assert.deepEqual([logp.length, size, box], [16, 4, [-2, 2, 0, 1]]);
  const x = [0.125, 0.375, 0.625, 0.875].flatMap((y) =>
    [-1.5, -0.5, 0.5, 1.5].flatMap((x) => [x, y]),
  );
  const direct = model.loglik({ x: Float32Array.from(x) });
  assert.deepEqual(logp, Float32Array.from(direct.logp));
  assert.equal(nfe, direct.nfe);
  const sum = direct.logp.reduce((total, each) => total + Math.exp(each), 0);
  assert.ok(Math.abs(mass - sum * 0.25) < 1e-12);
  assert.deepEqual(model.density({ box: [-3, 3], size: 2 }).box, [-3, 3, -3, 3]);
});

test('without a box the grid surrounds the samples and holds nearly all of the mass', () => {
  const model = small({ data: '8gaussians', steps: 300 });
  model.train(300);
  const { mass, box } = model.density({ size: 90 });
  assert.ok(mass > 0.98 && mass < 1.02, `${mass}`);
  assert.ok(Math.abs(box[1] - box[0] - (box[3] - box[2])) < 1e-9, `${box}`);
  for (const edge of model.sample({ n: 2000 }))
    assert.ok(edge > Math.min(box[0], box[2]) && edge < Math.max(box[1], box[3]));
});

test('work in slices gives what work at once gives, and leaves the model alone', () => {
  const model = small();
  model.train(20);
  const x = model.data({ n: 900 });
  const before = state(model);
  /** @type {[string, () => unknown, () => Generator<number, unknown, void>][]} */
  const cases = [
    ['loglik', () => model.loglik({ x }), () => model.loglikSlices({ x })],
    ['nll', () => model.nll({ n: 700 }), () => model.nllSlices({ n: 700 })],
    ['density', () => model.density({ size: 20 }), () => model.densitySlices({ size: 20 })],
  ];
  for (const [name, whole, slices] of cases) {
    const work = slices();
    const fractions = [];
    let result = work.next();
    while (!result.done) {
      fractions.push(result.value);
      model.noise({ n: 3 });
      result = work.next();
    }
    assert.deepEqual(result.value, whole(), name);
    assert.ok(fractions.length > 1 && fractions.at(-1) === 1, `${name}: ${fractions}`);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
      name,
    );
  }
  assert.equal(state(model), before);
});

test('estimates follow their seed and the number of the point, and agree with the exact divergence', () => {
  const model = small({ data: 'points', dim: 16 });
  model.setPoints(Float32Array.from({ length: 16 * 50 }, (_, i) => Math.sin(i * i)));
  model.train(40);
  const x = model.data({ n: 60 });
  const exact = model.loglik({ x });
  const options = { probes: 32, seed: 3 };
  const estimate = model.loglik({ x, ...options });
  const rest = model.loglik({ x: x.subarray(16 * 20), ...options, first: 20 });
  assert.deepEqual(rest.logp, estimate.logp.subarray(20));
  assert.notDeepEqual(model.loglik({ x, ...options, seed: 4 }).logp, estimate.logp);
  assert.ok(exact.error.every((each) => each === 0));
  let squares = 0;
  estimate.logp.forEach((each, i) => {
    assert.ok(estimate.error[i] > 0);
    squares += ((each - exact.logp[i]) / estimate.error[i]) ** 2 / 60;
  });
  assert.ok(squares > 0.5 && squares < 2, `mean square ${squares} of gaps in standard errors`);
});

test('own times are followed from 1 to 0 whichever way they are given, and a grid by its name', () => {
  const model = small({ solver: 'heun', solver_steps: 4 });
  model.train(30);
  const x = model.data({ n: 5 });
  const { logp, nfe } = model.loglik({ x });
  const even = model.loglik({ x, grid: [0, 0.25, 0.5, 0.75, 1] });
  assert.deepEqual([even.logp, even.nfe], [logp, nfe]);
  assert.deepEqual(model.loglik({ x, grid: [1, 0.75, 0.5, 0.25, 0] }).logp, logp);
  const quadratic = model.loglik({ x, grid: 'quadratic' }).logp;
  assert.notDeepEqual(quadratic, logp);
  const { times } = model.trajectory({ n: 1, grid: 'quadratic' });
  const own = model.loglik({ x, grid: times }).logp;
  own.forEach((each, i) => {
    assert.ok(Math.abs(each - quadratic[i]) < 1e-4, `${each} ${quadratic[i]}`);
  });
});

test('dopri5 finds the log-density within its tolerance, in steps of its own', () => {
  const model = small({ data: '8gaussians', solver: 'dopri5', solver_steps: 200 });
  model.train(60);
  const x = model.data({ n: 300 });
  const fixed = model.loglik({ x, solver: 'rk4', steps: 100 });
  const fine = model.loglik({ x, rtol: 1e-6, atol: 1e-6 });
  const coarse = model.loglik({ x, rtol: 1e-2, atol: 1e-2 });
  const gap = (/** @type {Float64Array} */ logp) =>
    Math.max(...logp.map((each, i) => Math.abs(each - fixed.logp[i])));
  assert.ok(gap(fine.logp) < 1e-3, `${gap(fine.logp)}`);
  assert.ok(gap(coarse.logp) < 0.3 && gap(coarse.logp) > gap(fine.logp), `${gap(coarse.logp)}`);
  assert.ok(coarse.nfe < fine.nfe && fine.nfe < fixed.nfe, `${coarse.nfe} ${fine.nfe}`);
  const slices = model.loglikSlices({ x, rtol: 1e-6, atol: 1e-6 });
  let result = slices.next();
  while (!result.done) result = slices.next();
  assert.deepEqual(result.value, fine);
  const { mass } = model.density({ box: [-20, 20], size: 80 });
  assert.ok(Math.abs(mass - 1) < 0.005, `${mass}`);
});

test('raw and averaged weights, solver and steps are those that were asked for', () => {
  const model = small({ solver: 'euler', solver_steps: 7 });
  model.train(30);
  const x = model.data({ n: 5 });
  const { logp, nfe } = model.loglik({ x });
  assert.equal(nfe, 7);
  assert.deepEqual(model.loglik({ x, solver: 'euler', steps: 7, weights: 'ema' }).logp, logp);
  assert.equal(model.loglik({ x, solver: 'rk4', steps: 3 }).nfe, 12);
  const others = [{ weights: 'raw' }, { solver: 'heun' }, { steps: 8 }];
  for (const other of others) {
    assert.notDeepEqual(model.loglik({ x, .../** @type {any} */ (other) }).logp, logp);
  }
});

test('what cannot be is refused by name, and a flow that leaves the range has diverged', () => {
  const model = small();
  const before = state(model);
  const x = model.data({ n: 4 });
  /** @type {[(options: any) => unknown, any, RegExp][]} */
  const cases = [
    [(o) => model.loglik(o), undefined, /x: got undefined; allowed is a Float32Array/],
    [
      (o) => model.loglik(o),
      { x: new Float32Array(3) },
      /x.length: got 3; allowed is .*multiple of 2/,
    ],
    [
      (o) => model.loglik(o),
      { x: Float32Array.of(1, Number.NaN) },
      /x, point 0, coordinate 1: got NaN/,
    ],
    [
      (o) => model.loglik(o),
      { x, probes: 1 },
      /probes: got 1; allowed is 0 \(exact\) or .*2 to 64/,
    ],
    [(o) => model.loglik(o), { x, probes: 65 }, /probes: got 65/],
    [(o) => model.loglik(o), { x, probes: '4' }, /probes: got "4"/],
    [(o) => model.loglik(o), { x, first: 2 ** 31 - 3 }, /first: got/],
    [(o) => model.loglik(o), { x, seed: -1 }, /seed: got -1/],
    [(o) => model.loglik(o), { x, solver: 'dopri' }, /solver: got "dopri"/],
    [
      (o) => model.loglik(o),
      { x, solver: 'dopri5', grid: [0, 1] },
      /grid: got \[0, 1\]; allowed is left out: dopri5/,
    ],
    [(o) => model.loglik(o), { x, solver: 'dopri5', rtol: 0 }, /rtol: got 0/],
    [
      (o) => model.loglik(o),
      { x, rtol: 1e-3 },
      /rtol: got 0.001; allowed is left out unless solver is dopri5/,
    ],
    [
      (o) => model.loglik(o),
      { x, solver: 'dopri5', steps: 1 },
      /steps: got 1; allowed is more, .*point 0 has tried/,
    ],
    [(o) => model.loglik(o), { x, steps: 0 }, /steps: got 0/],
    [(o) => model.loglik(o), { x, weights: 'best' }, /weights: got "best"/],
    [
      (o) => model.loglik(o),
      { x, grid: [0, 0.9] },
      /grid, ends: got "0 and 0.9"; allowed is 0 and 1/,
    ],
    [(o) => model.loglik(o), { x, grid: [0, 1], steps: 2 }, /steps: got 2; allowed is left out/],
    [(o) => model.loglik(o), { x, grid: 'cubic' }, /grid: got "cubic"/],
    [(o) => model.density(o), { size: 0 }, /size: got 0; allowed is an integer from 1 to 2048/],
    [(o) => model.density(o), { box: [1, 1] }, /box: got "1, 1"; allowed is \[from, to\]/],
    [(o) => model.density(o), { box: [0, 1, 2] }, /box: got \[0, 1, 2\]/],
    [(o) => model.density(o), { box: [0, 1, 2, Infinity] }, /box: got/],
    [(o) => model.density(o), { box: [-1e39, 1e39] }, /box: got/],
    [(o) => model.density(o), { box: '0,1' }, /box: got "0,1"/],
    [(o) => model.nll(o), { n: 0 }, /n: got 0/],
  ];
  for (const [call, options, message] of cases) {
    assert.throws(() => call(options), { code: 'argument', message });
    assert.equal(state(model), before);
  }
  const own = small({ data: 'points', dim: 3 });
  own.setPoints(new Float32Array(9));
  assert.throws(() => own.nll(), { code: 'argument', message: /nll: data: got "points".*loglik/ });
  assert.throws(() => own.density(), {
    code: 'argument',
    message: /dim: got 3; allowed is 2; loglik/,
  });
  const far = Float32Array.of(3e38, 3e38, 0, 0);
  assert.throws(() => small({ path: 've' }).loglik({ x: far }), {
    code: 'diverged',
    message: /loglik: log-density 0 is/,
  });
});
