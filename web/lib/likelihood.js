/**
 * @file Log-densities of points under the model's flow, in pieces, and what they say of a whole set: its negative
 * log-likelihood (NLL). Natural logarithms (nats) everywhere.
 */

import { integer, POINTS_MAX, points, seed as seedOf } from './argument.js';
import { FIELD_NEEDS } from './batch.js';
import { refusal } from './errors.js';
import { ADAPTIVE, costOf, isOneStep, methodOf, requireFinite, travelOf } from './flow.js';
import { timesOf } from './grid.js';
import { guided, guideOf } from './guidance.js';
import { NOT_ARRIVED, OK } from './instance.js';
import { parameters, rowOf, toNumber } from './parameters.js';
import { realSets } from './quality.js';
import { piecePoints } from './slice.js';
import { slotOf } from './slots.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * How a path is followed back, and what is known of the field's divergence along it.
 * @typedef {object} LikelihoodOptions
 * @property {number} [t] the time of the flow whose density it is, above 0; 1 unless given, that of the samples
 * @property {string} [solver] the configuration's unless given
 * @property {number} [rtol] dopri5: the configuration's unless given, and so atol
 * @property {number} [atol]
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {import('./grid.js').Grid} [grid] the configuration's time_grid unless given; own times stand for steps too, go
 *   from 0 to t or back, and are followed from t to 0
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
 * `error` is the standard error of each from its estimates, 0 where the divergence is exact; `nfe` the evaluations of the network a
 * point took, in the mean.
 * @typedef {{logp: Float64Array, error: Float64Array, nfe: number}} Loglik
 */

/**
 * @typedef {object} NllOptions
 * @property {number} [n] points drawn; 20,000 unless given
 * @property {number} [seed] of the points, and of the estimates if there are probes; 1 unless given
 */

/** `nll_error` is the standard error of the mean, NaN of one point. @typedef {{nll: number, nll_error: number, bits_per_dim: number}} Nll */

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
 * @param {unknown} t
 * @param {string} [thing] what the caller knows it by
 */
export function timeOf(t, thing = 't') {
  if (typeof t === 'number' && t > 0 && t <= 1) return t;
  throw refusal(thing, t, 'above 0 and at most 1: at 0 the density is that of the source');
}

/**
 * From t to 0, in the order that the engine follows.
 * @param {Model} model
 * @param {LikelihoodOptions} options
 * @param {number} steps as resolved
 */
function timesBack(model, { grid, steps: own, t = 1 }, steps) {
  if (grid === undefined || typeof grid === 'string') {
    return timesOf(model, { grid, t_start: t, t_end: 0 }, steps);
  }
  const times = timesOf(model, { grid, steps: own }, steps);
  if (times[0] < times[1]) times.reverse();
  const ends = [times[0], times[times.length - 1]];
  if (ends[0] === t && ends[1] === 0) return times;
  throw refusal('grid, ends', ends.reverse().join(' and '), `0 and ${t}: the source is at 0`);
}

/**
 * How a path is followed: the export, its arguments before the estimates, and what a point costs, at most where its steps are its
 * own.
 * @typedef {{name: string, travel: number[], times: Float64Array, cost: number}} Way
 */

/**
 * @param {Model} model
 * @param {LikelihoodOptions} options
 * @param {import('./guidance.js').Guide | undefined} guide
 * @returns {Way}
 */
function wayOf(model, options, guide) {
  const { config, module, handle } = model;
  const { solver, solver_steps } = travelOf(model, options.solver, options.steps);
  const head = [handle, slotOf(model, options.weights ?? 'ema')];
  const { rtol, atol } = options;
  const t = timeOf(options.t ?? 1);
  if (solver === ADAPTIVE) {
    if (options.grid !== undefined) {
      throw refusal('grid', options.grid, `left out: ${ADAPTIVE} chooses its own steps`);
    }
    const rules = Object.entries({ rtol, atol }).map(([name, value]) =>
      toNumber(rowOf(parameters(module), name), value ?? config[name]),
    );
    const cost = model.nfe(solver, solver_steps) * (guide ? 2 : 1);
    const travel = [...head, t, ...rules, solver_steps];
    return { name: 'fm_loglik_adaptive', travel, times: new Float64Array(0), cost };
  }
  for (const [name, value] of Object.entries({ rtol, atol })) {
    if (value === undefined) continue;
    throw refusal(name, value, `left out unless solver is ${ADAPTIVE}; here it is ${solver}`);
  }
  const times = timesBack(model, options, solver_steps);
  const cost = costOf(model, solver, times, guide);
  return { name: 'fm_loglik', travel: [...head, methodOf(model, solver)], times, cost };
}

