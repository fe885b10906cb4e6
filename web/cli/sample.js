/** @file `moonflow sample`: draws points from a trained model. */

import { refusal } from '../lib/errors.js';
import { requireFinite, travelSlices } from '../lib/flow.js';
import { parameters, rowOf, toNumber } from '../lib/parameters.js';
import { curveOption, noiseOf } from './diffusing.js';
import { requireDrawn } from './effect.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { everyLabel, MOSAIC, requireFew, requireImages, rowsOf } from './imagery.js';
import { file, json, like, missing, number, numeric, toggle, weights } from './options.js';
import { perform } from './pace.js';
import { drawImages, requireCanvas, writePicture } from './picture.js';
import { deliverPoints, ENDINGS } from './pointfile.js';
import { Progress } from './progress.js';
import { openRun } from './runfile.js';
import { asData, readRunPoints } from './space.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary = 'Draw points from a trained model.';
export const operands = ['RUN'];
export const notes = [
  'Without --out, --png and --json the points are printed as CSV.',
  'Of a run in a latent space (train --latent) points at t = 1 are data, all others coordinates there.',
  '--from with --t-start 1 --t-end 0 encodes points as noise, and without them decodes noise.',
  'JSON: n, solver, steps, nfe (field evaluations a point, in the mean), nfe_max, seed, weights, t_start, t_end, grid, sde, and as they count ' +
    'sde_strength, label, guidance, guidance_interval; seconds; under ' +
    'dopri5 accepted and rejected (steps a point, in the mean), and with --trace the list trace of point, t, h, error, accepted.',
];

const ALL = 'all';

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
 * What belongs to dopri5 only.
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function toleranceOptions(module) {
  return ['rtol', 'atol'].map((name) => like(rowOf(parameters(module), name)));
}

/**
 * That, and the noise on the way.
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function tuningOptions(module) {
  const noise = ['sde', 'sde_strength'].map((name) => like(rowOf(parameters(module), name)));
  return [...toleranceOptions(module), ...noise, curveOption];
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
    if (!/^[^,]+(,[^,]+)+$/.test(text)) {
      if (row.choices.includes(text)) return text;
      throw refusal('--time-grid', text, `one of ${row.choices.join(', ')}, or times, T,T,..`);
    }
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
    countOption('n', 2000, `Number of points; ${MOSAIC} beside --png,`),
    ...travelOptions(module),
    ...tuningOptions(module),
    seedOption(module),
    file('--from', 'from', ENDINGS, 'Start at these points instead of noise of --seed.'),
    timeOption('--t-start', 't_start', 'Time at which they start, 0 when not given'),
    timeOption('--t-end', 't_end', 'Time at which they end, 1 when not given'),
    weights,
    anyLabelOption(),
    ...guidanceOptions('Strength of --label'),
    file('--out', 'out', ENDINGS, 'Write the points here.'),
    file(
      '--png',
      'png',
      ['.png'],
      'Draw the points here, of a run of images, a row a class with --label all.',
    ),
    toggle(
      '--latents',
      'Write coordinates in the latent space of a run (train --latent) instead of undoing it.',
    ),
    toggle('--trace', 'dopri5: put every step that was tried into the JSON.'),
    json(),
  ];
}

/** @returns {Option} */
function anyLabelOption() {
  const one = labelOption();
  const help = one.help.replace(';', `, or ${ALL} for as many points of each;`);
  return { ...one, value: `N|${ALL}`, help, read: (text) => (text === ALL ? ALL : one.read(text)) };
}

/**
 * @param {string} flag
 * @param {string} key
 * @param {string} help
 */
function timeOption(flag, key, help) {
  return number(flag, key, { kind: 'real', min: 0, max: 1, help });
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  requireWritable('--out', values.out);
  requireWritable('--png', values.png);
  if (values.png) await requireCanvas();
  if (values.json && values.out === undefined && values.png === undefined) {
    throw missing('--out', `beside --json a file name ending in ${ENDINGS.join(' or ')}, or --png`);
  }
  if (values.latents && values.png && values.out === undefined) {
    throw refusal('--latents', 'on', 'left out without --out: the picture shows pixels');
  }
  if (values.trace && !values.json) {
    throw refusal('--trace', true, 'left out without --json, which shows it');
  }
  const model = await openRun('RUN', values.RUN, module);
  if (values.latents && !model.latent) {
    throw refusal('--latents', 'on', `left out: ${values.RUN} is in no latent space`);
  }
  const noisy = values.sde_file !== undefined || (values.sde ?? model.config.sde) !== 'none';
  const drawn = values.from === undefined || noisy;
  requireDrawn(values, drawn, '--from gives the points, and no noise is drawn without --sde');
  const options = await startOf(values, model);
  const guide = guideFor(values, model, options.n ?? (options.x0?.length ?? 0) / model.dim);
  const images = values.png ? requireImages(model, values) : undefined;
  const started = performance.now();
  const progress = new Progress('sampling');
  const keep = values.trace === true;
  if (keep && options.grid === undefined) options.grid = endsOf(options);
  const work = travelSlices(model, { ...options, ...guide }, { keep });
  const travel = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  requireFinite(`RUN ${values.RUN}: sample`, travel.x, model.dim);
  const n = travel.x.length / model.dim;
  if (values.out || !values.png) await deliverPoints(values.out, written(model, values, travel.x));
  if (values.png && images) {
    const rows = rowsOf(model, travel.x, guide.labels);
    const title = titleOf(values);
    await writePicture(values.png, drawImages(images, [{ rows, title }]));
  }
  const seconds = (performance.now() - started) / 1000;
  if (values.json)
    process.stdout.write(`${JSON.stringify({ n, ...told(model, values, travel), seconds })}\n`);
  return 0;
}

