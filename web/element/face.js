/**
 * @file What an element shows in its shadow: the picture or the poster, the controls, the line of figures, the message. It
 * builds them once, writes what has changed, and hands on what a reader does.
 */

import { Easel } from './easel.js';
import { skin } from './skin.js';

/**
 * @typedef {import('./phrases.js').Phrases} Phrases
 * @typedef {'waiting' | 'opening' | 'training' | 'paused' | 'sleeping' | 'finished' | 'failed'} State
 *
 * @typedef {object} View
 * @property {State} state
 * @property {Phrases} phrases
 * @property {string} lang
 * @property {import('../view/theme.js').Theme} theme
 * @property {'light' | 'dark'} scheme
 * @property {'minimal' | 'full' | 'none'} controls
 * @property {string | null} poster  address of a picture
 * @property {string} message
 * @property {number} t
 * @property {{step: number, total: number, loss: number, quality: {sw2: number, floor: number} | null}} figures
 * @property {{data: Float32Array, samples: Float32Array | null, dim: number} | null} points
 *
 * @typedef {{start: () => void, reset: () => void, seek: (t: number) => void, recoloured: () => void}} Hands
 */

const SVG = 'http://www.w3.org/2000/svg';
/** Two moons of the data, as a line drawing. */
const MOONS = { upper: 'M 20 70 A 40 40 0 0 1 100 70', lower: 'M 60 50 A 40 40 0 0 0 140 50' };
const BUTTONS = /** @type {const} */ ({
  waiting: 'start',
  opening: 'pause',
  training: 'pause',
  paused: 'resume',
  sleeping: 'pause',
  finished: 'again',
  failed: 'start',
});

export class Face {
  #sentinel = made('span', 'sentinel');
  #frame = made('figure', 'frame', 'frame');
  #canvas = made('canvas', 'canvas', 'stage');
  #poster = made('div', 'poster', 'poster');
  #image = made('img', 'image');
  #panel = made('div', 'panel', 'controls');
  #start = made('button', 'start', 'button');
  #reset = made('button', 'reset', 'button');
  #slider = made('input', 'slider', 'slider');
  #noise = made('span', 'noise');
  #data = made('span', 'data');
  #status = made('p', 'status', 'status');
  #figures = ['step', 'loss', 'distance'].map((name) => made('span', name));
  #heard = made('p', 'heard');
  #message = made('p', 'message', 'message');
  #easel = new Easel(this.#canvas);
  /** Address of a poster that did not come. @type {string | null} */
  #missing = null;

