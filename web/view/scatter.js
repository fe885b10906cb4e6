// scatter.js — the picture of the quick reference: data and samples overlaid, with axes and a legend.
//
// Works on anything with the methods of a CanvasRenderingContext2D, so the page, the command's --png and a test's
// recording context draw the same thing. Draws only; it asks nothing of a document.

import { ticks } from './scale.js';

/**
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
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
 *
 * @typedef {Pick<CanvasRenderingContext2D, 'fillStyle' | 'strokeStyle' | 'globalAlpha' | 'lineWidth' | 'font'
 *   | 'textAlign' | 'textBaseline' | 'save' | 'restore' | 'beginPath' | 'rect' | 'clip' | 'moveTo' | 'lineTo'
 *   | 'arc' | 'fill' | 'stroke' | 'fillRect' | 'strokeRect' | 'fillText' | 'measureText'>} Context
 */

const fullTurn = 2 * Math.PI;

/**
 * The box to fit data into on a surface of this size: what is left beside the labels of the axes and the title.
 * @param {number} width
 * @param {number} height
 * @param {Theme} theme
 * @param {boolean} [titled]
 * @returns {import('./scale.js').Box}
 */
export function plotBox(width, height, theme, titled = false) {
  const left = theme.fontPx * 3;
  const top = theme.fontPx * (titled ? 2.2 : 0.8);
  const right = theme.fontPx * 0.8;
  const bottom = theme.fontPx * 2;
  return { left, top, width: width - left - right, height: height - top - bottom };
}

/**
 * Draws `picture` into the scale's box, after painting that box with the background. Title and labels of the axes stand
 * around it, on whatever is there: a caller that draws again paints the whole surface first. Points outside the box
 * are cut off at its frame.
 * @param {Context} ctx
 * @param {Picture} picture
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawScatter(ctx, picture, scale, theme) {
  const { box } = scale;
  ctx.save();
  ctx.fillStyle = theme.background;
  ctx.fillRect(box.left, box.top, box.width, box.height);
  drawGrid(ctx, scale, theme);
  ctx.beginPath();
  ctx.rect(box.left, box.top, box.width, box.height);
  ctx.clip();
  for (const layer of picture.layers) drawPoints(ctx, layer, scale, theme);
  ctx.restore();

  ctx.save();
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.strokeRect(box.left, box.top, box.width, box.height);
  drawLegend(ctx, picture.layers, scale, theme);
  if (picture.title) drawTitle(ctx, picture.title, scale, theme);
  ctx.restore();
}

/**
 * @param {Context} ctx
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawGrid(ctx, { box, extent, x, y }, theme) {
  const columns = ticks(extent.xMin, extent.xMax, Math.max(2, box.width / 70));
  const rows = ticks(extent.yMin, extent.yMax, Math.max(2, box.height / 70));
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const value of columns) {
    ctx.moveTo(x(value), box.top);
    ctx.lineTo(x(value), box.top + box.height);
  }
  for (const value of rows) {
    ctx.moveTo(box.left, y(value));
    ctx.lineTo(box.left + box.width, y(value));
  }
  ctx.stroke();
  setFont(ctx, theme, 0.85);
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const value of columns) ctx.fillText(tickText(value), x(value), box.top + box.height + 5);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  for (const value of rows) ctx.fillText(tickText(value), box.left - 6, y(value));
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

/**
 * @param {Context} ctx
 * @param {string} title
 * @param {Scale} scale
 * @param {Theme} theme
 */
function drawTitle(ctx, title, { box }, theme) {
  setFont(ctx, theme, 1.1);
  ctx.fillStyle = theme.ink;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'bottom';
  ctx.fillText(title, box.left + box.width / 2, box.top - 7);
}

/**
 * @param {Context} ctx
 * @param {Theme} theme
 * @param {number} share  of the theme's size
 */
function setFont(ctx, theme, share) {
  ctx.font = `${theme.fontPx * share}px ${theme.font}`;
}

/**
 * Three significant digits at most, with a true minus sign.
 * @param {number} value
 */
function tickText(value) {
  return String(Number(value.toPrecision(3))).replace('-', '\u2212');
}
