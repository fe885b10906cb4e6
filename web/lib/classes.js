/** @file Labels of points: from 0 on, one number a class. */

import { refusal } from './errors.js';

/** FM_MAX_CLASSES of src/base.h. */
export const CLASSES_MAX = 127;

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
 * @param {Int32Array} labels none negative
 * @returns {number}
 */
export function countClasses(labels) {
  const seen = new Set(labels);
  const count = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  for (let label = 0; label < count; label++) {
    if (seen.has(label)) continue;
    const allowed = `a point of every class from 0 to ${count - 1}; number them without gaps`;
    throw refusal('labels', `none of class ${label}`, allowed);
  }
  return count;
}

/**
 * Takes the last of the columns of a table for the labels of its rows.
 * @param {Float32Array} data [n, columns]
 * @param {number} n
 * @param {number} columns at least two
 * @returns {{data: Float32Array, dim: number, labels: Int32Array}}
 */
export function splitLabels(data, n, columns) {
  const dim = columns - 1;
  if (dim < 1) throw refusal('columns', columns, 'at least 2, the last of them the label');
  const labels = Int32Array.from({ length: n }, (_, row) => {
    const label = data[row * columns + dim];
    if (Number.isInteger(label) && label >= 0 && label < CLASSES_MAX) return label;
    const allowed = `an integer from 0 to ${CLASSES_MAX - 1}, in the last column`;
    throw refusal(`label of point ${row}`, label, allowed);
  });
  return { data: data.filter((_, i) => i % columns < dim), dim, labels };
}
