/** @file `moonflow eval`: how far a model's samples are from its data, beside what real points are from each other. */

import { discrepancySlices, W2_MOST } from '../lib/discrepancy.js';
import { pathEnergySlices } from '../lib/energy.js';
import { refusal } from '../lib/errors.js';
import { fieldErrorSlices, floorSlices } from '../lib/oracle.js';
import { noiseOf } from './diffusing.js';
import { requireGuided } from './effect.js';
import { classLines, guidanceOptions } from './guiding.js';
import { nllWords } from './loglik.js';
import { json, number, toggle, weights } from './options.js';
import { perform } from './pace.js';
import { Progress } from './progress.js';
import { dataOption, openRunWithData } from './runfile.js';
import { countOption, seedOption, travelOptions, tuningOptions } from './sample.js';
import { spaceOf, spaceWords } from './space.js';
import { requireTries } from './tries.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary =
  'Measure the samples of a trained model (SW2) beside the floor of the measure.';
export const operands = ['RUN'];
export const notes = [
  'JSON: sw2, sw2_floor, nfe (field evaluations a point), field_error (mean square of v - v*, the exact field, in the unit of ' +
    'the loss: what the expected loss exceeds loss_floor by), loss_floor (both null where the data and coupling have no exact ' +
    'field), n, solver, steps, grid, seed, weights, seconds;',
  'with --pairs also pairs: w2, energy, mmd, each with its _floor (roots, so of the unit of a coordinate), mmd_bandwidth, n, nfe;',
  'of a run with classes also conditional: guidance, nfe, classes [{label, n, sw2, sw2_floor}], each class against its own points;',
  'with --energy also energy: path_energy, w2_squared, normalised_path_energy (|path_energy - w2_squared| / w2_squared), n, steps;',
  'with --nll also nll (nats), nll_error (its standard error), bits_per_dim, nll_nfe (evaluations a point);',
  'of a run of a file of points also data_differs: whether --data holds others than it was trained on, as held-out ones do;',
  'of a run in a latent space (train --latent) also latent: dim, width (coordinates, and columns of the data). All measures are ' +
    'then of the coordinates, and not of data that were encoded and decoded; a file for --data keeps its own columns.',
];

/** Points of a set whose pairs are measured unless asked: the cost grows with the square. */
const PAIRED_POINTS = 2000;

const pairPoints = number('--pair-points', 'pair_points', {
  kind: 'integer',
  min: 2,
  max: W2_MOST,
  help: `Points of each set for --pairs and --energy, the first ${PAIRED_POINTS} of -n when not given; 4096 take seconds, ${W2_MOST} a minute.`,
});

/** @param {import('../lib/discrepancy.js').Discrepancy} paired */
function pairWords({ n, w2, w2_floor, energy, energy_floor, mmd, mmd_floor }) {
  const line = (
    /** @type {string} */ name,
    /** @type {number} */ value,
    /** @type {number} */ floor,
  ) => `${name} ${value.toFixed(4)} (floor ${floor.toFixed(4)}, ${n} points)`;
  return [
    line('W2   ', w2, w2_floor),
    line('energy', energy, energy_floor),
    line('MMD  ', mmd, mmd_floor),
  ].join('\n');
}

/** @param {import('../lib/energy.js').Energy} energy */
function energyWords({ path_energy, w2_squared, normalised_path_energy, n }) {
  const least = `W2^2 ${w2_squared.toFixed(4)} of ${n} points, above that of their laws, which is the least`;
  return `path energy ${path_energy.toFixed(4)} (${least}; normalised ${normalised_path_energy.toFixed(4)})`;
}

/**
 * @param {import('../lib/model.js').Model} model
 * @param {import('../lib/model.js').Weights} slot
 */
async function compareWithOracle(model, slot) {
  const floor = await shown('judging', floorSlices(model));
  if (!floor) return { field_error: null, loss_floor: null };
  const { field_error } = await shown('judging', fieldErrorSlices(model, { weights: slot }));
  return { field_error, loss_floor: floor.loss_floor };
}

