// precision.js — a work-precision picture: what a solver's steps cost against how far it then is from where the points should
// arrive, both on logarithmic axes, so that a method of order p falls p decades a decade. Each curve has marks of its own and
// its name at its end.

import { setFont } from './frame.js';
import { drawMarker } from './marker.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Box} Box
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {{label: string, points: {nfe: number, error: number}[]}} Curve
 */

/** Room for the names of the curves at their ends, and how far from those they stand. */
const NAMES_PX = 76;
const REACH_PX = 18;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/**
 * The box to draw into on a surface of this size.
 * @param {number} width
 * @param {number} height
 * @param {boolean} [named]  with room for the names of curves beside it
 * @returns {Box}
 */
export const precisionBox = (width, height, named = false) => ({
  left: 46,
  top: 26,
  width: width - (named ? 46 + NAMES_PX : 58),
  height: height - 68,
});

/**
 * @param {Context} ctx
 * @param {{curves: Curve[], xLabel: string, yLabel: string, goal?: number}} picture  a dashed line marks the error that is asked for
 * @param {Box} box
 * @param {Theme} theme
 */
export function drawPrecision(ctx, { curves, xLabel, yLabel, goal }, box, theme) {
  const points = curves.flatMap((curve) => curve.points.filter(isPositive));
  const xs = axisOf(
    points.map(({ nfe }) => nfe),
    2,
  );
  const ys = axisOf(
    points.map(({ error }) => error),
    10,
  );
  const x = (/** @type {number} */ nfe) => box.left + box.width * xs.share(nfe);
  const y = (/** @type {number} */ error) => box.top + box.height * (1 - ys.share(error));
  ctx.save();
  drawAxes(ctx, { xs, ys, x, y, xLabel, yLabel }, box, theme);
  if (goal !== undefined && ys.share(goal) > 0 && ys.share(goal) < 1) {
    drawGoal(ctx, y(goal), box, theme);
  }
  const placed = curves.map(({ label, points }) => ({
    label,
    at: points.filter(isPositive).map(({ nfe, error }) => ({ x: x(nfe), y: y(error) })),
  }));
  placed.forEach(({ at }, i) => {
    ctx.strokeStyle = ctx.fillStyle = colourOf(i, theme);
    ctx.lineWidth = 2;
    ctx.beginPath();
    for (const { x, y } of at) ctx.lineTo(x, y);
    ctx.stroke();
    for (const { x, y } of at) drawMarker(ctx, i, x, y);
  });
  drawNames(ctx, placed, box, theme);
  ctx.restore();
}

/**
 * The name of each curve beside the box, as high as the curve ends or as near as the names beside it allow, and a line to that end.
 * @param {Context} ctx
 * @param {{label: string, at: {x: number, y: number}[]}[]} curves
 * @param {Box} box
 * @param {Theme} theme
 */
function drawNames(ctx, curves, { left, top, width, height }, theme) {
  const names = curves
    .map(({ label, at }, i) => ({ label, end: at[at.length - 1], colour: colourOf(i, theme) }))
    .filter(({ end }) => end)
    .sort((a, b) => a.end.y - b.end.y);
  const line = theme.fontPx * 1.2;
  const heights = apart(
    names.map(({ end }) => end.y),
    line,
    top + height - line / 2,
  );
  setFont(ctx, theme, 0.85);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = 1;
  ctx.fillStyle = theme.ink;
  names.forEach(({ label, end, colour }, i) => {
    const right = left + width + REACH_PX;
    ctx.strokeStyle = colour;
    ctx.beginPath();
    ctx.moveTo(end.x, end.y);
    ctx.lineTo(right - 3, heights[i]);
    ctx.stroke();
    ctx.fillText(label, right, heights[i]);
  });
}

/**
 * Rising heights moved as little down, and where the room ends up, as it takes to keep a line between each two.
 * @param {number[]} heights
 * @param {number} line
 * @param {number} lowest
 */
function apart(heights, line, lowest) {
  const moved = [...heights];
  for (let i = 1; i < moved.length; i++) moved[i] = Math.max(moved[i], moved[i - 1] + line);
  for (let i = moved.length - 1, most = lowest; i >= 0; i--, most -= line) {
    moved[i] = Math.min(moved[i], most);
    most = moved[i];
  }
  return moved;
}

/** @param {number} i @param {Theme} theme */
const colourOf = (i, { classes }) => classes[i % classes.length];

/** @param {{error: number}} point */
const isPositive = ({ error }) => error > 0 && Number.isFinite(error);

/**
 * A logarithmic axis from a power of `base` to another, around all values.
 * @param {number[]} values
 * @param {number} base
 */
function axisOf(values, base) {
  const logs = values.map((value) => Math.log(value) / Math.log(base));
  const low = Math.floor(Math.min(...logs, values.length === 0 ? 0 : Infinity) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.max(...logs, low) - 1e-9));
  return {
    powers: Array.from({ length: high - low + 1 }, (_, i) => low + i),
    share: (/** @type {number} */ value) => (Math.log(value) / Math.log(base) - low) / (high - low),
  };
}

/**
 * @param {Context} ctx
 * @param {{xs: ReturnType<typeof axisOf>, ys: ReturnType<typeof axisOf>, x: (x: number) => number, y: (y: number) => number,
 *   xLabel: string, yLabel: string}} axes
 * @param {Box} box
 * @param {Theme} theme
 */
function drawAxes(ctx, { xs, ys, x, y, xLabel, yLabel }, box, theme) {
  const bottom = box.top + box.height;
  setFont(ctx, theme, 0.85);
  ctx.fillStyle = theme.ink;
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  for (const power of xs.powers) {
    const at = x(2 ** power);
    ctx.moveTo(at, box.top);
    ctx.lineTo(at, bottom);
    ctx.fillText(String(2 ** power), at, bottom + 5);
  }
  ctx.fillText(xLabel, box.left + box.width / 2, bottom + 22);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  for (const power of ys.powers) {
    const at = y(10 ** power);
    ctx.moveTo(box.left, at);
    ctx.lineTo(box.left + box.width, at);
    ctx.fillText(decade(power), box.left - 6, at);
  }
  ctx.stroke();
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(yLabel, box.left, box.top - 8);
}

/**
 * @param {Context} ctx
 * @param {number} at
 * @param {Box} box
 * @param {Theme} theme
 */
function drawGoal(ctx, at, box, theme) {
  const dash = 6;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let left = box.left; left < box.left + box.width; left += 2 * dash) {
    ctx.moveTo(left, at);
    ctx.lineTo(Math.min(left + dash, box.left + box.width), at);
  }
  ctx.stroke();
}

/** 10 to a power, as it is read. @param {number} power */
function decade(power) {
  if (power === 0) return '1';
  const digits = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${power < 0 ? '⁻' : ''}${digits.join('')}`;
}
