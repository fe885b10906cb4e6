/** @file `moonflow sample`: draws points from a trained model. */

import { requireFinite } from '../lib/flow.js';
import { parameters, rowOf, toNumber } from '../lib/parameters.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { file, like, number, numeric, weights } from './options.js';
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
  return [
    like(rowOf(table, 'solver')),
    like(steps, { flag: '--steps', key: 'steps' }),
    gridOption(rowOf(table, 'time_grid')),
  ];
}

/**
 * A grid by its name, or times of one's own with commas between.
 * @param {import('../lib/parameters.js').ParameterInfo} row
 * @returns {Option}
 */
function gridOption(row) {
  const named = like(row, { key: 'grid' });
  /** @param {string} text */
  const read = (text) => {
    if (!/^[^,]+(,[^,]+)+$/.test(text)) return named.read(text);
    return text.split(',').map((each, i) => toNumber(timeRow(row, i), numeric(each)));
  };
  const help = `${row.help} Own times, from start to end, take the place of --steps.`;
  return { ...named, value: `${named.value}|T,T,..`, help, read };
}

/**
 * @param {import('../lib/parameters.js').ParameterInfo} row
 * @param {number} i
 * @returns {import('../lib/parameters.js').ParameterInfo}
 */
function timeRow(row, i) {
  return { ...row, name: `--time-grid, time ${i + 1}`, kind: 'real', min: 0, max: 1 };
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
    labelOption(),
    ...guidanceOptions('Strength of --label'),
    file('--out', 'out', ENDINGS, 'Write the points here.'),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  requireWritable('--out', values.out);
  const model = await openRun('RUN', values.RUN, module);
  const { n = 2000, seed = 1, solver, steps, grid, weights: slot } = values;
  const progress = new Progress('sampling');
  const travel = { n, seed, solver, steps, grid, weights: slot };
  const work = model.sampleSlices({ ...travel, ...guidanceOf(values) });
  const points = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  requireFinite(`RUN ${values.RUN}: sample`, points, model.dim);
  await deliverPoints(values.out, { points, n, dim: model.dim });
  return 0;
}
