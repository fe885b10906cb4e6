/** The exact field in the library: what it is, what it says of a loss, and where it is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { Model } from '../../web/lib/model.js';
import { fieldErrorSlices, irreducibleLossSlices } from '../../web/lib/oracle.js';
import { finish } from '../../web/lib/slice.js';
import { load } from '../../web/lib/weights.js';
import { connected, rejects } from './channel.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

/** v* of the eight Gaussians under the linear path. @param {number} t @param {number[]} x */
function eightGaussians(t, x) {
  const s = 4 * 0.05;
  const variance = t * t * s * s + (1 - t) ** 2;
  const v = [0, 0];
  let mass = 0;
  for (let j = 0; j < 8; j++) {
    const centre = [4 * Math.cos((Math.PI * j) / 4), 4 * Math.sin((Math.PI * j) / 4)];
    const gap = [x[0] - t * centre[0], x[1] - t * centre[1]];
    const weight = Math.exp(-(gap[0] ** 2 + gap[1] ** 2) / (2 * variance));
    mass += weight;
    for (const k of [0, 1]) {
      const x1 = centre[k] + (t * s * s * gap[k]) / variance;
      v[k] += weight * (x1 - (x[k] - t * x1) / (1 - t));
    }
  }
  return v.map((each) => each / mass);
}

test('the oracle of the eight Gaussians is their formula, at one time and at many', () => {
  const model = small({ data: '8gaussians' });
  assert.equal(model.oracle.exists, true);
  const x = model.data({ n: 200 }).map((each, i) => each * 0.6 + Math.sin(i));
  const times = Float32Array.from({ length: 200 }, (_, i) => 0.1 + i / 300);
  const many = model.oracle.velocity({ t: times, x });
  const one = model.oracle.velocity({ t: 0.5, x });
  for (let i = 0; i < 200; i++) {
    const at = [x[2 * i], x[2 * i + 1]];
    for (const k of [0, 1]) {
      assert.ok(Math.abs(many[2 * i + k] - eightGaussians(times[i], at)[k]) < 1e-4);
      assert.ok(Math.abs(one[2 * i + k] - eightGaussians(0.5, at)[k]) < 1e-4);
    }
  }
});

test('of a thousand points in 64 dimensions the oracle is their weighted mean', () => {
  const dim = 64;
  const n = 1000;
  const model = small({ data: 'points', dim, path: 'vp-cosine' });
  const y = Float32Array.from({ length: n * dim }, (_, i) => Math.sin(i * 1.7) + Math.cos(i / 640));
  model.setPoints(y);
  const t = Math.fround(0.2);
  const [alpha, sigma] = [Math.sin((Math.PI * t) / 2), Math.cos((Math.PI * t) / 2)];
  const x = Float32Array.from({ length: dim }, (_, k) => alpha * y[dim * 400 + k] + Math.sin(k));
  const exponents = Array.from({ length: n }, (_, j) =>
    x.reduce((sum, each, k) => sum - (each - alpha * y[j * dim + k]) ** 2 / (2 * sigma ** 2), 0),
  );
  const most = Math.max(...exponents);
  const weights = exponents.map((exponent) => Math.exp(exponent - most));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  assert.ok(mass > 1.5, 'more than one point counts');
  const v = model.oracle.velocity({ t, x });
  for (let k = 0; k < dim; k++) {
    const x1 = weights.reduce((sum, weight, j) => sum + weight * y[j * dim + k], 0) / mass;
    const x0 = (x[k] - alpha * x1) / sigma;
    const expected = (Math.PI / 2) * (sigma * x1 - alpha * x0);
    assert.ok(Math.abs(v[k] - expected) < 1e-4, `${v[k]} instead of ${expected}`);
  }
});

test('the irreducible loss of the seed’s moons is near 2, and its standard error is true', () => {
  const model = small({ time: 'logit-normal', stratified: false, target: 'pair' });
  const { loss_floor, standard_error, n } = model.irreducibleLoss();
  assert.ok(loss_floor > 1.95 && loss_floor < 2.05, `${loss_floor}`);
  assert.ok(n >= 50_000 && standard_error > 0.003 && standard_error < 0.02, `${standard_error}`);
  // Other seeds draw other batches: their spread is what the standard error says.
  const few = Array.from({ length: 24 }, (_, seed) => {
    const floor = small({
      ...{ time: 'logit-normal', stratified: false, target: 'pair', seed },
    }).irreducibleLoss({ n: 2000 });
    return (floor.loss_floor - loss_floor) / floor.standard_error;
  });
  const spread = Math.sqrt(few.reduce((sum, z) => sum + z * z, 0) / few.length);
  assert.ok(spread > 0.6 && spread < 1.6, `${spread}`);
});

