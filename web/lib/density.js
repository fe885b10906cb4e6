/**
 * @file The density of a model in the plane, on a grid, with its mass: a density integrates to 1, so a mass far from 1 says that
 * the box is too small, its cells too large or the solver's steps too few.
 */

import { integer } from './argument.js';
import { refusal } from './errors.js';
import { loglikSlices, timeOf } from './likelihood.js';
import { share } from './slice.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {[number, number, number, number]} DensityBox x from, x to, y from, y to */

/**
 * @typedef {object} GridOptions
 * @property {number} [size] cells along each side; 128 unless given
 * @property {readonly number[]} [box] [from, to] of both coordinates or [x from, x to, y from, y to]; unless given, a square
 *   around 2,000 samples with a margin of 0.15 of its side
 */

/** @typedef {import('./likelihood.js').LikelihoodOptions & Omit<import('./guidance.js').GuidanceOptions, 'labels'> & GridOptions} DensityOptions */

/**
 * logp [size, size] is the log-density at the centres of the cells, row by row from the lowest y, x growing along a row. The mass
 * is the sum of exp(logp) times the area of a cell.
 * @typedef {{logp: Float32Array, mass: number, size: number, box: DensityBox, nfe: number}} Density
 */

const SIZE = 128;
const SIZE_MAX = 2048;
const SAMPLES = 2000;
const MARGIN = 0.15;

/**
 * @param {Model} model
 * @param {DensityOptions} [options]
 * @returns {import('./slice.js').Work<number, Density>}
 */
export function* densitySlices(model, options) {
  const { size = SIZE, box, ...way } = optionsOf('density', options);
  if (model.dim !== 2) throw refusal('density: dim', model.dim, '2; loglik takes any points');
  integer('size', size, 1, SIZE_MAX);
  const given = box === undefined ? undefined : boxOf(box);
  const frame = given ?? (yield* share(around(model, way), 0, 0.1));
  const x = centres(frame, size);
  const { logp, nfe } = yield* share(loglikSlices(model, { ...way, x }), given ? 0 : 0.1, 1);
  const area = ((frame[1] - frame[0]) * (frame[3] - frame[2])) / size ** 2;
  const mass = logp.reduce((sum, each) => sum + Math.exp(each), 0) * area;
  return { logp: Float32Array.from(logp), mass, size, box: frame, nfe };
}

/**
 * @param {unknown} box
 * @param {string} [thing] what the caller knows it by
 * @returns {DensityBox}
 */
export function boxOf(box, thing = 'box') {
  const allowed = '[from, to] or [x from, x to, y from, y to], finite and each from below its to';
  if (!Array.isArray(box) || (box.length !== 2 && box.length !== 4)) {
    throw refusal(thing, box, allowed);
  }
  const [left, right, low = left, high = right] = box;
  const rises = left < right && low < high;
  const fits = [left, right, low, high].every((edge) => Number.isFinite(Math.fround(edge)));
  if (!rises || !fits) throw refusal(thing, box.join(', '), allowed);
  return [left, right, low, high];
}

/**
 * @param {Model} model
 * @param {Omit<DensityOptions, 'size' | 'box'>} options
 * @returns {import('./slice.js').Work<number, DensityBox>}
 */
function* around(model, { probes, seed, t, ...travel }) {
  const end = t === undefined ? {} : { t_end: timeOf(t) };
  const points = yield* model.sampleSlices({ ...travel, ...end, n: SAMPLES });
  const [x, y] = [0, 1].map((k) => points.filter((_, i) => i % 2 === k).sort());
  const ends = [x[0], x[SAMPLES - 1], y[0], y[SAMPLES - 1]];
  const half = (0.5 + MARGIN) * Math.max(ends[1] - ends[0], ends[3] - ends[2]);
  const [across, up] = [(ends[0] + ends[1]) / 2, (ends[2] + ends[3]) / 2];
  return boxOf([across - half, across + half, up - half, up + half]);
}

/**
 * The centres of the cells [size * size, 2], in the order of logp.
 * @param {DensityBox} box
 * @param {number} size
 */
export function centres([left, right, low, high], size) {
  const x = new Float32Array(2 * size * size);
  for (let i = 0; i < size * size; i++) {
    x[2 * i] = left + ((right - left) * ((i % size) + 0.5)) / size;
    x[2 * i + 1] = low + ((high - low) * (Math.floor(i / size) + 0.5)) / size;
  }
  return x;
}
