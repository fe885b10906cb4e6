/**
 * @file TF.js's side of the bench, on its WebAssembly backend with SIMD and one thread. Requests are those of
 * contender.js. Its Adam is AdamW here, since the run has no weight decay.
 */

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { answer, timed } from './answering.js';
import { batches, frequencies, layerArrays, SEED, startPoints } from './given_run.js';

/** @typedef {any} Tensor the package's types are not at hand where this is checked */

const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
setWasmPaths(`${dirname(entry)}/`);
setThreadsCount(1);
if (!(await tf.setBackend('wasm'))) throw new Error('TF.js could not start its wasm backend');
if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('TF.js found no SIMD');

const f = tf.tensor(frequencies(), [1, SEED.features / 2]);
/** @type {Tensor[]} */
const weights = layerArrays().map(({ data, shape }) => tf.variable(tf.tensor(data, shape)));
const ema = weights.map((each) => tf.variable(tf.clone(each), false));
const optimiser = tf.train.adam(SEED.lr, SEED.beta1, SEED.beta2, SEED.eps);
let step = 0;

/** @param {Tensor} z */
const silu = (z) => tf.mul(z, tf.sigmoid(z));

/**
 * @param {Tensor} x
 * @param {number} layer
 */
const linear = (x, layer) => tf.add(tf.matMul(x, weights[2 * layer]), weights[2 * layer + 1]);

/**
 * v [B, 2] from t [B, 1] and x [B, 2].
 * @param {Tensor} t
 * @param {Tensor} x
 */
function field(t, x) {
  const angle = tf.mul(t, f);
  const features = tf.concat([tf.sin(angle), tf.cos(angle)], 1);
  const e = linear(silu(linear(features, 0)), 1);
  return linear(silu(linear(silu(linear(tf.concat([x, e], 1), 2)), 3)), 4);
}

/** @param {{t: Tensor, x0: Tensor, x1: Tensor}} batch */
function lossOf({ t, x0, x1 }) {
  const seen = tf.add(tf.mul(tf.sub(1, t), x0), tf.mul(t, x1));
  return tf.mean(tf.square(tf.sub(field(t, seen), tf.sub(x1, x0))));
}

/**
 * Every gradient times min(1, clip / |g|).
 * @param {Record<string, Tensor>} gradients
 */
function clipped(gradients) {
  const squares = Object.values(gradients).map((each) => tf.sum(tf.square(each)));
  const norm = tf.sqrt(tf.addN(squares));
  const shrink = tf.minimum(1, tf.div(SEED.clip, tf.add(norm, 1e-6)));
  return Object.fromEntries(
    Object.entries(gradients).map(([name, each]) => [name, tf.mul(each, shrink)]),
  );
}

/** @param {{t: Tensor, x0: Tensor, x1: Tensor}} batch */
function train(batch) {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(() => lossOf(batch), weights);
    optimiser.applyGradients(clipped(grads));
    ema.forEach((each, i) => {
      each.assign(tf.add(tf.mul(each, SEED.ema_decay), tf.mul(weights[i], 1 - SEED.ema_decay)));
    });
    return value.dataSync()[0];
  });
}

/** @param {{t: Tensor, x0: Tensor, x1: Tensor}} batch */
function differentiate(batch) {
  return tf.tidy(() => tf.variableGrads(() => lossOf(batch), weights).value.dataSync()[0]);
}

/**
 * @param {number} steps
 * @param {(batch: {t: Tensor, x0: Tensor, x1: Tensor}) => number} lossOfBatch
 */
async function losses(steps, lossOfBatch) {
  const given = batches(step, steps).map(({ t, x0, x1 }) => ({
    t: tf.tensor(t, [SEED.batch, 1]),
    x0: tf.tensor(x0, [SEED.batch, SEED.dim]),
    x1: tf.tensor(x1, [SEED.batch, SEED.dim]),
  }));
  const { result, ms } = await timed(() => given.map(lossOfBatch));
  tf.dispose(given);
  return { losses: result, ms };
}

/**
 * @param {number} count
 * @param {number} steps
 * @returns {Float32Array}
 */
function euler(count, steps) {
  let x = tf.tensor(startPoints(count), [count, SEED.dim]);
  for (let i = 0; i < steps; i++) {
    const next = tf.tidy(() =>
      tf.add(x, tf.mul(field(tf.fill([count, 1], i / steps), x), 1 / steps)),
    );
    tf.dispose(x);
    x = next;
  }
  const points = x.dataSync();
  tf.dispose(x);
  return points;
}

await answer({
  version: () => ({ version: version_wasm }),
  train: async ({ steps }) => {
    const answered = await losses(steps, train);
    step += steps;
    return answered;
  },
  differentiate: ({ steps }) => losses(steps, differentiate),
  sample: async ({ count, steps }) => {
    const { result, ms } = await timed(() => euler(count, steps));
    return { points: [...result], ms };
  },
});
