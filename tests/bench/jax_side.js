/**
 * @file jax-js's side of the bench, on its WebAssembly backend, which has one thread in Node. Requests are those of
 * contender.js.
 *
 * jax-js brings no optimiser, so AdamW, clipping and EMA are written here in its arrays and compiled by one jit together
 * with forward and backward; `differentiate` is forward and backward alone. Using an array consumes it, `.ref` keeps it.
 */

import { readFileSync } from 'node:fs';
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { answer, timed } from './answering.js';
import { batches, frequencies, layerArrays, SEED, startPoints } from './given_run.js';

/** @typedef {any} Tensor the package's types are not at hand where this is checked */
/** @typedef {{weights: Tensor[], m: Tensor[], v: Tensor[], ema: Tensor[]}} State */

await init('wasm');
defaultDevice('wasm');

const { lr, beta1, beta2, eps, clip, ema_decay: decay } = SEED;
const f = np.array(frequencies());

/**
 * @param {Float32Array} data
 * @param {number[]} shape
 */
const tensor = (data, shape) => np.array(data).reshape(shape);

/** @param {Tensor[]} list */
const keep = (list) => list.map((each) => each.ref);

/**
 * @param {Tensor} x
 * @param {Tensor} w
 * @param {Tensor} b
 */
const linear = (x, w, b) => np.dot(x, w).add(b);

/**
 * v [B, 2] from t [B] and x [B, 2].
 * @param {Tensor[]} weights
 * @param {Tensor} t
 * @param {Tensor} x
 */
function field([w1, b1, w2, b2, w3, b3, w4, b4, w5, b5], t, x) {
  const angle = t.reshape([-1, 1]).mul(f.ref);
  const features = np.concatenate([np.sin(angle.ref), np.cos(angle)], 1);
  const e = linear(nn.silu(linear(features, w1, b1)), w2, b2);
  const h = nn.silu(linear(np.concatenate([x, e], 1), w3, b3));
  return linear(nn.silu(linear(h, w4, b4)), w5, b5);
}

/**
 * @param {Tensor[]} weights
 * @param {Tensor} t
 * @param {Tensor} x0
 * @param {Tensor} x1
 */
function lossOf(weights, t, x0, x1) {
  const s = t.ref.reshape([-1, 1]);
  const seen = x0.ref.mul(np.subtract(1, s.ref)).add(x1.ref.mul(s));
  return np.square(field(weights, t, seen).sub(x1.sub(x0))).mean();
}

const gradient = valueAndGrad(lossOf);

/**
 * One AdamW step: the loss and the next state.
 * @param {State} state
 * @param {Tensor} correction [2]: 1 / (1 - beta^k) of both betas
 * @param {Tensor} t
 * @param {Tensor} x0
 * @param {Tensor} x1
 * @returns {[Tensor, State]}
 */
function move({ weights, m, v, ema }, correction, t, x0, x1) {
  const [loss, gradients] = gradient(keep(weights), t, x0, x1);
  const squares = keep(gradients).map((g) => np.square(g).sum());
  const norm = np.sqrt(squares.reduce((sum, each) => sum.add(each)));
  const shrink = np.minimum(1, np.divide(clip, norm.add(1e-6)));
  const [first, second] = [correction.ref.slice(0), correction.slice(1)];
  const g = gradients.map((/** @type {Tensor} */ each) => each.mul(shrink.ref));
  const next = {
    m: m.map((each, i) => each.mul(beta1).add(g[i].ref.mul(1 - beta1))),
    v: v.map((each, i) => each.mul(beta2).add(np.square(g[i]).mul(1 - beta2))),
  };
  const moved = weights.map((each, i) => {
    const size = np.sqrt(next.v[i].ref.mul(second.ref)).add(eps);
    return each.sub(next.m[i].ref.mul(first.ref).mul(lr).div(size));
  });
  const average = ema.map((each, i) => each.mul(decay).add(moved[i].ref.mul(1 - decay)));
  return [loss, { weights: moved, ...next, ema: average }];
}

const compiledMove = jit(move);
const compiledGradient = jit(gradient);
const compiledEuler = jit(
  (
    /** @type {Tensor[]} */ weights,
    /** @type {Tensor} */ t,
    /** @type {Tensor} */ x,
    /** @type {Tensor} */ h,
  ) => x.ref.add(field(weights, t, x).mul(h)),
);

const arrays = layerArrays();
const initial = () => arrays.map(({ data, shape }) => tensor(data, shape));
const zeros = () => arrays.map(({ shape }) => np.zeros(shape));
/** @type {State} */
let state = { weights: initial(), m: zeros(), v: zeros(), ema: initial() };
let step = 0;

/**
 * @param {number} steps
 * @returns {[Tensor, Tensor, Tensor][]}
 */
function tensors(steps) {
  return batches(step, steps).map(({ t, x0, x1 }) => [
    np.array(t),
    tensor(x0, [SEED.batch, SEED.dim]),
    tensor(x1, [SEED.batch, SEED.dim]),
  ]);
}

/** @param {[Tensor, Tensor, Tensor]} batch */
async function train(batch) {
  step++;
  const correction = np.array([1 / (1 - beta1 ** step), 1 / (1 - beta2 ** step)]);
  const [loss, next] = compiledMove(state, correction, ...batch);
  state = next;
  return (await loss.data())[0];
}

/** @param {[Tensor, Tensor, Tensor]} batch */
async function differentiate(batch) {
  const [loss, gradients] = compiledGradient(keep(state.weights), ...batch);
  const value = (await loss.data())[0];
  for (const each of gradients) each.dispose();
  return value;
}

/**
 * @param {number} steps
 * @param {(batch: [Tensor, Tensor, Tensor]) => Promise<number>} lossOfBatch
 */
async function losses(steps, lossOfBatch) {
  const given = tensors(steps);
  const { result, ms } = await timed(async () => {
    /** @type {number[]} */
    const all = [];
    for (const batch of given) all.push(await lossOfBatch(batch));
    return all;
  });
  return { losses: result, ms };
}

/**
 * @param {number} count
 * @param {number} steps
 */
async function euler(count, steps) {
  let x = tensor(startPoints(count), [count, SEED.dim]);
  for (let i = 0; i < steps; i++) {
    const t = np.full([count], i / steps);
    x = compiledEuler(keep(state.weights), t, x, np.array(1 / steps));
  }
  return x.data();
}

const manifest = new URL('node_modules/@jax-js/jax/package.json', import.meta.url);

await answer({
  version: () => ({ version: JSON.parse(readFileSync(manifest, 'utf8')).version }),
  train: ({ steps }) => losses(steps, train),
  differentiate: ({ steps }) => losses(steps, differentiate),
  sample: async ({ count, steps }) => {
    const { result, ms } = await timed(() => euler(count, steps));
    return { points: [...result], ms };
  },
});
