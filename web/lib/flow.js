/**
 * @file Points carried along the model's flow, in pieces. Each point's numbers are its own, so the size of the pieces
 * shows only in how often the work yields.
 */

import { choice, integer, points, real } from './argument.js';
import { parameters, rowOf } from './parameters.js';
import { piecePoints } from './slice.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {'raw' | 'ema'} Weights */

/**
 * Where samples start and how they travel. Give either `n` (with `seed`) or `x0`.
 * @typedef {object} SampleOptions
 * @property {number} [n]
 * @property {Float32Array} [x0] start points [n, D], unit scale when t_start is 0
 * @property {number} [seed] of the start points; 1 unless given
 * @property {string} [solver] the configuration's unless given
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {Weights} [weights] 'ema' unless given
 * @property {number} [t_start] 0 unless given
 * @property {number} [t_end] 1 unless given
 */

/**
 * @typedef {object} StraightnessOptions
 * @property {number} [n] start points; 2,048 unless given
 * @property {number} [seed] of the start points; 1 unless given
 * @property {number} [steps] Euler steps; the configuration's solver_steps unless given
 * @property {Weights} [weights] 'ema' unless given
 */

/**
 * The engine's number for which weights are meant.
 * @param {unknown} weights
 */
export function slotOf(weights) {
  return choice('weights', weights, ['raw', 'ema']);
}

/**
 * The engine's number of a solver.
 * @param {Model} model
 * @param {unknown} name
 */
export function methodOf(model, name) {
  return choice('solver', name, rowOf(parameters(model.module), 'solver').choices);
}

/**
 * @param {Model} model
 * @param {SampleOptions} options
 * @returns {import('./slice.js').Work<number, Float32Array>}
 */
export function* sampleSlices(model, options) {
  const { n, x0, seed, weights = 'ema', t_start = 0, t_end = 1 } = options;
  const { instance, handle, dim, config } = model;
  const solver = String(options.solver ?? config.solver);
  const method = methodOf(model, solver);
  const steps = integer('steps', options.steps ?? config.solver_steps, 1);
  const travel = [slotOf(weights), method, steps];
  travel.push(real('t_start', t_start, 0, 1), real('t_end', t_end, 0, 1));
  if (x0 !== undefined) points('x0', x0, dim);
  const x = x0?.slice() ?? model.noise({ n: integer('n', n, 1), seed });
  const size = dim * pieceOf(model, model.nfe(solver, steps));
  for (let start = 0; start < x.length; start += size) {
    const piece = x.subarray(start, start + size);
    const [pointer] = instance.put('scratch', piece);
    const args = [handle, ...travel, pointer, piece.length / dim];
    instance.check('sample', 'give other options', 'fm_sample', ...args);
    piece.set(instance.memory.floats(pointer, piece.length));
    yield Math.min(1, (start + size) / x.length);
  }
  return x;
}

/**
 * @param {Model} model
 * @param {StraightnessOptions} [options]
 * @returns {import('./slice.js').Work<number, {straightness: number, cost: number}>}
 */
export function* straightnessSlices(model, { n = 2048, seed, steps, weights = 'ema' } = {}) {
  const { instance, handle, config } = model;
  const slot = slotOf(weights);
  const count = integer('steps', steps ?? config.solver_steps, 1);
  const piece = pieceOf(model, count);
  const total = { straightness: 0, cost: 0 };
  for (let first = 0; first < integer('n', n, 1); first += piece) {
    const size = Math.min(piece, n - first);
    const x0 = model.noise({ n: size, seed, first });
    const empty = new Float32Array(size);
    const [start, straight, cost] = instance.put('scratch', x0, empty, empty);
    const args = [handle, slot, count, start, size, straight, cost];
    instance.check('straightness', 'give other options', 'fm_straightness', ...args);
    for (const each of instance.memory.floats(straight, size)) total.straightness += each / n;
    for (const each of instance.memory.floats(cost, size)) total.cost += each / n;
    yield Math.min(1, (first + piece) / n);
  }
  return total;
}

/**
 * @param {Model} model
 * @param {number} evaluations of the field that a point costs
 */
function pieceOf(model, evaluations) {
  return piecePoints(evaluations * model.parameterCount);
}
