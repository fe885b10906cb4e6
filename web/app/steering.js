/**
 * Guidance: how strongly the flow of a class is followed, on a run that was told the classes of its data. A panel, see main.js.
 */

import { html, nothing, render } from 'lit';
import { countClasses } from '../lib/classes.js';
import { bargain } from './bargain.js';
import { colourSpots, namesOf, partsOf } from './categories.js';
import { census } from './census.js';

import { messageOf } from './explanation.js';
import { inTurn, kinShare, meanDistance, meanFloor, radius } from './flock.js';
import { lookPoints } from './gauge.js';
import { isWhole, kindred, optionsOf, steer } from './helm.js';
import { nameIn } from './meanings.js';
import { SAMPLE_SEED } from './portrait.js';
import { Presence } from './presence.js';
import { Stage } from './stage.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('../view/theme.js').Theme} Theme
 *
 * @typedef {import('./helm.js').Guide} Guide
 * @typedef {{plain: Float32Array, steered: Float32Array, labels: Int32Array, guide: Guide}} View
 * @typedef {import('./census.js').Measure & {guide: Guide, kin: [plain: number, steered: number]}} Measure
 */

/** The strongest guidance that the slider offers. */
const STRONGEST = 8;
/** What a labelled run learns when the data at hand have no classes, and the share of it that is not told its class. */
const LABELLED = '8gaussians';
const DROP = 0.1;
/** Milliseconds after the last move of a hand before the distances are measured, and points of a measure. */
const REST_MS = 250;
const MEASURED_MAX = 2000;
/** Opacity of a point. */
const ALPHA = 0.7;

const say = words({
  en: {
    title: 'Guidance',
    lead: 'A network that knows the classes of its data can be asked for one of them. Guidance follows the difference that the class makes more strongly than it was learned: v = v₀ + w (v_class − v₀), where v₀ is the velocity without a class. At w = 0 the class is ignored, at w = 1 followed as learned; beyond 1 samples are driven further from the other classes.',
    unlabelled: (/** @type {string} */ data) =>
      `This run learns ${data} without classes, so there is nothing to guide.`,
    begin: (/** @type {string} */ data) => `Learn ${data} by class`,
    early: 'Train first: guidance steers what has been learned.',
    dear: 'A guided sample of this network costs too much to draw any; take fewer solver steps.',
    working: 'The pictures come when training rests, or when a slider is moved.',
    scale: 'Guidance w',
    cost: (/** @type {string} */ nfe) =>
      `A sample costs ${nfe} network evaluations (NFE): at w = 0 and w = 1 the network is asked once.`,
    twice: (/** @type {string} */ once, /** @type {string} */ nfe) =>
      `A sample costs ${nfe} network evaluations (NFE) in place of ${once}: with a class and without, at every one.`,
    partly: (/** @type {string} */ once, /** @type {string} */ nfe) =>
      `A sample costs between ${once} and ${nfe} network evaluations (NFE): within the interval the network is asked twice.`,
    from: 'from t',
    to: 'to t',
    plain: 'w = 1: each class, in its colour, as it was learned; data in grey',
    steered: (/** @type {string} */ w, /** @type {string} */ where) => `w = ${w}${where}`,
    within: (/** @type {string} */ from, /** @type {string} */ to) =>
      `, for t from ${from} to ${to}`,
    samples: 'samples',
    same: 'At w = 1 both pictures are the same: each class as it was learned.',
  },
  zh: {
    title: '引导（guidance）',
    lead: '知道数据类别的网络，可以指定要哪一类。引导把类别带来的差别放大：v = v₀ + w (v_class − v₀)，其中 v₀ 是不带类别的速度。引导强度 w = 0 时忽略类别，w = 1 时照学到的走；大于 1 时样本被推得离其他类别更远。',
    unlabelled: (data) => `这次训练学的是 ${data}，没有类别，所以无从引导。`,
    begin: (data) => `按类别学习${data}`,
    early: '请先训练：引导的是学到的东西。',
    dear: '这个网络的一个引导样本太贵，画不出来；请减少求解步数。',
    working: '训练停下或移动滑块时，画面就会出现。',
    scale: '引导强度 w',
    cost: (nfe) => `一个样本求值网络 ${nfe} 次（NFE）：w = 0 和 w = 1 时只问一次。`,
    twice: (once, nfe) =>
      `一个样本求值网络 ${nfe} 次（NFE），不引导时为 ${once} 次：每处都要问两次，一次带类别，一次不带。`,
    partly: (once, nfe) =>
      `一个样本求值网络 ${once} 到 ${nfe} 次（NFE）：在这段时间内，每处要问两次。`,
    from: '从 t',
    to: '到 t',
    plain: 'w = 1：照学到的类别，各类各色；数据为灰色',
    steered: (w, where) => `w = ${w}${where}`,
    within: (from, to) => `，t 从 ${from} 到 ${to}`,
    samples: '样本',
    same: 'w = 1 时两幅画面相同：都照学到的类别。',
  },
});

