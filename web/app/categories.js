/**
 * What the classes of a run are called: the parts of a named shape by where they lie, those of the reader's own points as the
 * table names them. And the spots of colour beside their names.
 */

import { html } from 'lit';
import { tongue, words } from './tongue.js';

const say = words({
  en: {
    upper: 'upper moon',
    lower: 'lower moon',
    gaussian: (/** @type {number} */ degrees) => `Gaussian at ${degrees}°`,
    cell: (/** @type {number} */ row, /** @type {number} */ column) =>
      `square in row ${row}, column ${column}`,
    inner: 'inner circle',
    outer: 'outer circle',
    arm: (/** @type {number} */ n) => `arm ${n}`,
    class: (/** @type {string} */ value) => `class ${value}`,
  },
  zh: {
    upper: '上弯月',
    lower: '下弯月',
    gaussian: (degrees) => `${degrees}° 处的高斯`,
    cell: (row, column) => `第 ${row} 行第 ${column} 列的方格`,
    inner: '内圆',
    outer: '外圆',
    arm: (n) => `旋臂 ${n}`,
    class: (value) => `类别 ${value}`,
  },
});

/** The parts of each named shape in the order of src/dataset.h, rows and columns from the lower left. */
const PARTS = /** @type {Record<string, () => string[]>} */ ({
  moons: () => [say('upper'), say('lower')],
  '8gaussians': () => Array.from({ length: 8 }, (_, part) => say('gaussian', 45 * part)),
  checkerboard: () =>
    Array.from({ length: 8 }, (_, part) => {
      const row = part >> 1;
      return say('cell', row + 1, 2 * (part % 2) + (row % 2) + 1);
    }),
  circles: () => [say('inner'), say('outer')],
  spirals: () => [say('arm', 1), say('arm', 2)],
});

/** Of a list that names every class. */
const LISTED_MAX = 12;

/**
 * The classes of a named data set; none of one that has no parts.
 * @param {string} data
 */
export function partsOf(data) {
  return PARTS[data.replace(/(-iid)?(-torchcfm)?$/, '')]?.() ?? [];
}

/**
 * @param {{config: import('../lib/parameters.js').Config, points: {names?: string[]} | null}} run
 * @returns {string[]} one of each class, in the language of the moment; none without classes
 */
export function namesOf({ config, points }) {
  const classes = Number(config.classes);
  if (config.data !== 'points') return partsOf(String(config.data)).slice(0, classes);
  return namesOfOwn(classes, points?.names);
}

/**
 * Of the reader's own points: words speak for themselves, numbers do not.
 * @param {number} classes
 * @param {string[]} [names]
 */
export function namesOfOwn(classes, names) {
  return Array.from({ length: classes }, (_, label) => {
    const name = names?.[label] ?? String(label);
    return Number.isNaN(Number(name)) ? name : say('class', name);
  });
}

/** All of them in a sentence, as far as they are not too many. @param {string[]} names */
export function listed(names) {
  const shown = names.slice(0, LISTED_MAX);
  const rest = names.length > LISTED_MAX ? ['…'] : [];
  return [...shown, ...rest].join(tongue() === 'zh' ? '、' : ', ');
}

/** The names beside their colours. @param {string[]} names */
export function keyOf(names) {
  return html`<ul class="key small">${names.map((name) => html`<li>${spot()}${name}</li>`)}</ul>`;
}

export const spot = () => html`<span class="spot" aria-hidden="true"></span>`;

/**
 * Gives the spots the colours of the classes, in which the pictures have them.
 * @param {HTMLElement} list  with a spot for each class in turn
 * @param {import('../view/theme.js').Theme} theme
 */
export function colourSpots(list, { classes }) {
  for (const [i, spot] of list.querySelectorAll('.spot').entries()) {
    const colour = classes[i % classes.length];
    /** @type {HTMLElement} */ (spot).style.setProperty('background', colour);
  }
}
