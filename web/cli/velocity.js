/** @file `moonflow velocity`: the field v(t, x) of a trained model at given points. */

import { refusal } from '../lib/errors.js';
import { requireFinite } from '../lib/flow.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { file, missing, number, weights } from './options.js';
import { deliverPoints, ENDINGS, readPoints } from './pointfile.js';
import { openRun } from './runfile.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary = 'Evaluate the velocity field of a trained model at given points.';
export const operands = ['RUN'];
export const notes = ['Without --out the velocities are printed as CSV.'];

/** @returns {Option[]} */
export function options() {
  const time = { kind: /** @type {const} */ ('real'), min: 0, max: 1 };
  return [
    file('--points', 'points', ENDINGS, 'The points x; needed.'),
    number('--t', 't', { ...time, help: 'The time, from noise to data; needed.' }),
    weights,
    labelOption(),
    ...guidanceOptions('Strength of --label'),
    file('--out', 'out', ENDINGS, 'Write the velocities here.'),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { t, points: path, weights: slot, out } = values;
  if (path === undefined)
    throw missing('--points', `a file name ending in ${ENDINGS.join(' or ')}`);
  if (t === undefined) throw missing('--t', 'a number from 0 to 1');
  requireWritable('--out', out);
  const model = await openRun('RUN', values.RUN, module);
  const { points, n, dim } = await readPoints('--points', path);
  if (dim !== model.dim) {
    throw refusal(`--points ${path}, columns`, dim, `${model.dim}, as in ${values.RUN}`);
  }
  const field = model.velocity({ t, x: points, weights: slot, ...guidanceOf(values) });
  requireFinite(`RUN ${values.RUN}: velocity`, field, dim);
  await deliverPoints(out, { points: field, n, dim });
  return 0;
}
