// vignette.js — samples over data in a small square, without axes or numbers: one of many that are compared at a glance.

import { extentOf, fit } from './scale.js';

/** Share of the longer side kept free around the data: a sample that misses them shows. */
const AIR = 0.12;
/** Of the side, and at least so many pixels. */
const DOT_SHARE = 1 / 140;
const DOT_PX = 1;

/**
 * Paints the whole square, whose top left corner is the origin. The window is that of the data, so pictures of the same data can
 * be laid side by side.
 * @param {Pick<CanvasRenderingContext2D, 'fillStyle' | 'globalAlpha' | 'fillRect'>} ctx
 * @param {{data: Float32Array, samples: Float32Array, dim: number}} points  [n, dim] row-major; the first two coordinates are drawn
 * @param {number} sidePx
 * @param {import('./theme.js').Theme} theme
 */
export function drawVignette(ctx, { data, samples, dim }, sidePx, theme) {
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, sidePx, sidePx);
  const box = { left: 0, top: 0, width: sidePx, height: sidePx };
  const { x, y } = fit(extentOf([{ points: data, dim }]), box, AIR);
  const dotPx = Math.max(DOT_PX, sidePx * DOT_SHARE);
  for (const [points, colour] of /** @type {const} */ ([
    [data, theme.data],
    [samples, theme.samples],
  ])) {
    ctx.fillStyle = colour;
    ctx.globalAlpha = Math.min(1, 2 * theme.alpha);
    for (let i = 0; i + dim <= points.length; i += dim) {
      const high = y(dim > 1 ? points[i + 1] : 0) - dotPx / 2;
      ctx.fillRect(x(points[i]) - dotPx / 2, high, dotPx, dotPx);
    }
  }
  ctx.globalAlpha = 1;
}
