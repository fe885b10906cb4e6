// precision.js — a work-precision picture: what a solver's steps cost against how far it then is from where the points should
// arrive, both on logarithmic axes, so that a method of order p falls p decades a decade.

import { setFont } from './frame.js';
import { drawLegend } from './legend.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Box} Box
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {{label: string, points: {nfe: number, error: number}[]}} Curve
 */

const DOT_PX = 3;
const FULL_TURN = 2 * Math.PI;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** The box to draw into on a surface of this size. @param {number} width @param {number} height @returns {Box} */
export const precisionBox = (width, height) => ({
  left: 46,
  top: 26,
  width: width - 58,
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
  curves.forEach((curve, i) => {
    ctx.strokeStyle = ctx.fillStyle = colourOf(i, theme);
    ctx.lineWidth = 2;
    ctx.beginPath();
    for (const { nfe, error } of curve.points.filter(isPositive)) ctx.lineTo(x(nfe), y(error));
    ctx.stroke();
    for (const { nfe, error } of curve.points.filter(isPositive)) {
      ctx.beginPath();
      ctx.arc(x(nfe), y(error), DOT_PX, 0, FULL_TURN);
      ctx.fill();
    }
  });
  const entries = curves.map(({ label }, i) => ({
    label,
    mark: /** @type {const} */ ('line'),
    colour: colourOf(i, theme),
  }));
  const small = { ...theme, fontPx: theme.fontPx * 0.9 };
  drawLegend(ctx, entries, { ...NO_SCALE, box: cornerOf(curves.length, box, small) }, small);
  ctx.restore();
}

/**
 * Room for the legend at the bottom left, where no solver comes: little work and a small error.
 * @param {number} entries
 * @param {Box} box
 * @param {Theme} theme
 */
function cornerOf(entries, box, { fontPx }) {
  const height = fontPx * (1.5 * entries + 2);
  const top = box.top + Math.max(0, box.height - height);
  return { left: box.left, top, width: Math.min(box.width, fontPx * 9), height };
}

/** A legend looks at the box alone. */
const NO_SCALE = {
  extent: { xMin: 0, xMax: 1, yMin: 0, yMax: 1 },
  pxPerUnit: 1,
  x: (/** @type {number} */ x) => x,
  y: (/** @type {number} */ y) => y,
};

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
