/** @file What was typed and would do nothing under the other settings: refused, with what would make it count. */

import { refusal } from '../lib/errors.js';
import { flagOf } from './options.js';

/** @typedef {import('./options.js').Values} Values */
/** @typedef {Readonly<Record<string, unknown>>} Config */

/** The setting that a setting belongs to, and the choices under which it counts. @type {[string, string, string[]][]} */
const NEEDS = [
  ['ot_batch', 'coupling', ['ot', 'sinkhorn', 'ot-conditional']],
  ['ot_class_weight', 'coupling', ['ot-conditional']],
  ['sinkhorn_reg', 'coupling', ['sinkhorn']],
  ['path_power', 'path', ['polynomial']],
  ['sigma_min', 'path', ['ve']],
  ['sigma_max', 'path', ['ve']],
  ['weight_gamma', 'weight', ['min-snr']],
  ['time_mean', 'time', ['logit-normal']],
  ['time_std', 'time', ['logit-normal']],
  ['time_exponent', 'time', ['power']],
  ['time_ends', 'time', ['u-shaped']],
  ['muon_lr', 'optimiser', ['muon']],
  ['muon_momentum', 'optimiser', ['muon']],
  ['sde_strength', 'sde', ['constant', 'sigma']],
];

/**
 * @param {Values} typed  none of a preset or of a run
 * @param {Config} config  that the work goes by
 */
export function requireEffect(typed, config) {
  for (const [name, of, choices] of NEEDS) {
    const other = String(config[of]);
    if (typed[name] === undefined || choices.includes(other)) continue;
    const why = `left out beside ${of} ${other}: it counts under ${flagOf(of)} ${choices.join(' or ')}`;
    throw refusal(flagOf(name), typed[name], why);
  }
}

/**
 * An interval says where guidance counts, and at 1 it counts nowhere.
 * @param {Values} typed
 */
export function requireGuided({ guidance = 1, guidance_interval }) {
  if (guidance_interval === undefined || guidance !== 1) return;
  const why =
    'left out at guidance 1, which is the class alone; it counts beside another --guidance';
  throw refusal('--guidance-interval', guidance_interval.join(), why);
}

/**
 * @param {Values} typed
 * @param {boolean} drawn  whether anything is drawn of the seed
 * @param {string} why  what draws, and what is in its place
 */
export function requireDrawn({ seed }, drawn, why) {
  if (seed !== undefined && !drawn) throw refusal('--seed', seed, `left out: ${why}`);
}
