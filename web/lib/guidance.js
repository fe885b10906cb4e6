/**
 * @file Labels and classifier-free guidance (Ho & Salimans 2022): which class a point belongs to, and how strongly,
 *
 *     v = v_null + guidance (v_label - v_null)
 *
 * within an interval of time, v_label outside of it. 0 is the unconditional flow, 1 that of the class, more leads away
 * from the other classes at twice the evaluations.
 */

import { integer, real } from './argument.js';
import { refusal, show } from './errors.js';

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
 * Labels of n points, each a whole number from 0 to `most`.
 * @param {unknown} labels
 * @param {number} n
 * @param {number} most
 */
export function labelsOf(labels, n, most) {
  if (!(labels instanceof Int32Array)) throw refusal('labels', labels, 'an Int32Array');
  if (labels.length !== n) throw refusal('labels.length', labels.length, `exactly ${n}`);
  const bad = labels.findIndex((label) => label < 0 || label > most);
  if (bad >= 0) throw refusal(`labels[${bad}]`, labels[bad], `an integer from 0 to ${most}`);
  return labels;
}

/**
 * How many classes the labels of a data set speak of: from 0 on, each with a point.
 * @param {Int32Array} labels
 * @returns {number}
 */
export function countClasses(labels) {
  const seen = new Set(labels);
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  const negative = labels.findIndex((label) => label < 0);
  if (negative >= 0) throw refusal(`labels[${negative}]`, labels[negative], 'from 0 up');
  for (let label = 0; label < count; label++) {
    if (seen.has(label)) continue;
    const allowed = `a point of every class from 0 to ${count - 1}; number them without gaps`;
    throw refusal('labels', `none of class ${label}`, allowed);
  }
  return count;
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
 * What of a configuration is allowed and yet seldom meant.
 * @param {import('./parameters.js').Config} config
 * @returns {string[]}
 */
export function warningsOf({ classes, coupling }) {
  if (Number(classes) === 0 || coupling !== 'ot') return [];
  return [
    "coupling: 'ot' pairs noise with data of every class, so samples of a class that start from all noise are skewed; " +
      "'independent' is not",
  ];
}
