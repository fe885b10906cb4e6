// lattice.js — a regular grid of the plane of noise, carried along the flow: where its meshes are wide the flow thins points out,
// where they are narrow it gathers them.

import { placesAt } from './passage.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./passage.js').Passage} Passage
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./theme.js').Theme} Theme
 */

const ALPHA = 0.55;

/**
 * The points of a grid over the square from -reach to reach: first its upright lines from the left, then the level ones from
 * below, each as `across` points in order.
 * @param {number} reach
 * @param {number} lines   in each direction, at least two
 * @param {number} across  points of a line, at least two
 * @returns {Float32Array} [2 * lines * across, 2]
 */
export function latticePoints(reach, lines, across) {
  const points = new Float32Array(4 * lines * across);
  for (let line = 0; line < 2 * lines; line++) {
    const level = line >= lines;
    const fixed = reach * ((2 * (line % lines)) / (lines - 1) - 1);
    for (let i = 0; i < across; i++) {
      const along = reach * ((2 * i) / (across - 1) - 1);
      points.set(level ? [along, fixed] : [fixed, along], 2 * (line * across + i));
    }
  }
  return points;
}

/**
 * @param {Context} ctx
 * @param {{passage: Passage, across: number}} lattice  of latticePoints
 * @param {number} t
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawLattice(ctx, { passage, across }, t, { x, y }, theme) {
  const places = placesAt(passage, t);
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1;
  ctx.globalAlpha = ALPHA;
  ctx.beginPath();
  for (let i = 0; i < places.length / 2; i++) {
    const [right, up] = [x(places[2 * i]), y(places[2 * i + 1])];
    if (i % across === 0) ctx.moveTo(right, up);
    else ctx.lineTo(right, up);
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}
