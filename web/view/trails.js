// trails.js — the ways of points from noise on, each piece in the colour of its time, with a dot where the point is now.
//
// All pieces of one time are one stroke: hundreds of points cost as many changes of colour as there are times.

import { nextOf, placesAt } from './passage.js';
import { levelOf, rampOf } from './ramp.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./passage.js').Passage} Passage
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./theme.js').Theme} Theme
 */

/** More pieces than this a way is not cut in: they would be shorter than its curves. */
const PIECES = 50;
const WIDTH_PX = 1;
const ALPHA = 0.7;
const HEAD_PX = 2;
const FULL_TURN = 2 * Math.PI;

/**
 * @param {Context} ctx
 * @param {Passage} passage  the first two coordinates are drawn
 * @param {number} t         the ways end here
 * @param {Scale} scale
 * @param {Theme} theme
 */
export function drawTrails(ctx, passage, t, { x, y }, theme) {
  const { times, path, dim } = passage;
  const size = path.length / times.length;
  const colours = rampOf(theme.time);
  const here = placesAt(passage, t);
  const last = nextOf(times, t) - 1;
  const stride = Math.max(1, Math.ceil((times.length - 1) / PIECES));
  ctx.lineWidth = WIDTH_PX;
  ctx.globalAlpha = ALPHA;
  for (let from = 0; from <= last && times[from] < t; from += stride) {
    const to = from + stride;
    const ends = to <= last ? path.subarray(to * size, (to + 1) * size) : here;
    ctx.strokeStyle = colours[levelOf((times[from] + Math.min(t, times[to] ?? t)) / 2)];
    ctx.beginPath();
    for (let i = 0; i < size; i += dim) {
      ctx.moveTo(x(path[from * size + i]), y(path[from * size + i + 1]));
      ctx.lineTo(x(ends[i]), y(ends[i + 1]));
    }
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = colours[levelOf(t)];
  ctx.beginPath();
  for (let i = 0; i < size; i += dim) {
    const [right, down] = [x(here[i]), y(here[i + 1])];
    ctx.moveTo(right + HEAD_PX, down);
    ctx.arc(right, down, HEAD_PX, 0, FULL_TURN);
  }
  ctx.fill();
}
