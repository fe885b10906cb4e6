// strands.js — which noise point a batch joined to which point of the data: a line each, from a ring to a dot.

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {object} Pairs
 * @property {Float32Array} x0  [n, dim]; the first two coordinates are drawn
 * @property {Float32Array} x1  [n, dim]
 * @property {number} dim
 */

const ALPHA = 0.35;
const END_PX = 2;
const FULL_TURN = 2 * Math.PI;

/**
 * @param {Context} ctx
 * @param {Pairs} pairs
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawStrands(ctx, { x0, x1, dim }, { x, y }, theme) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.globalAlpha = ALPHA;
  ctx.beginPath();
  for (let i = 0; i < x0.length; i += dim) {
    ctx.moveTo(x(x0[i]), y(x0[i + 1]));
    ctx.lineTo(x(x1[i]), y(x1[i + 1]));
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.beginPath();
  for (let i = 0; i < x0.length; i += dim) {
    ctx.moveTo(x(x0[i]) + END_PX, y(x0[i + 1]));
    ctx.arc(x(x0[i]), y(x0[i + 1]), END_PX, 0, FULL_TURN);
  }
  ctx.stroke();
  ctx.fillStyle = theme.data;
  ctx.beginPath();
  for (let i = 0; i < x1.length; i += dim) {
    ctx.moveTo(x(x1[i]) + END_PX, y(x1[i + 1]));
    ctx.arc(x(x1[i]), y(x1[i + 1]), END_PX, 0, FULL_TURN);
  }
  ctx.fill();
}
