/**
 * @file Points carried along the model's flow, in pieces. Each point's numbers are its own, so the size of the pieces
 * shows only in how often the work yields.
 */

import { choice, integer, POINTS_MAX, points, real, seed, times } from './argument.js';
import { FIELD_NEEDS } from './batch.js';
import { courseSlices } from './course.js';
import { diffusionOf } from './diffusion.js';
import { MoonflowError, refusal } from './errors.js';
import { spanOf, timesOf } from './grid.js';
import { guided, guideOf } from './guidance.js';
import { parameters, rowOf, toNumber } from './parameters.js';
import { piecePoints } from './slice.js';
import { slotOf } from './slots.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/** The most numbers a kept path may have: 256 MiB. */
const PATH_MAX = 2 ** 26;
/** Evaluations of a step of dopri5, and the steps that one of its calls takes when somebody waits between them. */
const STAGES = 6;
const TRIES = 2;
const ONE_STEP = "since the coupling is 'distilled': a one-step model";

/** @typedef {import('./slots.js').Weights} Weights */

/** @typedef {import('./guidance.js').GuidanceOptions} GuidanceOptions */

/**
 * Where samples start and how they travel. Give either `n` (with `seed`) or `x0`.
 * @typedef {object} TravelOptions
 * @property {number} [n]
 * @property {Float32Array} [x0] start points [n, D], unit scale when t_start is 0
 * @property {number} [seed] of the start points; 1 unless given
 * @property {string} [solver] the configuration's unless given
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {Weights} [weights] 'ema' unless given
 * @property {number} [t_start] 0 unless given
 * @property {number} [t_end] 1 unless given
 * @property {import('./grid.js').Grid} [grid] the configuration's time_grid unless given; own times stand for steps,
 *   t_start and t_end too. dopri5 chooses its own steps, and only a trajectory takes a grid, to be read at
 * @property {number} [rtol] dopri5: the configuration's unless given
 * @property {number} [atol] dopri5: the configuration's unless given
 * @property {import('./diffusion.js').Diffusion} [sde] noise on the way, drawn from `seed`; the configuration's unless given
 * @property {number} [sde_strength] the configuration's unless given
 * @property {boolean} [trace] dopri5, trajectory: keep every step that was tried
 */

/**
 * Where points have been on their way.
 * @typedef {object} Trajectory
 * @property {Float32Array} x [n, D] where they arrived: what sample returns
 * @property {Float64Array} times from t_start to t_end
 * @property {Float32Array} path [times, n, D]: x_t itself, so at t = 0 not in unit scale
 * @property {number} nfe evaluations of the field that a point took, in the mean
 * @property {number} nfe_max and at most
 * @property {import('./course.js').Effort} [effort] dopri5: what each point took
 * @property {import('./course.js').Try[]} [trace] dopri5: the steps of every point in order, when asked for
 */

/** @typedef {TravelOptions & GuidanceOptions} SampleOptions */

/** @typedef {{t: number | Float32Array, x: Float32Array, weights?: Weights} & GuidanceOptions} VelocityOptions one t, or one for each point */

/**
 * @typedef {object} LineOptions
 * @property {number} [n] start points; 2,048 unless given
 * @property {number} [seed] of the start points; 1 unless given
 * @property {number} [steps] Euler steps; the configuration's solver_steps unless given
 * @property {Weights} [weights] 'ema' unless given
 */

/** @typedef {LineOptions & GuidanceOptions} StraightnessOptions */

/**
 * The engine's number of a solver.
 * @param {Model} model
 * @param {unknown} name
 */
export function methodOf(model, name) {
  return choice('solver', name, rowOf(parameters(model.module), 'solver').choices);
}

/**
 * Whether only x0 + v(0, x0) means anything: the model learned from pairs at t = 0 alone.
 * @param {Model} model
 */
export function isOneStep({ config }) {
  return config.coupling === 'distilled';
}

/**
 * The solver and its steps, the configuration's unless given.
 * @param {Model} model
 * @param {string} [solver]
 * @param {number} [steps]
 */
