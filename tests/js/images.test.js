import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { digits } from '../../web/lib/digits.js';
import { MoonflowError } from '../../web/lib/index.js';
import { pca } from '../../web/lib/pca.js';
import { read, write } from '../../web/lib/safetensors.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { module, small } from './small.js';

const { points, labels, dim } = await digits();
const LATENT = 16;
const codec = pca(points, dim, LATENT);
const { encode, decode, mean, components } = codec;
const size = { width: 8, height: 8 };
const latent = { mean, components };

/** The asked classes of as many points, in turn. */
const asked = Int32Array.from({ length: 300 }, (_, i) => i % 10);

/**
 * How many of a hundred images look like their class: the nearest real image is of it.
 * @param {Float32Array} images [n, 64]
 */
function recognised(images) {
  let right = 0;
  for (let i = 0; i < asked.length; i++) {
    let [best, label] = [Infinity, -1];
    for (let k = 0; k < labels.length; k++) {
      let distance = 0;
      for (let j = 0; j < dim && distance < best; j++) {
        distance += (images[i * dim + j] - points[k * dim + j]) ** 2;
      }
      if (distance < best) [best, label] = [distance, labels[k]];
    }
    if (label === asked[i]) right++;
  }
  return (100 * right) / asked.length;
}

/**
 * A class-conditional model, trained for a few seconds.
 * @param {Float32Array} data
 * @param {number} width of a point
 * @param {number} [steps]
 */
function trained(data, width, steps = 200) {
  const shape = { hidden: 128, layers: 3, features: 32, batch: 128, steps: 200 };
  const model = small({ ...shape, data: 'points', dim: width, classes: 10 });
  model.setPoints(data, undefined, labels);
  model.train(steps);
  return model;
}

/** SW2 between samples and data of a class: trained at most 0.40 in pixels and 0.22 in latent space, untrained at least 0.51. */
const APART = 0.45;

/** @param {import('../../web/lib/model.js').Model} model */
function distancesOf(model) {
  const { conditional } = model.quality({ n: 2000 });
  return (conditional?.classes ?? []).map(({ sw2 }) => sw2 ?? Number.NaN);
}

for (const space of ['pixels', 'latent']) {
  test(`digits in ${space} are of the class that was asked for, and the more so under guidance`, () => {
    const inside = space === 'latent';
    const model = inside ? trained(encode(points), LATENT) : trained(points, dim);
    model.setImages(inside ? { ...size, latent } : size);
    const [plain, guided] = [1, 2].map((guidance) => {
      return recognised(model.pixels(model.sample({ n: 300, seed: 5, labels: asked, guidance })));
    });
    assert.ok(plain > 60, `${plain} of 100`);
    assert.ok(guided > 90 && guided >= plain, `${guided} of 100, ${plain} without guidance`);
    // Chance is 10: a class asked for in vain would be recognised as often.
    const other = model.sample({ n: 300, seed: 5, labels: new Int32Array(300).fill(10) });
    assert.ok(recognised(model.pixels(other)) < 30);
    const distances = distancesOf(model);
    assert.equal(distances.length, 10);
    assert.ok(Math.max(...distances) < APART, `${distances}`);
    const untrained = inside ? trained(encode(points), LATENT, 0) : trained(points, dim, 0);
    assert.ok(Math.min(...distancesOf(untrained)) > APART, `${distancesOf(untrained)} untrained`);
  });
}

/** @type {import('../../web/lib/model.js').Model} */
let model;
before(() => {
  model = small({ data: 'points', dim: LATENT });
  model.setPoints(encode(points));
  model.setImages({ ...size, name: 'digits', latent });
});

test('a saved run knows the size, the name and the latent space of its images', () => {
  const bytes = save(model);
  const again = loadSync(bytes, { module });
  assert.deepEqual(again.images, { width: 8, height: 8, name: 'digits', latent });
  assert.deepEqual(save(again), bytes);
  const sample = model.sample({ n: 4 });
  assert.deepEqual(again.pixels(sample), decode(sample));
  assert.equal(read(save(small())).metadata.images, undefined, 'others have no such entry');
  const plain = small({ data: 'points', dim });
  plain.setImages(size);
  assert.deepEqual(loadSync(save(plain), { module }).images, size);
});

test('images that the points cannot be are refused, by a model and from a file', () => {
  const plain = small({ data: 'points', dim });
  /** @type {[RegExp, () => void][]} */
  const refused = [
    [/^images: got undefined/, () => plain.setImages(/** @type {any} */ (undefined))],
    [
      /^images\.width \* images\.height: got 72; allowed is 64/,
      () => plain.setImages({ width: 9, height: 8 }),
    ],
    [/^images\.width: got 0/, () => plain.setImages({ ...size, width: 0 })],
    [
      /^images\.latent\.components\.length: got 1024; allowed is exactly 4096/,
      () => plain.setImages({ ...size, latent }),
    ],
    [
      /^images\.latent\.mean\.length: got 64/,
      () => model.setImages({ width: 9, height: 8, latent }),
    ],
    [/^images\.name: got 3/, () => plain.setImages({ ...size, name: /** @type {any} */ (3) })],
    [/^images: got none/, () => plain.pixels(points)],
    [/^latents\.length: got 15/, () => model.pixels(new Float32Array(15))],
    [
      /^tensors latent\.mean, latent\.components: got one/,
      () => reload({ without: 'latent.mean' }),
    ],
    [/^images: got text that is not strict JSON/, () => reload({ images: '{' })],
    [/^images: got 8/, () => reload({ images: '8' })],
    [/^images\.height: got "8"/, () => reload({ images: '{"width":8,"height":"8"}' })],
    [
      /^latent\.mean\.length: got 80; allowed is exactly 64/,
      () => model.setLatent({ mean: new Float32Array(80), components: new Float32Array(1280) }),
    ],
  ];
  for (const [message, act] of refused) {
    assert.throws(act, (/** @type {Error} */ error) => {
      assert.match(error.message, message);
      return error instanceof MoonflowError;
    });
  }
  assert.equal(refused.length, 13);
  assert.equal(plain.images, undefined, 'a refused call has changed nothing');
});

/**
 * Loads the run with its file's entry `images` changed, or without a tensor.
 * @param {{images?: string, without?: string}} change
 */
function reload({ without = '', ...change }) {
  const { tensors, metadata } = read(save(model));
  tensors.delete(without);
  const entries = Object.entries({ ...metadata, ...change }).filter(([, text]) => text);
  return loadSync(write({ tensors, metadata: Object.fromEntries(entries) }), { module });
}
