/**
 * The panel that compares: two runs from one seed that differ in one setting, side by side at equal cost; and below them the grid
 * of ablation.js.
 */

import { html, nothing, render } from 'lit/html.js';
import { placesAt } from '../view/passage.js';
import { Ablation } from './ablation.js';
import { Clock } from './clock.js';
import { Contest } from './contest.js';
import { Duet } from './duet.js';
import { messageOf } from './explanation.js';
import { footprint } from './footprint.js';
import { group } from './glossary.js';
import { baseOf, contender, level, settingsOf, suggest, valuesOf } from './match.js';
import { nameIn } from './meanings.js';
import { Panes } from './pane.js';
import { scoreboard } from './scoreboard.js';
import { shuttle } from './shuttle.js';
import { tariff } from './tariff.js';
import { figure, tongue, words } from './tongue.js';
import { verdict } from './verdict.js';
import { explained, offered, short, spoken, valueWords } from './wording.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./match.js').Setting} Setting
 * @typedef {import('../lib/parameters.js').Value} Value
 *
 * A contest as it began: its form, the match that followed, and the settings of the main run.
 * @typedef {{setting: Setting, values: [Value, Value], match: import('./tariff.js').Match,
 *   base: import('../lib/parameters.js').Config}} Ran
 */

const SIDES = /** @type {const} */ (['A', 'B']);

const say = words({
  en: {
    title: 'Compare',
    lead: 'Two runs from the same seed, with the settings above, that differ in one of them. They train in step, each in a worker of its own; the same noise goes through both.',
    setting: 'What differs',
    side: (/** @type {string} */ side) => `Side ${side}`,
    start: 'Compare',
    stop: 'Stop',
    number: (/** @type {string[]} */ [name, min, max]) =>
      `${name}: the field holds no number; allowed is a number from ${min} to ${max}`,
    idle: 'Nothing runs here until you start it.',
    starting: 'Two workers are starting.',
    training: 'Both are learning.',
    measuring: 'Both have learned and are being measured.',
    done: 'Done. Both workers have ended.',
    stopped: 'Stopped. Both workers have ended.',
    failed: (/** @type {string} */ why) => `It could not go on: ${why}`,
    ran: (/** @type {string[]} */ [data, seed]) =>
      `This contest was of ${data}, from seed ${seed}.`,
    changed: 'Settings have been changed since; the next contest takes them as they are now.',
    picture: (/** @type {string[]} */ [side, step, t]) =>
      `${side}: samples in orange over data in blue, after ${step} steps, at flow time ${t}`,
    caption: (/** @type {string[]} */ [side, name, value]) => `${side}: ${name} ${value}`,
    chart: (/** @type {string[]} */ [a, b]) =>
      `Loss by step, A in a full line (now ${a}), B in a broken one (now ${b}).`,
  },
  zh: {
    title: '对比',
    lead: '从同一个种子出发、只差一项设置的两次训练，其余设置与上面相同。两边各用一个后台线程，步调一致；同样的噪声流过两边。',
    setting: '差在哪里',
    side: (side) => `${side} 方`,
    start: '开始对比',
    stop: '停止',
    number: ([name, min, max]) => `${name}：这里没有数字；可以填 ${min} 到 ${max} 之间的数`,
    idle: '按下按钮之前，这里什么都不运行。',
    starting: '两个后台线程正在启动。',
    training: '两边都在学习。',
    measuring: '两边都学完了，正在测量。',
    done: '完成。两个后台线程都已结束。',
    stopped: '已停止。两个后台线程都已结束。',
    failed: (why) => `无法继续：${why}`,
    ran: ([data, seed]) => `这次对比：${data}，随机种子 ${seed}。`,
    changed: '此后设置有改动；下一次对比按现在的设置进行。',
    picture: ([side, step, t]) => `${side}：训练 ${step} 步后，流时间 ${t}，橙色样本叠在蓝色数据上`,
    caption: ([side, name, value]) => `${side}：${name} ${value}`,
    chart: ([a, b]) => `损失随步数的变化：A 为实线（现在 ${a}），B 为虚线（现在 ${b}）。`,
  },
});