/**
 * @param {Model} model
 * @param {LoglikOptions} options
 * @param {number} [most] points a piece may carry; what fits a slice unless given
 * @returns {import('./slice.js').Work<number, Loglik>}
 */
export function* loglikSlices(model, options, most) {
  const { x, probes = 0, seed = 1, first = 0 } = optionsOf('loglik', options);
  const { instance, dim } = model;
  const n = points('x', x, dim);
  if (isOneStep(model)) {
    throw refusal('loglik: coupling', 'distilled', 'any other: a one-step model has no flow');
  }
  const guide = guideOf(model, options, n);
  const way = wayOf(model, options, guide);
  const { source } = model.config;
  if (source !== 'gaussian') {
    throw refusal('loglik: source', source, 'gaussian: of another source p_0 is not known');
  }
  const estimates = [probesOf(probes), seedOf('seed', seed)];
  integer('first', first, 0, FIRST_MAX - n);
  const size = most ?? piecePoints(way.cost * (1 + (probes || dim)) * model.parameterCount);
  const result = { logp: new Float64Array(n), error: new Float64Array(n) };
  const counts = new Int32Array(n).fill(way.cost);
  for (let start = 0; start < n; start += size) {
    const count = Math.min(size, n - start);
    const piece = x.subarray(start * dim, (start + count) * dim);
    const sizes = [way.times.byteLength, piece.byteLength, 8 * count, 8 * count, 4 * count];
    const [clock, place, logp, error, cost] = instance.memory.carve('scratch', sizes);
    instance.memory.doubles(clock, way.times.length).set(way.times);
    instance.memory.floats(place, piece.length).set(piece);
    const steps = way.times.length > 0 ? [clock, way.times.length] : [];
    const own = way.times.length > 0 ? [] : [cost];
    const args = [...way.travel, ...steps, ...estimates, first + start, place, count];
    const status = guided(model, guide, { first: start, n: count }, () =>
      instance.call(way.name, ...args, logp, error, ...own),
    );
    if (status !== OK && status !== NOT_ARRIVED)
      throw instance.failure('loglik', FIELD_NEEDS, status);
    result.logp.set(instance.memory.doubles(logp, count), start);
    result.error.set(instance.memory.doubles(error, count), start);
    if (own.length > 0) counts.set(instance.memory.ints(cost, count), start);
    if (status === NOT_ARRIVED) requireArrived(model, options, result.logp, counts);
    yield (start + count) / n;
  }
  requireFinite('loglik: log-density', result.logp, 1);
  return { ...result, nfe: counts.reduce((sum, each) => sum + each, 0) / n };
}

/**
 * @param {Model} model
 * @param {LikelihoodOptions} options
 * @param {Float64Array} logp
 * @param {Int32Array} counts
 */
function requireArrived(model, options, logp, counts) {
  const { solver, solver_steps } = travelOf(model, options.solver, options.steps);
  const bad = logp.findIndex(Number.isNaN);
  // Where the field is not finite a path stops before its steps are spent, and that is said as such.
  if (counts[bad] < model.nfe(solver, solver_steps)) return;
  const why = `point ${bad} has tried them all before t = 0`;
  throw refusal('steps', solver_steps, `more, or a larger rtol or atol: ${why}`);
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
export function* nllSlices(model, options) {
  const { n = 20000, seed = 1, ...way } = optionsOf('nll', options);
  integer('n', n, 1, POINTS_MAX);
  if (model.config.data === 'points') {
    const why = "a data set that can be drawn from: a model's own points are no held-out points; ";
    throw refusal('nll: data', 'points', `${why}give loglik points it has not seen`);
  }
  const [x] = realSets(model, n, seed);
  const { logp, nfe } = yield* loglikSlices(model, { ...way, seed, x });
  return { ...summarise(logp, model.dim), n, nfe };
}
