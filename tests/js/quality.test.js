/** Measures of samples. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { piecePoints } from '../../web/lib/slice.js';
import { module, small } from './small.js';

test('the distance of a set to itself is 0, it is symmetric, and a shift is seen in full', () => {
  const model = small();
  const [a, b] = [model.data({ n: 500, seed: 1 }), model.data({ n: 500, seed: 2 })];
  assert.equal(model.sw2(a, a), 0);
  assert.equal(model.sw2(a, b), model.sw2(b, a));
  // A shift by s along one axis moves each projection by s cos(angle), whose mean square is s^2 / 2.
  const shifted = a.map((coordinate, i) => (i % 2 === 0 ? coordinate + 3 : coordinate));
  const expected = 3 / Math.SQRT2;
  assert.ok(Math.abs(model.sw2(a, shifted, { directions: 4096 }) - expected) < 0.05);
});

test('the distance does not depend on how its directions are cut', () => {
  const model = small();
  const [a, b] = [model.data({ n: 30_000, seed: 1 }), model.data({ n: 30_000, seed: 2 })];
  const whole = model.sw2(a, b, { directions: 8 });
  let sum = 0;
  const { instance } = model;
  const [left, right, scratch, out] = instance.memory.carve('test', [
    a.byteLength,
    b.byteLength,
    16 * 30_000,
    64,
  ]);
  instance.memory.floats(left, a.length).set(a);
  instance.memory.floats(right, b.length).set(b);
  assert.equal(instance.call('fm_sw2', left, right, 30_000, 2, 0, 0, 8, scratch, out), 0);
  for (const square of instance.memory.doubles(out, 8)) sum += square;
  assert.equal(whole, Math.sqrt(sum / 8));
});

test('samples that are finite, yet too far away to be measured, are said to have diverged', () => {
  const model = small();
  const raw = new Float32Array(model.parameterCount);
  raw.fill(1e25, -model.dim); // the bias of the last layer: the same velocity everywhere
  const zero = new Float32Array(raw.length);
  model.restore({ step: 0, round: 0, raw, ema: raw, moment: zero, variance: zero });
  const message = /^quality: sample 0 is \d.*e\+2\d; allowed are numbers within ±1e18, so/;
  assert.throws(() => model.quality({ n: 50 }), { code: 'diverged', message });
  assert.ok(model.sample({ n: 5 }).every((x) => x > 1e24));
});

test('quality run in slices is quality at once, and its progress ends at 1', () => {
  const model = small({ data: '8gaussians' });
  model.train(20);
  const whole = model.quality({ n: 700, steps: 5 });
  const fractions = [];
  const slices = model.qualitySlices({ n: 700, steps: 5 });
  let result = slices.next();
  while (!result.done) {
    fractions.push(result.value);
    model.noise({ n: 3 });
    result = slices.next();
  }
  assert.deepEqual(result.value, whole);
  assert.ok(fractions.length > 2);
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual(
    fractions,
    [...fractions].sort((a, b) => a - b),
  );
  assert.equal(whole.nfe, model.nfe('heun', 5));
});

test('moons are measured against independent draws', () => {
  const [moons, iid] = [small({ data: 'moons' }), small({ data: 'moons-iid' })];
  const [a, b] = [moons.quality({ n: 2000, steps: 2 }), iid.quality({ n: 2000, steps: 2 })];
  assert.equal(a.sw2_floor, b.sw2_floor);
  assert.ok(a.sw2_floor > 0.02 && a.sw2_floor < 0.08, `${a.sw2_floor}`);
  assert.ok(a.sw2 > 10 * a.sw2_floor, 'an untrained model is far from the data');
});

test('the moons of torchcfm are measured against independent draws of theirs', () => {
  const [even, iid] = ['moons-torchcfm', 'moons-iid-torchcfm'].map((data) => small({ data }));
  const [a, b] = [even.quality({ n: 2000, steps: 2 }), iid.quality({ n: 2000, steps: 2 })];
  assert.equal(a.sw2_floor, b.sw2_floor);
  assert.ok(a.sw2_floor > 0.03 && a.sw2_floor < 0.12, `${a.sw2_floor}`);
});

test('own points are measured against draws of themselves', () => {
  const model = small({ data: 'points', dim: 3 });
  assert.throws(() => model.quality({ n: 50 }), { code: 'state', message: /setPoints/ });
  model.setPoints(Float32Array.from({ length: 300 }, (_, i) => Math.sin(i)));
  const { sw2, sw2_floor } = model.quality({ n: 400, steps: 2 });
  assert.ok(sw2 > sw2_floor && sw2_floor > 0 && sw2_floor < 0.2, `${sw2} ${sw2_floor}`);
});

test('pieces are whole groups of rows up to 256 points, and single points where those are dear', () => {
  const sizes = [1, 1e5, 2e6, 6e6, 5e7, 1e8, 1e12].map(piecePoints);
  assert.deepEqual(sizes, [256, 256, 32, 16, 8, 4, 1]);
});

test('the default preset comes within 0.026 of the moons, as a mean of three seeds', (t) => {
  const seeds = [1, 2, 3];
  const distances = seeds.map((seed) => {
    const model = Model.createSync({ preset: 'default', seed }, module);
    model.train(Number(model.config.steps));
    const { sw2 } = model.quality();
    model.dispose();
    return sw2;
  });
  const mean = distances.reduce((sum, sw2) => sum + sw2, 0) / seeds.length;
  t.diagnostic(`SW2 ${distances.map((sw2) => sw2.toFixed(4)).join(', ')}; mean ${mean.toFixed(4)}`);
  assert.ok(mean > 0 && mean <= 0.026, `${mean}`);
});
