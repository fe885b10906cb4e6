/** @file `moonflow reflow`: retrains a model on its own trajectories, so that fewer steps carry noise to data. */

import { parameters, rowOf } from '../lib/parameters.js';
import { reflow } from '../lib/reflow.js';
import { requireWritable } from './file.js';
import { file, json, like, number, threads } from './options.js';
import { perform } from './pace.js';
import { Progress } from './progress.js';
import { dataOption, ENDING, openRunWithData, rescued, saveRun } from './runfile.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/reflow.js').ReflowReport} Report */

export const summary =
  'Straighten the flow of a trained model (reflow) and measure it before and after.';
export const operands = ['RUN'];
export const notes = [
  'The first row of the report is the model before the first round; SW2 is of Euler in 1, 2 and 4 steps.',
  'Interrupting it saves nothing: a round is only worth something when it is complete.',
  'A run that diverges or loses a thread is saved to --out as it was after its last step, like one of train.',
  'JSON: rounds [{round, cost, straightness, quality {1, 2, 4: {sw2}}}], sw2_floor, seconds, hash.',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  const whole = { kind: /** @type {const} */ ('integer'), min: 1 };
  const steps = rowOf(parameters(module), 'steps');
  const help = "Optimiser steps of each round, the run's own when not given.";
  return [
    number('--rounds', 'rounds', { ...whole, max: 100, help: 'Rounds, 1 when not given.' }),
    number('--pairs', 'pairs', { ...whole, max: 1 << 22, help: 'Pairs made for each round.' }),
    like(steps, { help }),
    dataOption,
    threads,
    file('--out', 'out', [ENDING], 'Save the straightened run here.'),
    json(),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { rounds, pairs, steps, data, out, threads } = values;
  requireWritable('--out', out);
  const model = await openRunWithData('RUN', values.RUN, { module, data, threads });
  const started = performance.now();
  const show = shower();
  const work = perform(reflow(model, { rounds, pairs, steps }), show.step);
  const report = await work
    .catch(async (error) => {
      throw await rescued(error, model, out);
    })
    .finally(show.end);
  if (out) await saveRun(out, model);
  const seconds = (performance.now() - started) / 1000;
  const { rounds: rows, sw2_floor } = report;
  const result = { rounds: rows, sw2_floor, seconds, hash: model.digest() };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(report, out));
  return 0;
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
    const sw2 = [1, 2, 4].map((steps) => quality[/** @type {1 | 2 | 4} */ (steps)].sw2.toFixed(4));
    const cells = [String(round), cost.toFixed(4), straightness.toFixed(5), ...sw2];
    return cells.map((cell, i) => cell.padStart(WIDTHS[i])).join('');
  });
  const lines = [HEADINGS.map((heading, i) => heading.padStart(WIDTHS[i])).join(''), ...rows];
  lines.push(`SW2 floor ${sw2_floor.toFixed(4)}`);
  if (out) lines.push(`saved ${out}`);
  return `${lines.join('\n')}\n`;
}

const HEADINGS = ['round', 'cost', 'straightness', 'SW2 1 step', '2 steps', '4 steps'];
const WIDTHS = [5, 10, 14, 12, 10, 10];
