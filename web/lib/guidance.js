/**
 * @file Labels and classifier-free guidance (Ho & Salimans 2022): which class a point belongs to, and how strongly,
 *
 *     v = v_null + guidance (v_label - v_null)
 *
 * within an interval of time, v_label outside of it. 0 is the unconditional flow, 1 that of the class, more leads away
 * from the other classes at twice the evaluations.
 */

import { choice, integer, real } from './argument.js';
import { labelsOf } from './classes.js';
import { refusal, show } from './errors.js';
import { engineOf, parameters, rowOf } from './parameters.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * Without a label the flow is unconditional. Only a run with `classes` takes any of these.
 * @typedef {object} GuidanceOptions
 * @property {number} [label] the class of every point, from 0
 * @property {Int32Array} [labels] [n], the class of each point, or `classes` itself for none
 * @property {number} [guidance] 1 unless given
 * @property {[number, number]} [guidance_interval] times between which guidance counts; [0, 1] unless given
 */

/** @typedef {{labels: Int32Array, scale: number, interval: number[]}} Guide */

/** MOST_GUIDANCE of src/flow.c. */
export const GUIDANCE_MAX = 100;
/** Their names in messages. */
export const GUIDANCE_NAMES = ['label', 'labels', 'guidance', 'guidance_interval'];

/**
 * @param {Model} model
 * @param {GuidanceOptions} options
 * @param {number} n points
 * @returns {Guide | undefined} undefined for the unconditional flow
 */
export function guideOf({ config }, { label, labels, guidance, guidance_interval }, n) {
  const classes = Number(config.classes);
  const given = Object.entries({ label, labels, guidance, guidance_interval });
  const first = given.find(([, value]) => value !== undefined);
  if (!first) return undefined;
  if (classes === 0) throw refusal(...first, 'left out: this run was trained without classes');
  if (label === undefined && labels === undefined) {
    throw refusal(...first, `left out without a label; give a label from 0 to ${classes - 1}`);
  }
  if (label !== undefined && labels !== undefined) {
    throw refusal('labels', labels, 'left out beside label');
  }
  const scale = real('guidance', guidance ?? 1, 0, GUIDANCE_MAX);
  const interval = intervalOf(guidance_interval ?? [0, 1]);
  if (labels !== undefined) return { labels: labelsOf(labels, n, classes), scale, interval };
  const all = new Int32Array(n).fill(integer('label', label, 0, classes - 1));
  return { labels: all, scale, interval };
}

/** @param {unknown} interval */
function intervalOf(interval) {
  const allowed = 'two times from 0 to 1, the first not above the second';
  if (!Array.isArray(interval) || interval.length !== 2) {
    throw refusal('guidance_interval', interval, allowed);
  }
  const [from, to] = interval;
  if (from >= 0 && from <= to && to <= 1) return interval;
  throw refusal('guidance_interval', `${show(from)}, ${show(to)}`, allowed);
}

/**
 * Does `act` with points first .. first + n - 1 of a guide; afterwards the model is unconditional again.
 * @template R
 * @param {Model} model
 * @param {Guide | undefined} guide
 * @param {{first: number, n: number}} piece
 * @param {() => R} act
 * @returns {R}
 */
export function guided({ instance, handle }, guide, { first, n }, act) {
  if (!guide) return act();
  const [pointer] = instance.put('guide', guide.labels.subarray(first, first + n));
  const args = [handle, pointer, n, guide.scale, ...guide.interval];
  instance.check('guidance', 'report this', 'fm_guide_set', ...args);
  try {
    return act();
  } finally {
    if (instance.alive) instance.call('fm_guide_set', handle, 0, 0, 1, 0, 1);
  }
}

/**
 * How many classes a named data set has.
 * @param {WebAssembly.Module} module
 * @param {string} [name] the default data set unless given
 * @returns {number} 0 for points, whose labels tell
 */
export function classesOf(module, name) {
  const row = rowOf(parameters(module), 'data');
  const index = choice('data', name ?? row.standard, row.choices);
  return engineOf(module).call('fm_data_classes', index);
}

/**
 * What of a configuration is allowed and yet seldom meant.
 * @param {import('./parameters.js').Config} config
 * @returns {string[]}
 */
export function warningsOf({ classes, coupling, label_drop }) {
  if (Number(classes) === 0) return [];
  const warnings = [];
  if (coupling === 'ot' || coupling === 'sinkhorn') {
    warnings.push(
      `coupling: '${coupling}' pairs noise with data of every class, so samples of a class that start from all noise are ` +
        "skewed; 'ot-conditional' and 'independent' are not",
    );
  }
  if (label_drop === 0) {
    warnings.push(
      'label_drop: 0 never teaches the flow of no class, so only samples with a label and guidance 1 mean anything; ' +
        '0.1 is usual',
    );
  }
  return warnings;
}