/** A panel; see main.js. */
export class Comparison {
  #root;
  #desk;
  #contest;
  #clock;
  #ablation;
  #duet = new Duet();
  #panes = new Panes();
  #name = 'coupling';
  /** What the reader chose; null while the main run says it. @type {[Value, Value] | null} */
  #chosen = null;
  #fault = '';
  /** The moment of the training that is shown; null is the latest. @type {number | null} */
  #back = null;
  /** What the sides of the contest were called, and what differed. @type {Ran | null} */
  #ran = null;
  #turns = 0;
  /** What the cost was last worked out from, and said. @type {{of: unknown[], said: string}} */
  #costed = { of: [], said: '' };
  /** Where the samples were last. @type {{moment?: import('./contestant.js').Moment, t: number, points: Float32Array | null}[]} */
  #points = [];
  /** Of the section, kept so that no frame has to ask for it. */
  /** What is on the page. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#contest = new Contest(desk.session.dials, desk.changed);
    this.#clock = new Clock(desk.changed);
    this.#ablation = new Ablation(desk);
    root.setAttribute('aria-labelledby', 'compare-title');
  }

  draw() {
    this.#clock.tick(performance.now());
    const { config } = this.#desk.session.dials;
    const theme = this.#desk.theme();
    const mine = [this.#contest.revision, this.#ablation.revision, this.#turns];
    const { t, playing } = this.#clock;
    const drawn = [...mine, t, playing, config, theme, footprint(this.#root).width, tongue()];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = drawn;
    this.#root.dataset.phase = this.#contest.phase;
    render(this.#page(), this.#root);
    this.#paint();
    this.#ablation.paint(this.#root, theme);
  }

  #page() {
    const { phase, busy, progress, sides, fault } = this.#contest;
    const told = this.#fault || (fault && say('failed', fault));
    return html`<h2 id="compare-title">${say('title')}</h2>
      <p class="prose">${say('lead')}</p>
      ${this.#form()}
      <p class="fault" id="compare-fault" role="alert" ?hidden=${told === ''}>${told}</p>
      <p class="small" id="compare-cost">${this.#cost()}</p>
      <div class="transport">
        <button type="button" id="compare-start" class="primary"
          @click=${() => this.#toggle()}>${say(busy ? 'stop' : 'start')}</button>
        <p id="compare-status" class="small" role="status">${say(phase)}</p>
      </div>
      <progress max="1" .value=${progress} aria-label=${say('title')} ?hidden=${!busy}></progress>
      ${sides.length > 0 && this.#ran ? this.#result() : nothing}
      ${this.#ablation.page()}`;
  }

  /** The setting at hand; the first when the main run no longer has it. @returns {Setting} */
  get #setting() {
    const settings = settingsOf(this.#desk.session.dials);
    return settings.find(({ name }) => name === this.#name) ?? settings[0];
  }

  /** @returns {[Value, Value]} */
  get #values() {
    return this.#chosen ?? suggest(this.#desk.session.dials, this.#setting);
  }

  #form() {
    const settings = settingsOf(this.#desk.session.dials);
    const groups = [...new Set(settings.map(({ group }) => group))];
    const onName = (/** @type {Event} */ { target }) => {
      this.#name = /** @type {HTMLSelectElement} */ (target).value;
      this.#chosen = null;
      this.#turn('');
    };
    const option = (/** @type {Setting} */ { name }) =>
      html`<option value=${name} .selected=${name === this.#setting.name}>${spoken(name)}</option>`;
    return html`<div class="bench">
      <div class="field">
        <label for="compare-setting">${say('setting')}</label>
        <select id="compare-setting" aria-describedby="compare-help" @change=${onName}>
          ${groups.map(
            (each) => html`<optgroup label=${group(/** @type {'data'} */ (each))}>
              ${settings.filter((setting) => setting.group === each).map(option)}
            </optgroup>`,
          )}
        </select>
      </div>
      ${SIDES.map((_, side) => this.#value(side))}
      <p class="small" id="compare-help">${explained(this.#setting)}</p>
    </div>`;
  }

