/** @file The options that each call takes by name. Any other is refused: it would do nothing, silently. */

import { given } from './argument.js';
import { refusal } from './errors.js';

/** @typedef {import('./flow.js').SampleOptions} SampleOptions */
/** @typedef {import('./guidance.js').GuidanceOptions} GuidanceOptions */
/** @typedef {import('./quality.js').QualityOptions} QualityOptions */

/** @typedef {{config?: object, module?: object, threads?: number} & import('./extras.js').Extras} CreateOptions */

/**
 * @typedef {object} Plain
 * @property {import('./batch.js').Batch} batch
 * @property {CreateOptions} create
 * @property {import('./conversion.js').ConvertOptions} convert
 * @property {{n: number, seed?: number}} data
 * @property {{n: number, seed?: number}} dataLabels
 * @property {import('./density.js').DensityOptions} density
 * @property {QualityOptions} discrepancy
 * @property {import('./oracle.js').ErrorOptions} fieldError
 * @property {import('./oracle.js').MapOptions} fieldMap
 * @property {import('./interpolation.js').InterpolateOptions & {sde?: string}} interpolate
 * @property {import('./oracle.js').FloorOptions} irreducibleLoss
 * @property {CreateOptions} load
 * @property {import('./likelihood.js').LoglikOptions} loglik
 * @property {import('./likelihood.js').LikelihoodOptions & import('./likelihood.js').NllOptions} nll
 * @property {{n: number, seed?: number, first?: number}} noise
 * @property {{step?: number}} pairing
 * @property {import('./energy.js').EnergyOptions} pathEnergy
 * @property {QualityOptions} quality
 * @property {import('./reflow.js').ReflowOptions} reflow
 * @property {SampleOptions} sample
 * @property {import('./flow.js').StraightnessOptions} straightness
 * @property {{seed?: number, directions?: number}} sw2
 * @property {{steps?: number, sample?: import('./stream.js').SamplePlan}} train
 * @property {SampleOptions} trajectory
 * @property {import('./flow.js').VelocityOptions} velocity
 */

/** @typedef {Plain & {'oracle.velocity': import('./oracle.js').FieldOptions, 'train.sample': import('./stream.js').SamplePlan}} Calls */

const GUIDANCE = /** @type {const} */ (['guidance', 'guidance_interval']);
const GUIDED = /** @type {const} */ (['label', 'labels', ...GUIDANCE]);
const SOLVED = /** @type {const} */ (['solver', 'steps', 'grid', 'rtol', 'atol', 'weights']);
const DRAWN = /** @type {const} */ (['n', 'seed']);
const NOISED = /** @type {const} */ (['sde', 'sde_strength']);
const ESTIMATED = /** @type {const} */ ([...SOLVED, 't', 'probes', 'seed']);
const TRAVEL = /** @type {const} */ ([
  ...[...DRAWN, ...SOLVED, ...NOISED, ...GUIDED],
  ...['x0', 't_start', 't_end', 'trace'],
]);
const MEASURED = /** @type {const} */ ([...DRAWN, ...SOLVED, ...NOISED, ...GUIDANCE]);

const GIVEN = /** @type {const} */ ([
  ...['config', 'module', 'threads'],
  ...['points', 'labels', 'path', 'source', 'latent', 'images'],
]);

/** @type {{[Name in keyof Calls]: readonly (keyof Calls[Name])[]}} */
const TAKEN = {
  batch: ['t', 'x0', 'x1', 'labels'],
  convert: ['from', 'to', 't', 'x', 'value'],
  create: GIVEN,
  data: DRAWN,
  dataLabels: DRAWN,
  density: ['size', 'box', ...ESTIMATED, 'label', ...GUIDANCE],
  discrepancy: MEASURED,
  fieldError: ['n', 'weights'],
  fieldMap: ['t', 'cells', 'extent', 'weights', 'label'],
  interpolate: ['a', 'b', 'count', 'blend', ...SOLVED, 'sde', ...GUIDED],
  irreducibleLoss: ['n'],
  load: GIVEN,
  loglik: ['x', 'first', ...ESTIMATED, ...GUIDED],
  nll: ['n', ...ESTIMATED],
  noise: [...DRAWN, 'first'],
  'oracle.velocity': ['t', 'x', 'label', 'labels'],
  pairing: ['step'],
  pathEnergy: [...DRAWN, 'steps', 'weights'],
  quality: MEASURED,
  reflow: [
    ...DRAWN,
    'rounds',
    'distill',
    'steps',
    'teacher',
    'stopped',
    'pairs_from',
    'pairs',
    'refresh',
    'solver',
    'solver_steps',
  ],
  sample: TRAVEL,
  straightness: [...DRAWN, 'steps', 'weights', ...GUIDED],
  sw2: ['seed', 'directions'],
  train: ['steps', 'sample'],
  'train.sample': [...DRAWN, 'solver', 'steps', 'every_ms'],
  trajectory: TRAVEL,
  velocity: ['t', 'x', 'weights', ...GUIDED],
};

/**
 * The options of a call, none at all being none given. A name that it does not take is refused with the one spelled most like it.
 * @template {keyof Calls} Name
 * @param {Name} call
 * @param {Calls[Name] | Partial<Calls[Name]>} [options]
 * @returns {Calls[Name]}
 */
export function optionsOf(call, options) {
  const got = /** @type {Calls[Name]} */ (given(call, options));
  /** @type {readonly string[]} */
  const names = TAKEN[call];
  const unknown = Object.keys(got).find((name) => !names.includes(name));
  if (unknown === undefined) return got;
  const [nearest] = [...names].sort((a, b) => unlike(unknown, a) - unlike(unknown, b));
  const allowed = `one of ${names.join(', ')}; ${nearest} is nearest`;
  throw refusal(`${call}, option`, unknown, allowed);
}

/**
 * Letters to put in, leave out or change (Levenshtein 1966).
 * @param {string} a
 * @param {string} b
 * @returns {number} how many, to make one of the other: from 0 to the length of the longer
 */
export function unlike(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
