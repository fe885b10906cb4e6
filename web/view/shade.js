// shade.js — numbers on a grid of the plane as coloured cells, and the key that says what the colours mean. heat.js draws the
// log-density of a picture of its own so; here the cells are a layer under others.
//
// Cells are drawn as rectangles, or, where thousands of them change many times a second, as an image that is stretched.

import { setFont, tickText } from './frame.js';
import { channelsOf, LEVELS, levelOf, rampOf } from './ramp.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
 *
 * @typedef {object} Cells
 * @property {ArrayLike<number>} values  [size, size] at the centres of the cells, rows of rising y
 * @property {number} size
 * @property {import('./scale.js').Extent} extent  what the cells cover
 * @property {number} low    the value of the first colour, and of the background: such cells are not drawn
 * @property {number} high   the value of the last
 * @property {import('./ramp.js').Stops} stops
 * @property {string} label  what the key says
 */

/** Cells reach under their neighbours, or the background would shine through where edges fall inside a pixel. */
const OVERLAP_PX = 0.75;
const KEY_STEPS = 32;

/**
 * Neighbours in a row that have one colour are one rectangle.
 * @param {Context} ctx
 * @param {Cells} cells
 * @param {Scale} scale
 */
export function drawCells(ctx, { values, size, extent, low, high, stops }, { x, y, pxPerUnit }) {
  const ramp = rampOf(stops);
  const across = (extent.xMax - extent.xMin) / size;
  const up = (extent.yMax - extent.yMin) / size;
  const levelAt = (/** @type {number} */ i) => levelOf((values[i] - low) / (high - low));
  for (let row = size - 1; row >= 0; row--) {
    const top = y(extent.yMin + (row + 1) * up);
    for (let first = 0, end = 0; first < size; first = end) {
      const level = levelAt(row * size + first);
      for (end = first + 1; end < size && levelAt(row * size + end) === level; ) end++;
      if (level === 0) continue;
      ctx.fillStyle = ramp[level];
      const width = (end - first) * across * pxPerUnit + OVERLAP_PX;
      ctx.fillRect(x(extent.xMin + first * across), top, width, up * pxPerUnit + OVERLAP_PX);
    }
  }
}

/**
 * The same cells as pixels.
 * @param {Cells} cells
 * @returns {Uint8ClampedArray<ArrayBuffer>} [size, size, 4] from the top, red, green, blue and opacity
 */
export function cellPixels({ values, size, low, high, stops }) {
  const colours = new Uint8Array(3 * LEVELS);
  rampOf(stops).forEach((colour, level) => {
    colours.set(channelsOf(colour), 3 * level);
  });
  const pixels = new Uint8ClampedArray(4 * size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const value = values[(size - 1 - row) * size + column];
      const from = 3 * levelOf((value - low) / (high - low));
      const to = 4 * (row * size + column);
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = colours[from + channel];
      // The first colour is the background's, and nothing: what is stretched from here to a neighbour fades out.
      pixels[to + 3] = from > 0 ? 255 : 0;
    }
  }
  return pixels;
}

/**
 * A strip of the colours with its ends and its label, in the lower left corner.
 * @param {Context} ctx
 * @param {Cells} cells
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawCellKey(ctx, { low, high, stops, label }, { box }, theme) {
  setFont(ctx, theme, 0.85);
  const ramp = rampOf(stops);
  const em = theme.fontPx;
  const pad = em * 0.6;
  const strip = { width: em * 9, height: em * 0.7 };
  const width = Math.max(strip.width, ctx.measureText(label).width) + 2 * pad;
  const height = strip.height + 2.6 * em + pad;
  const [left, top] = [box.left + pad, box.top + box.height - height - pad];
  ctx.globalAlpha = 0.88;
  ctx.fillStyle = theme.background;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.faint;
  ctx.strokeRect(left, top, width, height);
  const stripTop = top + 1.5 * em;
  const step = strip.width / KEY_STEPS;
  for (let i = 0; i < KEY_STEPS; i++) {
    ctx.fillStyle = ramp[levelOf(i / (KEY_STEPS - 1))];
    const reach = i < KEY_STEPS - 1 ? OVERLAP_PX : 0;
    ctx.fillRect(left + pad + i * step, stripTop, step + reach, strip.height);
  }
  ctx.strokeRect(left + pad, stripTop, strip.width, strip.height);
  ctx.fillStyle = theme.ink;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  ctx.fillText(label, left + pad, top + 0.8 * em);
  const foot = stripTop + strip.height + 0.75 * em;
  ctx.fillText(tickText(low), left + pad, foot);
  ctx.textAlign = 'right';
  ctx.fillText(tickText(high), left + pad + strip.width, foot);
}
