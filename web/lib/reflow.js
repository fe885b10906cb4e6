/**
 * @file Reflow (Liu et al. 2022): carry start points along the model's own flow, train on those pairs, repeat. Each round
 * makes the flow straighter, so that few steps suffice; the report says how much, before and after. The last round may be a
 * distillation instead, which learns x0 + v(0, x0) = x1 at t = 0 alone: a one-step model. Where there are
 * classes each pair is of one, and all of it is about the flows of the classes (guidance 1).
 */

import { integer } from './argument.js';
import { refusal } from './errors.js';
import { isOneStep, requireMeasurable } from './flow.js';
import { carryPairs, frozen, isOfPairs, labelsFor, pairPlan } from './pairs.js';
import { parameters, rowOf, toNumber } from './parameters.js';
import { realSets, sw2Slices } from './quality.js';
import { readSlots } from './slots.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * @typedef {object} OwnOptions
 * @property {number} [rounds] 1 unless given
 * @property {boolean} [distill] makes the last round a distillation; false unless given
 * @property {number} [steps] optimiser steps of each round; the configuration's unless given, otherwise it becomes the
 *   configuration's, because the schedule ends there
 * @property {Model} [teacher] of a model inside a round: the model as it was before that round, which is then the first.
 *   With the options that the round began with it ends as if it had never stopped
 * @property {number} [n] points the measures use; 20,000 unless given
 * @property {() => boolean} [stopped] asked between pieces; true ends the work with the rounds completed so far
 */

/** `seed` is also that of the measures. @typedef {OwnOptions & import('./pairs.js').PairOptions} ReflowOptions */

/** @typedef {{sw2: number}} Sw2 */

/**
 * SW2 is of Euler by its number of steps. A one-step model has no more than one, and nothing that could be straight: null.
 * `cost` is E|x1 - x0|^2 by the solver that carries the pairs, or by the one step.
 * @typedef {object} ReflowRow
 * @property {number} round
 * @property {boolean} one_step whether the round was a distillation
 * @property {number} cost
 * @property {number | null} straightness
 * @property {{1: Sw2, 2: Sw2 | null, 4: Sw2 | null, 50: Sw2 | null}} quality
 */

/**
 * The first row is the model before the first round.
 * @typedef {{rounds: ReflowRow[], sw2_floor: number, stopped: boolean}} ReflowReport
 */

/**
 * `fraction` is of the phase; `losses` are of the steps since the last yield.
 * @typedef {{phase: 'measure' | 'pairs' | 'train', round: number, fraction: number, losses?: Float64Array}} ReflowProgress
 */

/**
 * @typedef {object} Plan
 * @property {number} steps
 * @property {import('./pairs.js').PairPlan} source
 * @property {() => boolean} stopped
 * @property {() => number} chunk
 */

const STEPS_MEASURED = /** @type {const} */ ([2, 4, 50]);
const STRAIGHTNESS_POINTS = 2048;
const STRAIGHTNESS_STEPS = 50;

/**
 * @param {Model} model
 * @param {ReflowOptions} [options]
 * @param {() => number} [chunk] how many steps the next training call may take
 * @returns {import('./slice.js').Work<ReflowProgress, ReflowReport>}
 */
export function* reflow(model, options = {}, chunk = () => 16) {
  const own = optionsOf('reflow', options);
  const { rounds = 1, distill = false, n = 20000, stopped = () => false } = own;
  integer('rounds', rounds, 1);
  integer('n', n, 1);
  requirePairs(model);
  if (distill) requireDistillable(model);
  if (options.teacher) requireTaught(model, options.teacher, distill && rounds === 1);
  const before = options.teacher ?? model;
  requirePairs(before);
  const steps = stepsOf(model, options.steps);
  const plan = { steps, source: pairPlan(before, steps, options), stopped, chunk };
  const { seed } = plan.source;
  const sets = realSets(model, n, seed);
  const sw2_floor = yield* phase('measure', before.round, sw2Slices(model, sets[1], sets[0]));
  const report = { rounds: [yield* measure(before, sets[0], plan)], sw2_floor, stopped: false };
  for (let done = 0; done < rounds; done += 1) {
    const last = distill && done === rounds - 1;
    const taught = done === 0 ? options.teacher : undefined;
    const ended = stopped() || (yield* round(model, taught, plan, last));
    if (ended) return { ...report, stopped: true };
    report.rounds.push(yield* measure(model, sets[0], plan));
  }
  return report;
}

/**
 * Makes pairs and retrains on them; returns whether it was stopped before its end.
 * @param {Model} model
 * @param {Model | undefined} teacher of a round that has begun
 * @param {Plan} plan
 * @param {boolean} distill
 * @returns {import('./slice.js').Work<ReflowProgress, boolean>}
 */
function* round(model, teacher, plan, distill) {
  if (teacher) return yield* learn(model, teacher, plan, () => model.set({ steps: plan.steps }));
  const own = frozen(model);
  try {
    return yield* learn(model, own, plan, () => {
      model.set({ steps: plan.steps });
      model.reflowBegin();
      model.teacher = digestOfFlow(own);
      if (distill) model.set({ coupling: 'distilled', solver: 'euler', solver_steps: 1 });
    });
  } finally {
    own.dispose();
  }
}

/**
 * @param {Model} model
 * @param {Model} teacher
 * @param {Plan} plan
 * @param {() => void} begin called when the first pairs are there
 * @returns {import('./slice.js').Work<ReflowProgress, boolean>}
 */
