/**
 * @file Reflow (Liu et al. 2022): carry start points along the model's own flow, train on those pairs, repeat. Each round
 * makes the flow straighter, so that few steps suffice; the report says how much, before and after.
 */

import { integer, seed } from './argument.js';
import { refusal } from './errors.js';
import { requireFinite, requireMeasurable, travelOf } from './flow.js';
import { parameters, rowOf, toNumber } from './parameters.js';
import { realSets, sw2Slices } from './quality.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {object} ReflowOptions
 * @property {number} [rounds] 1 unless given
 * @property {number} [pairs] pairs made in each round; 16,384 unless given
 * @property {number} [steps] optimiser steps of each round; the configuration's unless given, otherwise it becomes the
 *   configuration's, because the schedule ends there
 * @property {string} [solver] carries the pairs; the configuration's unless given
 * @property {number} [solver_steps] the configuration's unless given
 * @property {number} [seed] of the pairs and of the measures; 1 unless given
 * @property {number} [n] points the measures use; 20,000 unless given
 * @property {() => boolean} [stopped] asked between pieces; true ends the work with the rounds completed so far
 */

/** @typedef {{sw2: number}} Sw2 */
/** @typedef {{round: number, cost: number, straightness: number, quality: Record<1 | 2 | 4, Sw2>}} ReflowRow */

/**
 * The first row is the model before the first round.
 * @typedef {{rounds: ReflowRow[], sw2_floor: number, stopped: boolean}} ReflowReport
 */

/**
 * `fraction` is of the phase; `losses` are of the steps since the last yield.
 * @typedef {{phase: 'measure' | 'pairs' | 'train', round: number, fraction: number, losses?: Float64Array}} ReflowProgress
 */

const STEPS_MEASURED = /** @type {const} */ ([1, 2, 4]);
const STRAIGHTNESS_POINTS = 2048;
const STRAIGHTNESS_STEPS = 50;

/**
 * @param {Model} model
 * @param {ReflowOptions} [options]
 * @param {() => number} [chunk] how many steps the next training call may take
 * @returns {import('./slice.js').Work<ReflowProgress, ReflowReport>}
 */
export function* reflow(model, options = {}, chunk = () => 16) {
  if (Number(model.config.classes) > 0) {
    const allowed = '0 (a run without classes), since the pairs of reflow have no labels';
    throw refusal('classes', model.config.classes, allowed, 'reflow');
  }
  const { rounds = 1, pairs = 16384, n = 20000, seed: from = 1 } = options;
  integer('rounds', rounds, 1);
  integer('pairs', pairs, 1);
  integer('n', n, 1);
  seed('seed', from);
  if (model.config.predict === 'score') {
    throw refusal(
      'predict',
      'score',
      'v, x1 or noise: a reflow trains on pairs, which have no score',
    );
  }
  const { solver, solver_steps } = travelOf(model, options.solver, options.solver_steps);
  const steps = stepsOf(model, options.steps);
  const stopped = options.stopped ?? (() => false);
  const plan = { pairs, seed: from, solver, solver_steps, steps, stopped };
  const first = model.round;
  const sets = realSets(model, n, from);
  const sw2_floor = yield* phase('measure', first, sw2Slices(model, sets[1], sets[0]));
  const report = { rounds: [yield* measure(model, sets[0], from)], sw2_floor, stopped: false };
  for (let done = 0; done < rounds; done += 1) {
    const ended = stopped() || (yield* round(model, plan, chunk));
    if (ended) return { ...report, stopped: true };
    report.rounds.push(yield* measure(model, sets[0], from));
  }
  return report;
}

/**
 * Makes pairs and retrains on them; returns whether it was stopped before its end.
 * @param {Model} model
 * @param {Required<Omit<ReflowOptions, 'rounds' | 'n'>>} plan
 * @param {() => number} chunk
 * @returns {import('./slice.js').Work<ReflowProgress, boolean>}
 */
function* round(model, { pairs, seed: from, solver, solver_steps, steps, stopped }, chunk) {
  const next = model.round + 1;
  const x0 = model.noise({ n: pairs, seed: pairSeed(from, next) });
  const travel = { x0, solver, steps: solver_steps };
  const x1 = yield* phase('pairs', next, model.sampleSlices(travel));
  requireFinite('reflow: sample', x1, model.dim);
  if (stopped()) return true;
  model.setPairs(x0, x1);
  model.set({ steps });
  model.reflowBegin();
  while (model.step < steps) {
    if (stopped()) return true;
    const losses = model.train(Math.min(chunk(), steps - model.step));
    yield { phase: 'train', round: model.round, fraction: model.step / steps, losses };
  }
  return false;
}

/**
 * The number of steps of a round, the configuration's unless given.
 * @param {Model} model
 * @param {number | undefined} steps
 */
function stepsOf({ module, config }, steps) {
  return toNumber(rowOf(parameters(module), 'steps'), steps ?? config.steps);
}

/**
 * Every round travels from start points of its own, never from those the measures start at.
 * @param {number} from
 * @param {number} round from 1
 */
const pairSeed = (from, round) => (from + round) >>> 0;

/**
 * @param {Model} model
 * @param {Float32Array} real
 * @param {number} from
 * @returns {import('./slice.js').Work<ReflowProgress, ReflowRow>}
 */
function* measure(model, real, from) {
  const n = real.length / model.dim;
  const { round } = model;
  const options = { n: Math.min(n, STRAIGHTNESS_POINTS), seed: from, steps: STRAIGHTNESS_STEPS };
  const row = yield* phase('measure', round, model.straightnessSlices(options));
  const quality = /** @type {Record<1 | 2 | 4, Sw2>} */ ({});
  for (const steps of STEPS_MEASURED) {
    const travel = { n, seed: from, solver: 'euler', steps };
    const samples = yield* phase('measure', round, model.sampleSlices(travel));
    requireMeasurable('reflow: sample', samples, model.dim);
    const sw2 = yield* phase('measure', round, sw2Slices(model, samples, real));
    quality[steps] = { sw2 };
  }
  return { round, cost: row.cost, straightness: row.straightness, quality };
}

/**
 * @template R
 * @param {'measure' | 'pairs' | 'train'} name
 * @param {number} round
 * @param {import('./slice.js').Work<number, R>} work
 * @returns {import('./slice.js').Work<ReflowProgress, R>}
 */
function* phase(name, round, work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield { phase: name, round, fraction: value };
  }
}
