/**
 * The story of a reflow: what one, two and four steps of Euler make of the same noise before and after it, what it came to in a
 * sentence, and the report of every round as a table.
 */

import { html, render } from 'lit';
import { STEPS } from './reflowing.js';
import { Stage } from './stage.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('../lib/reflow.js').ReflowRow} Row
 */

/** A change smaller than this share is none worth a word. */
const ALIKE = 0.1;
const SIDES = /** @type {const} */ (['before', 'after']);

const say = words({
  en: {
    one: 'samples',
    before: 'before',
    after: (/** @type {number} */ round) => `after round ${round}`,
    side: (/** @type {string} */ side, /** @type {number} */ steps) =>
      `${steps === 1 ? 'One step' : `${steps} steps`}, ${side}`,
    since: 'after',
    coming: 'The pictures below come when the new paths are learned.',
    straighter: (/** @type {string} */ was, /** @type {string} */ is) =>
      `The paths are straighter: their straightness, which is 0 for a line, went from ${was} to ${is}.`,
    bent: (/** @type {string} */ was, /** @type {string} */ is) =>
      `The paths are not straighter: their straightness, which is 0 for a line, went from ${was} to ${is}; more steps of training may help.`,
    gain: (/** @type {string} */ was, /** @type {string} */ is, /** @type {string} */ floor) =>
      `So one step of Euler now misses the data by ${is} instead of ${was}; two sets of real data miss each other by ${floor}.`,
    noGain: (/** @type {string} */ was, /** @type {string} */ is) =>
      `One step of Euler misses the data by ${is}, and by ${was} before.`,
    price: (/** @type {string} */ was, /** @type {string} */ is) =>
      `Fifty steps miss it by ${is} instead of ${was}: the pairs carry the errors of the network that made them.`,
    noPrice: (/** @type {string} */ was, /** @type {string} */ is) =>
      `Fifty steps lose nothing by it: ${is}, and ${was} before.`,
    cheaper: (/** @type {string} */ was, /** @type {string} */ is) =>
      `The transport cost, the mean square length of the way from noise to data, went from ${was} to ${is}.`,
    caption:
      "Measured with 20,000 samples. Straightness 0 is a straight line; SW2, by Euler's method, is best at its floor.",
    round: 'round',
    cost: 'transport cost',
    straightness: 'straightness',
    first: 'SW2, 1 step',
    steps: (/** @type {number} */ steps) => `${steps} steps`,
    floor: 'floor',
  },
  zh: {
    one: '样本',
    before: '之前',
    after: (round) => `第 ${round} 轮之后`,
    side: (side, steps) => `${steps} 步，${side}`,
    since: '之后',
    coming: '学好新路径后，这里就会出现画面。',
    straighter: (was, is) => `路径变直了：直线度（直线为 0）从 ${was} 降到 ${is}。`,
    bent: (was, is) => `路径没有变直：直线度（直线为 0）从 ${was} 变为 ${is}；多训练一些也许有用。`,
    gain: (was, is, floor) =>
      `所以欧拉法一步离数据只有 ${is}，之前是 ${was}；两组真实数据之间也有 ${floor}。`,
    noGain: (was, is) => `欧拉法一步离数据 ${is}，之前是 ${was}。`,
    price: (was, is) => `五十步时为 ${is}，之前是 ${was}：点对带着生成它们的网络的误差。`,
    noPrice: (was, is) => `五十步没有变差：${is}，之前是 ${was}。`,
    cheaper: (was, is) => `传输代价（从噪声到数据的路程平方的平均）从 ${was} 变为 ${is}。`,
    caption: '用 20,000 个样本测量。直线度为 0 就是直线；SW2（欧拉法）最好能达到它的下限。',
    round: '轮次',
    cost: '传输代价',
    straightness: '直线度',
    first: 'SW2，1 步',
    steps: (steps) => `${steps} 步`,
    floor: '下限',
  },
});

export class Rounds {
  #root;
  #desk;
  /** @type {Stage[]} */
  #stages = [];
  /** What is on the page. @type {unknown[]} */
  #shown = [];

