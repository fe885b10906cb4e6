/**
 * @file Sample quality: the sliced Wasserstein-2 distance (SW2) between the model's samples and real points, beside
 * its floor, which is the same distance between two independent sets of real points of the same size.
 */

import { integer, points, pointsOf, seed } from './argument.js';
import { requireMeasurable, travelSlices } from './flow.js';
import { requireWhole } from './grid.js';
import { guideOf } from './guidance.js';
import { parameters, rowOf } from './parameters.js';
import { share } from './slice.js';
import { optionsOf } from './vocabulary.js';

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
 * @property {import('./diffusion.js').Diffusion} [sde]
 * @property {number} [sde_strength]
 * @property {import('./flow.js').Weights} [weights] 'ema' unless given
 * @property {number} [guidance] of the samples of each class, 1 unless given; for a run with classes
 * @property {[number, number]} [guidance_interval] as in sample
 */

/**
 * n: points of each set; without any both distances are null.
 * @typedef {{label: number, n: number, sw2: number | null, sw2_floor: number | null}} ClassQuality
 */

/**
 * The samples of each class against the real points of that class, beside the floor of as many.
 * @typedef {{guidance: number, nfe: number, classes: ClassQuality[]}} Conditional
 */

/**
 * `conditional` for a run with classes; the rest is of unconditional samples.
 * @typedef {{sw2: number, sw2_floor: number, nfe: number, conditional?: Conditional}} Quality
 */

/** @type {Record<string, string>} Data with evenly spaced angles, and the same set with independent ones. */
const INDEPENDENT = { moons: 'moons-iid', 'moons-torchcfm': 'moons-iid-torchcfm' };
const DIRECTIONS = 256;
/** Points projected and sorted in one piece, over all its directions: a few milliseconds. */
const PIECE_SORTED = 40000;

/**
 * @param {Model} model
 * @param {QualityOptions} [options]
 * @returns {import('./slice.js').Work<number, Quality>}
 */
export function* qualitySlices(model, options) {
  const given = optionsOf('quality', options);
  const { n = 20000, seed: from = 1, guidance, guidance_interval, ...rest } = given;
  const labelled = Number(model.config.classes) > 0;
  requireWhole(rest.grid);
  const guide = { guidance, guidance_interval };
  guideOf(model, labelled ? { label: 0, ...guide } : guide, 1);
  const sets = realSets(model, n, from);
  const travel = { ...rest, n, seed: from };
  const end = labelled ? 0.5 : 1;
  const { x: samples, nfe } = yield* share(travelSlices(model, travel), 0, end / 2);
  requireMeasurable('quality: sample', samples, model.dim);
  const sw2 = yield* share(sw2Slices(model, samples, sets[0]), end / 2, (3 * end) / 4);
  const sw2_floor = yield* share(sw2Slices(model, sets[1], sets[0]), (3 * end) / 4, end);
  if (!labelled) return { sw2, sw2_floor, nfe };
  const work = conditionalSlices(model, sets, { ...travel, ...guide });
  return { sw2, sw2_floor, nfe, conditional: yield* share(work, end, 1) };
}

/**
 * @param {Model} model
 * @param {[Float32Array, Float32Array]} sets real points
 * @param {import('./flow.js').SampleOptions & {n: number, seed: number}} options
 * @returns {import('./slice.js').Work<number, Conditional>}
 */
function* conditionalSlices(model, sets, options) {
  const { n, seed: from, guidance = 1 } = options;
  const { dim } = model;
  const parts = realLabels(model, n, from).map((labels, i) => byClass(model, sets[i], labels));
  const counts = parts[0].map((part, label) => Math.min(part.length, parts[1][label].length) / dim);
  const labels = Int32Array.from(counts.flatMap((count, label) => Array(count).fill(label)));
  const travel = { ...options, n: labels.length, labels };
  const { x: samples, nfe } = yield* share(travelSlices(model, travel), 0, 0.5);
  requireMeasurable('quality: sample', samples, dim);
  /** @type {ClassQuality[]} */
  const classes = [];
  let first = 0;
  for (const [label, count] of counts.entries()) {
    if (count === 0) {
      classes.push({ label, n: 0, sw2: null, sw2_floor: null });
      continue;
    }
    const [real, other] = parts.map((part) => part[label].subarray(0, count * dim));
    const own = samples.subarray(first * dim, (first + count) * dim);
    const [from, to] = [first, first + count].map((each) => 0.5 + (0.5 * each) / labels.length);
    const sw2 = yield* share(sw2Slices(model, own, real), from, (from + to) / 2);
    const sw2_floor = yield* share(sw2Slices(model, other, real), (from + to) / 2, to);
    classes.push({ label, n: count, sw2, sw2_floor });
    first += count;
  }
  return { guidance, nfe, classes };
}

/**
 * The points of each class, in their order.
 * @param {Model} model
 * @param {Float32Array} points
 * @param {Int32Array} labels
 * @returns {Float32Array[]}
 */
function byClass({ dim, config }, points, labels) {
  return Array.from({ length: Number(config.classes) }, (_, label) =>
    points.filter((_, i) => labels[Math.floor(i / dim)] === label),
  );
}

/**
 * @param {Model} model
 * @param {Float32Array} a [n, D]
 * @param {Float32Array} b [n, D]
 * @param {{seed?: number, directions?: number}} [options]
 * @returns {import('./slice.js').Work<number, number>}
 */
export function* sw2Slices(model, a, b, options) {
  const { seed: from = 0, directions = DIRECTIONS } = optionsOf('sw2', options);
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
 * Two independent sets of real points. Moons are measured against `moons-iid`, those of torchcfm likewise: evenly spaced
 * angles are not independent draws, and the smallest model of that data set is enough to draw them.
 * @param {Model} model
 * @param {number} n
 * @param {number} from
 * @returns {[Float32Array, Float32Array]}
 */
export function realSets(model, n, from) {
  const next = (seed('seed', from) + 1) >>> 0;
  return withReal(model, (real) => [real.data({ n, seed: from }), real.data({ n, seed: next })]);
}

/**
 * The labels of those points.
 * @param {Model} model
 * @param {number} n
 * @param {number} from
 * @returns {[Int32Array, Int32Array]}
 */
export function realLabels(model, n, from) {
  const next = (from + 1) >>> 0;
  return withReal(model, (real) => [
    real.dataLabels({ n, seed: from }),
    real.dataLabels({ n, seed: next }),
  ]);
}

/**
 * Asks the model whose draws are real points.
 * @template R
 * @param {Model} model
 * @param {(real: Model) => R} ask
 * @returns {R}
 */
function withReal(model, ask) {
  const data = INDEPENDENT[String(model.config.data)];
  if (!data) return ask(model);
  const hidden = rowOf(parameters(model.module), 'hidden').min;
  const iid = model.twin({ data, hidden });
  try {
    return ask(iid);
  } finally {
    iid.dispose();
  }
}