export function travelOf(model, solver, steps) {
  const { config, module } = model;
  const { min, max } = rowOf(parameters(module), 'solver_steps');
  const chosen = String(solver ?? config.solver);
  methodOf(model, chosen);
  const solver_steps = integer('steps', steps ?? config.solver_steps, min, max);
  if (isOneStep(model)) {
    if (chosen !== 'euler') throw refusal('solver', chosen, `euler, ${ONE_STEP}`);
    if (solver_steps !== 1) throw refusal('steps', solver_steps, `1, ${ONE_STEP}`);
  }
  return { solver: chosen, solver_steps };
}

/**
 * @param {Model} model
 * @param {VelocityOptions} options
 * @returns {Float32Array}
 */
export function velocity(model, options) {
  const { instance, handle, dim } = model;
  const { t, x, weights = 'ema', ...guidance } = optionsOf('velocity', options);
  const n = points('x', x, dim);
  const slot = slotOf(model, weights);
  const each = typeof t === 'number' ? new Float32Array(n).fill(real('t', t, 0, 1)) : t;
  times('t', each, n);
  if (isOneStep(model)) {
    const later = each.find((time) => time > 0);
    if (later !== undefined) throw refusal('t', later, `0, ${ONE_STEP}`);
  }
  const guide = guideOf(model, guidance, n);
  const [time, place, v] = instance.put('scratch', each, x, new Float32Array(x.length));
  guided(model, guide, { first: 0, n }, () => {
    instance.check('velocity', FIELD_NEEDS, 'fm_velocity', handle, slot, time, place, n, v);
  });
  return instance.take(v, x.length);
}

/**
 * @param {Model} model
 * @param {SampleOptions} options
 * @param {number} [most] points a piece may carry; what fits a slice unless given
 * @returns {import('./slice.js').Work<number, Float32Array>}
 */
export function* sampleSlices(model, options, most) {
  const { x } = yield* travelSlices(model, optionsOf('sample', options), { most });
  return x;
}

/**
 * @param {Model} model
 * @param {SampleOptions} options
 * @returns {import('./slice.js').Work<number, Trajectory>}
 */
export function* trajectorySlices(model, options) {
  const done = yield* travelSlices(model, optionsOf('trajectory', options), { keep: true });
  return /** @type {Trajectory} */ (done);
}

/**
 * @param {Model} model
 * @param {SampleOptions} options
 * @param {{most?: number, keep?: boolean}} [how] points a piece may carry; whether the path is kept
 * @returns {import('./slice.js').Work<number, Omit<Trajectory, 'path' | 'times'> & {times?: Float64Array, path?: Float32Array}>}
 */
export function* travelSlices(model, options, { most, keep = false } = {}) {
  const { n, x0, weights = 'ema' } = options;
  const { solver, solver_steps } = travelOf(model, options.solver, options.steps);
  const slot = slotOf(model, weights);
  const plan = { solver, solver_steps, slot, most, keep, ...stopsOf(model, options, solver, keep) };
  if (x0 !== undefined) points('x0', x0, model.dim);
  else requireNoise(plan.span[0], options.grid);
  const x = x0?.slice() ?? model.noise({ n: integer('n', n, 1, POINTS_MAX), seed: options.seed });
  const g = diffusionOf(model, options, solver, plan.times);
  const path = keep ? new Float32Array(pathLength(plan.times, x.length)) : undefined;
  const guide = guideOf(model, options, x.length / model.dim);
  if (g && guide && guide.scale !== 0 && guide.scale !== 1) {
    const allowed = '0 or 1 beside sde: a guided field is that of no path, so it has no score';
    throw refusal('guidance', guide.scale, allowed);
  }
  const travel = solver === ADAPTIVE ? adaptiveSlices : fixedSlices;
  return yield* travel(model, { ...options, ...plan, g, guide }, x, path);
}

/**
 * What is drawn is of p_0; the points of another time have to be given.
 * @param {number} start
 * @param {unknown} grid
 */
function requireNoise(start, grid) {
  if (start === 0) return;
  const name = typeof grid === 'object' ? 'grid[0]' : 't_start';
  throw refusal(name, start, '0 unless x0 gives the points: noise is what points at t = 0 are');
}

