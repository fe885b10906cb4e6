/**
 * @file Log-densities of points under the model's flow, in pieces, and what they say of a whole set: its negative
 * log-likelihood (NLL). Natural logarithms (nats) everywhere.
 */

import { given, integer, POINTS_MAX, points, seed as seedOf } from './argument.js';
import { FIELD_NEEDS } from './batch.js';
import { refusal } from './errors.js';
import { costOf, isOneStep, methodOf, requireFinite, travelOf } from './flow.js';
import { timesOf } from './grid.js';
import { guided, guideOf } from './guidance.js';
import { parameters, rowOf } from './parameters.js';
import { realSets } from './quality.js';
import { piecePoints } from './slice.js';
import { slotOf } from './slots.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * How a path is followed back, and what is known of the field's divergence along it.
 * @typedef {object} LikelihoodOptions
 * @property {string} [solver] any but dopri5; the configuration's unless given
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {import('./grid.js').Grid} [grid] the configuration's time_grid unless given; own times stand for steps too, go
 *   from 0 to 1 or back, and are followed from 1 to 0
 * @property {import('./flow.js').Weights} [weights] 'ema' unless given
 * @property {number} [probes] 0, the default: the exact divergence; 2 to 64: random estimates of it, cheaper in many
 *   dimensions
 * @property {number} [seed] of the estimates; 1 unless given
 */

/**
 * x [n, D]; its first point is number `first` of the estimates, 0 unless given. With a label it is log p(x | label),
 * guided by more than 1 the density of what is drawn so.
 * @typedef {LikelihoodOptions & import('./guidance.js').GuidanceOptions & {x: Float32Array, first?: number}} LoglikOptions
 */

/**
 * `error` is the standard error of each from its estimates, 0 where the divergence is exact.
 * @typedef {{logp: Float64Array, error: Float64Array, nfe: number}} Loglik
 */

/**
 * @typedef {object} NllOptions
 * @property {number} [n] points drawn; 20,000 unless given
 * @property {number} [seed] of the points, and of the estimates if there are probes; 1 unless given
 */

/** `nll_error` is the standard error of the mean, NaN of one point. @typedef {{nll: number, nll_error: number, bits_per_dim: number}} Nll */

const ADAPTIVE = 'dopri5';
/** FM_MAX_DIM of src/base.h. */
const PROBES_MAX = 64;
/** The estimates of a seed are numbered up to here. */
const FIRST_MAX = 2 ** 31;

/**
 * @param {unknown} probes
 * @param {string} [thing] what the caller knows them by
 */
export function probesOf(probes, thing = 'probes') {
  const counts = typeof probes === 'number' && Number.isInteger(probes);
  if (counts && (probes === 0 || (probes >= 2 && probes <= PROBES_MAX))) return probes;
  const allowed = `0 (exact) or an integer from 2 to ${PROBES_MAX}`;
  throw refusal(thing, probes, `${allowed}: one estimate would not tell its own error`);
}

/**
 * The solver and its steps, of those whose steps are given beforehand.
 * @param {Model} model
 * @param {LikelihoodOptions} options
 */
function travelBack(model, { solver, steps }) {
  const travel = travelOf(model, solver, steps);
  if (travel.solver !== ADAPTIVE) return travel;
  const fixed = rowOf(parameters(model.module), 'solver').choices.filter(
    (name) => name !== ADAPTIVE,
  );
  const why = 'a log-density is followed in steps given beforehand';
  throw refusal('solver', ADAPTIVE, `one of ${fixed.join(', ')}: ${why}`);
}

/**
 * From 1 to 0, in the order that the engine follows.
 * @param {Model} model
 * @param {LikelihoodOptions} options
 * @param {number} steps as resolved
 */
