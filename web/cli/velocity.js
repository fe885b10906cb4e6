/** @file `moonflow velocity`: the field v(t, x) of a trained model, or the exact one of its data, at given points. */

import { MoonflowError, refusal } from '../lib/errors.js';
import { requireFinite } from '../lib/flow.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { requireGuided } from './effect.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { choice, file, missing, number, toggle, weights } from './options.js';
import { deliverPoints, ENDINGS } from './pointfile.js';
import { dataOption, openRun, openRunWithData } from './runfile.js';
import { readRunPoints } from './space.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary = 'Evaluate the velocity field of a trained model at given points.';
export const operands = ['RUN'];
export const notes = [
  'Without --out the velocities are printed as CSV.',
  'A score exists only for a run from Gaussian noise whose noise and data were paired independently.',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  const { choices } = rowOf(parameters(module), 'predict');
  const help = 'Say it as the data, noise or score that the velocity implies; v when not given.';
  const time = { kind: /** @type {const} */ ('real'), min: 0, max: 1 };
  return [
    file('--points', 'points', ENDINGS, 'The points x; needed.'),
    number('--t', 't', { ...time, help: 'The time, from noise to data; needed.' }),
    choice('--as', 'as', choices, help),
    weights,
    labelOption(),
    ...guidanceOptions('Strength of --label'),
    toggle(
      '--exact',
      "The exact field of the run's data and path, the best that a network can learn, instead of the network's.",
    ),
    {
      ...dataOption,
      help: 'With --exact: the points that RUN was trained on, when it was trained on a file.',
    },
    file('--out', 'out', ENDINGS, 'Write the velocities here.'),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { t, points: path, as = 'v', weights: slot, out, exact, data, guidance, label } = values;
  if (path === undefined)
    throw missing('--points', `a file name ending in ${ENDINGS.join(' or ')}`);
  if (t === undefined) throw missing('--t', 'a number from 0 to 1');
  if (exact && slot) throw refusal('--weights', slot, 'nothing beside --exact, which has none');
  if (exact && guidance !== undefined)
    throw refusal('--guidance', guidance, 'nothing beside --exact');
  if (exact) requireGuided(values);
  if (data && !exact) throw refusal('--data', data, 'nothing without --exact');
  requireWritable('--out', out);
  const model = exact
    ? await openRunWithData('RUN', values.RUN, { module, data })
    : await openRun('RUN', values.RUN, module);
  const run = { model, name: values.RUN, encoded: true };
  if (as !== 'v') requireTold(model, t, as);
  const { points, n, dim } = await readRunPoints('--points', path, run);
  const value = exact
    ? exactly(model, { t, x: points, label })
    : model.velocity({ t, x: points, weights: slot, ...guidanceOf(values) });
  requireFinite(`RUN ${values.RUN}: velocity`, value, dim);
  const said = as === 'v' ? value : put(model, { from: 'v', to: as, t, x: points, value });
  await deliverPoints(out, { points: said, n, dim });
  return 0;
}

/**
 * Where nothing moves, as on a polynomial path at t = 0, a velocity says nothing of data and noise, and a conversion is finite and
 * no more. Any pair shows it: what one of its ends says of the other, its velocity must say too.
 * @param {import('../lib/model.js').Model} model
 * @param {number} t
 * @param {import('../lib/conversion.js').Quantity} to
 */
function requireTold(model, t, to) {
  const [x, end] = [1, 2].map((value) => new Float32Array(model.dim).fill(value));
  const from = t < 0.5 ? 'x1' : 'noise';
  const v = put(model, { from, to: 'v', t, x, value: end });
  const [wanted] = put(model, { from, to, t, x, value: end });
  const [got] = put(model, { from: 'v', to, t, x, value: v });
  if (Math.abs(got - wanted) <= 0.01 * (1 + Math.abs(wanted))) return;
  const why = `the velocity there does not tell ${to} on path '${model.config.path}'`;
  throw refusal('--t', t, `a time farther inside of 0 to 1: ${why}; --as v is told anywhere`);
}

/**
 * The library calls `oracle.velocity` what was typed as --exact; a sound run without an exact field is bad usage.
 * @param {import('../lib/model.js').Model} model
 * @param {import('../lib/oracle.js').FieldOptions} options
 */
function exactly(model, options) {
  try {
    return model.oracle.velocity(options);
  } catch (error) {
    if (!(error instanceof MoonflowError) || error.code !== 'state') throw error;
    const why = error.message.replace(/^oracle\.velocity:/, '--exact:');
    throw new MoonflowError('argument', why, { cause: error });
  }
}

/**
 * The library calls `to` what was typed as --as.
 * @param {import('../lib/model.js').Model} model
 * @param {import('../lib/conversion.js').ConvertOptions} options
 */
function put(model, options) {
  try {
    return model.convert(options);
  } catch (error) {
    if (!(error instanceof MoonflowError)) throw error;
    throw new MoonflowError(error.code, error.message.replace(/^to:/, '--as:'), { cause: error });
  }
}
