/**
 * The grid of the panel that compares: every pairing of the values of two settings, as small pictures with their distance to the
 * data.
 */

import { html, nothing } from 'lit/html.js';
import { messageOf } from './explanation.js';
import { settingsOf, valuesOf } from './match.js';
import { Panes } from './pane.js';
import { Sweep } from './sweep.js';
import { figure, words } from './tongue.js';
import { short, spoken, valueWords } from './wording.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./match.js').Setting} Setting
 * @typedef {import('./sweep.js').Axis} Axis
 * @typedef {import('./sweep.js').Cell} Cell
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {import('../view/theme.js').Theme} Theme
 */

/** Values of a setting in one grid. */
const VALUES_MAX = 5;
const SIDES = /** @type {const} */ (['rows', 'columns']);

const say = words({
  en: {
    title: 'A grid of settings',
    lead: 'Every pairing of the values of two settings, each trained from the same seed. Networks that differ only in how they sample are trained once.',
    rows: 'Rows',
    columns: 'Columns',
    values: (/** @type {string} */ side) => `Values, ${side}`,
    list: (/** @type {string[]} */ [min, max]) =>
      `Up to ${VALUES_MAX} numbers from ${min} to ${max}, with commas between them`,
    start: 'Fill the grid',
    stop: 'Stop the grid',
    idle: 'Spare workers do it, and end when it is done.',
    running: (/** @type {string[]} */ [done, all, workers]) =>
      `${done} of ${all} pictures, by ${workers} ${workers === '1' ? 'worker' : 'workers'}.`,
    done: 'Done. The workers have ended.',
    stopped: 'Stopped. The workers have ended.',
    same: 'Rows and columns: choose two different settings.',
    few: (/** @type {string[]} */ [name, n]) =>
      `${name}: ${n} values; allowed are 1 to ${VALUES_MAX} different ones`,
    number: (/** @type {string[]} */ [name, text, min, max]) =>
      `${name}: "${text}" is no number from ${min} to ${max}`,
    caption: (/** @type {string} */ floor) =>
      `SW2 of 4,000 samples to the data, and evaluations (NFE) a sample. Two sets of real points are ${floor} apart.`,
    coming: 'Samples in orange over data in blue.',
    distance: (/** @type {string[]} */ [sw2, nfe]) => `${sw2} · ${nfe} NFE`,
    best: 'nearest',
    waits: 'waits',
    picture: (/** @type {string[]} */ [first, second, sw2]) =>
      `Samples over data for ${first} and ${second}, SW2 ${sw2}`,
  },
  zh: {
    title: '设置的网格',
    lead: '两项设置的取值两两组合，都从同一个种子训练。只有采样方式不同的网络只训练一次。',
    rows: '行',
    columns: '列',
    values: (side) => `${side}的取值`,
    list: ([min, max]) => `最多 ${VALUES_MAX} 个 ${min} 到 ${max} 之间的数，用逗号隔开`,
    start: '填满网格',
    stop: '停止网格',
    idle: '由空闲的后台线程完成，做完就结束。',
    running: ([done, all, workers]) => `已完成 ${done} / ${all} 张，${workers} 个后台线程。`,
    done: '完成。后台线程已结束。',
    stopped: '已停止。后台线程已结束。',
    same: '行和列：请选两项不同的设置。',
    few: ([name, n]) => `${name}：有 ${n} 个取值；可以有 1 到 ${VALUES_MAX} 个不同的取值`,
    number: ([name, text, min, max]) => `${name}：“${text}”不是 ${min} 到 ${max} 之间的数`,
    caption: (floor) =>
      `4,000 个样本到数据的 SW2，以及每个样本的网络计算次数（NFE）。两组真实点之间的距离是 ${floor}。`,
    coming: '橙色是样本，蓝色是数据。',
    distance: ([sw2, nfe]) => `${sw2} · ${nfe} NFE`,
    best: '最近',
    waits: '等待中',
    picture: ([first, second, sw2]) => `${first}、${second} 时叠在数据上的样本，SW2 ${sw2}`,
  },
});

