/**
 * @file How much a flow moves its points, beside the least that any flow between the same ends must (Benamou & Brenier 2000):
 *
 *     PE = E integral over t of |v(t, x(t))|^2 dt >= W2^2,      normalised |PE - W2^2| / W2^2      (Tong et al. 2024, section 5)
 *
 * Along an Euler trajectory the mean of |v|^2 is the square of the mean of v, which is the cost, and the variance about it, which
 * is the straightness. W2 is exact between n start points and n points of the data; so few points stand a little further apart
 * than their laws.
 */

import { integer } from './argument.js';
import { exactW2, W2_MOST } from './discrepancy.js';
import { isOneStep, straightnessSlices, travelSlices } from './flow.js';
import { realSets } from './quality.js';
import { share } from './slice.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {object} EnergyOptions
 * @property {number} [n] points, 2,000 unless given, at most 16,384
 * @property {number} [seed] 1 unless given
 * @property {number} [steps] of Euler; 100 unless given, of a one-step model 1
 * @property {import('./flow.js').Weights} [weights] 'ema' unless given
 */

/** @typedef {{path_energy: number, w2_squared: number, normalised_path_energy: number, n: number, steps: number}} Energy */

const STEPS = 100;

/**
 * @param {Model} model
 * @param {EnergyOptions} [options]
 * @returns {import('./slice.js').Work<number, Energy>}
 */
export function* pathEnergySlices(model, options) {
  const given = optionsOf('pathEnergy', options);
  const { n = 2000, seed = 1, steps = isOneStep(model) ? 1 : STEPS, weights } = given;
  integer('n', n, 2, W2_MOST);
  const travel = { n, seed, steps, weights };
  const { straightness, cost } = yield* share(straightnessSlices(model, travel), 0, 0.7);
  // Where the path begins, which is not of unit scale on every one.
  const begin = { n, seed, solver: 'euler', steps: 1, sde: 'none', weights };
  const { path } = yield* share(travelSlices(model, begin, { keep: true }), 0.7, 0.8);
  const start = /** @type {Float32Array} */ (path).subarray(0, n * model.dim);
  const w2_squared = exactW2(model, start, realSets(model, n, seed)[0]) ** 2;
  const path_energy = straightness + cost;
  const normalised_path_energy = Math.abs(path_energy - w2_squared) / w2_squared;
  return { path_energy, w2_squared, normalised_path_energy, n, steps };
}