  /**
   * @param {ShadowRoot} root
   * @param {Hands} hands
   */
  constructor(root, { start, reset, seek, recoloured }) {
    root.adoptedStyleSheets = [skin()];
    this.#build(root);
    this.#start.addEventListener('click', start);
    this.#reset.addEventListener('click', reset);
    this.#poster.addEventListener('click', start);
    this.#slider.addEventListener('input', () => seek(Number(this.#slider.value)));
    // The colour that the host page hands down has changed, however it did that.
    this.#sentinel.addEventListener('transitionend', recoloured);
    this.#image.addEventListener('error', () => {
      this.#missing = this.#image.getAttribute('src');
      recoloured();
    });
  }

  /** The colour of the text around the element. */
  get colour() {
    return getComputedStyle(this.#sentinel).color;
  }

  /** @param {View} view */
  draw(view) {
    const { phrases, lang, state, controls, message, points } = view;
    assign(this.#frame, { lang });
    this.#frame.dataset.scheme = view.scheme;
    label(this.#frame, phrases.name);
    this.#drawPoster(view);
    if (points) {
      const labels = { data: phrases.data, samples: view.t > 0 ? phrases.samples : phrases.noise };
      this.#easel.draw({ ...points, labels }, view.theme);
    }
    label(this.#canvas, points ? pictured(view) : phrases.empty);
    // A run that is to be begun by hand needs a button.
    const needed = state === 'waiting' || state === 'failed';
    assign(this.#panel, { hidden: controls === 'none' && !needed });
    assign(this.#reset, { hidden: controls !== 'full', textContent: phrases.reset });
    assign(this.#start, { textContent: phrases[BUTTONS[state]] });
    this.#drawSlider(view);
    this.#drawFigures(view);
    assign(this.#heard, { textContent: points || state === 'failed' ? phrases[state] : '' });
    assign(this.#message, { hidden: message === '', textContent: message });
  }

  /** @param {View} view */
  #drawPoster({ poster, points }) {
    assign(this.#poster, { hidden: points !== null });
    if (poster !== null && this.#image.getAttribute('src') !== poster) this.#image.src = poster;
    const drawn = poster === null || poster === this.#missing;
    assign(this.#image, { hidden: drawn });
    const art = /** @type {SVGElement} */ (this.#poster.querySelector('svg'));
    art.toggleAttribute('hidden', !drawn);
  }

  /** @param {View} view */
  #drawSlider({ phrases, t, points }) {
    assign(this.#slider, { disabled: points === null, value: String(t) });
    label(this.#slider, phrases.flow);
    this.#slider.setAttribute('aria-valuetext', phrases.time(t.toFixed(2)));
    assign(this.#noise, { textContent: phrases.noise });
    assign(this.#data, { textContent: phrases.data });
  }

  /** @param {View} view */
  #drawFigures({ phrases, lang, state, figures, points }) {
    const { step, total, loss, quality } = figures;
    const [steps, losses, distances] = this.#figures;
    assign(this.#status, { title: phrases.gloss });
    const idle = state === 'opening' ? phrases.opening : phrases.invitation;
    const count = (/** @type {number} */ number) => number.toLocaleString(lang);
    assign(steps, { textContent: points ? phrases.step(count(step), count(total)) : idle });
    assign(losses, { textContent: Number.isNaN(loss) ? '' : phrases.loss(loss.toFixed(3)) });
    const distance = quality ? [quality.sw2, quality.floor].map((each) => each.toFixed(3)) : null;
    assign(distances, { textContent: distance ? phrases.distance(distance[0], distance[1]) : '' });
  }

  /** @param {ShadowRoot} root */
  #build(root) {
    const slot = made('slot', 'slotted');
    slot.name = 'poster';
    this.#image.alt = '';
    slot.append(this.#image, moons());
    this.#poster.append(slot);
    const stage = made('div', 'stage');
    stage.append(this.#canvas, this.#poster);
    this.#canvas.setAttribute('role', 'img');
    for (const button of [this.#start, this.#reset]) button.type = 'button';
    Object.assign(this.#slider, { type: 'range', min: '0', max: '1', step: '0.01', value: '1' });
    const flow = made('div', 'flow');
    flow.append(this.#noise, this.#slider, this.#data);
    this.#panel.append(this.#start, this.#reset, flow);
    this.#status.append(...this.#figures);
    this.#heard.setAttribute('role', 'status');
    this.#message.setAttribute('role', 'alert');
    this.#frame.append(stage, this.#panel, this.#status, this.#heard, this.#message);
    root.append(this.#sentinel, this.#frame);
  }
}

/** @param {View} view */
function pictured({ phrases, points, t, lang }) {
  const n = points?.samples ? points.samples.length / points.dim : 0;
  return phrases.picture(n.toLocaleString(lang), t.toFixed(2));
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} name  its class
 * @param {string} [part]  its name for the page's own style sheet
 */
function made(tag, name, part) {
  const element = document.createElement(tag);
  element.className = name;
  if (part) element.part.add(part);
  return element;
}

function moons() {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 160 110');
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, d] of Object.entries(MOONS)) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', name);
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/**
 * Writes what differs: a live region is read aloud when it is written, and a slider that is held must not be moved.
 * @param {HTMLElement} element
 * @param {Record<string, string | boolean>} properties
 */
function assign(element, properties) {
  const target = /** @type {any} */ (element);
  for (const [name, value] of Object.entries(properties)) {
    if (target[name] !== value) target[name] = value;
  }
}

/**
 * @param {Element} element
 * @param {string} text
 */
function label(element, text) {
  if (element.getAttribute('aria-label') !== text) element.setAttribute('aria-label', text);
}