/** The solver that chooses its own steps. */
export const ADAPTIVE = 'dopri5';

/**
 * The times a solver steps between, or at which the path of one with its own steps is read; and the span.
 * @param {Model} model
 * @param {SampleOptions} options
 * @param {string} solver
 * @param {boolean} keep
 * @returns {{times: Float64Array, span: number[]}}
 */
function stopsOf(model, { grid, steps, t_start, t_end, rtol, atol, trace }, solver, keep) {
  const adaptive = solver === ADAPTIVE;
  for (const [name, value] of Object.entries({ rtol, atol, trace })) {
    if (adaptive || value === undefined || value === false) continue;
    throw refusal(name, value, `left out unless solver is ${ADAPTIVE}; here it is ${solver}`);
  }
  if (trace && !keep) throw refusal('trace', trace, 'left out: trajectory keeps it, sample not');
  if (adaptive && !keep) {
    const allowed = `left out: ${ADAPTIVE} chooses its own steps; trajectory is read at a grid`;
    if (grid !== undefined) throw refusal('grid', grid, allowed);
    return { times: new Float64Array(0), span: spanOf(t_start ?? 0, t_end ?? 1) };
  }
  const { solver_steps } = travelOf(model, solver, steps);
  const own = adaptive && typeof grid !== 'string' ? undefined : steps; // then it bounds the tries
  const times = timesOf(model, { grid, steps: own, t_start, t_end }, solver_steps);
  if (isOneStep(model) && times.join() !== '0,1') {
    throw refusal('times', times.join(', '), `0, 1, ${ONE_STEP}`);
  }
  return { times, span: [times[0], times[times.length - 1]] };
}

/**
 * @typedef {SampleOptions & {solver: string, solver_steps: number, slot: number, most?: number, keep: boolean,
 *   times: Float64Array, span: number[], g?: Float64Array, guide?: import('./guidance.js').Guide}} Plan
 */

/**
 * @param {Model} model
 * @param {Plan} plan
 * @param {Float32Array} x
 * @param {Float32Array} [path]
 */
function* adaptiveSlices(model, plan, x, path) {
  const { config, module } = model;
  const [rtol, atol] = /** @type {const} */ (['rtol', 'atol']).map((name) =>
    toNumber(rowOf(parameters(module), name), plan[name] ?? config[name]),
  );
  const size = plan.most ?? pieceOf(model, STAGES * TRIES);
  const tries = plan.most ? plan.solver_steps : TRIES;
  const { slot, guide, solver_steps: most, span, trace, times } = plan;
  const course = { slot, guide, rtol, atol, most, span, trace, size, tries };
  const kept = path ? { ...course, times } : course;
  const { trace: steps, ...effort } = yield* courseSlices(model, x, kept, path);
  let [sum, nfe_max] = [0, 0];
  for (const each of effort.evaluations) {
    sum += each;
    nfe_max = Math.max(nfe_max, each);
  }
  return { x, times, path, nfe: sum / effort.evaluations.length, nfe_max, effort, trace: steps };
}

/**
 * @param {Model} model
 * @param {Plan} plan
 * @param {Float32Array} x
 * @param {Float32Array} [path]
 */
function* fixedSlices(model, plan, x, path) {
  const { instance, handle, dim } = model;
  const { times, solver, slot, g, guide } = plan;
  const drawn = seed('seed', plan.seed ?? 1);
  const nfe = costOf(model, solver, times, guide);
  const size = dim * (plan.most ?? pieceOf(model, nfe));
  for (let start = 0; start < x.length; start += size) {
    const piece = x.subarray(start, start + size);
    const kept = new Float32Array(path ? times.length * piece.length : 0);
    const arrays = [times, piece, kept, g ?? new Float64Array(0)];
    const [clock, pointer, track, noise] = instance.put('scratch', ...arrays);
    const part = { first: start / dim, n: piece.length / dim };
    const travel = [handle, slot, methodOf(model, solver), clock];
    const stochastic = g ? [noise, times.length, drawn, part.first] : [times.length];
    const args = [...travel, ...stochastic, pointer, part.n, path ? track : 0];
    guided(model, guide, part, () => {
      instance.check('sample', FIELD_NEEDS, g ? 'fm_sample_sde' : 'fm_sample_grid', ...args);
    });
    piece.set(instance.memory.floats(pointer, piece.length));
    for (let i = 0; path && i < times.length; i++) {
      const from = track + i * piece.byteLength;
      path.set(instance.memory.floats(from, piece.length), i * x.length + start);
    }
    yield Math.min(1, (start + size) / x.length);
  }
  return { x, times, path, nfe, nfe_max: nfe };
}

