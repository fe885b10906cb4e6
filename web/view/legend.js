// legend.js — what the marks of a picture mean, in the top right corner on a plate of background, so that points under it do not
// disturb the words.

import { setFont } from './frame.js';
import { levelOf, rampOf } from './ramp.js';

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./theme.js').Theme} Theme
 *
 * @typedef {object} Entry
 * @property {string} label
 * @property {'dot' | 'line' | 'arrow' | 'strip'} mark
 * @property {string | import('./ramp.js').Stops} colour  of a strip, its stops
 */

const FULL_TURN = 2 * Math.PI;
const STRIP_STEPS = 8;

/**
 * @param {Context} ctx
 * @param {Entry[]} entries
 * @param {import('./scale.js').Scale} scale
 * @param {Theme} theme
 */
export function drawLegend(ctx, entries, { box }, theme) {
  if (entries.length === 0) return;
  setFont(ctx, theme, 1);
  const line = theme.fontPx * 1.5;
  const pad = theme.fontPx * 0.6;
  const swatch = theme.fontPx;
  const words = Math.max(...entries.map(({ label }) => ctx.measureText(label).width));
  const width = words + swatch + 3 * pad;
  const height = entries.length * line + pad;
  const left = box.left + box.width - width - pad;
  const top = box.top + pad;
  ctx.globalAlpha = 0.92;
  ctx.fillStyle = theme.background;
  ctx.fillRect(left, top, width, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.strokeRect(left, top, width, height);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  entries.forEach((entry, i) => {
    const middle = top + pad / 2 + (i + 0.5) * line;
    drawMark(ctx, entry, left + pad, middle, theme);
    ctx.fillStyle = theme.ink;
    ctx.fillText(entry.label, left + 2 * pad + swatch, middle);
  });
}

/**
 * @param {Context} ctx
 * @param {Entry} entry
 * @param {number} left
 * @param {number} middle
 * @param {Theme} theme
 */
function drawMark(ctx, { mark, colour }, left, middle, { fontPx }) {
  if (typeof colour !== 'string') {
    const step = fontPx / STRIP_STEPS;
    const height = fontPx * 0.4;
    for (let i = 0; i < STRIP_STEPS; i++) {
      ctx.fillStyle = rampOf(colour)[levelOf(i / (STRIP_STEPS - 1))];
      ctx.fillRect(left + i * step, middle - height / 2, step, height);
    }
    return;
  }
  ctx.fillStyle = colour;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  if (mark === 'dot') {
    ctx.arc(left + fontPx / 2, middle, fontPx * 0.33, 0, FULL_TURN);
    ctx.fill();
    return;
  }
  ctx.moveTo(left, middle);
  ctx.lineTo(left + fontPx * (mark === 'arrow' ? 0.6 : 1), middle);
  ctx.stroke();
  if (mark !== 'arrow') return;
  ctx.beginPath();
  ctx.moveTo(left + fontPx, middle);
  ctx.lineTo(left + fontPx * 0.6, middle - fontPx * 0.25);
  ctx.lineTo(left + fontPx * 0.6, middle + fontPx * 0.25);
  ctx.fill();
}
