/** @file `moonflow reflow`: retrains a model on its own trajectories, so that fewer steps carry noise to data. */

import { isOfPairs } from '../lib/pairs.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { reflow } from '../lib/reflow.js';
import { requireEffect } from './effect.js';
import { requireWritable } from './file.js';
import { Interruption } from './interruption.js';
import { choice, file, json, like, number, threads, toggle } from './options.js';
import { perform } from './pace.js';
import { Progress } from './progress.js';
import { dataOption, ENDING, openRun, openRunWithData, rescued, saveRun } from './runfile.js';
import { countOption } from './sample.js';
import { ofSolver, requireTries } from './tries.js';

/** @typedef {import('../lib/model.js').Model} Model */
/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/reflow.js').ReflowReport} Report */

export const summary =
  'Straighten the flow of a trained model (reflow) and measure it before and after.';
export const operands = ['RUN'];
export const notes = [
  "Options not given are the run's own. --time power --time-exponent 0.3 betters one step most.",
  'The first row of the report is the model before the first round. SW2 is of Euler in 1, 2, 4 and 50 steps; ' +
    'the cost is the mean of |x1 - x0|^2.',
  'A distilled run has learned one step alone: its file says coupling distilled, and more steps are refused.',
  'Ctrl-C ends a round at the step at hand, saves to --out when given, and exits with 130.',
  '--resume with the same RUN and options goes on from there to the bits of a whole round; ' +
    'after a first round it cannot, since no file has the run before.',
  'Of a run with classes every pair is of one, and the report is about the flows of the classes.',
  'A run that diverges or loses a thread is saved to --out as it was after its last step, like one of train.',
  'JSON: rounds [{round, one_step, cost, straightness, quality {1, 2, 4, 50: {sw2}}}] with null for ' +
    'what one step has not, sw2_floor, seconds, hash.',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  const table = parameters(module);
  const whole = { kind: /** @type {const} */ ('integer'), min: 1 };
  const steps = rowOf(table, 'steps');
  const help = "Optimiser steps of each round, the run's own when not given.";
  const from = 'One set of pairs for a whole round, or new ones as it goes; stored when not given.';
  const pairs = 'Pairs in a set, 16384 stored and 1024 online when not given.';
  const refresh = 'online: steps that learn from one set, 50 when not given.';
  const distill = 'Make the last round a distillation: pairs at t = 0 alone, a one-step model.';
  return [
    number('--rounds', 'rounds', { ...whole, max: 100, help: 'Rounds, 1 when not given.' }),
    choice('--pairs-from', 'pairs_from', ['stored', 'online'], from),
    number('--pairs', 'pairs', { ...whole, max: 1 << 22, help: pairs }),
    number('--refresh', 'refresh', { ...whole, max: steps.max, help: refresh }),
    toggle('--distill', distill),
    like(steps, { help }),
    like(rowOf(table, 'solver'), { help: 'Method that carries the pairs.' }),
    like(rowOf(table, 'solver_steps'), { help: 'Steps that carry the pairs.' }),
    countOption('n', 20000, 'Points the measures use.'),
    like(rowOf(table, 'seed'), { help: 'Seed of the pairs and the measures, 1 when not given.' }),
    file('--resume', 'resume', [ENDING], 'Go on with this run, which is inside a round from RUN.'),
    dataOption,
    threads,
    file('--out', 'out', [ENDING], 'Save the straightened run here.'),
    json(),
    ...recipe(module).map((row) => ({ ...like(row), group: row.group })),
  ];
}

/**
 * What a round may do otherwise than the run: the rows of batch and optimiser that may change, those of couplings aside.
 * @param {WebAssembly.Module} module
 */
