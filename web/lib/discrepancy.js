/**
 * @file Measures of how far two sets of points are apart that look at pairs of points: exact W2, the energy distance and the
 * maximum mean discrepancy (MMD). src/metric.h has the formulas. They cost n^2, so sets are smaller than for SW2.
 */

import { integer, points } from './argument.js';
import { refusal } from './errors.js';
import { requireMeasurable, travelSlices } from './flow.js';
import { requireWhole } from './grid.js';
import { realSets } from './quality.js';
import { share } from './slice.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * Roots, so each has the unit of a coordinate or, for MMD, none. Every one stands beside its floor.
 * @typedef {object} Discrepancy
 * @property {number} w2 exact Wasserstein-2 distance
 * @property {number} w2_floor
 * @property {number} energy root of the energy distance
 * @property {number} energy_floor
 * @property {number} mmd root of MMD^2 under a Gaussian kernel
 * @property {number} mmd_floor
 * @property {number} mmd_bandwidth of the kernel: the median distance between the first 500 real points
 * @property {number} n points in each set
 * @property {number} nfe field evaluations a sample
 */

const KERNELS = { distance: 0, gaussian: 1 };
/** The most that an exact assignment takes. */
export const W2_MOST = 16384;
/** Pairs in one piece: a few milliseconds of exponentials. */
const PIECE_PAIRS = 5e5;
/** Real points whose distances give the bandwidth of MMD. */
const BANDWIDTH_POINTS = 500;

/**
 * @param {Model} model
 * @param {import('./quality.js').QualityOptions} [options] n is 2,000 unless given, at most 16,384
 * @returns {import('./slice.js').Work<number, Discrepancy>}
 */
export function* discrepancySlices(model, options) {
  const given = optionsOf('discrepancy', options);
  const { n = 2000, seed = 1, guidance, guidance_interval, ...rest } = given;
  integer('n', n, 2, W2_MOST);
  requireWhole(rest.grid);
  if (guidance !== undefined || guidance_interval !== undefined) {
    const [name, value] =
      guidance === undefined ? ['guidance_interval', guidance_interval] : ['guidance', guidance];
    throw refusal(
      name,
      value,
      'left out: pairs are measured over all classes, which are drawn unguided',
    );
  }
  const sets = realSets(model, n, seed);
  const { x: samples, nfe } = yield* share(travelSlices(model, { ...rest, n, seed }), 0, 0.3);
  requireMeasurable('discrepancy: sample', samples, model.dim);
  const mmd_bandwidth = bandwidthOf(sets[0], model.dim);
  const found = yield* share(measure(model, samples, sets[0], mmd_bandwidth), 0.3, 0.65);
  const floor = yield* share(measure(model, sets[1], sets[0], mmd_bandwidth), 0.65, 1);
  const floors = { w2_floor: floor.w2, energy_floor: floor.energy, mmd_floor: floor.mmd };
  return { ...found, ...floors, mmd_bandwidth, n, nfe };
}

/**
 * All three between two sets of the same size.
 * @param {Model} model
 * @param {Float32Array} a [n, D]
 * @param {Float32Array} b [n, D]
 * @param {number} bandwidth of the kernel of MMD
 * @returns {import('./slice.js').Work<number, {w2: number, energy: number, mmd: number}>}
 */
function* measure(model, a, b, bandwidth) {
  const w2 = exactW2(model, a, b);
  yield 0.3;
  const energy = Math.sqrt(yield* share(energySlices(model, a, b), 0.3, 0.6));
  const mmd = Math.sqrt(yield* share(mmdSlices(model, a, b, bandwidth), 0.6, 1));
  return { w2, energy, mmd };
}

/**
 * Exact Wasserstein-2 distance, the root of the least mean squared distance over all pairings.
 * @param {Model} model
 * @param {Float32Array} a [n, D], n <= 16,384
 * @param {Float32Array} b [n, D]
 */