test('training brings the field error down, and loss is floor and field error together', () => {
  const model = Model.createSync({}, module);
  const before = model.fieldError({ n: 4000 });
  const losses = model.train(Number(model.config.steps));
  const after = model.fieldError({ n: 4000 });
  assert.ok(
    after.field_error < before.field_error / 20,
    `${before.field_error} ${after.field_error}`,
  );
  const floor = model.irreducibleLoss();
  const excess = model.excess(losses);
  assert.ok(excess && excess.steps === 100);
  // The last losses are those of the raw weights.
  const raw = model.fieldError({ weights: 'raw' });
  const off = Math.hypot(excess.standard_error, raw.standard_error);
  assert.ok(
    Math.abs(excess.excess - raw.field_error) < 4 * off,
    `${excess.excess} ${raw.field_error}`,
  );
  const mean = losses.slice(-100).reduce((sum, loss) => sum + loss / 100, 0);
  assert.ok(
    Math.abs(mean - floor.loss_floor - excess.excess) < 0.02,
    `${mean} ${floor.loss_floor}`,
  );
  assert.ok(excess.standard_error < 0.1 * floor.loss_floor);
});

test('the stable target has a lower floor and the same field error', () => {
  const [pair, stable] = ['pair', 'stable'].map((target) => small({ target }));
  assert.ok(stable.irreducibleLoss().loss_floor < 0.2 * pair.irreducibleLoss().loss_floor);
  const [a, b] = [pair, stable].map((model) => model.fieldError());
  assert.ok(
    Math.abs(a.field_error / b.field_error - 1) < 1e-4,
    `${a.field_error} ${b.field_error}`,
  );
});

test('no answer depends on where its pieces end, and there are many when a batch is dear', () => {
  const model = small({ data: 'points', batch: 256 });
  model.setPoints(small().data({ n: 20_000 }));
  let pieces = 0;
  for (const _ of irreducibleLossSlices(model, { n: 64 })) pieces++;
  assert.ok(pieces >= 8);
  const whole = small({ batch: 256, hidden: 16 }).fieldError({ n: 512 });
  const wide = small({ batch: 256 });
  assert.deepEqual(finish(fieldErrorSlices(wide, { n: 512 })), whole);
});

test('with classes each point is held against the field of its own', () => {
  const config = { data: '8gaussians', classes: 8, label_drop: 0 };
  const model = small(config);
  const x = Float32Array.of(0.5, 0.2, -1, 1);
  const label = 3;
  const labels = Int32Array.of(label, 8);
  const one = model.oracle.velocity({ t: 0.5, x, label });
  const each = model.oracle.velocity({ t: 0.5, x, labels });
  const all = model.oracle.velocity({ t: 0.5, x });
  assert.deepEqual(each.slice(0, 2), one.slice(0, 2));
  for (const k of [2, 3]) assert.ok(Math.abs(each[k] - all[k]) < 1e-5);
  // Of one Gaussian: m + c (x - t m).
  const centre = [4 * Math.cos((Math.PI * label) / 4), 4 * Math.sin((Math.PI * label) / 4)];
  const c = (0.5 * 0.04 - 0.5) / (0.25 * 0.04 + 0.25);
  for (const k of [0, 1]) {
    assert.ok(Math.abs(one[k] - (centre[k] + c * (x[k] - 0.5 * centre[k]))) < 1e-5);
  }
  // Who knows the class has less left to guess.
  const floors = [small({ data: '8gaussians' }), model].map((each) => each.irreducibleLoss());
  const pairs = [
    small({ data: '8gaussians', target: 'pair' }),
    small({ ...config, target: 'pair' }),
  ];
  const told = pairs.map((each) => each.irreducibleLoss().loss_floor);
  assert.ok(told[1] < 0.7 * told[0], `${told}`);
  assert.ok(floors.every(({ loss_floor }, i) => loss_floor < 0.5 * told[i]));
  const map = model.fieldMap({ t: 0.5, cells: 2, extent: 1, label });
  const here = { t: 0.5, x: Float32Array.of(-0.5, -0.5), label };
  const v = model.velocity(here);
  const best = model.oracle.velocity(here);
  const gap = ((v[0] - best[0]) ** 2 + (v[1] - best[1]) ** 2) / 2;
  assert.ok(Math.abs(map.error[0] - gap) < 1e-6 * (1 + gap));
  const wrong = /** @type {[object, RegExp][]} */ ([
    [{ label: 8 }, /^label: got 8; allowed is an integer from 0 to 7/],
    [{ labels: Int32Array.of(0) }, /^labels.length: got 1; allowed is exactly 2/],
  ]);
  for (const [given, message] of wrong) {
    const ask = () => model.oracle.velocity({ t: 0.5, x, ...given });
    assert.throws(ask, { code: 'argument', message });
  }
  const plain = () => small().oracle.velocity({ t: 0.5, x, label });
  assert.throws(plain, { code: 'argument', message: /^label: got 3; allowed is left out/ });
});

