// sketch.js — points on bare paper, for a surface that is drawn on: no axes and no legend, which would be in the way of the
// hand.

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {object} Sketch
 * @property {Float32Array} points  [N, dim] row-major; the first two coordinates are drawn, and no more than `most` points
 * @property {number} dim
 * @property {Int32Array} [labels]  [N] the class of each, which then says its colour
 * @property {number} [most]
 * @property {{x: number, y: number, radius: number} | null} [brush]  where the brush is, in the points' coordinates
 */

const fullTurn = 2 * Math.PI;
/** More than these cannot be told apart, and take longer than a frame. */
const MOST = 5000;

/**
 * Draws on the whole of the scale's box.
 * @param {Context} ctx
 * @param {Sketch} sketch
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawSketch(ctx, { points, dim, labels, most = MOST, brush = null }, scale, theme) {
  const { box, x, y, pxPerUnit } = scale;
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.background;
  ctx.fillRect(box.left, box.top, box.width, box.height);
  ctx.fillStyle = theme.data;
  ctx.globalAlpha = Math.min(1, 2 * theme.alpha);
  const stride = dim * Math.max(1, Math.ceil(points.length / dim / most));
  for (let i = 0; i + dim <= points.length; i += stride) {
    if (labels) ctx.fillStyle = theme.classes[labels[i / dim] % theme.classes.length];
    ctx.beginPath();
    ctx.arc(x(points[i]), y(dim > 1 ? points[i + 1] : 0), theme.pointPx * 0.8, 0, fullTurn);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
  if (!brush) return;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.arc(x(brush.x), y(brush.y), brush.radius * pxPerUnit, 0, fullTurn);
  ctx.stroke();
}
