/**
 * Zoom and pan of the stage. A wheel alone scrolls the page, as on a page with a map in it: with Ctrl or ⌘ it zooms, and so does
 * a pinch of two fingers; one finger scrolls. A mouse drags; keys work while the stage has the focus.
 */

import { html, render } from 'lit';
import { scaleAt } from '../view/scale.js';
import { words } from './tongue.js';

/** @typedef {import('../view/scale.js').Scale} Scale */

const say = words({
  en: {
    frame: 'Picture. Plus and minus zoom, arrows move, 0 shows the whole',
    nearer: 'Zoom in',
    farther: 'Zoom out',
    fit: 'Fit',
    whole: 'Show the whole picture',
    hint: 'Ctrl or ⌘ with the wheel zooms',
  },
  zh: {
    frame: '画面。加号和减号缩放，方向键移动，0 显示全部',
    nearer: '放大',
    farther: '缩小',
    fit: '全部',
    whole: '显示整个画面',
    hint: '按住 Ctrl 或 ⌘ 滚动滚轮可缩放',
  },
});

/** Of the zoom, as a factor of the whole. */
const LEAST = 0.25;
const MOST = 64;
const KEY_ZOOM = 1.3;
/** Of the box. */
const KEY_PAN = 0.12;
/** A wheel's click counts 100, a finger's move on a touchpad a few. */
const WHEEL_ZOOM = 0.01;
const WHEEL_MOST = 1.35;
/** A gesture is over when nothing has moved for so long. */
const REST_MS = 160;
const HINT_MS = 1600;

export class Lens {
  /** Another one when the reader looks elsewhere. */
  revision = 0;
  #factor = 1;
  /** What is in the middle; null while the whole is shown. @type {{x: number, y: number} | null} */
  #centre = null;
  /** Fingers and buttons that are down, and where. @type {Map<number, {x: number, y: number}>} */
  #down = new Map();
  #movedMs = Number.NEGATIVE_INFINITY;
  #frame;
  #stage;
  #changed;