function* learn(model, teacher, { steps, source, stopped, chunk }, begin) {
  const next = teacher.round + 1;
  const from = model.round === next ? model.step : 0;
  yield* phase('pairs', next, carryPairs(model, teacher, source, from));
  if (stopped()) return true;
  begin();
  while (model.step < steps) {
    const at = model.step % source.refresh;
    if (at === 0 && model.step > from) {
      const work = carryPairs(model, teacher, source, model.step);
      yield* standing(work, { phase: 'train', round: next, fraction: model.step / steps });
    }
    if (stopped()) return true;
    const losses = model.train(Math.min(chunk(), steps - model.step, source.refresh - at));
    yield { phase: 'train', round: model.round, fraction: model.step / steps, losses };
  }
  return false;
}

/**
 * Of the average that carries the pairs, which alone a frozen model keeps.
 * @param {Model} model
 */
function digestOfFlow(model) {
  return model.digestOf(readSlots(model, 'ema'));
}

/**
 * The number of steps of a round, the configuration's unless given.
 * @param {Model} model
 * @param {number | undefined} steps
 */
function stepsOf({ module, config }, steps) {
  return toNumber(rowOf(parameters(module), 'steps'), steps ?? config.steps);
}

/** @param {Model} model */
function requirePairs({ config: { predict, sde } }) {
  if (sde !== 'none') {
    throw refusal('sde', sde, 'none: the pairs of a reflow follow the flow itself', 'reflow');
  }
  if (predict !== 'score') return;
  throw refusal(
    'predict',
    'score',
    'v, x1 or noise: a reflow trains on pairs, which have no score',
  );
}

/** @param {Model} model */
function requireDistillable({ config: { path, weight } }) {
  if (path === 'linear' && weight === 'none') return;
  const why = `false with path '${path}' and weight '${weight}'`;
  throw refusal('distill', true, `${why}: x0 + v(0, x0) is learned under 'linear' and 'none'`);
}

/**
 * A model can go on with a round when it is one round ahead of its teacher, and otherwise like it.
 * @param {Model} model
 * @param {Model} teacher
 * @param {boolean} distill
 */
function requireTaught(model, teacher, distill) {
  const { coupling } = model.config;
  if (!isOfPairs(coupling) || model.round !== teacher.round + 1) {
    const got = `round ${teacher.round} before a model in round ${model.round}`;
    throw refusal('teacher', got, 'the model as it was before the round it is in');
  }
  for (const name of ['dim', 'data', 'path', 'predict', 'hidden', 'layers', 'features']) {
    const [own, other] = [model.config[name], teacher.config[name]];
    if (own !== other) throw refusal(`teacher, ${name}`, other, `${own}, as in the model`);
  }
  const found = digestOfFlow(teacher);
  if (model.teacher !== undefined && model.teacher !== found) {
    const allowed = `that of digest ${model.teacher.slice(0, 12)}, whose pairs this round learns from`;
    throw refusal('teacher', `a model of digest ${found.slice(0, 12)}`, allowed);
  }
  const begun = coupling === 'distilled';
  if (begun !== distill) throw refusal('distill', distill, `${begun}, as the round began`);
}

/**
 * @param {Model} model
 * @param {Float32Array} real
 * @param {Plan} plan
 * @returns {import('./slice.js').Work<ReflowProgress, ReflowRow>}
 */
function* measure(model, real, { source }) {
  const { round } = model;
  const { seed } = source;
  const n = real.length / model.dim;
  const few = Math.min(n, STRAIGHTNESS_POINTS);
  const whole = labelsFor(model, n, seed);
  const part = { ...(whole && { labels: whole.labels.subarray(0, few) }) };
  const one_step = isOneStep(model);
  const travel = one_step
    ? { solver: 'euler', steps: 1 }
    : { solver: source.solver, steps: source.solver_steps };
  const x1 = yield* phase(
    'measure',
    round,
    model.sampleSlices({ n: few, seed, ...travel, ...part }),
  );
  const cost = meanSquare(model.noise({ n: few, seed }), x1, few);
  /** @param {number} steps */
  function* sw2(steps) {
    const options = { n, seed, solver: 'euler', steps, ...whole };
    const samples = yield* phase('measure', round, model.sampleSlices(options));
    requireMeasurable('reflow: sample', samples, model.dim);
    return { sw2: yield* phase('measure', round, sw2Slices(model, samples, real)) };
  }
  /** @type {ReflowRow['quality']} */
  const quality = { 1: yield* sw2(1), 2: null, 4: null, 50: null };
  if (one_step) return { round, one_step, cost, straightness: null, quality };
  for (const steps of STEPS_MEASURED) quality[steps] = yield* sw2(steps);
  const options = { n: few, seed, steps: STRAIGHTNESS_STEPS, ...part };
  const { straightness } = yield* phase('measure', round, model.straightnessSlices(options));
  return { round, one_step, cost, straightness, quality };
}

/**
 * Mean |x1 - x0|^2 of n points.
 * @param {Float32Array} x0
 * @param {Float32Array} x1
 * @param {number} n
 */
function meanSquare(x0, x1, n) {
  return x1.reduce((sum, coordinate, i) => sum + (coordinate - x0[i]) ** 2, 0) / n;
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

/**
 * Work inside a phase, whose progress stands still meanwhile.
 * @template R
 * @param {import('./slice.js').Work<number, R>} work
 * @param {ReflowProgress} at
 * @returns {import('./slice.js').Work<ReflowProgress, R>}
 */
function* standing(work, at) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield at;
  }
}
