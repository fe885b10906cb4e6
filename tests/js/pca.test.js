import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digits } from '../../web/lib/digits.js';
import { MoonflowError } from '../../web/lib/index.js';
import { pca } from '../../web/lib/pca.js';

const numpy = JSON.parse(readFileSync(new URL('../fixtures/pca.json', import.meta.url), 'utf8'));
const { points, labels, dim } = await digits();

/**
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} wanted
 * @param {number} within
 */
function near(got, wanted, within) {
  assert.equal(got.length, wanted.length);
  const off = Array.from(got, (value, i) => Math.abs(value - wanted[i]));
  assert.ok(Math.max(...off) <= within, `${Math.max(...off)} off`);
}

/** @param {number} k */
function residual(k) {
  const { encode, decode } = pca(points, dim, k);
  const back = decode(encode(points));
  return points.reduce((sum, each, i) => sum + (each - back[i]) ** 2, 0) / points.length;
}

test('the digits are 1,797 images of 64 pixels within [-1, 1], about as many of each', () => {
  assert.equal(points.length, 1797 * 64);
  assert.ok(points.every((each) => Math.abs(each) <= 1 && Number.isInteger(8 * each)));
  const counts = new Array(10).fill(0);
  for (const label of labels) counts[label]++;
  assert.deepEqual(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  // The first image is a 0: a ring around an empty middle.
  const row = Array.from(points.subarray(24, 32), (each) => 8 * each + 8);
  assert.deepEqual([labels[0], row], [0, [0, 4, 12, 0, 0, 8, 8, 0]]);
});

test('principal components, their variances and their residuals are those of NumPy', () => {
  const { mean, components, explained } = pca(points, dim, dim);
  near(mean, numpy.mean, 1e-7);
  near(explained, numpy.explained, 1e-12);
  near(components.subarray(0, 4 * dim), numpy.components.flat(), 1e-6);
  numpy.counts.forEach((/** @type {number} */ k, /** @type {number} */ i) => {
    near([residual(k)], [numpy.errors[i]], 1e-7);
  });
  assert.equal(numpy.counts.length, 5);
});

test('the components are orthonormal, also those along which nothing varies', () => {
  const { components, explained } = pca(points, dim, dim);
  assert.ok(explained[63] < 1e-12, `${explained[63]}`);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let at = 0; at < dim; at++) dot += components[i * dim + at] * components[j * dim + at];
      assert.ok(Math.abs(dot - Number(i === j)) < 1e-6, `${i}, ${j}: ${dot}`);
    }
  }
});

test('what has no principal components is refused', () => {
  /** @type {[RegExp, () => void][]} */
  const refused = [
    [/^k: got 65; allowed is an integer from 1 to 64/, () => pca(points, dim, 65)],
    [/^k: got 0; /, () => pca(points, dim, 0)],
    [/^dim: got 257; /, () => pca(points, 257, 1)],
    [/^points\.length: got 115008; /, () => pca(points, 63, 1)],
    [/^points: got 1; allowed is at least 2/, () => pca(points.slice(0, 64), 64, 1)],
    [/point 1, coordinate 0: got NaN/, () => pca(Float32Array.of(1, NaN), 1, 1)],
  ];
  for (const [message, act] of refused) {
    assert.throws(act, (error) => error instanceof MoonflowError && message.test(error.message));
  }
  assert.equal(refused.length, 6);
});

test('the digits are imported by their own name, and by nothing that is loaded without being asked', () => {
  const own = new URL('../../web/lib/digits.js', import.meta.url).href;
  assert.equal(import.meta.resolve('moonflow/digits.js'), own);
  const importers = [];
  for (const folder of ['lib', 'cli', 'app']) {
    const here = new URL(`../../web/${folder}/`, import.meta.url);
    for (const name of readdirSync(here).filter((each) => each.endsWith('.js'))) {
      const text = readFileSync(new URL(name, here), 'utf8');
      if (/from '[./a-z]*(digits|pixels)\.js'/.test(text)) importers.push(name);
    }
  }
  assert.deepEqual(
    importers,
    ['digits.js'],
    'digits.js has pixels.js, and no module has digits.js',
  );
});
