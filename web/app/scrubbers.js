/**
 * Two sliders under the stage: the time of the flow, from noise to data, and the time of the training, from the first snapshot
 * to the latest.
 */

import { html, render } from 'lit';
import { drawCameo } from '../view/cameo.js';
import { nameIn } from './meanings.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./film.js').Shot} Shot
 */

/** Positions of the slider of the flow. */
const POSITIONS = 200;
/** Side of the little pictures at its ends, as in rail.css. */
const SIDE_PX = 28;

const say = words({
  en: {
    flow: 'Flow time',
    noise: 'noise',
    points: 'your points',
    play: 'Play the flow',
    rest: 'Pause the flow',
    at: (/** @type {string} */ t) => `t = ${t}`,
    between: (/** @type {string} */ t, /** @type {string} */ share, /** @type {string} */ data) =>
      `t = ${t}: ${share} of the way from noise to ${data}`,
    starts: 't = 0: noise',
    ends: (/** @type {string} */ data) => `t = 1: samples, which should look like ${data}`,
    training: 'Training time',
    first: 'first step',
    live: 'live',
    toLive: 'Back to live',
    none: 'no snapshot yet',
    shot: (/** @type {string} */ step) => `step ${step}`,
    round: (/** @type {string} */ round) => `round ${round}`,
    loss: (/** @type {string} */ loss) => `loss ${loss}`,
    sw2: (/** @type {string} */ sw2, /** @type {string} */ floor) => `SW2 ${sw2} (floor ${floor})`,
    moves: 'The points follow the learned velocity from noise, t = 0, to data, t = 1. P plays it.',
    earlier: 'What an earlier network does with the same noise; training is not disturbed.',
  },
  zh: {
    flow: '流时间',
    noise: '噪声',
    points: '你的点',
    play: '播放流动',
    rest: '暂停流动',
    at: (t) => `t = ${t}`,
    between: (t, share, data) => `t = ${t}：从噪声到${data}走了 ${share}`,
    starts: 't = 0：噪声',
    ends: (data) => `t = 1：样本，应当像${data}`,
    training: '训练时间',
    first: '第一步',
    live: '最新',
    toLive: '回到最新',
    none: '还没有快照',
    shot: (step) => `第 ${step} 步`,
    round: (round) => `第 ${round} 轮`,
    loss: (loss) => `损失 ${loss}`,
    sw2: (sw2, floor) => `SW2 ${sw2}（下限 ${floor}）`,
    moves: '点沿着学到的速度场，从噪声（t = 0）走到数据（t = 1）。按 P 播放。',
    earlier: '同样的噪声，交给较早的网络会怎样；训练不受影响。',
  },
});