/**
 * What is written of points: data where they arrive at t = 1, unless coordinates were asked for; noise has no other.
 * @param {import('../lib/model.js').Model} model
 * @param {Values} values
 * @param {Float32Array} x
 */
function written(model, values, x) {
  if (!values.latents && spanOf(values)[1] === 1) return asData(model, x);
  return { points: x, n: x.length / model.dim, dim: model.dim };
}

/** @param {Values} values  @returns {number[]} the times at which points start and end */
function spanOf({ grid, t_start = 0, t_end = 1 }) {
  return Array.isArray(grid) ? [grid[0], grid[grid.length - 1]] : [t_start, t_end];
}

/**
 * @param {Values} values
 * @param {import('../lib/model.js').Model} model
 * @param {number} n
 * @returns {import('../lib/guidance.js').GuidanceOptions}
 */
function guideFor(values, model, n) {
  if (values.png) requireFew(n);
  const guide = guidanceOf(values);
  if (values.label !== ALL) return guide;
  if (Number(model.config.classes) === 0) {
    throw refusal('--label', ALL, 'left out: this run was trained without classes');
  }
  return { ...guide, label: undefined, labels: everyLabel(model, n) };
}

/** @param {Values} values */
function titleOf({ label, guidance }) {
  const of = label === undefined || label === ALL ? 'generated' : `generated, class ${label}`;
  return guidance === undefined ? of : `${of}, guidance ${guidance}`;
}

/**
 * @param {Values} values
 * @param {import('../lib/model.js').Model} model
 * @returns {Promise<import('../lib/flow.js').SampleOptions>}
 */
async function startOf({ n, seed = 1, from, ...values }, model) {
  const sde = await noiseOf(values, model);
  const { solver, steps, grid, rtol, atol, sde_strength, t_start, t_end, trace } = values;
  const options = {
    seed,
    solver,
    steps,
    grid,
    rtol,
    atol,
    sde,
    sde_strength,
    t_start,
    t_end,
    trace,
  };
  const travel = { ...options, weights: values.weights };
  const few = values.png ? MOSAIC : 2000;
  if (from === undefined) return { ...travel, n: n ?? few };
  if (n !== undefined) throw refusal('-n', n, 'left out: --from gives the points');
  const run = { model, name: values.RUN, encoded: spanOf(values)[0] !== 1 };
  return { ...travel, x0: (await readRunPoints('--from', from, run)).points };
}

/**
 * The ends of the way alone: a trace wants no path. Own times leave no room for t_start and t_end.
 * @param {import('../lib/flow.js').SampleOptions} options
 */
function endsOf(options) {
  const ends = [options.t_start ?? 0, options.t_end ?? 1];
  options.t_start = options.t_end = undefined;
  return ends;
}

/**
 * @param {import('../lib/model.js').Model} model
 * @param {Values} values
 * @param {Omit<import('../lib/flow.js').Trajectory, 'path' | 'times'>} travel
 */
function told({ config }, values, { nfe, nfe_max, effort, trace }) {
  const {
    solver = config.solver,
    seed = 1,
    weights: slot = 'ema',
    grid = solver === 'dopri5' ? undefined : config.time_grid,
    sde_file,
    sde = sde_file ?? config.sde,
    sde_strength = sde === 'none' || sde_file ? undefined : config.sde_strength,
  } = values;
  const [t_start, t_end] = spanOf(values);
  const { label, guidance, guidance_interval } = values;
  const own = Array.isArray(values.grid) ? values.grid.length - 1 : undefined;
  const steps = own ?? values.steps ?? config.solver_steps;
  const way = { solver, steps, nfe, nfe_max, seed, weights: slot, t_start, t_end, grid };
  const result = { ...way, sde, sde_strength, label, guidance, guidance_interval };
  if (!effort) return result;
  const [accepted, rejected] = [effort.accepted, effort.rejected].map(mean);
  return { ...result, accepted, rejected, trace };
}

/** @param {Int32Array} counts */
const mean = (counts) => counts.reduce((sum, each) => sum + each, 0) / counts.length;
