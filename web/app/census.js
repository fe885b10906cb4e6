/**
 * How far the samples of each class are from its data, as it was learned and as it is guided: a table.
 */

import { html } from 'lit';
import { spot } from './categories.js';
import { figure, words } from './tongue.js';

/**
 * @typedef {import('../lib/quality.js').ClassQuality} ClassQuality
 * @typedef {{plain: ClassQuality[], steered: ClassQuality[]}} Measure
 */

const say = words({
  en: {
    floor: 'floor',
    caption: (/** @type {string} */ n) =>
      `SW2, the distance of the samples of each class to its data, of ${n} points in all; best at its floor.`,
  },
  zh: {
    floor: '下限',
    caption: (n) => `SW2：每类样本到该类数据的距离，共 ${n} 个点；到下限为最好。`,
  },
});

/**
 * @param {Measure & {guide: {scale: number}}} measure
 * @param {string[]} names  of the classes
 */
export function census({ plain, steered, guide }, names) {
  const all = steered.reduce((sum, { n }) => sum + n, 0);
  const heads = ['w = 1', `w = ${figure(guide.scale)}`, say('floor')];
  const cell = (/** @type {number | null} */ sw2) =>
    html`<td>${sw2 === null ? '–' : sw2.toFixed(3)}</td>`;
  return html`<div class="wide" tabindex="0" role="region" aria-labelledby="guidance-caption">
    <table>
      <caption id="guidance-caption">${say('caption', figure(all))}</caption>
      <thead><tr><td></td>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${steered.map(
        ({ label, sw2, sw2_floor }, i) => html`<tr>
          <th scope="row">${spot()}${names[label]}</th>
          ${cell(plain[i].sw2)}${cell(sw2)}${cell(sw2_floor)}</tr>`,
      )}</tbody>
    </table>
  </div>`;
}
