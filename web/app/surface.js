/**
 * A canvas that is drawn on with a pointer, be it a mouse, a pen or a finger: a brush that scatters points. Shows any other points as well, until the brush goes down on it.
 */

import { Strokes } from '../lib/strokes.js';
import { extentOf, fit } from '../view/scale.js';
import { drawSketch } from '../view/sketch.js';
import { footprint } from './footprint.js';

/** What can be drawn on: one unit to each side of the middle. */
const SURFACE = { xMin: -1, xMax: 1, yMin: -1, yMax: 1 };
/** Share of the points' extent kept free around them. */
const AIR = 0.05;

export class Surface {
  /** In units of the surface. */
  radius = 0.08;
  /** What is shown in place of a drawing. @type {{data: Float32Array, dim: number, labels?: Int32Array} | null} */
  shown = null;
  /** Where the pointer is, for the ring around it. @type {{x: number, y: number} | null} */
  #at = null;
  /** The pointer that is down, or 0: there is one brush, so a second finger draws nothing. */
  #down = 0;
  /** What the canvas shows. @type {unknown[]} */
  #drawn = [];
  /** Counts the changes of the drawing. */
  #revision = 0;
  #canvas;
  #hears;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Float32Array} noise  see Strokes
   * @param {{begun: () => void, changed: () => void}} hears  `begun` when a stroke begins, `changed` when there is more to see
   */
  constructor(canvas, noise, hears) {
    this.strokes = new Strokes(noise);
    this.#canvas = canvas;
    this.#hears = hears;
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel']) {
      canvas.addEventListener(end, () => this.#lift());
    }
    canvas.addEventListener('pointerleave', () => {
      this.#at = null;
      this.#changed();
    });
  }

  undo() {
    this.strokes.undo();
    this.#changed();
  }

  clear() {
    this.strokes.clear();
    this.shown = null;
    this.#changed();
  }

  /** @param {import('../view/theme.js').Theme} theme */
  draw(theme) {
    const { width, height } = footprint(this.#canvas);
    const density = window.devicePixelRatio || 1;
    const look = [width, height, density, theme, this.shown, this.#revision, this.radius];
    if (width === 0 || look.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = look;
    this.#canvas.width = Math.round(width * density);
    this.#canvas.height = Math.round(height * density);
    const ctx = this.#canvas.getContext('2d');
    if (!ctx) return;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    const box = { left: 0, top: 0, width, height };
    const { shown } = this;
    const extent = shown && extentOf([{ points: shown.data, dim: shown.dim }]);
    const scale = shown ? fit(extent, box, AIR) : fit(SURFACE, box, 0);
    const points = shown?.data ?? this.strokes.points;
    const brush = this.#at && !shown ? { ...this.#at, radius: this.radius } : null;
    const { dim, labels } = shown ?? { dim: 2, labels: undefined };
    drawSketch(ctx, { points, dim, labels, brush }, scale, theme);
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || this.#down) return;
    event.preventDefault();
    this.#down = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    if (this.shown) this.strokes.clear();
    this.shown = null;
    this.#at = this.#place(event);
    this.strokes.begin(this.#at.x, this.#at.y, this.radius);
    this.#hears.begun();
    this.#changed();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    this.#at = this.#place(event);
    if (event.pointerId === this.#down) {
      // A quick hand makes several moves in a frame, and a straight line through their ends would cut its curves.
      const moves = event.getCoalescedEvents?.() ?? [];
      for (const move of moves.length > 0 ? moves : [event]) {
        const { x, y } = this.#place(move);
        this.strokes.move(x, y, this.radius);
      }
    }
    this.#changed();
  }

  #lift() {
    this.#down = 0;
    this.#changed();
  }

  #changed() {
    this.#revision += 1;
    this.#hears.changed();
  }

  /** @param {PointerEvent} event */
  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const half = Math.min(width, height) / 2;
    return {
      x: (clientX - left - width / 2) / half,
      y: -(clientY - top - height / 2) / half,
    };
  }
}
