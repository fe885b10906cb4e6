/** @file `moonflow interpolate`: the way between data points through a trained model's noise. */

import { refusal } from '../lib/errors.js';
import { requireFinite } from '../lib/flow.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { choice, file, json, like, missing, number, weights } from './options.js';
import { perform } from './pace.js';
import { deliverPoints, ENDINGS } from './pointfile.js';
import { Progress } from './progress.js';
import { openRun } from './runfile.js';
import { travelOptions, tuningOptions } from './sample.js';
import { asData, readRunPoints } from './space.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary = 'Go from data points to others through the noise of a trained model.';
export const operands = ['RUN'];
export const notes = [
  'Point i of --points goes to point i of --to: both are encoded as noise, and the noise between them is decoded.',
  'The result has --count rows for every pair, from the one to the other. Without --out and --json it is printed as CSV.',
  'JSON: n, count, blend, solver, steps, nfe (field evaluations a point, to and fro), weights, seconds.',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  const help = 'Points on each way, its ends included; 9 when not given';
  const named = [...travelOptions(module), ...tuningOptions(module)];
  return [
    file('--points', 'points', ENDINGS, 'The points to leave from; needed.'),
    file('--to', 'to', ENDINGS, 'The points to go to, as many; needed.'),
    number('--count', 'count', { kind: 'integer', min: 2, max: 4096, help }),
    choice(
      '--blend',
      'blend',
      ['spherical', 'linear'],
      'How noise is blended: along the arc, or straight; spherical when not given.',
    ),
    ...named.filter(({ key }) => !key.startsWith('sde') && key !== 'grid'),
    like(rowOf(parameters(module), 'time_grid'), { key: 'grid' }),
    weights,
    labelOption(),
    ...guidanceOptions('Strength of --label'),
    file('--out', 'out', ENDINGS, 'Write the points here.'),
    json(),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  requireWritable('--out', values.out);
  if (values.json && values.out === undefined) {
    throw missing('--out', `beside --json a file name ending in ${ENDINGS.join(' or ')}`);
  }
  const model = await openRun('RUN', values.RUN, module);
  const a = await pointsOf('--points', values.points, model);
  const b = await pointsOf('--to', values.to, model);
  const n = a.length / model.dim;
  if (a.length !== b.length) {
    throw refusal(`--to ${values.to}, points`, b.length / model.dim, `${n}, as in --points`);
  }
  const { count = 9, blend = 'spherical', solver, steps, grid, rtol, atol } = values;
  const started = performance.now();
  const progress = new Progress('interpolating');
  const travel = { solver, steps, grid, rtol, atol, weights: values.weights };
  const work = model.interpolateSlices({ a, b, count, blend, ...travel, ...guidanceOf(values) });
  const { points, nfe } = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  requireFinite(`RUN ${values.RUN}: point`, points, model.dim);
  await deliverPoints(values.out, asData(model, byPair(points, n, model.dim)));
  const seconds = (performance.now() - started) / 1000;
  if (!values.json) return 0;
  const { config } = model;
  const told = { solver: solver ?? config.solver, steps: steps ?? config.solver_steps };
  const result = { n, count, blend, ...told, nfe, weights: values.weights ?? 'ema', seconds };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return 0;
}

/**
 * @param {string} flag
 * @param {string | undefined} path
 * @param {import('../lib/model.js').Model} model
 */
async function pointsOf(flag, path, model) {
  if (path === undefined) throw missing(flag, `a file name ending in ${ENDINGS.join(' or ')}`);
  return (await readRunPoints(flag, path, { model, name: 'RUN' })).points;
}

/**
 * From [count, n, D] to [n, count, D].
 * @param {Float32Array} points
 * @param {number} n
 * @param {number} dim
 */
function byPair(points, n, dim) {
  const turned = new Float32Array(points.length);
  const count = points.length / (n * dim);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < n; i++) {
      const from = (k * n + i) * dim;
      turned.set(points.subarray(from, from + dim), (i * count + k) * dim);
    }
  }
  return turned;
}
