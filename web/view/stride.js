// stride.js — the steps of an adaptive solver along t: each step that was taken is as high as it is long, and each that was
// refused, because its error was too large, is a cross.

import { setFont } from './frame.js';
import { ticks } from './scale.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Box} Box
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {{t: number, h: number, accepted: boolean}} Step
 */

const CROSS_PX = 3;
const ALPHA = 0.5;

/**
 * @param {Context} ctx
 * @param {{steps: Step[], xLabel: string, yLabel: string}} picture
 * @param {Box} box  as precisionBox gives it
 * @param {Theme} theme
 */
export function drawStrides(ctx, { steps, xLabel, yLabel }, box, theme) {
  const highest = Math.max(0.1, ...steps.map(({ h }) => h)) * 1.1;
  const bottom = box.top + box.height;
  const x = (/** @type {number} */ t) => box.left + box.width * t;
  const y = (/** @type {number} */ h) => bottom - (box.height * h) / highest;
  ctx.save();
  ctx.strokeStyle = theme.faint;
  ctx.fillStyle = theme.ink;
  ctx.lineWidth = 1;
  setFont(ctx, theme, 0.85);
  ctx.beginPath();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const t of ticks(0, 1, 5)) {
    ctx.moveTo(x(t), box.top);
    ctx.lineTo(x(t), bottom);
    ctx.fillText(String(Number(t.toFixed(2))), x(t), bottom + 5);
  }
  ctx.fillText(xLabel, box.left + box.width / 2, bottom + 22);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  for (const h of ticks(0, highest, 4)) {
    ctx.moveTo(box.left, y(h));
    ctx.lineTo(box.left + box.width, y(h));
    ctx.fillText(String(Number(h.toFixed(3))), box.left - 6, y(h));
  }
  ctx.stroke();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(yLabel, box.left, box.top - 8);
  drawTaken(ctx, steps, { x, y }, theme);
  drawRefused(ctx, steps, { x, y }, theme);
  ctx.restore();
}

/**
 * @param {Context} ctx
 * @param {Step[]} steps
 * @param {{x: (t: number) => number, y: (h: number) => number}} place
 * @param {Theme} theme
 */
function drawTaken(ctx, steps, { x, y }, theme) {
  ctx.globalAlpha = ALPHA;
  ctx.strokeStyle = theme.samples;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (const { t, h, accepted } of steps) {
    if (!accepted) continue;
    ctx.moveTo(x(t), y(h));
    ctx.lineTo(x(t + h), y(h));
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

/**
 * @param {Context} ctx
 * @param {Step[]} steps
 * @param {{x: (t: number) => number, y: (h: number) => number}} place
 * @param {Theme} theme
 */
function drawRefused(ctx, steps, { x, y }, theme) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const { t, h, accepted } of steps) {
    if (accepted) continue;
    const [right, down] = [x(t), y(h)];
    ctx.moveTo(right - CROSS_PX, down - CROSS_PX);
    ctx.lineTo(right + CROSS_PX, down + CROSS_PX);
    ctx.moveTo(right - CROSS_PX, down + CROSS_PX);
    ctx.lineTo(right + CROSS_PX, down - CROSS_PX);
  }
  ctx.stroke();
}
