/** @file `moonflow sample`: draws points from a trained model. */

import { refusal } from '../lib/errors.js';
import { requireFinite } from '../lib/flow.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { requireWritable } from './file.js';
import { file, like, number, weights } from './options.js';
import { perform } from './pace.js';
import { deliverPoints, ENDINGS } from './pointfile.js';
import { Progress } from './progress.js';
import { openRun } from './runfile.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary = 'Draw points from a trained model.';
export const operands = ['RUN'];
export const notes = ['Without --out the points are printed as CSV.'];

/**
 * How points travel: the run's own solver and steps unless given.
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function travelOptions(module) {
  const table = parameters(module);
  const steps = rowOf(table, 'solver_steps');
  return [like(rowOf(table, 'solver')), like(steps, { flag: '--steps', key: 'steps' })];
}

/**
 * @param {string} key
 * @param {number} standard
 * @param {string} help
 */
export function countOption(key, standard, help) {
  const range = { kind: /** @type {const} */ ('integer'), min: 1, max: 1e7 };
  return number('-n', key, { ...range, help: `${help} ${standard} when not given.` });
}

/** @param {WebAssembly.Module} module */
export function seedOption(module) {
  const help = 'Seed of the start points, 1 when not given.';
  return like(rowOf(parameters(module), 'seed'), { help });
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  return [
    countOption('n', 2000, 'Number of points.'),
    ...travelOptions(module),
    seedOption(module),
    weights,
    refused('--label', 'k', 'Class to draw from, for runs trained with labels.'),
    refused('--guidance', 's', 'Strength of guidance, for runs trained with labels.'),
    file('--out', 'out', ENDINGS, 'Write the points here.'),
  ];
}

/**
 * Part of the fixed interface, without meaning until runs can have labels.
 * @param {string} flag
 * @param {string} value
 * @param {string} help
 * @returns {Option}
 */
function refused(flag, value, help) {
  /** @param {string} text */
  const read = (text) => {
    throw refusal(flag, text, 'left out: no run has labels yet');
  };
  return { flag, key: flag.slice(2), value, help, read };
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  requireWritable('--out', values.out);
  const model = await openRun('RUN', values.RUN, module);
  const { n = 2000, seed = 1, solver, steps, weights: slot } = values;
  const progress = new Progress('sampling');
  const work = model.sampleSlices({ n, seed, solver, steps, weights: slot });
  const points = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  requireFinite(`RUN ${values.RUN}: sample`, points, model.dim);
  await deliverPoints(values.out, { points, n, dim: model.dim });
  return 0;
}