test('a floor is found once for a configuration, and again when it or the points change', () => {
  const model = small();
  const first = model.floor();
  assert.ok(first && model.floor() === first);
  model.set({ lr: 1e-3 });
  model.train(3);
  assert.equal(model.floor(), first);
  model.set({ target: 'pair' });
  const second = model.floor();
  assert.ok(second && second.loss_floor > 2 * first.loss_floor);
  model.set({ coupling: 'ot' });
  assert.equal(model.floor(), null);
  const own = small({ data: 'points' });
  assert.equal(own.floor(), null);
  own.setPoints(Float32Array.of(0, 0, 1, 1));
  const near = own.floor();
  own.setPoints(Float32Array.of(0, 0, 4, 4));
  assert.notEqual(own.floor()?.loss_floor, near?.loss_floor);
  const bent = small({ path: 'custom' });
  bent.setPath({ alpha: Float32Array.of(0, 0.5, 1), sigma: Float32Array.of(1, 0.5, 0) });
  const straight = bent.floor();
  assert.ok(Math.abs((straight?.loss_floor ?? 0) / first.loss_floor - 1) < 1e-3, 'that is linear');
  bent.setPath({ alpha: Float32Array.of(0, 0.3, 1), sigma: Float32Array.of(1, 0.7, 0) });
  assert.notEqual(bent.floor()?.loss_floor, straight?.loss_floor);
});

test('a map is the mean square of v - v* at the middle of each cell', () => {
  const model = small();
  const { error, cells, extent, t } = model.fieldMap({ t: 0.3, cells: 8, extent: 2 });
  assert.deepEqual([cells, extent, t, error.length], [8, 2, 0.3, 64]);
  const x = Float32Array.of(-1.75 + 0.5 * 3, -1.75 + 0.5 * 6);
  const v = model.velocity({ t, x });
  const best = model.oracle.velocity({ t, x });
  const expected = ((v[0] - best[0]) ** 2 + (v[1] - best[1]) ** 2) / 2;
  assert.ok(Math.abs(error[6 * 8 + 3] - expected) < 1e-6 * (1 + expected));
});

test('where there is no exact field the refusal says why and what has one', () => {
  const x = Float32Array.of(0, 0);
  const cases = /** @type {[import('../../web/lib/parameters.js').PartialConfig, RegExp][]} */ ([
    [
      { coupling: 'ot' },
      /got coupling 'ot', whose pairs are chosen within a batch; allowed is 'ind/,
    ],
    [
      { coupling: 'paired' },
      /got coupling 'paired', whose pairs are kept from a reflow; allowed is/,
    ],
    [
      { data: 'circles', noise: 0.01 },
      /got noise 0.01 on circles; allowed is 0.0125 or more there/,
    ],
    [{ path: 'custom' }, /got no field yet; when path is 'custom' call setPath first/],
    [{ classes: 2, batch: 1 }, /got a batch of 1, which holds one of the two moons; allowed is 2/],
    [{ data: 'points', classes: 2 }, /got no points and their labels, or some beyond/],
    [{ data: 'points' }, /got no points, or some beyond 1000000; call setPoints/],
  ]);
  for (const [config, message] of cases) {
    const model = small(config);
    const asks = [
      () => model.oracle.velocity({ t: 0.5, x }),
      () => model.irreducibleLoss(),
      () => model.fieldError(),
      () => model.fieldMap({ t: 0.5 }),
    ];
    for (const ask of asks) assert.throws(ask, { name: 'MoonflowError', code: 'state', message });
    assert.equal(model.oracle.exists, false);
    assert.equal(model.excess(new Float64Array()), null);
  }
});