  /**
   * @param {HTMLElement} root
   * @param {import('./main.js').Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
  }

  draw() {
    const { data, dim, reflow } = this.#desk.session.run;
    const { before, after, rounds, floor } = reflow;
    this.#root.hidden = before === null;
    if (before === null) return;
    const shown = [rounds, floor, after, tongue()];
    if (shown.some((part, i) => part !== this.#shown[i])) {
      this.#shown = shown;
      render(template(rounds, floor), this.#root);
    }
    const canvases = this.#root.querySelectorAll('canvas');
    for (const [i, canvas] of canvases.entries()) {
      this.#stages[i] ??= new Stage(canvas);
      const samples = (i < STEPS.length ? before : after)?.[i % STEPS.length] ?? null;
      this.#stages[i].show({ data, samples, dim, samplesLabel: say('one'), bare: true });
      this.#stages[i].draw(this.#desk.theme());
    }
  }
}

/**
 * @param {Row[]} rounds
 * @param {number | null} floor
 */
function template(rounds, floor) {
  const heads = [say('round'), say('cost'), say('straightness'), say('first')];
  const more = [2, 4, 50].map((steps) => say('steps', steps));
  return html`<p class="finding" id="reflow-finding" role="status">${storyOf(rounds, floor)}</p>
    <div class="strip">${SIDES.map((side) => STEPS.map((steps) => picture(side, steps)))}</div>
    <div class="wide" tabindex="0" role="region" aria-labelledby="reflow-caption" ?hidden=${rounds.length === 0}>
      <table id="reflow-table">
        <caption id="reflow-caption">${say('caption')}</caption>
        <thead><tr>${[...heads, ...more, say('floor')].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${rounds.map((round) => row(round, floor))}</tbody>
      </table>
    </div>`;
}

/**
 * @param {'before' | 'after'} side
 * @param {number} steps
 */
function picture(side, steps) {
  return html`<figure>
    <canvas id="reflow-${side}-${steps}" role="img" aria-label=""></canvas>
    <figcaption>${say('side', say(side === 'before' ? 'before' : 'since'), steps)}</figcaption>
  </figure>`;
}

/**
 * What the last round has done, in words.
 * @param {Row[]} rounds
 * @param {number | null} floor
 */
export function storyOf(rounds, floor) {
  if (rounds.length < 2 || floor === null) return say('coming');
  const [was, is] = rounds.slice(-2);
  const parts = [];
  if (was.straightness !== null && is.straightness !== null) {
    const straighter = is.straightness < was.straightness;
    const ends = [was.straightness, is.straightness].map(number);
    parts.push(say(straighter ? 'straighter' : 'bent', ends[0], ends[1]));
  }
  const [far, near] = [was.quality[1].sw2, is.quality[1].sw2];
  if (near < far * (1 - ALIKE)) parts.push(say('gain', number(far), number(near), number(floor)));
  else parts.push(say('noGain', number(far), number(near)));
  const [long, longer] = [was.quality[50]?.sw2, is.quality[50]?.sw2];
  if (long !== undefined && longer !== undefined) {
    if (longer > long * (1 + ALIKE)) parts.push(say('price', number(long), number(longer)));
    else parts.push(say('noPrice', number(long), number(longer)));
  }
  parts.push(say('cheaper', number(was.cost), number(is.cost)));
  return parts.join(tongue() === 'zh' ? '' : ' ');
}

/**
 * @param {Row} round
 * @param {number | null} floor
 */
function row({ round, cost, straightness, quality }, floor) {
  const distances = [quality[1], quality[2], quality[4], quality[50]].map((at) => at?.sw2 ?? null);
  const numbers = [cost, straightness, ...distances, floor];
  return html`<tr>
    <th scope="row">${round === 0 ? say('before') : say('after', round)}</th>
    ${numbers.map((value) => html`<td>${value === null ? '–' : number(value)}</td>`)}
  </tr>`;
}

/** @param {number} value */
const number = (value) =>
  figure(value, { minimumFractionDigits: 3, maximumFractionDigits: 3, useGrouping: false });
