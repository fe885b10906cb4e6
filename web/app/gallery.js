/**
 * The graphs of the run beside the stage, one at a time behind tabs: a panel, see main.js.
 */

import { html, render } from 'lit';
import { Chart } from './chart.js';
import { footprint } from './footprint.js';
import { GRAPHS, graphOf, titleOf } from './graphs.js';
import { Surplus } from './surplus.js';
import { tongue, words } from './tongue.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./graphs.js').Name} Name
 */

const say = words({
  en: { tabs: 'Graphs of the training' },
  zh: { tabs: '训练曲线' },
});

/** Where a key leads from a tab, of `last` + 1. @type {Record<string, (at: number, last: number) => number>} */
const KEYS = {
  ArrowRight: (at, last) => (at === last ? 0 : at + 1),
  ArrowLeft: (at, last) => (at === 0 ? last : at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

export class Gallery {
  /** @type {Name} */
  #name = 'loss';
  #root;
  #desk;
  #surplus;
  /** @type {Chart | null} */
  #chart = null;
  /** What is on the page. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#surplus = new Surplus(desk);
  }

  draw() {
    const { session, theme } = this.#desk;
    this.#surplus.update();
    const { run } = session;
    const { losses, annals, total, round } = run;
    const counts = [losses.count, annals.excess.latest[0], annals.quality.latest[0]];
    const look = [theme(), footprint(this.#root).width, tongue(), this.#name, this.#surplus.floor];
    const drawn = [run.models, total, round, annals, annals.speed.latest[0], ...counts, ...look];
    if (drawn.length === this.#drawn.length && drawn.every((part, i) => part === this.#drawn[i])) {
      return;
    }
    this.#drawn = drawn;
    const graph = graphOf(this.#name, run, this.#surplus.floor);
    render(this.#template(graph.caption), this.#root);
    this.#chart ??= new Chart(/** @type {HTMLElement} */ (this.#root.querySelector('#chart')));
    this.#chart.draw(graph, theme());
  }

  /** @param {string} caption */
  #template(caption) {
    return html`<div role="tablist" class="tabs" aria-label=${say('tabs')}
      @keydown=${(/** @type {KeyboardEvent} */ event) => this.#key(event)}>
      ${GRAPHS.map((name) => this.#tab(name))}
    </div>
    <div role="tabpanel" id="graph" aria-labelledby="tab-${this.#name}" tabindex="0">
      <figure class="chart">
        <div id="chart" role="img" aria-labelledby="chart-text"></div>
        <figcaption id="chart-text" class="small">${caption}</figcaption>
      </figure>
    </div>`;
  }

  /** @param {Name} name */
  #tab(name) {
    const chosen = name === this.#name;
    return html`<button type="button" role="tab" id="tab-${name}" aria-selected=${chosen}
      aria-controls="graph" tabindex=${chosen ? 0 : -1}
      @click=${() => this.#choose(name)}>${titleOf(name)}</button>`;
  }

  /** @param {Name} name */
  #choose(name) {
    this.#name = name;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const to = KEYS[event.key]?.(GRAPHS.indexOf(this.#name), GRAPHS.length - 1);
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(GRAPHS[to]);
    /** @type {HTMLElement | null} */ (this.#root.querySelector(`#tab-${GRAPHS[to]}`))?.focus();
  }
}