  /** @param {number} side */
  #value(side) {
    const setting = this.#setting;
    const id = `compare-${SIDES[side].toLowerCase()}`;
    const label = html`<label for=${id}>${say('side', SIDES[side])}</label>`;
    const values = valuesOf(setting);
    const now = this.#values[side];
    if (values.length === 0) {
      const onInput = (/** @type {Event} */ { target }) => {
        const { value } = /** @type {HTMLInputElement} */ (target);
        this.#choose(side, value.trim() === '' ? Number.NaN : Number(value));
      };
      return html`<div class="field">${label}<input type="number" id=${id} min=${setting.min}
        max=${setting.max} step=${setting.kind === 'integer' ? '1' : 'any'}
        aria-describedby="compare-fault" .value=${Number.isNaN(now) ? '' : String(now)} @change=${onInput} /></div>`;
    }
    const onPick = (/** @type {Event} */ { target }) =>
      this.#choose(side, values[/** @type {HTMLSelectElement} */ (target).selectedIndex]);
    return html`<div class="field">${label}<select id=${id} aria-describedby="compare-fault"
      @change=${onPick}>${values.map(
        (value) =>
          html`<option .selected=${value === now}>${offered(setting.name, value)}</option>`,
      )}</select></div>`;
  }

  /**
   * @param {number} side
   * @param {Value} value
   */
  #choose(side, value) {
    const values = /** @type {[Value, Value]} */ ([...this.#values]);
    values[side] = value;
    this.#chosen = values;
    this.#turn('');
    this.#match();
  }

  /** Both sides at equal cost. Throws what the engine has against a value. */
  #level() {
    const { dials } = this.#desk.session;
    const { name, min, max } = this.#setting;
    if (this.#values.some((value) => Number.isNaN(value))) {
      throw new Error(say('number', [spoken(name), String(min), String(max)]));
    }
    const [a, b] = this.#values.map((value) => contender(dials, { [name]: value }));
    return { name, ...level(dials, [a, b], name) };
  }

  /** The same, or null with the reason at the fields. */
  #match() {
    try {
      return this.#level();
    } catch (error) {
      this.#turn(messageOf(error));
      return null;
    }
  }

  #toggle() {
    if (this.#contest.busy) return this.#contest.cancel();
    this.#turn('');
    const match = this.#match();
    if (!match) return;
    const base = baseOf(this.#desk.session.dials);
    this.#ran = { setting: this.#setting, values: this.#values, match, base };
    this.#back = null;
    this.#contest.run(match);
  }

  /** Something of the form has changed. @param {string} fault */
  #turn(fault) {
    this.#fault = fault;
    this.#turns += 1;
    this.#desk.changed();
  }

  /** What a sample costs on both sides, as the form stands; '' when that is refused. */
  #cost() {
    const { config } = this.#desk.session.dials;
    const of = [config, this.#name, ...this.#values, tongue()];
    if (of.some((part, i) => !Object.is(part, this.#costed.of[i]))) {
      this.#costed = { of, said: this.#costWords() };
    }
    return this.#costed.said;
  }

  #costWords() {
    try {
      return tariff(this.#desk.session.dials, this.#level());
    } catch {
      return '';
    }
  }

  /** What the contest that is shown was of, whatever the form and the settings say by now. */
  #ranWords() {
    const { dials } = this.#desk.session;
    const { match, base } = /** @type {Ran} */ (this.#ran);
    const { data, seed } = base;
    const parts = [say('ran', [nameIn('data', String(data)), String(seed)]), tariff(dials, match)];
    const changed = Object.entries(baseOf(dials)).some(
      ([name, value]) => name !== match.name && base[name] !== value,
    );
    if (changed) parts.push(say('changed'));
    return parts.join(tongue() === 'zh' ? '' : ' ');
  }

  #result() {
    const { sides, phase } = this.#contest;
    const { setting, values } = /** @type {Ran} */ (this.#ran);
    const told = phase === 'done' ? verdict(this.#contest, explained(setting)) : [];
    const losses = sides.map(({ losses }) => (losses.count > 0 ? short(losses.latest()) : '–'));
    const pictures = SIDES.map((side, i) => {
      const caption = say('caption', [
        side,
        spoken(setting.name),
        valueWords(setting.name, values[i]),
      ]);
      const label = say('picture', [caption, figure(this.#step), this.#clock.t.toFixed(2)]);
      return html`<figure>
        <canvas id="compare-picture-${side.toLowerCase()}" role="img" aria-label=${label}></canvas>
        <figcaption>${caption}</figcaption>
      </figure>`;
    });
    return html`<p class="small" id="compare-ran">${this.#ranWords()}</p>
      <div class="bout">
      <div class="views">
      <div class="pair">${pictures}</div>
      ${shuttle(this.#clock, {
        last: Math.max(0, this.#contest.moments - 1),
        at: this.#back,
        step: this.#step,
        seek: (at) => this.#seek(at),
      })}
      </div>
      <div class="facts">
      <div id="compare-verdict" role="status">${told.map((sentence) => html`<p>${sentence}</p>`)}</div>
      ${scoreboard(sides, losses)}
      <figure class="chart">
        <div id="compare-chart" role="img" aria-labelledby="compare-chart-text"></div>
        <figcaption id="compare-chart-text" class="small">${say('chart', losses)}</figcaption>
      </figure>
      </div>
    </div>`;
  }

  /** The step of the moment that is shown. */
  get #step() {
    const { sides } = this.#contest;
    return Math.max(0, ...sides.map((side) => this.#momentOf(side)?.step ?? 0));
  }

  /** @param {number | null} at  a moment; null is the latest */
  #seek(at) {
    this.#back = at;
    this.#turn(this.#fault);
  }

  /** @param {import('./contestant.js').Contestant} side */
  #momentOf({ moments }) {
    const last = this.#contest.moments - 1;
    return moments[Math.min(this.#back ?? last, last)];
  }

  #paint() {
    const { sides, data, dim } = this.#contest;
    const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (
      this.#root.querySelectorAll('.views .pair canvas')
    );
    const theme = this.#desk.theme();
    canvases.forEach((canvas, i) => {
      this.#panes.paint(canvas, { data, samples: this.#pointsOf(sides[i], i), dim }, theme);
    });
    const frame = /** @type {HTMLElement | null} */ (this.#root.querySelector('#compare-chart'));
    if (frame) this.#duet.draw(frame, sides, theme);
  }

  /**
   * Where the samples of a side are; the same array as long as nothing moves.
   * @param {import('./contestant.js').Contestant} side
   * @param {number} i
   */
  #pointsOf(side, i) {
    const moment = this.#momentOf(side);
    const { t } = this.#clock;
    const last = this.#points[i];
    if (last?.moment === moment && last?.t === t) return last.points;
    const points = moment ? placesAt({ ...moment, dim: this.#contest.dim }, t) : null;
    this.#points[i] = { moment, t, points };
    return points;
  }
}