export class Ablation {
  #desk;
  #sweep;
  #turns = 0;
  #fault = '';
  /** The settings of rows and columns. */
  #names = ['coupling', 'solver_steps'];
  /** Values that the reader chose: text of numbers, or values of a list; null: those that are offered. @type {(string | Value[] | null)[]} */
  #chosen = [['independent', 'ot'], '1, 2, 4, 25'];
  /** What the grid on the page is of. @type {[Axis, Axis] | null} */
  #axes = null;
  #panes = new Panes();

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#sweep = new Sweep(desk.session.dials, desk.changed);
  }

  /** Counts what has changed. */
  get revision() {
    return this.#sweep.revision + this.#turns;
  }

  page() {
    const { phase, progress, fault } = this.#sweep;
    const running = phase === 'running';
    const told = this.#fault || fault;
    return html`<div class="ablation" data-phase=${phase}>
      <h3>${say('title')}</h3>
      <p class="prose">${say('lead')}</p>
      <div class="bench">${SIDES.map((_, side) => this.#axis(side))}</div>
      <p class="fault" id="ablation-fault" role="alert" ?hidden=${told === ''}>${told}</p>
      <div class="transport">
        <button type="button" id="ablation-start"
          @click=${() => this.#toggle()}>${say(running ? 'stop' : 'start')}</button>
        <p id="ablation-status" class="small" role="status">${this.#status()}</p>
      </div>
      <progress max="1" .value=${progress} aria-label=${say('title')} ?hidden=${!running}></progress>
      ${this.#axes ? this.#grid(this.#axes) : nothing}
    </div>`;
  }

  /**
   * Draws the pictures of the grid, as far as they are new.
   * @param {HTMLElement} root
   * @param {Theme} theme
   */
  paint(root, theme) {
    const { cells, data, dim } = this.#sweep;
    const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (
      root.querySelectorAll('.ablation canvas')
    );
    for (const canvas of canvases) {
      const samples = cells[Number(canvas.dataset.cell)]?.samples ?? null;
      this.#panes.paint(canvas, { data, samples, dim }, theme);
    }
  }

  /** @param {number} side */
  #setting(side) {
    const settings = settingsOf(this.#desk.session.dials);
    return settings.find(({ name }) => name === this.#names[side]) ?? settings[side];
  }

  /** @param {number} side */
  #axis(side) {
    const settings = settingsOf(this.#desk.session.dials);
    const setting = this.#setting(side);
    const id = `ablation-${SIDES[side]}`;
    const onName = (/** @type {Event} */ { target }) => {
      this.#names[side] = /** @type {HTMLSelectElement} */ (target).value;
      this.#chosen[side] = null;
      this.#turn('');
    };
    return html`<div class="field">
      <label for=${id}>${say(SIDES[side])}</label>
      <select id=${id} aria-describedby="ablation-fault" @change=${onName}>${settings.map(
        ({ name }) =>
          html`<option value=${name} .selected=${name === setting.name}>${spoken(name)}</option>`,
      )}</select>
      ${valuesOf(setting).length > 0 ? this.#list(side, setting) : this.#numbers(side, setting)}
    </div>`;
  }

  /** Boxes for the values of a list. @param {number} side @param {Setting} setting */
  #list(side, setting) {
    const chosen = this.#picked(side, setting);
    const onPick = (/** @type {Value} */ value) => () => {
      const others = chosen.filter((each) => each !== value);
      const more = others.length < chosen.length ? others : [...chosen, value];
      this.#chosen[side] = valuesOf(setting).filter((each) => more.includes(each));
      this.#turn('');
    };
    return html`<div class="ticks" role="group" aria-label=${say('values', say(SIDES[side]))}>
      ${valuesOf(setting).map(
        (value) => html`<label><input type="checkbox" value=${String(value)}
          .checked=${chosen.includes(value)} @change=${onPick(value)} />${valueWords(setting.name, value)}</label>`,
      )}</div>`;
  }

  /** A line for numbers. @param {number} side @param {Setting} setting */
  #numbers(side, setting) {
    const onInput = (/** @type {Event} */ { target }) => {
      this.#chosen[side] = /** @type {HTMLInputElement} */ (target).value;
      this.#turn('');
    };
    const id = `ablation-${SIDES[side]}-values`;
    const help = say('list', [String(setting.min), String(setting.max)]);
    return html`<input type="text" id=${id} inputmode="decimal" aria-label=${say('values', say(SIDES[side]))}
        aria-describedby="${id}-help ablation-fault" .value=${this.#text(side, setting)} @change=${onInput} />
      <p class="small" id="${id}-help">${help}</p>`;
  }

  /** @param {number} side @param {Setting} setting @returns {string} */
  #text(side, setting) {
    const chosen = this.#chosen[side];
    if (typeof chosen === 'string') return chosen;
    const now = this.#desk.session.dials.config[setting.name] ?? 1;
    return String(now);
  }

  /** @param {number} side @param {Setting} setting @returns {Value[]} */
  #picked(side, setting) {
    const chosen = this.#chosen[side];
    const values = valuesOf(setting);
    if (values.length > 0) return Array.isArray(chosen) ? chosen : values.slice(0, VALUES_MAX);
    const { name, min, max } = setting;
    const texts = this.#text(side, setting)
      .split(/[,，;\s]+/)
      .filter((text) => text !== '');
    return texts.map((text) => {
      const value = Number(text);
      if (value >= min && value <= max) return value;
      throw new Error(say('number', [spoken(name), text, String(min), String(max)]));
    });
  }

  /** Both axes; throws with the reason when they make no grid. @returns {[Axis, Axis]} */
  #plan() {
    const [down, across] = SIDES.map((_, side) => {
      const setting = this.#setting(side);
      const values = [...new Set(this.#picked(side, setting))];
      if (values.length < 1 || values.length > VALUES_MAX) {
        throw new Error(say('few', [spoken(setting.name), figure(values.length)]));
      }
      return { setting, values };
    });
    if (down.setting.name === across.setting.name) throw new Error(say('same'));
    return [down, across];
  }

  #toggle() {
    if (this.#sweep.phase === 'running') return this.#sweep.cancel();
    try {
      const axes = this.#plan();
      this.#axes = axes;
      this.#turn('');
      this.#sweep.run(axes, navigator.hardwareConcurrency || 2);
    } catch (error) {
      this.#turn(messageOf(error));
    }
  }

  /** @param {string} fault */
  #turn(fault) {
    this.#fault = fault;
    this.#turns += 1;
    this.#desk.changed();
  }

  #status() {
    const { phase, cells, workers } = this.#sweep;
    if (phase !== 'running') return say(phase);
    const done = cells.filter(({ quality, why }) => quality || why).length;
    return say(
      'running',
      [done, cells.length, workers].map((each) => figure(each)),
    );
  }

  /** @param {[Axis, Axis]} axes */
  #grid([down, across]) {
    const { cells } = this.#sweep;
    const known = cells.flatMap(({ quality }) => quality ?? []);
    const best = Math.min(...known.map(({ sw2 }) => sw2));
    const caption = known.length > 0 ? say('caption', short(known[0].floor)) : '';
    return html`<p class="small" id="ablation-caption">${say('coming')} ${caption}</p>
      <div class="wide"><table id="ablation-grid" aria-describedby="ablation-caption">
      <thead><tr><td>${spoken(down.setting.name)} \\ ${spoken(across.setting.name)}</td>
        ${across.values.map((value) => html`<th scope="col">${valueWords(across.setting.name, value)}</th>`)}</tr></thead>
      <tbody>${down.values.map(
        (value, row) => html`<tr><th scope="row">${valueWords(down.setting.name, value)}</th>
          ${across.values.map((_, column) => this.#cell(row * across.values.length + column, best))}</tr>`,
      )}</tbody>
    </table></div>`;
  }

  /**
   * @param {number} at
   * @param {number} best
   */
  #cell(at, best) {
    const cell = this.#sweep.cells[at];
    if (!cell) return html`<td></td>`;
    if (cell.why !== '') return html`<td class="refused">${cell.why}</td>`;
    const { quality, nfe } = cell;
    const [down, across] = /** @type {[Axis, Axis]} */ (this.#axes);
    const names = [
      `${spoken(down.setting.name)} ${valueWords(down.setting.name, down.values[cell.row])}`,
      `${spoken(across.setting.name)} ${valueWords(across.setting.name, across.values[cell.column])}`,
    ];
    const said = quality ? short(quality.sw2) : '–';
    const text = quality
      ? say('distance', [said, figure(nfe, { maximumFractionDigits: 1 })])
      : say('waits');
    return html`<td class=${quality?.sw2 === best ? 'best' : ''}>
      <canvas role="img" data-cell=${at} aria-label=${say('picture', [...names, said])}></canvas>
      <span>${text}</span>${quality?.sw2 === best ? html` <strong>${say('best')}</strong>` : nothing}
    </td>`;
  }
}
