/**
 * A canvas with data and samples overlaid. Used for the large picture and for the two small ones of a reflow, so that they
 * share colours, scale and drawing.
 */

import { extentOf, fit } from '../view/scale.js';
import { drawScatter } from '../view/scatter.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {{data: Float32Array | null, samples: Float32Array | null, dim: number, samplesLabel: string}} Scene
 */

/** Room for the labels of the axes, by width of the canvas. */
const MARGIN = { left: 34, right: 10, top: 10, bottom: 24 };
const SMALL_PX = 360;
/** Share of the longer side kept free around the data: noise starts outside it. */
const AIR = 0.16;
const PICTURE_PX = 1200;

/** @type {Scene} */
const EMPTY = { data: null, samples: null, dim: 2, samplesLabel: 'samples' };

export class Stage {
  /** @type {Scene} */
  #scene = EMPTY;
  /** @type {import('../view/scale.js').Extent | null} */
  #extent = null;
  /** What the canvas shows. @type {unknown[]} */
  #drawn = [];

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /** @param {Scene} scene */
  show(scene) {
    // The window belongs to the data alone: samples that move must not move the axes.
    if (scene.data !== this.#scene.data || scene.dim !== this.#scene.dim) {
      this.#extent = scene.data && extentOf([{ points: scene.data, dim: scene.dim }]);
    }
    this.#scene = scene;
  }

  /** @param {Theme} theme */
  draw(theme) {
    const widthPx = this.canvas.clientWidth;
    const heightPx = this.canvas.clientHeight;
    if (widthPx === 0) return;
    const density = window.devicePixelRatio || 1;
    if (!this.#stale(widthPx, heightPx, density, theme)) return;
    resize(this.canvas, Math.round(widthPx * density), Math.round(heightPx * density));
    this.#paint(this.canvas, widthPx, heightPx, density, sized(theme, widthPx));
    this.canvas.setAttribute('aria-label', this.#words());
  }

  /**
   * The picture as PNG, drawn anew at a size fit for a document.
   * @param {Theme} theme
   * @param {string} title
   * @returns {Promise<Blob>}
   */
  picture(theme, title) {
    const canvas = document.createElement('canvas');
    resize(canvas, PICTURE_PX, PICTURE_PX);
    this.#paint(canvas, PICTURE_PX / 2, PICTURE_PX / 2, 2, theme, title);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error('The browser could not encode the picture as PNG.'));
      }, 'image/png');
    });
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} widthPx
   * @param {number} heightPx
   * @param {number} density
   * @param {Theme} theme
   * @param {string} [title]
   */
  #paint(canvas, widthPx, heightPx, density, theme, title) {
    const ctx = canvas.getContext('2d');
    if (!ctx) return;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, widthPx, heightPx);
    const top = title ? MARGIN.top + 24 : MARGIN.top;
    const box = {
      left: MARGIN.left,
      top,
      width: widthPx - MARGIN.left - MARGIN.right,
      height: heightPx - top - MARGIN.bottom,
    };
    drawScatter(ctx, { layers: this.#layers(), title }, fit(this.#extent, box, AIR), theme);
  }

  /** @returns {import('../view/scatter.js').Layer[]} */
  #layers() {
    const { data, samples, dim, samplesLabel } = this.#scene;
    /** @type {import('../view/scatter.js').Layer[]} */
    const layers = [];
    if (data) layers.push({ label: 'data', kind: 'data', points: data, dim });
    if (samples) layers.push({ label: samplesLabel, kind: 'samples', points: samples, dim });
    return layers;
  }

  /**
   * Thousands of points are painted again only when they would look different.
   * @param {...unknown} look
   */
  #stale(...look) {
    const drawn = [this.#scene.data, this.#scene.samples, this.#scene.samplesLabel, ...look];
    const stale = drawn.some((part, i) => part !== this.#drawn[i]);
    this.#drawn = drawn;
    return stale;
  }

  #words() {
    const counts = this.#layers().map(
      ({ label, points, dim }) =>
        `${(points.length / dim).toLocaleString('en')} points of ${label}`,
    );
    return counts.length > 0 ? `Scatter plot: ${counts.join(' under ')}` : 'Nothing drawn yet';
  }
}

/**
 * Setting a size clears the canvas and costs a new backing store, so it is done only when it differs.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Smaller dots and letters on a small canvas.
 * @param {Theme} theme
 * @param {number} widthPx
 */
function sized(theme, widthPx) {
  if (widthPx >= SMALL_PX) return theme;
  return { ...theme, fontPx: theme.fontPx - 2, pointPx: theme.pointPx * 0.6 };
}
