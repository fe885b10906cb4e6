// frame.js — what stands around every picture of the plane: where it is on its surface, grid lines, numbers, title.

import { ticks } from './scale.js';

/**
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scale.js').Scale} Scale
 *
 * @typedef {Pick<CanvasRenderingContext2D, 'fillStyle' | 'strokeStyle' | 'globalAlpha' | 'lineWidth' | 'font'
 *   | 'textAlign' | 'textBaseline' | 'save' | 'restore' | 'beginPath' | 'rect' | 'clip' | 'moveTo' | 'lineTo'
 *   | 'arc' | 'fill' | 'stroke' | 'fillRect' | 'strokeRect' | 'fillText'>
 *   & {measureText: (text: string) => {width: number}}} Context
 */

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
 * Paints the scale's box with background and grid, then what `inside` draws, cut off at the box, then its frame, what `over`
 * draws, and the title. Title and labels of the axes stand around the box, on whatever is there: a caller that draws again
 * paints the whole surface first.
 * @param {Context} ctx
 * @param {Scale} scale
 * @param {Theme} theme
 * @param {{title?: string, inside: () => void, over: () => void}} content
 */
export function drawFrame(ctx, scale, theme, { title, inside, over }) {
  const { box } = scale;
  ctx.save();
  ctx.fillStyle = theme.background;
  ctx.fillRect(box.left, box.top, box.width, box.height);
  drawGrid(ctx, scale, theme);
  ctx.beginPath();
  ctx.rect(box.left, box.top, box.width, box.height);
  ctx.clip();
  inside();
  ctx.restore();

  ctx.save();
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.strokeRect(box.left, box.top, box.width, box.height);
  over();
  if (title) drawTitle(ctx, title, scale, theme);
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
export function setFont(ctx, theme, share) {
  ctx.font = `${theme.fontPx * share}px ${theme.font}`;
}

/**
 * Three significant digits at most, with a true minus sign.
 * @param {number} value
 */
export function tickText(value) {
  return String(Number(value.toPrecision(3))).replace('-', '\u2212');
}
