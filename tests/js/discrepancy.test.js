/** Exact W2, energy distance and MMD: against plain sums, against SciPy's assignment, and beside their floors. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { energySlices, exactW2, mmdSlices } from '../../web/lib/discrepancy.js';
import { finish } from '../../web/lib/slice.js';
import { hashed } from './draw.js';
import { small, state } from './small.js';

const model = small();
const flat = small({ data: 'points', dim: 5 });

/** @param {number} n @param {number} dim @param {number} from */
const scatter = (n, dim, from) =>
  Float32Array.from({ length: n * dim }, (_, i) => 3 * Math.sin(1.7 * i + from) + Math.cos(i * i));

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} dim
 * @param {(distance: number) => number} f
 */
function plainMean(a, b, dim, f) {
  let sum = 0;
  for (let i = 0; i < a.length; i += dim) {
    for (let j = 0; j < b.length; j += dim) {
      sum += f(Math.hypot(...Array.from({ length: dim }, (_, k) => a[i + k] - b[j + k])));
    }
  }
  return sum / ((a.length / dim) * (b.length / dim));
}

for (const [dim, owner] of /** @type {const} */ ([
  [2, model],
  [5, flat],
])) {
  test(`energy distance and MMD are their definitions in ${dim} dimensions, for sets of unequal size`, () => {
    const [a, b] = [scatter(37, dim, 1), scatter(61, dim, 2)];
    /** @param {(d: number) => number} f */
    const means = (f) => [
      plainMean(a, a, dim, f),
      plainMean(b, b, dim, f),
      plainMean(a, b, dim, f),
    ];
    const [aa, bb, ab] = means((d) => d);
    const energy = finish(energySlices(owner, a, b));
    assert.ok(energy > 0.01 && Math.abs(energy - (2 * ab - aa - bb)) < 1e-12, `${energy}`);
    for (const bandwidth of [0.3, 2, 40]) {
      const [kaa, kbb, kab] = means((d) => Math.exp((-d * d) / (2 * bandwidth ** 2)));
      const mmd = finish(mmdSlices(owner, a, b, bandwidth));
      assert.ok(Math.abs(mmd - (kaa + kbb - 2 * kab)) < 1e-12, `h ${bandwidth}: ${mmd}`);
    }
  });
}

test('exact W2 is the root of the mean cost of SciPy’s assignment', () => {
  const file = new URL('../fixtures/assignment.json', import.meta.url);
  const rows = JSON.parse(readFileSync(file, 'utf8'));
  let compared = 0;
  for (const { case: number, n, dim, span, cost } of rows) {
    if (dim !== 2) continue;
    const [a, b] = [0, 1].map((side) =>
      Float32Array.from(
        hashed(2 * number + side, 2 * n),
        (u) => Math.floor(u * (2 * span + 1)) - span,
      ),
    );
    assert.equal(exactW2(model, a, b), Math.sqrt(cost / n));
    compared++;
  }
  assert.equal(compared, 28);
});

test('equal sets are at distance 0, and every measure grows as one set moves away', () => {
  const a = scatter(80, 2, 1);
  const b = scatter(80, 2, 3);
  const far = b.map((x) => x + 5);
  for (const measure of [
    (/** @type {Float32Array} */ x, /** @type {Float32Array} */ y) => exactW2(model, x, y),
    (/** @type {Float32Array} */ x, /** @type {Float32Array} */ y) =>
      finish(energySlices(model, x, y)),
    (/** @type {Float32Array} */ x, /** @type {Float32Array} */ y) =>
      finish(mmdSlices(model, x, y, 1)),
  ]) {
    assert.equal(measure(a, a), 0);
    const near = measure(a, b);
    assert.ok(near > 0 && measure(a, far) > 2 * near);
    assert.ok(Math.abs(measure(b, a) - near) < 1e-9 * near);
  }
});

test('a trained model comes within twice the floor of every measure, an untrained one does not', () => {
  const trained = small({ hidden: 24, layers: 3, steps: 400, batch: 128, data: 'circles' });
  const before = trained.discrepancy({ n: 600 });
  trained.train(400);
  const saved = state(trained);
  const after = trained.discrepancy({ n: 600 });
  assert.equal(state(trained), saved);
  for (const name of /** @type {const} */ (['w2', 'energy', 'mmd'])) {
    const floor = after[`${name}_floor`];
    assert.equal(floor, before[`${name}_floor`]);
    assert.ok(
      after[name] < 2 * floor && before[name] > 3 * floor,
      `${name}: ${before[name]}, ${after[name]}, ${floor}`,
    );
  }
  assert.deepEqual([after.n, after.nfe], [600, trained.nfe('heun', 25)]);
});

test('wrong options are refused by name', () => {
  assert.throws(() => model.discrepancy({ n: 16385 }), {
    code: 'argument',
    message: /^n: got 16385/,
  });
  assert.throws(() => model.discrepancy({ n: 1 }), { code: 'argument', message: /^n: got 1/ });
  const x = scatter(3, 2, 1);
  assert.throws(() => finish(mmdSlices(model, x, x, 0)), {
    message: /^bandwidth: got 0; allowed is/,
  });
  assert.throws(() => finish(energySlices(model, x.subarray(1), x)), {
    message: /^a.length: got 5/,
  });
});
