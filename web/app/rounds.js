/**
 * What reflow changed: the picture of one Euler step before and after, and the report of every round as a table.
 */

import { Stage } from './stage.js';
import { tongue, words } from './tongue.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('./run.js').Run} Run
 */

export class Rounds {
  #before;
  #after;
  /** What is on the page. @type {unknown[]} */
  #shown = [];

  /** @param {(id: string) => HTMLElement} element  finds an element of the page */
  constructor(element) {
    this.result = element('reflow-result');
    this.rows = /** @type {HTMLTableElement} */ (element('reflow-table')).tBodies[0];
    this.#before = new Stage(/** @type {HTMLCanvasElement} */ (element('reflow-before')));
    this.#after = new Stage(/** @type {HTMLCanvasElement} */ (element('reflow-after')));
  }

  /**
   * @param {Run} run
   * @param {Theme} theme
   */
  draw({ reflow, data, dim }, theme) {
    const { before, after, rounds, floor } = reflow;
    this.result.hidden = before === null;
    if (before === null) return;
    this.#before.show({ data, samples: before, dim, samplesLabel: say('one') });
    this.#after.show({ data, samples: after, dim, samplesLabel: say('one') });
    this.#before.draw(theme);
    this.#after.draw(theme);
    const shown = [rounds, tongue()];
    if (shown.every((part, i) => part === this.#shown[i])) return;
    this.#shown = shown;
    this.rows.replaceChildren(...rounds.map((round) => row(round, floor)));
  }
}

/**
 * @param {import('../lib/reflow.js').ReflowRow} round
 * @param {number | null} floor
 */
function row({ round, cost, straightness, quality }, floor) {
  const line = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = round === 0 ? say('before') : say('after', round);
  const distances = [quality[1], quality[2], quality[4], quality[50]].map((at) => at?.sw2 ?? null);
  const numbers = [cost, straightness, ...distances, floor];
  line.append(head, ...numbers.map(cell));
  return line;
}

/** @param {number | null} number */
function cell(number) {
  const box = document.createElement('td');
  box.textContent = number === null ? '–' : number.toFixed(3);
  return box;
}

const say = words({
  en: {
    one: 'one step',
    before: 'before',
    after: (/** @type {number} */ round) => `after round ${round}`,
  },
  zh: { one: '一步', before: '之前', after: (round) => `第 ${round} 轮之后` },
});
