// mosaic.js — images in a grid, in rows with names, each pixel a square from the theme's background (-1) to its ink (1).

import { setFont } from './frame.js';
import { mix } from './theme.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {object} Row
 * @property {string} [name]
 * @property {ArrayLike<number>} images  [n, height * width], rows of pixels from the top; beyond [-1, 1] they are its ends
 *
 * @typedef {object} Mosaic
 * @property {Row[]} rows
 * @property {number} width   pixels across an image
 * @property {number} height  pixels down
 * @property {number} pixelPx  size of a pixel, whole, or seams would show between them
 * @property {string} [title]
 *
 * @typedef {{left: number, top: number}} Corner
 */

/** Between images, in pixels of theirs. */
const GAP = 1;
const TITLE_EMS = 2;
const NAME_EMS = 2;

/**
 * The room a mosaic takes with its names and title.
 * @param {Mosaic} mosaic
 * @param {Theme} theme
 * @returns {{width: number, height: number}}
 */
export function mosaicSize({ rows, width, height, pixelPx, title }, theme) {
  const columns = Math.max(...rows.map(({ images }) => images.length / (width * height)));
  const { x, y } = originOf({ rows, title }, theme);
  return {
    width: x + columns * (width + GAP) * pixelPx,
    height: y + rows.length * (height + GAP) * pixelPx,
  };
}

/**
 * Where the first image stands in the mosaic's room.
 * @param {Pick<Mosaic, 'rows' | 'title'>} mosaic
 * @param {Theme} theme
 */
function originOf({ rows, title }, { fontPx }) {
  const named = rows.some(({ name }) => name !== undefined);
  return { x: named ? fontPx * NAME_EMS : 0, y: title ? fontPx * TITLE_EMS : 0 };
}

/**
 * @param {Context} ctx
 * @param {Mosaic} mosaic
 * @param {Corner} corner  of its room, whole numbers
 * @param {Theme} theme
 */
export function drawMosaic(ctx, mosaic, { left, top }, theme) {
  const { rows, width, height, pixelPx, title } = mosaic;
  const origin = originOf(mosaic, theme);
  const [across, down] = [(width + GAP) * pixelPx, (height + GAP) * pixelPx];
  ctx.save();
  rows.forEach(({ name, images }, row) => {
    const y = top + origin.y + row * down;
    const count = images.length / (width * height);
    for (let i = 0; i < count; i++) {
      drawImage(ctx, mosaic, { images, i }, { left: left + origin.x + i * across, top: y }, theme);
    }
    if (name === undefined) return;
    setFont(ctx, theme, 1);
    ctx.fillStyle = theme.ink;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'middle';
    ctx.fillText(name, left + origin.x - theme.fontPx * 0.6, y + (height * pixelPx) / 2);
  });
  if (title) {
    setFont(ctx, theme, 1.1);
    ctx.fillStyle = theme.ink;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    ctx.fillText(title, left + origin.x, top);
  }
  ctx.restore();
}

/**
 * @param {Context} ctx
 * @param {Mosaic} mosaic
 * @param {{images: ArrayLike<number>, i: number}} image
 * @param {Corner} corner
 * @param {Theme} theme
 */
function drawImage(ctx, { width, height, pixelPx }, { images, i }, { left, top }, theme) {
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.strokeRect(left - 0.5, top - 0.5, width * pixelPx + 1, height * pixelPx + 1);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = images[(i * height + row) * width + column];
      const share = Math.min(1, Math.max(0, (value + 1) / 2));
      ctx.fillStyle = mix(theme.background, theme.ink, share);
      ctx.fillRect(left + column * pixelPx, top + row * pixelPx, pixelPx, pixelPx);
    }
  }
}