function timesBack(model, { grid, steps: own }, steps) {
  if (grid === undefined || typeof grid === 'string') {
    return timesOf(model, { grid, t_start: 1, t_end: 0 }, steps);
  }
  const times = timesOf(model, { grid, steps: own }, steps);
  if (times[0] < times[1]) times.reverse();
  const ends = [times[0], times[times.length - 1]];
  if (ends[0] === 1 && ends[1] === 0) return times;
  throw refusal('grid, ends', ends.reverse().join(' and '), '0 and 1: the source is at 0');
}

/**
 * @param {Model} model
 * @param {LoglikOptions} options
 * @param {number} [most] points a piece may carry; what fits a slice unless given
 * @returns {import('./slice.js').Work<number, Loglik>}
 */
export function* loglikSlices(model, options, most) {
  const { x, weights = 'ema', probes = 0, seed = 1, first = 0 } = given('loglik', options);
  const { instance, dim } = model;
  const n = points('x', x, dim);
  if (isOneStep(model)) {
    throw refusal('loglik: coupling', 'distilled', 'any other: a one-step model has no flow');
  }
  const { solver, solver_steps } = travelBack(model, options);
  const stops = timesBack(model, options, solver_steps);
  const travel = [model.handle, slotOf(model, weights), methodOf(model, solver)];
  const estimates = [probesOf(probes), seedOf('seed', seed)];
  integer('first', first, 0, FIRST_MAX - n);
  const guide = guideOf(model, options, n);
  const nfe = costOf(model, solver, stops, guide);
  const size = most ?? piecePoints(nfe * (1 + (probes || dim)) * model.parameterCount);
  const result = { logp: new Float64Array(n), error: new Float64Array(n), nfe };
  for (let start = 0; start < n; start += size) {
    const count = Math.min(size, n - start);
    const piece = x.subarray(start * dim, (start + count) * dim);
    const sizes = [stops.byteLength, piece.byteLength, 8 * count, 8 * count];
    const [clock, place, logp, error] = instance.memory.carve('scratch', sizes);
    instance.memory.doubles(clock, stops.length).set(stops);
    instance.memory.floats(place, piece.length).set(piece);
    const args = [...travel, clock, stops.length, ...estimates, first + start, place, count];
    guided(model, guide, { first: start, n: count }, () => {
      instance.check('loglik', FIELD_NEEDS, 'fm_loglik', ...args, logp, error);
    });
    result.logp.set(instance.memory.doubles(logp, count), start);
    result.error.set(instance.memory.doubles(error, count), start);
    yield (start + count) / n;
  }
  requireFinite('loglik: log-density', result.logp, 1);
  return result;
}

/**
 * The negative log-likelihood of a set: its mean over the points, in nats and in bits a coordinate.
 * @param {Float64Array} logp
 * @param {number} dim
 * @returns {Nll}
 */
export function summarise(logp, dim) {
  const n = logp.length;
  const nll = -logp.reduce((sum, each) => sum + each, 0) / n;
  const squares = logp.reduce((sum, each) => sum + (each + nll) ** 2, 0);
  const nll_error = n > 1 ? Math.sqrt(squares / (n - 1) / n) : Number.NaN;
  return { nll, nll_error, bits_per_dim: nll / dim / Math.LN2 };
}

/**
 * The NLL of points that no training has drawn: the first real set of quality.js.
 * @param {Model} model
 * @param {Omit<LikelihoodOptions, 'seed'> & NllOptions} [options]
 * @returns {import('./slice.js').Work<number, Nll & {n: number, nfe: number}>}
 */
export function* nllSlices(model, { n = 20000, seed = 1, ...options } = {}) {
  integer('n', n, 1, POINTS_MAX);
  if (model.config.data === 'points') {
    const why = "a data set that can be drawn from: a model's own points are no held-out points; ";
    throw refusal('nll: data', 'points', `${why}give loglik points it has not seen`);
  }
  const [x] = realSets(model, n, seed);
  const { logp, nfe } = yield* loglikSlices(model, { ...options, seed, x });
  return { ...summarise(logp, model.dim), n, nfe };
}
