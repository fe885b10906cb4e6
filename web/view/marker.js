// marker.js — the marks of the points of a curve, a shape for each curve, so that curves are told apart without their colours.

/**
 * @typedef {import('./frame.js').Context} Context
 */

const FULL_TURN = 2 * Math.PI;
const RADIUS_PX = 3;

/** Corners about the middle, in radii; they cover about as much as a disc does. @type {readonly (readonly [number, number])[][]} */
const SHAPES = [
  [],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.4],
    [1.3, 0.9],
    [-1.3, 0.9],
  ],
  [
    [0, -1.4],
    [1.4, 0],
    [0, 1.4],
    [-1.4, 0],
  ],
  [
    [0, 1.4],
    [1.3, -0.9],
    [-1.3, -0.9],
  ],
  [
    [-0.5, -1.5],
    [0.5, -1.5],
    [0.5, -0.5],
    [1.5, -0.5],
    [1.5, 0.5],
    [0.5, 0.5],
    [0.5, 1.5],
    [-0.5, 1.5],
    [-0.5, 0.5],
    [-1.5, 0.5],
    [-1.5, -0.5],
    [-0.5, -0.5],
  ],
];

/**
 * Fills the mark of the i-th curve: disc, square, triangle, diamond, triangle on its head, cross, and from the disc again.
 * @param {Context} ctx
 * @param {number} i
 * @param {number} x
 * @param {number} y
 */
export function drawMarker(ctx, i, x, y) {
  const corners = SHAPES[i % SHAPES.length];
  ctx.beginPath();
  if (corners.length === 0) ctx.arc(x, y, RADIUS_PX, 0, FULL_TURN);
  for (const [right, down] of corners) ctx.lineTo(x + RADIUS_PX * right, y + RADIUS_PX * down);
  ctx.fill();
}
