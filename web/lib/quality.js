/**
 * @file Sample quality: the sliced Wasserstein-2 distance (SW2) between the model's samples and real points, beside
 * its floor, which is the same distance between two independent sets of real points of the same size.
 */

import { integer, points, pointsOf, seed } from './argument.js';
import { requireMeasurable, travelSlices } from './flow.js';
import { parameters, rowOf } from './parameters.js';
import { share } from './slice.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {object} QualityOptions
 * @property {number} [n] points in each set; 20,000 unless given
 * @property {number} [seed] of the start points and the first real set; the second takes the seed after it
 * @property {string} [solver] the configuration's unless given
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {import('./grid.js').Grid} [grid] the configuration's time_grid unless given
 * @property {number} [rtol] as grid, the options of a sample
 * @property {number} [atol]
 * @property {import('./flow.js').Weights} [weights] 'ema' unless given
 */

/** @typedef {{sw2: number, sw2_floor: number, nfe: number}} Quality */

const DIRECTIONS = 256;
/** Points projected and sorted in one piece, over all its directions: a few milliseconds. */
const PIECE_SORTED = 40000;

/**
 * @param {Model} model
 * @param {QualityOptions} [options]
 * @returns {import('./slice.js').Work<number, Quality>}
 */
export function* qualitySlices(model, options = {}) {
  const { n = 20000, seed: from = 1, ...rest } = options;
  const sets = realSets(model, n, from);
  const travel = { ...rest, n, seed: from };
  const { x: samples, nfe } = yield* share(travelSlices(model, travel), 0, 0.5);
  requireMeasurable('quality: sample', samples, model.dim);
  const sw2 = yield* share(sw2Slices(model, samples, sets[0]), 0.5, 0.75);
  const sw2_floor = yield* share(sw2Slices(model, sets[1], sets[0]), 0.75, 1);
  return { sw2, sw2_floor, nfe };
}

/**
 * @param {Model} model
 * @param {Float32Array} a [n, D]
 * @param {Float32Array} b [n, D]
 * @param {{seed?: number, directions?: number}} [options]
 * @returns {import('./slice.js').Work<number, number>}
 */
export function* sw2Slices(model, a, b, { seed: from = 0, directions = DIRECTIONS } = {}) {
  const { instance, dim } = model;
  const n = points('a', a, dim);
  pointsOf('b', b, dim, n);
  seed('seed', from);
  const piece = Math.max(1, Math.floor(PIECE_SORTED / n));
  let sum = 0;
  for (let first = 0; first < integer('directions', directions, 1); first += piece) {
    const count = Math.min(piece, directions - first);
    const sizes = [a.byteLength, b.byteLength, 16 * n, 8 * count];
    const [left, right, scratch, out] = instance.memory.carve('scratch', sizes);
    instance.memory.floats(left, a.length).set(a);
    instance.memory.floats(right, b.length).set(b);
    const args = [left, right, n, dim, from, first, count, scratch, out];
    instance.check('sw2', 'give other points', 'fm_sw2', ...args);
    for (const square of instance.memory.doubles(out, count)) sum += square;
    yield (first + count) / directions;
  }
  return Math.sqrt(sum / directions);
}

/**
 * Two independent sets of real points. Moons are measured against `moons-iid`: the evenly spaced angles of `moons`
 * are not independent draws, and the smallest model of that data set is enough to draw them.
 * @param {Model} model
 * @param {number} n
 * @param {number} from
 * @returns {[Float32Array, Float32Array]}
 */
export function realSets(model, n, from) {
  const next = (seed('seed', from) + 1) >>> 0;
  if (model.config.data !== 'moons') {
    return [model.data({ n, seed: from }), model.data({ n, seed: next })];
  }
  const hidden = rowOf(parameters(model.module), 'hidden').min;
  const iid = model.twin({ data: 'moons-iid', hidden });
  try {
    return [iid.data({ n, seed: from }), iid.data({ n, seed: next })];
  } finally {
    iid.dispose();
  }
}
