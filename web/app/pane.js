/**
 * Small pictures of samples over data, each painted again only when it would look different.
 */

import { drawVignette } from '../view/vignette.js';

/** @typedef {import('../view/theme.js').Theme} Theme */

export class Panes {
  /** What each canvas shows. @type {WeakMap<HTMLCanvasElement, unknown[]>} */
  #painted = new WeakMap();

  /**
   * @param {HTMLCanvasElement} canvas  a square
   * @param {{data: Float32Array | null, samples: Float32Array | null, dim: number}} points  nothing is shown without both
   * @param {Theme} theme
   */
  paint(canvas, { data, samples, dim }, theme) {
    const sidePx = canvas.clientWidth;
    if (sidePx === 0) return;
    const density = window.devicePixelRatio || 1;
    const look = [data, samples, theme, sidePx, density];
    if (look.every((part, i) => part === this.#painted.get(canvas)?.[i])) return;
    this.#painted.set(canvas, look);
    canvas.width = canvas.height = Math.round(sidePx * density);
    const ctx = canvas.getContext('2d');
    if (!ctx || !data || !samples) return;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    drawVignette(ctx, { data, samples, dim }, sidePx, theme);
  }
}
