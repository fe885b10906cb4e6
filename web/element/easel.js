/** @file The element's picture: data under samples, as web/view draws them, in the window of the data. */

import { plotBox } from '../view/frame.js';
import { extentOf, fit } from '../view/scale.js';
import { drawScatter } from '../view/scatter.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {{data: Float32Array, samples: Float32Array | null, dim: number, labels: {data: string, samples: string}}} Picture
 */

/** Share of the longer side kept free around the data: noise starts outside it. */
const AIR = 0.16;
/** Canvases narrower than this have smaller letters and dots. */
const SMALL_PX = 420;

export class Easel {
  /** What the canvas shows. @type {unknown[]} */
  #drawn = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /**
   * Paints when it would look different.
   * @param {Picture} picture
   * @param {Theme} theme
   */
  draw({ data, samples, dim, labels }, theme) {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const density = globalThis.devicePixelRatio || 1;
    const look = [data, samples, labels.samples, theme, width, height, density];
    if (width === 0 || look.every((part, i) => part === this.#drawn[i])) return;
    this.#drawn = look;
    const [across, down] = [Math.round(width * density), Math.round(height * density)];
    // Setting a size clears the canvas and costs a new backing store.
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    const ctx = canvas.getContext('2d');
    if (!ctx) return;
    const sized = width < SMALL_PX ? { ...theme, fontPx: 11, pointPx: theme.pointPx * 0.7 } : theme;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, width, height);
    /** @type {import('../view/scatter.js').Layer[]} */
    const layers = [{ label: labels.data, kind: 'data', points: data, dim }];
    if (samples) layers.push({ label: labels.samples, kind: 'samples', points: samples, dim });
    const extent = extentOf([{ points: data, dim }]);
    drawScatter(ctx, { layers }, fit(extent, plotBox(width, height, sized), AIR), sized);
  }
}