/** @param {{field_error: number | null, loss_floor: number | null}} exact */
function fieldWords({ field_error, loss_floor }) {
  if (field_error === null || loss_floor === null) return '';
  return `field error ${field_error.toFixed(5)} (the loss is that and its floor ${loss_floor.toFixed(5)})\n`;
}

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  return [
    countOption('n', 20000, 'Number of points in each set.'),
    ...travelOptions(module),
    ...tuningOptions(module),
    seedOption(module),
    weights,
    dataOption,
    ...guidanceOptions('Strength of each class, for a run with classes'),
    toggle(
      '--pairs',
      'Measure exact W2, energy distance and MMD too, on --pair-points of each set.',
    ),
    toggle(
      '--energy',
      'Add the path energy, E of the integral of |v|^2 along Euler in --steps, 100 when not given, beside W2^2 of --pair-points; ' +
        'W2^2 of the laws is the least there can be, and that of few points stands above it.',
    ),
    pairPoints,
    toggle(
      '--nll',
      'Add the negative log-likelihood of n points that no training has drawn, by the same solver.',
    ),
    json(),
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { n = 20000, seed = 1, weights: slot = 'ema', data } = values;
  const few = pointsOfPairs(values, n);
  requireCounted(values);
  requireGuided(values);
  const model = await openRunWithData('RUN', values.RUN, { module, data, others: true });
  const { solver = model.config.solver, rtol, atol, sde_strength } = values;
  requireTries('--steps', String(solver), Number(values.steps ?? model.config.solver_steps));
  // dopri5 has no grid; quality refuses one that was asked for.
  const grid = values.grid ?? (solver === 'dopri5' ? undefined : model.config.time_grid);
  const sde = await noiseOf(values, model);
  const started = performance.now();
  const path = { seed, solver, steps: values.steps, grid, rtol, atol, weights: slot };
  const travel = { ...path, sde, sde_strength };
  const { guidance, guidance_interval } = values;
  const guide = { guidance, guidance_interval };
  // First, because it is refused for a run of somebody's own points.
  const likelihood = values.nll
    ? await shown('judging', model.nllSlices({ n, ...path }))
    : undefined;
  const quality = await shown('measuring', model.qualitySlices({ n, ...travel, ...guide }));
  const paired = values.pairs
    ? await shown('pairs', discrepancySlices(model, { n: few, ...travel }))
    : undefined;
  const energy = values.energy
    ? await shown(
        'energy',
        pathEnergySlices(model, { n: few, seed, steps: values.steps, weights: slot }),
      )
    : undefined;
  const exact = await compareWithOracle(model, slot);
  const seconds = (performance.now() - started) / 1000;
  const steps = Array.isArray(grid) ? grid.length - 1 : (values.steps ?? model.config.solver_steps);
  const result = { ...quality, ...exact, n, solver, steps, grid, seed, weights: slot, seconds };
  if (paired) Object.assign(result, { pairs: paired });
  if (energy) Object.assign(result, { energy });
  if (model.trainedOn && model.dataDigest)
    Object.assign(result, { data_differs: model.dataDiffers });
  if (model.latent) Object.assign(result, { latent: spaceOf(model) });
  if (likelihood) {
    const { nll, nll_error, bits_per_dim, nfe: nll_nfe } = likelihood;
    Object.assign(result, { nll, nll_error, bits_per_dim, nll_nfe });
  }
  const { sw2, sw2_floor, nfe } = quality;
  const words =
    (paired ? `${pairWords(paired)}\n` : '') +
    (energy ? `${energyWords(energy)}\n` : '') +
    (likelihood ? `NLL   ${nllWords(likelihood, n)}\n` : '') +
    `SW2   ${sw2.toFixed(4)} (floor ${sw2_floor.toFixed(4)})\n` +
    fieldWords(exact) +
    [
      `with  ${n} points, ${solver}, ${steps} steps, ${nfe} evaluations a point`,
      ...(model.dataDiffers
        ? [`data  ${data}, other points than ${values.RUN} was trained on`]
        : []),
      ...spaceWords(model),
      ...classLines(quality.conditional),
    ].join('\n');
  process.stdout.write(`${values.json ? JSON.stringify(result) : words}\n`);
  return 0;
}

/**
 * Refuses what one of the measures that were asked for would leave out of account.
 * @param {Values} values
 */
function requireCounted({ pairs, energy, nll, guidance, guidance_interval, ...values }) {
  const measure = pairs ? '--pairs' : energy ? '--energy' : nll ? '--nll' : undefined;
  const guides = { '--guidance': guidance, '--guidance-interval': guidance_interval?.join() };
  for (const [flag, value] of Object.entries(guides)) {
    if (value === undefined || !measure) continue;
    throw refusal(flag, value, `left out beside ${measure}, which is of all classes, unguided`);
  }
  if (!energy) return;
  const { solver = 'euler', sde = 'none', sde_file, grid } = values;
  const why = 'beside --energy, which is of Euler in --steps equal steps';
  if (solver !== 'euler') throw refusal('--solver', solver, `euler or left out ${why}`);
  if (sde !== 'none') throw refusal('--sde', sde, `none or left out ${why}`);
  if (sde_file !== undefined) throw refusal('--sde-file', sde_file, `left out ${why}`);
  if (grid !== undefined) throw refusal('--time-grid', String(grid), `left out ${why}`);
}

/**
 * @param {Values} values
 * @param {number} n
 */
function pointsOfPairs({ pair_points: given, pairs, energy }, n) {
  if (given === undefined) return Math.min(n, PAIRED_POINTS);
  if (pairs || energy) return given;
  throw refusal('--pair-points', given, 'left out without --pairs and --energy, which take them');
}

/**
 * @template R
 * @param {string} label
 * @param {import('../lib/slice.js').Work<number, R>} work
 */
async function shown(label, work) {
  const progress = new Progress(label);
  const result = await perform(work, (share) => progress.show(share, 1));
  progress.end();
  return result;
}