  /**
   * @param {HTMLElement} frame  holds the canvas, takes the focus
   * @param {HTMLElement} tools  for the buttons
   * @param {import('./stage.js').Stage} stage
   * @param {() => void} changed
   */
  constructor(frame, tools, stage, changed) {
    this.#frame = frame;
    this.#stage = stage;
    this.#changed = changed;
    this.tools = tools;
    frame.tabIndex = 0;
    frame.role = 'group';
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    frame.addEventListener('keydown', (event) => this.#key(event));
    const { canvas } = stage;
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('pointermove', (event) => this.#drag(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      canvas.addEventListener(end, (event) => {
        this.#down.delete(/** @type {PointerEvent} */ (event).pointerId);
      });
    }
    canvas.addEventListener('dblclick', (event) => this.zoom(2, placeOf(event)));
    // Two fingers are ours, and the browser must not scroll with them; one is its own.
    const two = (/** @type {TouchEvent} */ event) =>
      event.touches.length > 1 && event.preventDefault();
    canvas.addEventListener('touchstart', two, { passive: false });
    canvas.addEventListener('touchmove', two, { passive: false });
  }

  /** Whether the reader's hand is still at it. */
  get moving() {
    return performance.now() - this.#movedMs < REST_MS;
  }

  /** @param {Scale} whole @returns {Scale} */
  apply(whole) {
    return scaleAt(whole.box, whole.pxPerUnit * this.#factor, this.#centre ?? middleOf(whole));
  }

  /**
   * @param {number} factor
   * @param {{x: number, y: number}} [at]  stays where it is; the middle unless given
   */
  zoom(factor, at) {
    const scale = this.#scale;
    if (!scale) return;
    const before = this.#factor;
    this.#factor = Math.min(MOST, Math.max(LEAST, before * factor));
    const centre = middleOf(scale);
    const share = 1 - before / this.#factor;
    const place = at ? placeIn(scale, at) : centre;
    this.#look({
      x: centre.x + (place.x - centre.x) * share,
      y: centre.y + (place.y - centre.y) * share,
    });
  }

  /** Moves the picture. @param {number} rightPx @param {number} downPx */
  pan(rightPx, downPx) {
    const scale = this.#scale;
    if (!scale) return;
    const centre = middleOf(scale);
    const px = scale.pxPerUnit;
    this.#look({ x: centre.x - rightPx / px, y: centre.y + downPx / px });
  }

  fit() {
    this.#factor = 1;
    this.#look(null);
  }

  draw() {
    this.#frame.setAttribute('aria-label', say('frame'));
    const whole = this.#centre === null;
    render(
      html`<button type="button" aria-label=${say('nearer')} title=${say('nearer')} @click=${() => this.zoom(KEY_ZOOM)}>+</button>
        <button type="button" aria-label=${say('farther')} title=${say('farther')} @click=${() => this.zoom(1 / KEY_ZOOM)}>−</button>
        <button type="button" title=${say('whole')} ?disabled=${whole} @click=${() => this.fit()}>${say('fit')}</button>
        <span class="hint" aria-hidden="true">${say('hint')}</span>`,
      this.tools,
    );
  }

  /** Of this moment: several moves may come between two drawings. */
  get #scale() {
    return this.#stage.whole && this.apply(this.#stage.whole);
  }

  /** @param {{x: number, y: number} | null} centre */
  #look(centre) {
    this.#centre = centre;
    this.revision += 1;
    this.#movedMs = performance.now();
    // What is asked again when the hand rests is asked by a drawing.
    setTimeout(this.#changed, REST_MS + 1);
    this.#changed();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return this.#hint();
    event.preventDefault();
    const factor = Math.exp(-event.deltaY * WHEEL_ZOOM);
    this.zoom(Math.min(WHEEL_MOST, Math.max(1 / WHEEL_MOST, factor)), placeOf(event));
  }

  #hint() {
    this.#frame.classList.add('hinting');
    setTimeout(() => this.#frame.classList.remove('hinting'), HINT_MS);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = KEY_PAN * (this.#stage.whole?.box.width ?? 0);
    /** @type {Record<string, () => void>} */
    const actions = {
      '+': () => this.zoom(KEY_ZOOM),
      '=': () => this.zoom(KEY_ZOOM),
      '-': () => this.zoom(1 / KEY_ZOOM),
      0: () => this.fit(),
      ArrowLeft: () => this.pan(step, 0),
      ArrowRight: () => this.pan(-step, 0),
      ArrowUp: () => this.pan(0, step),
      ArrowDown: () => this.pan(0, -step),
    };
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    this.#down.set(event.pointerId, placeOf(event));
    this.#stage.canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const before = this.#down.get(event.pointerId);
    if (!before) return;
    const now = placeOf(event);
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    this.#down.set(event.pointerId, now);
    if (other) {
      const [was, is] = [before, now].map(({ x, y }) => Math.hypot(x - other.x, y - other.y));
      const [from, to] = [before, now].map(({ x, y }) => ({
        x: (x + other.x) / 2,
        y: (y + other.y) / 2,
      }));
      this.pan(to.x - from.x, to.y - from.y);
      if (was > 0 && is > 0) this.zoom(is / was, to);
    } else if (event.pointerType !== 'touch') this.pan(now.x - before.x, now.y - before.y);
  }
}

/** @param {Scale} scale */
function middleOf({ extent: { xMin, xMax, yMin, yMax } }) {
  return { x: (xMin + xMax) / 2, y: (yMin + yMax) / 2 };
}

/** @param {MouseEvent} event */
function placeOf({ offsetX, offsetY }) {
  return { x: offsetX, y: offsetY };
}

/** @param {Scale} scale @param {{x: number, y: number}} px */
function placeIn({ box, extent, pxPerUnit }, px) {
  return {
    x: extent.xMin + (px.x - box.left) / pxPerUnit,
    y: extent.yMax - (px.y - box.top) / pxPerUnit,
  };
}
