/**
 * @file Where the pairs of a reflow round come from: start points, and where the flow of a teacher carries them. The teacher
 * is the model as it was before the round; it stays as it is while the model, its student, trains.
 *
 * Stored pairs are one set for the whole round. Online pairs are replaced every `refresh` steps by the next points of the
 * same stream. Which pairs a step learns from follows from the teacher, the plan and the step alone, so a round that is
 * continued in the middle learns from the same.
 */

import { choice, integer, seed } from './argument.js';
import { refusal } from './errors.js';
import { requireFinite, travelOf } from './flow.js';
import { realLabels } from './quality.js';
import { readSlots } from './slots.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {object} PairOptions
 * @property {'stored' | 'online'} [pairs_from] one set for the whole round, or new ones as it goes; 'stored' unless given
 * @property {number} [pairs] pairs in a set; 16,384 stored, 1,024 online unless given
 * @property {number} [refresh] online: steps that learn from one set; 50 unless given
 * @property {string} [solver] carries the pairs; the teacher's unless given
 * @property {number} [solver_steps] the teacher's unless given
 * @property {number} [seed] of the start points; 1 unless given
 */

/**
 * @typedef {object} PairPlan
 * @property {number} pairs in a set
 * @property {number} refresh steps that learn from one set
 * @property {number} seed
 * @property {string} solver
 * @property {number} solver_steps
 */

const STANDARD = { stored: 16384, online: 1024 };
const REFRESH = 50;
/** Seeds between the labels of one set of pairs and the next: more than there are rounds. */
const SETS = 65537;
/** Numbers in the stream of start points of a seed. */
const STREAM = 2 ** 32 - 1;
/** What a point of a shape, and one of the user's own, spends of them: source_points in src/source.c. */
const [NUMBERS_OF_SHAPE, NUMBERS_OF_POINT] = [4, 1];

/**
 * Whether batches of a coupling come from pairs: those that reflow sets.
 * @param {unknown} coupling
 */
export function isOfPairs(coupling) {
  return coupling === 'paired' || coupling === 'distilled';
}

/**
 * @param {Model} teacher
 * @param {number} steps of a round
 * @param {PairOptions} options
 * @returns {PairPlan}
 */
export function pairPlan(teacher, steps, options) {
  const { pairs_from = 'stored', seed: from = 1 } = options;
  choice('pairs_from', pairs_from, Object.keys(STANDARD));
  const online = pairs_from === 'online';
  if (!online && options.refresh !== undefined) {
    throw refusal('refresh', options.refresh, "none, or pairs_from 'online': stored pairs stay");
  }
  const pairs = integer('pairs', options.pairs ?? STANDARD[pairs_from], 1);
  const refresh = online ? integer('refresh', options.refresh ?? REFRESH, 1) : steps;
  const numbers = numbersOf(teacher);
  const most = Math.floor(STREAM / numbers / Math.ceil(steps / refresh));
  if (pairs > most) {
    throw refusal('pairs', pairs, `at most ${most} in ${steps} steps, or a larger refresh`);
  }
  const travel = travelOf(teacher, options.solver, options.solver_steps);
  return { pairs, refresh, seed: seed('seed', from), ...travel };
}

/** @param {Model} teacher */
function numbersOf({ config: { source }, dim }) {
  if (source === 'gaussian') return dim;
  return source === 'points' ? NUMBERS_OF_POINT : NUMBERS_OF_SHAPE;
}

/**
 * A copy of the model that carries points by its averaged weights, and never trains. The caller disposes of it.
 * @param {Model} model
 * @returns {Model}
 */
export function frozen(model) {
  const teacher = model.twin({ batch: 1, ema2_decay: 0, ema3_decay: 0 });
  if (model.path) teacher.setPath(model.path);
  if (model.source) teacher.setSource(model.source);
  const ema = readSlots(model, 'ema');
  const zero = new Float32Array(ema.length);
  const slots = { raw: ema, ema, moment: zero, variance: zero };
  teacher.restore({ ...slots, step: 0, round: model.round });
  return teacher;
}

/**
 * Gives the student the pairs that a step of its round learns from; yields the fraction done.
 * @param {Model} student
 * @param {Model} teacher
 * @param {PairPlan} plan
 * @param {number} step
 * @returns {import('./slice.js').Work<number, void>}
 */
export function* carryPairs(student, teacher, plan, step) {
  const { pairs, refresh, solver, solver_steps } = plan;
  const set = Math.floor(step / refresh);
  const from = pairSeed(plan.seed, teacher.round + 1);
  const x0 = teacher.noise({ n: pairs, seed: from, first: set * pairs });
  const guide = labelsFor(student, pairs, (from + SETS * set) >>> 0);
  const x1 = yield* teacher.sampleSlices({ x0, solver, steps: solver_steps, ...guide });
  requireFinite('reflow: sample', x1, teacher.dim);
  student.setPairs(x0, x1, pairs, guide?.labels);
}

/**
 * Of a run with classes each point flows to a class, drawn as often as the data has it.
 * @param {Model} model
 * @param {number} n
 * @param {number} from
 * @returns {{labels: Int32Array} | undefined} undefined for a run without
 */
export function labelsFor(model, n, from) {
  return Number(model.config.classes) > 0 ? { labels: realLabels(model, n, from)[0] } : undefined;
}

/**
 * Every round travels from start points of its own, never from those the measures start at.
 * @param {number} from
 * @param {number} round from 1
 */
const pairSeed = (from, round) => (from + round) >>> 0;