export class Steering {
  #root;
  #desk;
  #presence;
  /** @type {View | null} */
  #view = null;
  /** @type {Measure | null} */
  #measured = null;
  #fault = '';
  /** What was asked for last. */
  #asked = '';
  /** Whether the reader has moved a slider of this model. */
  #touched = false;
  #model = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Stage[]} */
  #stages = [];
  /** @type {{of?: Theme, theme?: Theme}} */
  #tone = {};
  /** What is on the page. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#presence = new Presence(root, desk.changed);
  }

  draw() {
    const { session, theme } = this.#desk;
    const { run, dials } = session;
    if (run.models !== this.#model) this.#begin(run.models);
    if (this.#presence.near && this.#hint === '' && (this.#touched || !run.busy)) this.#look();
    const { scale, from, to } = this.#guide;
    const seen = [this.#view, this.#measured, this.#fault, this.#hint, scale, from, to];
    const drawn = [...seen, this.#classes, run.config.data, dials.nfe, tongue(), theme()];
    if (drawn.some((part, i) => part !== this.#drawn[i])) {
      this.#drawn = drawn;
      render(this.#template(), this.#root);
      colourSpots(this.#root, theme());
    }
    if (this.#view) this.#paint(this.#view);
  }

  /** @returns {Guide} */
  get #guide() {
    return this.#desk.session.guide;
  }

  get #classes() {
    return Number(this.#desk.session.run.config.classes);
  }

  /** Why nothing can be shown; '' when it can. */
  get #hint() {
    const { run } = this.#desk.session;
    if (this.#classes === 0) return say('unlabelled', nameIn('data', String(run.config.data)));
    if (run.step === 0 && run.round === 0) return say('early');
    return this.#points === 0 ? say('dear') : '';
  }

  /** Points of a picture; guidance asks the network twice. */
  get #points() {
    const { run, dials } = this.#desk.session;
    return lookPoints(2 * dials.nfe * run.parameters);
  }

  /** @param {number} model */
  #begin(model) {
    this.#model = model;
    this.#view = null;
    this.#measured = null;
    this.#fault = '';
    this.#asked = '';
    this.#touched = false;
    this.#stages = [];
    clearTimeout(this.#timer);
  }

  /** Asks for the pictures of this moment and guidance, as far as they are not asked for yet. */
  async #look() {
    const { viewer, session, changed } = this.#desk;
    const { moment, info } = viewer;
    if (!moment?.startsWith(`${this.#model}.`) || Number(info?.config.classes) !== this.#classes) {
      return;
    }
    if (session.run.busy && this.#view && !this.#moved) return;
    const guide = this.#guide;
    const key = `${moment} ${Object.values(guide)} ${session.run.config.solver} ${session.dials.nfe}`;
    if (key === this.#asked) return;
    this.#asked = key;
    try {
      const labels = inTurn(this.#points, this.#classes);
      const pictures = await viewer.ask('guided', (client, signal) =>
        steer(client, labels, guide, signal),
      );
      if (pictures) this.#view = { ...pictures, labels, guide };
      else if (this.#asked === key) this.#asked = '';
      this.#fault = '';
      clearTimeout(this.#timer);
      if (pictures) this.#timer = setTimeout(() => this.#measure(key, guide), REST_MS);
    } catch (error) {
      this.#fault = messageOf(error);
    }
    changed();
  }

  /** Whether the sliders say other than the pictures show. */
  get #moved() {
    return this.#view?.guide !== this.#guide;
  }

  /**
   * @param {string} key
   * @param {Guide} guide
   */
  async #measure(key, guide) {
    const { viewer, changed } = this.#desk;
    if (key !== this.#asked) return;
    const n = Math.min(MEASURED_MAX, 2 * this.#points);
    const view = /** @type {View} */ (this.#view);
    const { dim } = this.#desk.session.run;
    try {
      const measured = await viewer.ask('classes', async (client, signal) => {
        const [plain, steered] = [{ ...guide, scale: 1 }, guide].map((each) => ({
          ...optionsOf(each),
          seed: SAMPLE_SEED,
          n,
          signal,
        }));
        const one = await client.quality(plain);
        const other = guide.scale === 1 ? one : await client.quality(steered);
        const real = await kindred(client, signal);
        const share = (/** @type {Float32Array} */ points) =>
          kinShare(points, view.labels, real, dim);
        return {
          plain: one.conditional?.classes ?? [],
          steered: other.conditional?.classes ?? [],
          kin: /** @type {[number, number]} */ ([share(view.plain), share(view.steered)]),
          guide,
        };
      });
      if (measured && key === this.#asked) this.#measured = measured;
    } catch {
      // Points too far out to be measured have no distance; the picture shows where they are.
      this.#measured = null;
    }
    changed();
  }

  #template() {
    const head = html`<h2 id="guidance-title">${say('title')}</h2>`;
    if (this.#classes === 0) {
      return html`${head}
        <p class="prose" id="guidance-hint">${this.#hint}</p>
        <button type="button" id="label-run" @click=${() => this.#label()}>${say('begin', nameIn('data', this.#labelled.data))}</button>`;
    }
    const hint = this.#hint || (this.#view ? '' : say('working'));
    return html`${head}
      <p class="prose">${say('lead')}</p>
      <div class="steer">
        ${this.#slider('scale', STRONGEST, 0.1)} ${this.#slider('from', 1, 0.05)} ${this.#slider('to', 1, 0.05)}
      </div>
      <p class="small" id="guidance-cost">${this.#cost}</p>
      <p class="small" id="guidance-hint" ?hidden=${hint === ''}>${hint}</p>
      <p class="fault" role="alert" ?hidden=${this.#fault === ''}>${this.#fault}</p>
      ${this.#view ? this.#result(this.#view) : nothing}`;
  }

  /**
   * @param {'scale' | 'from' | 'to'} name
   * @param {number} max
   * @param {number} step
   */
  #slider(name, max, step) {
    const onInput = (/** @type {InputEvent} */ { target }) =>
      this.#steer(name, Number(/** @type {HTMLInputElement} */ (target).value));
    const value = this.#guide[name];
    return html`<div class="field">
      <label for="guide-${name}">${say(name)}</label>
      <output class="figures" for="guide-${name}">${figure(value)}</output>
      <input type="range" id="guide-${name}" min="0" max=${max} step=${step} .value=${String(value)} @input=${onInput} />
    </div>`;
  }

  /**
   * @param {'scale' | 'from' | 'to'} name
   * @param {number} value
   */
  #steer(name, value) {
    const guide = { ...this.#guide, [name]: value };
    // One end of the interval pushes the other before it.
    if (guide.from > guide.to) guide[name === 'from' ? 'to' : 'from'] = value;
    this.#desk.session.guide = guide;
    this.#touched = true;
    this.#desk.changed();
  }

  /** What a sample costs with the guidance that is chosen. */
  get #cost() {
    const { nfe } = this.#desk.session.dials;
    if (this.#guide.scale === 0 || this.#guide.scale === 1) return say('cost', figure(nfe));
    return say(isWhole(this.#guide) ? 'twice' : 'partly', figure(nfe), figure(2 * nfe));
  }

  /** @param {View} view */
  #result({ guide }) {
    const whole = isWhole(guide);
    const where = whole ? '' : say('within', figure(guide.from), figure(guide.to));
    return html`<p class="finding" id="guidance-finding" role="status">${this.#finding}</p>
      <div class="pair">
        <figure>
          <canvas id="guidance-plain" role="img" aria-label=""></canvas>
          <figcaption>${say('plain')}</figcaption>
        </figure>
        <figure>
          <canvas id="guidance-steered" role="img" aria-label=""></canvas>
          <figcaption>${say('steered', figure(guide.scale), where)}</figcaption>
        </figure>
      </div>
      ${this.#measured ? census(this.#measured, namesOf(this.#desk.session.run)) : nothing}`;
  }

  /** What guidance has done, in words. */
  get #finding() {
    const view = /** @type {View} */ (this.#view);
    const { scale } = view.guide;
    if (scale === 1) return say('same');
    const { dim } = this.#desk.session.run;
    const [now, before] = [view.steered, view.plain].map((x) => radius(x, view.labels, dim));
    const measured = this.#measured?.guide === view.guide ? this.#measured : null;
    return bargain({ scale, times: now / before, measured: measured ? sums(measured) : undefined });
  }

  /** The theme with the data in the background: its blue is a class here. */
  get #ground() {
    const theme = this.#desk.theme();
    if (this.#tone.of !== theme) {
      this.#tone = { of: theme, theme: { ...theme, data: theme.faint, alpha: ALPHA } };
    }
    return /** @type {Theme} */ (this.#tone.theme);
  }

  /** @param {View} view */
  #paint({ plain, steered, labels }) {
    const { run } = this.#desk.session;
    const ids = ['#guidance-plain', '#guidance-steered'];
    ids.forEach((id, i) => {
      const canvas = /** @type {HTMLCanvasElement} */ (this.#root.querySelector(id));
      if (this.#stages[i]?.canvas !== canvas) this.#stages[i] = new Stage(canvas);
      const samples = i === 0 ? plain : steered;
      const scene = { data: run.data, samples, dim: run.dim, samplesLabel: say('samples') };
      const classNames = namesOf(run);
      this.#stages[i].show({ ...scene, sampleLabels: labels, classNames, bare: true });
      this.#stages[i].draw(this.#ground);
    });
  }

  /** The data at hand with their classes, or others when they have none. */
  get #labelled() {
    const { config, points } = this.#desk.session.dials;
    const data = String(config.data);
    const own = data === 'points' && points?.labels ? countClasses(points.labels) : 0;
    const classes = own || partsOf(data).length;
    return classes > 0 ? { data, classes } : { data: LABELLED, classes: partsOf(LABELLED).length };
  }

  /** Sets up a run that is told the classes of its data, and trains it. */
  #label() {
    const { session } = this.#desk;
    const { data, classes } = this.#labelled;
    session.use((dials) => {
      dials.set('data', data);
      dials.set('classes', classes);
      if (dials.config.label_drop === 0) dials.set('label_drop', DROP);
    });
    session.start();
  }
}

/** @param {Measure} measure */
function sums({ plain, steered, kin }) {
  const sw2 = /** @type {[number, number]} */ ([plain, steered].map(meanDistance));
  return { kin, sw2, floor: meanFloor(steered) };
}
