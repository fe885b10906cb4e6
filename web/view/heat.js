// heat.js — a log-density on a grid in the plane, from the theme's background to its colour of samples, with a key.
//
// The scale of colours is logarithmic, RANGE nats from the highest value down: the density itself would show the ridge of a
// thin shape and nothing of what lies between.

import { drawFrame, setFont, tickText } from './frame.js';
import { mix } from './theme.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
 *
 * @typedef {object} Heat
 * @property {ArrayLike<number>} logp  [size, size] at the centres of the cells, rows of rising y
 * @property {number} size
 * @property {import('./scale.js').Extent} extent  what the cells cover
 * @property {string} [title]
 */

/** e^-12 of the highest density is 6e-6 of it: nothing that a sample would show. */
const RANGE = 12;
const KEY_STEPS = 48;
/** Cells reach under their neighbours, or the background would shine through where edges fall inside a pixel. */
const OVERLAP_PX = 0.75;

/**
 * @param {Context} ctx
 * @param {Heat} heat
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawHeat(ctx, heat, scale, theme) {
  let top = -Infinity;
  for (let i = 0; i < heat.logp.length; i++) top = Math.max(top, heat.logp[i]);
  drawFrame(ctx, scale, theme, {
    title: heat.title,
    inside: () => drawCells(ctx, heat, top, scale, theme),
    over: () => drawKey(ctx, top, scale, theme),
  });
}

/**
 * @param {Context} ctx
 * @param {Heat} heat
 * @param {number} top
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawCells(ctx, { logp, size, extent }, top, { x, y, pxPerUnit }, theme) {
  const across = (extent.xMax - extent.xMin) / size;
  const up = (extent.yMax - extent.yMin) / size;
  const [width, height] = [across * pxPerUnit + OVERLAP_PX, up * pxPerUnit + OVERLAP_PX];
  // From the top down and left to right, so that each cell covers what its neighbours reached over.
  for (let row = size - 1; row >= 0; row--) {
    for (let column = 0; column < size; column++) {
      const share = 1 + (logp[row * size + column] - top) / RANGE;
      if (share <= 0) continue;
      ctx.fillStyle = mix(theme.background, theme.samples, share);
      const [left, high] = [extent.xMin + column * across, extent.yMin + (row + 1) * up];
      ctx.fillRect(x(left), y(high), width, height);
    }
  }
}

/**
 * A strip of the colours on a plate of background in the top right corner, with its ends in nats.
 * @param {Context} ctx
 * @param {number} top
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawKey(ctx, top, { box }, theme) {
  setFont(ctx, theme, 0.85);
  const ends = [tickText(top), tickText(top - RANGE)];
  const pad = theme.fontPx * 0.6;
  const strip = { width: theme.fontPx, height: theme.fontPx * 8 };
  const words = Math.max(...ends.map((text) => ctx.measureText(text).width));
  const plate = { width: words + strip.width + 3 * pad, height: strip.height + 2 * pad };
  const left = box.left + box.width - plate.width - pad;
  const high = box.top + pad;
  ctx.fillStyle = theme.background;
  ctx.fillRect(left, high, plate.width, plate.height);
  ctx.strokeStyle = theme.faint;
  ctx.strokeRect(left, high, plate.width, plate.height);
  const step = strip.height / KEY_STEPS;
  for (let i = 0; i < KEY_STEPS; i++) {
    ctx.fillStyle = mix(theme.background, theme.samples, 1 - i / (KEY_STEPS - 1));
    const reach = i < KEY_STEPS - 1 ? OVERLAP_PX : 0;
    ctx.fillRect(left + pad, high + pad + i * step, strip.width, step + reach);
  }
  ctx.strokeRect(left + pad, high + pad, strip.width, strip.height);
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ends.forEach((text, i) => {
    ctx.fillText(text, left + strip.width + 2 * pad, high + pad + i * strip.height);
  });
}
