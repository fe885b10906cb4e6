/** @file `moonflow loglik`: the log-density of a trained model at given points, or on a grid in the plane. */

import { boxOf } from '../lib/density.js';
import { refusal } from '../lib/errors.js';
import { ADAPTIVE } from '../lib/flow.js';
import { probesOf, summarise, timeOf } from '../lib/likelihood.js';
import { parameters, rowOf } from '../lib/parameters.js';
import { requireDrawn } from './effect.js';
import { requireWritable } from './file.js';
import { guidanceOf, guidanceOptions, labelOption } from './guiding.js';
import { file, json, like, missing, number, numeric, weights } from './options.js';
import { perform } from './pace.js';
import { drawMap, requireCanvas, writePicture } from './picture.js';
import { deliverPoints, ENDINGS } from './pointfile.js';
import { Progress } from './progress.js';
import { openRun } from './runfile.js';
import { toleranceOptions, travelOptions } from './sample.js';
import { readRunPoints, spaceOf, spaceWords } from './space.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/model.js').Model} Model */

export const summary = 'Compute the log-density of a trained model at points or on a grid.';
export const operands = ['RUN'];
export const notes = [
  'Densities are of the flow itself, in nats, as exact as its steps are fine. Give --points or --grid.',
  'Without --out and --json the log-densities of --points are printed as CSV, one a line.',
  '--grid writes rows of rising y; its mass, the integral over the box, is 1 where box and steps suffice.',
  'Of a run in a latent space (train --latent) they are of its coordinates, which data for --points are turned into.',
  'With --label k they are of the flow of that class: log p(x | k).',
  'JSON of --points: nll (mean of the negated log-densities), nll_error (its standard error), bits_per_dim, n, not_finite (points ' +
    'whose log-density leaves the range of a float, and which ruin the mean), nfe, ' +
    'solver, steps (dopri5: the most that a point may try), grid or rtol and atol, probes, seed, weights, seconds, ' +
    'and label and t when given.',
  'JSON of --grid: mass, box, size, and from nfe on the same, warnings when the mass is more than 0.02 from 1; of a run in a latent space also latent: dim, width (of the data).',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  const whole = { kind: /** @type {const} */ ('integer') };
  return [
    file('--points', 'points', ENDINGS, 'The points to judge.'),
    number('--grid', 'size', {
      ...whole,
      min: 1,
      max: 2048,
      help: 'Cells along a side of the grid.',
    }),
    boxOption,
    timeOption,
    ...travelOptions(module),
    ...toleranceOptions(module),
    probesOption,
    like(rowOf(parameters(module), 'seed'), { help: 'Seed of the estimates, 1 when not given.' }),
    weights,
    labelOption(),
    ...guidanceOptions('Strength of --label'),
    file('--out', 'out', ENDINGS, 'Write the log-densities here.'),
    file('--png', 'png', ['.png'], 'Draw the grid here.'),
    json(),
  ];
}

/** @type {Option} */
const probesOption = {
  flag: '--probes',
  key: 'probes',
  value: 'N',
  help: 'Random estimates of the divergence, 2 to 64, cheaper in many dimensions; 0, when not given, is exact.',
  read: (text) => probesOf(numeric(text), '--probes'),
};

/** @type {Option} */
const timeOption = {
  flag: '--t',
  key: 't',
  value: 'T',
  help: 'Time of the flow whose density it is, above 0; 1, when not given, is that of the samples.',
  read: (text) => timeOf(numeric(text), '--t'),
};

/** @type {Option} */
const boxOption = {
  flag: '--box',
  key: 'box',
  value: 'FROM,TO|X,X,Y,Y',
  help: 'What the grid covers: both coordinates, or each its own; a square around samples when not given.',
  read(text) {
    const edges = text.split(',').map(numeric);
    boxOf(edges, '--box');
    return edges;
  },
};

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  requireOneTask(values);
  const around = values.size !== undefined && values.box === undefined;
  const why = 'nothing is drawn without --probes 2 or more, or a --grid without --box';
  requireDrawn(values, (values.probes ?? 0) > 0 || around, why);
  requireWritable('--out', values.out);
  requireWritable('--png', values.png);
  if (values.png) await requireCanvas();
  const model = await openRun('RUN', values.RUN, module);
  return values.points === undefined ? map(model, values) : judge(model, values);
}

/** @param {Values} values */
function requireOneTask({ points, size, box, png }) {
  if (points === undefined && size === undefined) {
    throw missing('--points', `a file name ending in ${ENDINGS.join(' or ')}, or --grid N`);
  }
  if (points === undefined) return;
  const ofGrid = Object.entries({ '--grid': size, '--box': box?.join(','), '--png': png });
  const [flag, value] = ofGrid.find((each) => each[1] !== undefined) ?? [];
  if (flag) throw refusal(flag, value, 'left out beside --points, since it is about a grid');
}