function recipe(module) {
  const own = ['coupling', 'sinkhorn_reg', 'ot_class_weight', 'steps'];
  return parameters(module).filter(
    ({ name, group, live }) =>
      live && ['batch', 'optimiser'].includes(group) && !own.includes(name),
  );
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { out, rounds, distill, steps, n, pairs_from, pairs, refresh, seed } = values;
  const { solver, solver_steps } = values;
  requireWritable('--out', out);
  const { model, teacher } = await open(values, module);
  const given = recipe(module).filter(({ name }) => values[name] !== undefined);
  model.set(Object.fromEntries(given.map(({ name }) => [name, values[name]])));
  requireEffect(values, { ...model.config, coupling: 'paired' });
  const carried = { ...(teacher ?? model).config, ...(solver && { solver }) };
  requireTries(
    '--solver-steps',
    String(carried.solver),
    Number(solver_steps ?? carried.solver_steps),
  );
  const first = (teacher ?? model).round + 1;
  const started = performance.now();
  const show = shower();
  const interruption = new Interruption();
  const stopped = () => interruption.exitCode !== undefined;
  const source = { pairs_from, pairs, refresh, seed, solver, solver_steps };
  const options = { rounds, distill, steps, n, ...source, teacher, stopped };
  const report = await perform(reflow(model, options), show.step)
    .catch(async (error) => {
      throw await rescued(ofSolver(error), model, out);
    })
    .finally(() => {
      show.end();
      interruption.ignore();
    });
  if (report.stopped) {
    await tellStopped(values, model, first);
    return interruption.exitCode ?? 1;
  }
  if (out) await saveRun(out, model);
  const seconds = (performance.now() - started) / 1000;
  const { rounds: rows, sw2_floor } = report;
  const result = { rounds: rows, sw2_floor, seconds, hash: model.digest() };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(report, out));
  return 0;
}

/**
 * The run to work on, and the one before its round when it is inside one.
 * @param {Values} values
 * @param {WebAssembly.Module} module
 * @returns {Promise<{model: Model, teacher?: Model}>}
 */
async function open({ RUN, resume, data, threads }, module) {
  const how = { module, data, threads };
  if (!resume) return { model: await openRunWithData('RUN', RUN, how) };
  const model = await openRunWithData('--resume', resume, how);
  return { model, teacher: await openRun('RUN', RUN, module) };
}

/**
 * @param {Values} values
 * @param {Model} model
 * @param {number} first round that this call was to make
 */
async function tellStopped({ RUN, out }, model, first) {
  const { round, step, config } = model;
  const inside = isOfPairs(config.coupling) && round >= first;
  if (!inside) {
    process.stderr.write(`moonflow: stopped before round ${first}; nothing was saved\n`);
    return;
  }
  process.stderr.write(`moonflow: stopped in round ${round} at step ${step} of ${config.steps}; `);
  if (out) await saveRun(out, model);
  const how =
    round === first
      ? `continue with reflow ${RUN} --resume ${out} and the same options`
      : `saved to ${out}, and not to be continued: the run of round ${round - 1} was not kept`;
  process.stderr.write(out ? `${how}\n` : 'nothing was saved\n');
}

/** A line of progress for each phase of each round, since every phase has a pace of its own. */
function shower() {
  /** @type {Progress | undefined} */
  let progress;
  return {
    /** @param {import('../lib/reflow.js').ReflowProgress} at */
    step({ phase, round, fraction }) {
      const label = `round ${round}: ${phase}`;
      if (progress?.label !== label) progress = new Progress(label);
      progress.show(fraction, 1);
    },
    end() {
      progress?.end();
    },
  };
}

/**
 * @param {Report} report
 * @param {string | undefined} out
 */
function table({ rounds, sw2_floor }, out) {
  const rows = rounds.map(({ round, cost, straightness, quality }) => {
    const sw2 = [quality[1], quality[2], quality[4], quality[50]].map((at) => at?.sw2 ?? null);
    return [
      String(round),
      decimals(cost),
      decimals(straightness, 5),
      ...sw2.map((at) => decimals(at)),
    ];
  });
  const heading = COLUMNS.map(([name]) => name);
  const lines = [heading, ...rows.map((row) => [...row, decimals(sw2_floor)])].map((cells) =>
    cells.map((cell, i) => cell.padStart(COLUMNS[i][1])).join(''),
  );
  const { round, one_step } = rounds[rounds.length - 1];
  if (one_step) lines.push(`round ${round} is a distillation: a one-step model`);
  if (out) lines.push(`saved ${out}`);
  return `${lines.join('\n')}\n`;
}

/**
 * @param {number | null} number
 * @param {number} [places]
 */
function decimals(number, places = 4) {
  return number === null ? '-' : number.toFixed(places);
}

/** The columns of the table and their widths. @type {[string, number][]} */
const COLUMNS = [
  ['round', 5],
  ['cost', 10],
  ['straightness', 14],
  ['SW2 1 step', 12],
  ['2 steps', 10],
  ['4 steps', 10],
  ['50 steps', 10],
  ['floor', 10],
];
