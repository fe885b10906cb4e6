// scatter.js — the picture of the quick reference: data and samples overlaid, with axes and a legend.
//
// Works on anything with the methods of a CanvasRenderingContext2D, so the page, the command's --png and a test's
// recording context draw the same thing. Draws only; it asks nothing of a document.

import { drawFrame, setFont } from './frame.js';

/**
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./frame.js').Context} Context
 *
 * @typedef {object} Layer
 * @property {string} label              what the legend says
 * @property {'data' | 'samples'} kind   which colour of the theme
 * @property {Float32Array} points       [N, dim] row-major; the first two coordinates are drawn
 * @property {number} dim
 *
 * @typedef {object} Picture
 * @property {Layer[]} layers   drawn in this order, so the last one lies on top
 * @property {string} [title]
 */

const fullTurn = 2 * Math.PI;

/**
 * Draws `picture` into the scale's box; see drawFrame. Points outside the box are cut off at its frame.
 * @param {Context} ctx
 * @param {Picture} picture
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawScatter(ctx, { layers, title }, scale, theme) {
  drawFrame(ctx, scale, theme, {
    title,
    inside: () => {
      for (const layer of layers) drawPoints(ctx, layer, scale, theme);
    },
    over: () => drawLegend(ctx, layers, scale, theme),
  });
}

/**
 * One path a point: overlapping points of one path would be filled once, and density would not show.
 * @param {Context} ctx
 * @param {Layer} layer
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawPoints(ctx, { points, dim, kind }, { x, y }, theme) {
  ctx.fillStyle = theme[kind];
  ctx.globalAlpha = theme.alpha;
  for (let i = 0; i + dim <= points.length; i += dim) {
    ctx.beginPath();
    ctx.arc(x(points[i]), y(dim > 1 ? points[i + 1] : 0), theme.pointPx, 0, fullTurn);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

/**
 * A key in the top right corner on a plate of background, so that points under it do not disturb the words.
 * @param {Context} ctx
 * @param {Layer[]} layers
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawLegend(ctx, layers, { box }, theme) {
  if (layers.length === 0) return;
  setFont(ctx, theme, 1);
  const line = theme.fontPx * 1.5;
  const pad = theme.fontPx * 0.6;
  const swatch = theme.fontPx;
  const words = Math.max(...layers.map(({ label }) => ctx.measureText(label).width));
  const width = words + swatch + 3 * pad;
  const height = layers.length * line + pad;
  const left = box.left + box.width - width - pad;
  const top = box.top + pad;
  ctx.globalAlpha = 0.85;
  ctx.fillStyle = theme.background;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.faint;
  ctx.strokeRect(left, top, width, height);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  layers.forEach(({ label, kind }, i) => {
    const middle = top + pad / 2 + (i + 0.5) * line;
    ctx.fillStyle = theme[kind];
    ctx.beginPath();
    ctx.arc(left + pad + swatch / 2, middle, theme.fontPx * 0.33, 0, fullTurn);
    ctx.fill();
    ctx.fillStyle = theme.ink;
    ctx.fillText(label, left + 2 * pad + swatch, middle);
  });
}