/**
 * Evaluations of the network a point costs: twice as many where guidance asks both halves.
 * @param {Model} model
 * @param {string} solver
 * @param {Float64Array} stops
 * @param {import('./guidance.js').Guide | undefined} guide
 * @returns {number}
 */
export function costOf(model, solver, stops, guide) {
  if (!guide) return model.nfe(solver, stops.length - 1);
  const { instance } = model;
  const [clock] = instance.put('scratch', stops);
  const way = [methodOf(model, solver), clock, stops.length];
  return instance.call('fm_guided_nfe', ...way, guide.scale, ...guide.interval);
}

/**
 * @param {Float64Array} times
 * @param {number} coordinates of all points
 */
function pathLength({ length: stops }, coordinates) {
  if (stops * coordinates <= PATH_MAX) return stops * coordinates;
  const allowed = `${PATH_MAX} at most, so give fewer points or fewer steps`;
  throw refusal('trajectory, times * points * coordinates', stops * coordinates, allowed);
}

/**
 * @param {Model} model
 * @param {StraightnessOptions} [options]
 * @returns {import('./slice.js').Work<number, {straightness: number, cost: number}>}
 */
export function* straightnessSlices(model, options) {
  const {
    n = 2048,
    seed,
    steps,
    weights = 'ema',
    ...guidance
  } = optionsOf('straightness', options);
  const { instance, handle } = model;
  const slot = slotOf(model, weights);
  const count = travelOf(model, undefined, steps).solver_steps;
  const piece = pieceOf(model, count);
  const guide = guideOf(model, guidance, integer('n', n, 1, POINTS_MAX));
  const total = { straightness: 0, cost: 0 };
  for (let first = 0; first < n; first += piece) {
    const size = Math.min(piece, n - first);
    const x0 = model.noise({ n: size, seed, first });
    const empty = new Float32Array(size);
    const [start, straight, cost] = instance.put('scratch', x0, empty, empty);
    const args = [handle, slot, count, start, size, straight, cost];
    guided(model, guide, { first, n: size }, () => {
      instance.check('straightness', FIELD_NEEDS, 'fm_straightness', ...args);
    });
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

/** Coordinates that fm_sw2 takes: the squares of their differences must stay finite. */
const MEASURABLE = 1e18;

/**
 * A model with finite weights can still throw points out of range.
 * @param {string} what who asks and what a point is to them
 * @param {Float32Array | Float64Array} points
 * @param {number} dim
 */
export function requireFinite(what, points, dim) {
  requireWithin(Number.MAX_VALUE, 'finite numbers', what, points, dim);
}

/**
 * The same for points whose distances are to be measured.
 * @param {string} what
 * @param {Float32Array} points
 * @param {number} dim
 */
export function requireMeasurable(what, points, dim) {
  requireWithin(MEASURABLE, 'numbers within ±1e18', what, points, dim);
}

/**
 * @param {number} limit
 * @param {string} allowed
 * @param {string} what
 * @param {Float32Array | Float64Array} points
 * @param {number} dim
 */
function requireWithin(limit, allowed, what, points, dim) {
  const bad = points.findIndex((coordinate) => !(Math.abs(coordinate) <= limit));
  if (bad < 0) return;
  const message =
    `${what} ${Math.floor(bad / dim)} is ${points[bad]}; ` +
    `allowed are ${allowed}, so train on or with a smaller lr`;
  throw new MoonflowError('diverged', message);
}
