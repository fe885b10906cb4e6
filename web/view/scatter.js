// scatter.js — the picture of the quick reference: data and samples overlaid, with axes and a legend.
//
// Works on anything with the methods of a CanvasRenderingContext2D, so the page, the command's --png and a test's
// recording context draw the same thing. Draws only; it asks nothing of a document.

import { drawFrame } from './frame.js';
import { drawLegend } from './legend.js';

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
 * @property {Int32Array} [labels]       [N] the class of each, which then says its colour
 *
 * @typedef {object} Picture
 * @property {Layer[]} layers   drawn in this order, so the last one lies on top
 * @property {string} [title]
 */

/** @type {'dot'} */
const DOT = 'dot';
const fullTurn = 2 * Math.PI;
/** Of more points each is smaller and fainter, or they would run together. */
const FULL_SIZE = 2000;

/**
 * The radius of one of n points.
 * @param {number} n
 * @param {Theme} theme
 */
export function dotPx(n, theme) {
  return theme.pointPx * shrink(n);
}

/**
 * The opacity of one of n points.
 * @param {number} n
 * @param {Theme} theme
 */
export function dotAlpha(n, theme) {
  return theme.alpha * shrink(n);
}

/** @param {number} n */
function shrink(n) {
  return Math.min(1, (FULL_SIZE / n) ** 0.25);
}

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
    over: () => {
      const entries = layers.map(({ label, kind }) => ({ label, mark: DOT, colour: theme[kind] }));
      drawLegend(ctx, entries, scale, theme);
    },
  });
}

/**
 * One path a point: overlapping points of one path would be filled once, and density would not show.
 * @param {Context} ctx
 * @param {Layer} layer
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawPoints(ctx, { points, dim, kind, labels }, { x, y }, theme) {
  const n = points.length / dim;
  const radius = dotPx(n, theme);
  ctx.fillStyle = theme[kind];
  ctx.globalAlpha = dotAlpha(n, theme);
  for (let i = 0, point = 0; i + dim <= points.length; i += dim, point++) {
    if (labels) ctx.fillStyle = theme.classes[labels[point] % theme.classes.length];
    ctx.beginPath();
    ctx.arc(x(points[i]), y(dim > 1 ? points[i + 1] : 0), radius, 0, fullTurn);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}
