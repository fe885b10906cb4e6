/** @file The noise g(t) of --sde-file: a curve in a file, read at the times that a solver steps between. */

import { MoonflowError, refusal } from '../lib/errors.js';
import { timesOf } from '../lib/grid.js';
import { file } from './options.js';
import { ENDINGS, readPoints } from './pointfile.js';

/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/model.js').Model} Model */

/** @typedef {{t: Float32Array, g: Float32Array}} Curve */

export const curveOption = file(
  '--sde-file',
  'sde_file',
  ENDINGS,
  'Noise g(t) of your own in place of --sde: rows t, g with t rising from 0 to 1 and g from 0 up, and straight lines between.',
);

/**
 * What the library takes as sde: a name, or of a file g at every time of the way.
 * @param {Values} values
 * @param {Model} model
 * @returns {Promise<string | number[] | undefined>}
 */
export async function noiseOf({ sde, sde_file: path, sde_strength, ...values }, model) {
  if (path === undefined) return sde;
  if (sde !== undefined) throw refusal('--sde', sde, 'left out beside --sde-file, which gives g');
  if (sde_strength !== undefined) {
    throw refusal('--sde-strength', sde_strength, 'left out beside --sde-file, which gives g');
  }
  const curve = await readCurve(path);
  const { grid, steps, t_start, t_end } = values;
  const times = timesOf(model, { grid, steps, t_start, t_end }, steps ?? model.config.solver_steps);
  return Array.from(times, (t) => at(curve, t));
}

/**
 * @param {string} path
 * @returns {Promise<Curve>}
 */
async function readCurve(path) {
  const { points, n, dim } = await readPoints('--sde-file', path);
  if (dim !== 2) throw wrong(path, 'columns', dim, '2, t and g');
  const t = Float32Array.from({ length: n }, (_, i) => points[2 * i]);
  const g = Float32Array.from({ length: n }, (_, i) => points[2 * i + 1]);
  if (n < 2) throw wrong(path, 'rows', n, '2 or more, the first of t = 0 and the last of t = 1');
  if (t[0] !== 0) throw wrong(path, 'row 1, t', t[0], '0');
  for (let i = 0; i < n; i++) {
    if (i > 0 && !(t[i] > t[i - 1])) {
      throw wrong(path, `row ${i + 1}, t`, t[i], `above ${t[i - 1]}, which is before it`);
    }
    if (!(g[i] >= 0 && g[i] < Infinity)) {
      throw wrong(path, `row ${i + 1}, g`, g[i], 'a finite number from 0 up');
    }
  }
  if (t[n - 1] !== 1) throw wrong(path, `row ${n}, t`, t[n - 1], '1, as of the last');
  return { t, g };
}

/**
 * As in readPoints: what is wrong lies inside the file.
 * @param {string} path
 * @param {string} what
 * @param {number} got
 * @param {string} allowed
 */
function wrong(path, what, got, allowed) {
  return new MoonflowError(
    'format',
    `--sde-file ${path}, ${what}: got ${got}; allowed is ${allowed}`,
  );
}

/**
 * @param {Curve} curve
 * @param {number} when
 */
function at({ t, g }, when) {
  const next = Math.max(
    1,
    t.findIndex((each) => each >= when),
  );
  const share = (when - t[next - 1]) / (t[next] - t[next - 1]);
  return g[next - 1] + share * (g[next] - g[next - 1]);
}
