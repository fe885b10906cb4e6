/**
 * What was measured of both sides of a contest, as a table.
 */

import { html } from 'lit/html.js';
import { figure, words } from './tongue.js';
import { short } from './wording.js';

/** @typedef {import('./contestant.js').Contestant} Contestant */

const say = words({
  en: {
    table:
      'Measured with 10,000 samples when both have learned. Loss and seconds are of the training.',
    sw2: 'SW2, distance to the data',
    floor: 'its floor: two sets of real points',
    loss: 'loss, mean of the latest',
    nfe: 'NFE a sample',
    seconds: 'seconds',
    weights: 'weights, SHA-256',
  },
  zh: {
    table: '两边学完后各用 10,000 个样本测量。损失和秒数属于训练。',
    sw2: 'SW2，到数据的距离',
    floor: '其下限：两组真实点之间',
    loss: '损失，最近的平均',
    nfe: '每个样本的 NFE',
    seconds: '秒',
    weights: '权重的 SHA-256',
  },
});

/** Digits of a hash that tell two networks apart. */
const HASH_DIGITS = 12;

/**
 * @param {Contestant[]} sides
 * @param {string[]} losses
 */
export function scoreboard(sides, losses) {
  const of = (/** @type {(side: Contestant) => string | false | null | undefined} */ read) =>
    sides.map((side) => read(side) || '–');
  const one = { maximumFractionDigits: 1 };
  const rows = /** @type {const} */ ([
    ['sw2', of(({ quality }) => quality && short(quality.sw2))],
    ['floor', of(({ quality }) => quality && short(quality.floor))],
    ['loss', losses],
    ['nfe', of(({ quality }) => quality && figure(quality.nfe, one))],
    ['seconds', of(({ seconds }) => figure(seconds, one))],
    ['weights', of(({ hash }) => hash?.slice(0, HASH_DIGITS))],
  ]);
  return html`<div><table id="compare-table">
    <caption>${say('table')}</caption>
    <thead><tr><td></td>${['A', 'B'].map((side) => html`<th scope="col">${side}</th>`)}</tr></thead>
    <tbody>${rows.map(
      ([name, cells]) => html`<tr data-row=${name}><th scope="row">${say(name)}</th>
        ${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
    )}</tbody>
  </table></div>`;
}