test('bad values are refused by name', () => {
  const model = small();
  const x = Float32Array.of(0, 0);
  const wrong = /** @type {[() => unknown, RegExp][]} */ ([
    [() => model.oracle.velocity({ t: 2, x }), /^t: got 2/],
    [
      () => model.oracle.velocity({ t: 0.5, x: Float32Array.of(2e6, 0) }),
      /^x, point 0: got 2000000/,
    ],
    [() => model.irreducibleLoss({ n: 3 }), /^n: got 3; allowed is an integer from 64/],
    [() => model.fieldError({ weights: /** @type {any} */ ('best') }), /^weights: got "best"/],
    [() => model.excess(/** @type {any} */ ([1])), /^losses: got \[1\]/],
    [() => model.excess(new Float64Array(4)), /^losses.length: got 4; allowed is up to 0/],
    [() => model.fieldMap({ t: 0.5, cells: 0 }), /^cells: got 0/],
    [() => model.fieldMap({ t: 0.5, extent: -1 }), /^extent: got -1/],
    [() => model.fieldMap(/** @type {any} */ ({})), /^t: got undefined/],
    [() => small({ data: 'points', dim: 3 }).fieldMap({ t: 0.5 }), /dim: got 3; allowed is 2/],
  ]);
  for (const [ask, message] of wrong) assert.throws(ask, { code: 'argument', message });
});

test('a worker refuses what a model refuses', () =>
  connected(async (client) => {
    await client.create({ hidden: 16, batch: 64, coupling: 'ot' });
    await rejects(client.fieldError(), 'state', /got coupling 'ot'/);
    assert.equal(await client.floor(), null);
  }));

test('train and eval report what the library finds, and null where there is no exact field', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-oracle-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const words = ['--hidden', '8', '--features', '8', '--batch', '64', '--solver-steps', '2'];
  for (const [coupling, classes] of /** @type {const} */ ([
    ['independent', '0'],
    ['ot', '0'],
    ['independent', '2'],
  ])) {
    const out = join(folder, `${coupling}-${classes}.safetensors`);
    const options = [...words, '--steps', '40', '--coupling', coupling, '--classes', classes];
    const trained = JSON.parse(await succeed('train', ...options, '--out', out, '--json'));
    const resumed = JSON.parse(await succeed('train', '--resume', out, '--json'));
    const judged = JSON.parse(await succeed('eval', out, '-n', '100', '--json'));
    const spoken = await succeed('eval', out, '-n', '100');
    const model = await load(readFileSync(out), { module });
    const floor = model.floor();
    if (floor) {
      assert.equal(trained.loss_floor, floor.loss_floor);
      assert.equal(resumed.loss_floor, floor.loss_floor);
      assert.equal(judged.loss_floor, floor.loss_floor);
      assert.equal(judged.field_error, model.fieldError().field_error);
      const again = small({ ...model.config });
      assert.equal(trained.excess, again.excess(again.train(40))?.excess);
      assert.match(spoken, /^field error \d\.\d{5} \(the loss is that and its floor \d/m);
    } else {
      assert.deepEqual([trained.loss_floor, trained.excess], [null, null]);
      assert.deepEqual([judged.loss_floor, judged.field_error], [null, null]);
      assert.doesNotMatch(spoken, /field error/);
    }
    assert.equal(floor !== null, coupling === 'independent');
    const points = join(folder, 'points.csv');
    writeFileSync(points, '0.5,-1\n1,2\n');
    const exact = ['velocity', out, '--points', points, '--t', '0.25', '--exact'];
    if (floor) {
      const x = Float32Array.of(0.5, -1, 1, 2);
      const field = csv.read(await succeed(...exact)).data;
      assert.deepEqual(field, model.oracle.velocity({ t: 0.25, x }));
      if (classes === '2') {
        const labelled = csv.read(await succeed(...exact, '--label', '1')).data;
        assert.deepEqual(labelled, model.oracle.velocity({ t: 0.25, x, label: 1 }));
        assert.notDeepEqual(labelled, field);
        assert.match((await run(...exact, '--guidance', '2')).stderr, /--guidance: got 2/);
      }
      assert.match((await run(...exact, '--weights', 'raw')).stderr, /--weights: got "raw"/);
      const stray = await run(...exact.slice(0, -1), '--data', points);
      assert.match(stray.stderr, /--data: got .*; allowed is nothing without --exact/);
    } else {
      const { code, stderr } = await run(...exact);
      assert.equal(code, 2);
      assert.match(stderr, /--exact: got coupling 'ot', whose pairs are chosen within/);
    }
    assert.equal(resumed.excess, null, 'no step was taken');
  }
});
