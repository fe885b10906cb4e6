/**
 * Lays thousands of points and cells down on a canvas as pixels. What has not changed since the last time is not worked out again.
 */

import { layDots, sheetOf } from '../view/dots.js';
import { cellPixels } from '../view/shade.js';

/**
 * @typedef {import('../view/scale.js').Scale} Scale
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('../view/scatter.js').Layer} Layer
 *
 * What a kind of points was painted on, and what it shows.
 * @typedef {{canvas: HTMLCanvasElement, sheet: import('../view/dots.js').Sheet, shows: unknown[]}} Plate
 */

export class Brush {
  /** @type {Map<string, Plate>} */
  #plates = new Map();
  #cells = document.createElement('canvas');
  /** @type {unknown[]} */
  #cellsShow = [];

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Layer} layer
   * @param {Scale} scale
   * @param {Theme} theme
   */
  points(ctx, layer, scale, theme) {
    const { width, height } = ctx.canvas;
    const density = ctx.getTransform().a;
    const plate = this.#plate(layer.kind, width, height);
    const look = [scale.pxPerUnit, scale.x(0), scale.y(0), theme.pointPx, theme.background];
    const shows = [layer.points, layer.labels, density, ...look];
    if (!same(shows, plate.shows)) {
      layDots(plate.sheet, layer, scale, theme, density);
      plate.canvas
        .getContext('2d')
        ?.putImageData(new ImageData(plate.sheet.pixels, width, height), 0, 0);
      plate.shows = shows;
    }
    ctx.drawImage(plate.canvas, 0, 0, width / density, height / density);
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {import('../view/shade.js').Cells} cells
   * @param {Scale} scale
   */
  cells(ctx, cells, { x, y }) {
    const { values, size, extent, low, high, stops } = cells;
    const shows = [values, size, low, high, stops];
    if (!same(shows, this.#cellsShow)) {
      this.#cells.width = size;
      this.#cells.height = size;
      const image = new ImageData(cellPixels(cells), size, size);
      this.#cells.getContext('2d')?.putImageData(image, 0, 0);
      this.#cellsShow = shows;
    }
    const [left, top] = [x(extent.xMin), y(extent.yMax)];
    ctx.imageSmoothingQuality = 'high';
    ctx.drawImage(this.#cells, left, top, x(extent.xMax) - left, y(extent.yMin) - top);
  }

  /**
   * @param {string} kind
   * @param {number} width
   * @param {number} height
   */
  #plate(kind, width, height) {
    const known = this.#plates.get(kind);
    if (known?.sheet.width === width && known.sheet.height === height) return known;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    /** @type {Plate} */
    const plate = { canvas, sheet: sheetOf(width, height), shows: [] };
    this.#plates.set(kind, plate);
    return plate;
  }
}

/**
 * @param {unknown[]} a
 * @param {unknown[]} b
 */
function same(a, b) {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
