// cameo.js — a set of points as a picture of the size of a letter: a shape, without axes, numbers or a frame.

import { extentOf, fit } from './scale.js';

/** As many as still show a shape at this size, and the side of one in pixels. */
const POINTS_MAX = 240;
const DOT_PX = 1;

/**
 * Draws the first points into a square whose top left corner is the origin, on whatever is there.
 * @param {Pick<CanvasRenderingContext2D, 'fillStyle' | 'fillRect'>} ctx
 * @param {{points: Float32Array, dim: number}} layer  [n, dim] row-major; the first two coordinates are drawn
 * @param {number} sidePx
 * @param {string} colour
 */
export function drawCameo(ctx, { points, dim }, sidePx, colour) {
  const few = { points: points.subarray(0, POINTS_MAX * dim), dim };
  const box = { left: 0, top: 0, width: sidePx, height: sidePx };
  const { x, y } = fit(extentOf([few]), box, 0.04);
  ctx.fillStyle = colour;
  for (let i = 0; i + dim <= few.points.length; i += dim) {
    const across = x(few.points[i]) - DOT_PX / 2;
    ctx.fillRect(across, y(dim > 1 ? few.points[i + 1] : 0) - DOT_PX / 2, DOT_PX, DOT_PX);
  }
}