/** A panel; see main.js. */
export class Scrubbers {
  #root;
  #desk;
  /** What is on the page. @type {unknown[]} */
  #drawn = [];
  /** What the little pictures show. @type {unknown[]} */
  #pictured = [];

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
  }

  draw() {
    const { clock, projector, session } = this.#desk;
    const { film } = session.run;
    const look = [clock.t, clock.playing, film, film.shots.length, projector.shot, this.#quality];
    const drawn = [...look, projector.fault, this.#target, tongue()];
    if (drawn.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = drawn;
    render([this.#flow(), this.#training()], this.#root);
    this.#picture();
  }

  /** What the flow leads to. */
  get #target() {
    const { data } = this.#desk.session.run.config;
    return data === 'points' ? say('points') : nameIn('data', String(data));
  }

  /** The distance of the moment that is shown: of a model that stands at its end, the one that was measured best. */
  get #quality() {
    const { projector, session } = this.#desk;
    const { quality } = session.run;
    if (projector.live) return quality?.final ? quality : null;
    return projector.shot?.quality ?? null;
  }

  #flow() {
    const { clock } = this.#desk;
    const { t, playing } = clock;
    const action = playing ? say('rest') : say('play');
    const onInput = (/** @type {InputEvent} */ { target }) =>
      clock.seek(Number(/** @type {HTMLInputElement} */ (target).value) / POSITIONS);
    return html`<div class="scrubber">
      <div class="head">
      <button type="button" id="play" class="round" aria-label=${action} title="${action} (P)"
        aria-keyshortcuts="P" data-playing=${playing} @click=${() => clock.toggle()}></button>
      <label for="flow-time">${say('flow')} <kbd aria-hidden="true">P</kbd></label>
      <output class="figures" for="flow-time">${say('at', t.toFixed(2))}</output>
      </div>
      <div class="rail">
        <span class="end"><canvas id="noise-end" aria-hidden="true"></canvas>${say('noise')}</span>
        <input type="range" id="flow-time" min="0" max=${POSITIONS} step="1"
          .value=${String(Math.round(t * POSITIONS))} aria-valuetext=${this.#timeWords()}
          aria-description=${say('moves')} @input=${onInput} />
        <span class="end"><canvas id="data-end" aria-hidden="true"></canvas>${this.#target}</span>
      </div>
    </div>`;
  }

  #timeWords() {
    const { t } = this.#desk.clock;
    if (t === 0) return say('starts');
    if (t === 1) return say('ends', this.#target);
    const share = figure(t, { style: 'percent', maximumFractionDigits: 0 });
    return say('between', t.toFixed(2), share, this.#target);
  }

  #training() {
    const { projector, session } = this.#desk;
    const { film } = session.run;
    const { shot, live } = projector;
    const last = Math.max(0, film.shots.length - 1);
    const index = shot && !live ? film.indexOf(shot) : last;
    const said = shot ? shotWords(shot, this.#quality) : say('none');
    const onInput = (/** @type {InputEvent} */ { target }) =>
      projector.seek(Number(/** @type {HTMLInputElement} */ (target).value));
    return html`<div class="scrubber">
      <div class="head">
      <label for="training-time">${say('training')}</label>
      <output class="figures" id="training-at" for="training-time">${said}</output>
      </div>
      <div class="rail">
        <span class="end">${say('first')}</span>
        <input type="range" id="training-time" min="0" .max=${String(Math.max(1, last))} step="1"
          .value=${String(last === 0 ? 1 : index)} ?disabled=${last === 0}
          aria-valuetext=${live ? `${say('live')}: ${said}` : said}
          aria-description=${say('earlier')} @input=${onInput} />
        <span class="end"><button type="button" id="live" class="link" aria-pressed=${live}
          title=${say('toLive')} @click=${() => projector.seek(Number.POSITIVE_INFINITY)}>${say('live')}</button></span>
      </div>
      <p class="fault" role="alert" ?hidden=${projector.fault === ''}>${projector.fault}</p>
    </div>`;
  }

  /** The little pictures at the ends of the flow, drawn again only when they would differ. */
  #picture() {
    const { session, theme } = this.#desk;
    const { data, noise, dim } = session.run;
    const { samples, data: ink } = theme();
    const pictured = [data, noise, ink];
    if (pictured.every((part, i) => part === this.#pictured[i])) return;
    this.#pictured = pictured;
    const canvas = (/** @type {string} */ id) =>
      /** @type {HTMLCanvasElement} */ (this.#root.querySelector(id));
    if (noise) cameo(canvas('#noise-end'), noise, dim, samples);
    if (data) cameo(canvas('#data-end'), data, dim, ink);
  }
}

/**
 * @param {Shot} shot
 * @param {{sw2: number, floor: number} | null} quality
 */
function shotWords({ step, round, loss }, quality) {
  const parts = [say('shot', figure(step))];
  if (round > 0) parts.unshift(say('round', figure(round)));
  if (loss !== null) parts.push(say('loss', loss.toFixed(3)));
  if (quality) parts.push(say('sw2', quality.sw2.toFixed(3), quality.floor.toFixed(3)));
  return parts.join(' · ');
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} points
 * @param {number} dim
 * @param {string} colour
 */
function cameo(canvas, points, dim, colour) {
  const density = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(SIDE_PX * density);
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  ctx.setTransform(density, 0, 0, density, 0, 0);
  drawCameo(ctx, { points, dim }, SIDE_PX, colour);
}