export function exactW2(model, a, b) {
  const { dim } = model;
  const match = model.assign(a, b);
  let sum = 0;
  for (let i = 0; i < match.length; i++) {
    for (let k = 0; k < dim; k++) sum += (a[i * dim + k] - b[match[i] * dim + k]) ** 2;
  }
  return Math.sqrt(sum / match.length);
}

/**
 * The energy distance 2 E|x - y| - E|x - x'| - E|y - y'|, at least 0.
 * @param {Model} model
 * @param {Float32Array} a [n, D]
 * @param {Float32Array} b [m, D]
 * @returns {import('./slice.js').Work<number, number>}
 */
export function* energySlices(model, a, b) {
  const [aa, bb, ab] = yield* pairs(model, a, b, 'distance', 1);
  return Math.max(0, 2 * ab - aa - bb);
}

/**
 * MMD^2 under a Gaussian kernel, at least 0.
 * @param {Model} model
 * @param {Float32Array} a [n, D]
 * @param {Float32Array} b [m, D]
 * @param {number} bandwidth
 * @returns {import('./slice.js').Work<number, number>}
 */
export function* mmdSlices(model, a, b, bandwidth) {
  if (!(bandwidth >= 1e-9 && bandwidth <= 1e18)) {
    throw refusal('bandwidth', bandwidth, 'a number from 1e-9 to 1e18');
  }
  const [aa, bb, ab] = yield* pairs(model, a, b, 'gaussian', bandwidth);
  return Math.max(0, aa + bb - 2 * ab);
}

/**
 * Means of a kernel over the pairs within a, within b, and between them.
 * @param {Model} model
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {keyof typeof KERNELS} kernel
 * @param {number} bandwidth
 * @returns {import('./slice.js').Work<number, [number, number, number]>}
 */
function* pairs(model, a, b, kernel, bandwidth) {
  points('a', a, model.dim);
  points('b', b, model.dim);
  const aa = yield* share(meanOf(model, a, a, kernel, bandwidth), 0, 1 / 3);
  const bb = yield* share(meanOf(model, b, b, kernel, bandwidth), 1 / 3, 2 / 3);
  const ab = yield* share(meanOf(model, a, b, kernel, bandwidth), 2 / 3, 1);
  return [aa, bb, ab];
}

/**
 * @param {Model} model
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {keyof typeof KERNELS} kernel
 * @param {number} bandwidth
 * @returns {import('./slice.js').Work<number, number>}
 */
function* meanOf(model, a, b, kernel, bandwidth) {
  const { instance, dim } = model;
  const [n, m] = [a.length / dim, b.length / dim];
  const piece = Math.max(1, Math.floor(PIECE_PAIRS / m));
  let sum = 0;
  for (let first = 0; first < n; first += piece) {
    const count = Math.min(piece, n - first);
    const [left, right, out] = instance.memory.carve('scratch', [
      a.byteLength,
      b.byteLength,
      8 * count,
    ]);
    instance.memory.floats(left, a.length).set(a);
    instance.memory.floats(right, b.length).set(b);
    const sets = [left, n, right, m, dim];
    const args = [KERNELS[kernel], bandwidth, ...sets, first, count, out];
    instance.check('discrepancy', 'give other points', 'fm_pair_means', ...args);
    for (const mean of instance.memory.doubles(out, count)) sum += mean;
    yield (first + count) / n;
  }
  return sum / n;
}

/**
 * The median distance between the first points of a set, at least 1e-9.
 * @param {Float32Array} x [n, D]
 * @param {number} dim
 */
function bandwidthOf(x, dim) {
  const n = Math.min(BANDWIDTH_POINTS, x.length / dim);
  const distances = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < dim; k++) square += (x[i * dim + k] - x[j * dim + k]) ** 2;
      distances.push(Math.sqrt(square));
    }
  }
  distances.sort((a, b) => a - b);
  return Math.max(1e-9, distances[distances.length >> 1]);
}