/** Of points whose log-density leaves the range of a float. */
const LOST = 'they lie farther out than the flow reaches, or its field has diverged there';

/**
 * @param {Model} model
 * @param {Values} values
 */
async function judge(model, values) {
  const { points: path, out } = values;
  const { points: x, n, dim } = await readRunPoints('--points', path, { model, name: values.RUN });
  const { travel, report } = travelOf(model, values);
  const progress = new Progress('judging');
  const work = model.loglikSlices({ x, ...travel });
  const { logp, nfe } = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  const column = { points: Float32Array.from(logp), n, dim: 1 };
  if (out || !values.json) await deliverPoints(out, column, [n]);
  const found = summarise(logp, dim);
  const lost = logp.filter((each) => !Number.isFinite(Math.fround(each))).length;
  const words = [
    ...(lost > 0 ? [`lost  ${lost} of ${n} points: ${LOST}`] : []),
    `NLL   ${nllWords(found, n)}`,
    `with  ${n} points, ${nfe} evaluations a point`,
    ...spaceWords(model),
    `saved ${out}`,
  ];
  if (values.json) print(JSON.stringify({ ...found, n, not_finite: lost, nfe, ...report() }));
  else if (out) print(words.join('\n'));
  return 0;
}

/**
 * @param {Model} model
 * @param {Values} values
 */
async function map(model, values) {
  const { size, box, out, png } = values;
  if (model.dim !== 2) {
    const why = `a grid is of the plane, and points of ${values.RUN} have ${model.dim} coordinates`;
    throw refusal('--grid', size, `left out: ${why}; --points judges any`);
  }
  const { travel, report } = travelOf(model, values);
  const progress = new Progress('mapping');
  const work = model.densitySlices({ size, box, ...travel });
  const density = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  const { logp, mass, nfe } = density;
  const warnings = doubts(mass);
  if (out) await deliverPoints(out, { points: logp, n: size, dim: size });
  if (png) await writePicture(png, drawMap(density, `log-density, mass ${mass.toFixed(4)}`));
  const words = [
    `mass  ${mass.toFixed(4)}`,
    `with  ${size} x ${size} cells on ${density.box.map((edge) => edge.toPrecision(4)).join(',')}`,
  ];
  words.push(...spaceWords(model), ...warnings.map((each) => `note  ${each}`));
  if (out) words.push(`saved ${out}`);
  if (png) words.push(`drew  ${png}`);
  print(
    values.json
      ? JSON.stringify({
          mass,
          box: density.box,
          size,
          nfe,
          ...report(),
          ...(warnings.length > 0 && { warnings }),
        })
      : words.join('\n'),
  );
  return 0;
}

/** How far from 1 a mass may be before it says that something is too coarse. */
const MASS_SLACK = 0.02;

/**
 * What a mass gives reason to doubt.
 * @param {number} mass
 */
function doubts(mass) {
  if (Math.abs(mass - 1) <= MASS_SLACK) return [];
  const remedy =
    mass > 1
      ? 'more --steps follow the paths better, a larger --grid the density'
      : 'a wider --box holds more of it, more --steps and a larger --grid measure it better';
  return [`the mass is ${mass.toFixed(4)}, and 1 where everything suffices; ${remedy}`];
}

/**
 * How the paths are followed, for the library, and for the report at the end of the work.
 * @param {Model} model
 * @param {Values} values
 */
function travelOf(model, values) {
  const { config } = model;
  const { solver = config.solver, grid, steps: asked, rtol, atol } = values;
  const { probes = 0, seed = 1, weights: slot = 'ema', t } = values;
  const started = performance.now();
  const steps = Array.isArray(grid) ? grid.length - 1 : (asked ?? config.solver_steps);
  const spread = solver === ADAPTIVE ? undefined : (grid ?? config.time_grid);
  const judged = { probes, seed, weights: slot, ...guidanceOf(values) };
  const travel = { solver, steps: asked, grid, rtol, atol, t, ...judged };
  const rules = solver === ADAPTIVE ? { rtol: rtol ?? config.rtol, atol: atol ?? config.atol } : {};
  const report = () => {
    const seconds = (performance.now() - started) / 1000;
    const at = t === undefined ? {} : { t };
    const told = { solver, steps, grid: spread, ...rules, ...at, ...judged, seconds };
    return model.latent ? { ...told, latent: spaceOf(model) } : told;
  };
  return { travel, report };
}

/**
 * @param {import('../lib/likelihood.js').Nll} found
 * @param {number} n
 */
export function nllWords({ nll, nll_error, bits_per_dim }, n) {
  const error = n > 1 ? ` +- ${nll_error.toFixed(4)}` : '';
  return `${nll.toFixed(4)}${error} nats, ${bits_per_dim.toFixed(4)} bits a coordinate`;
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`);
}
