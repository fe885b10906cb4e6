// dots.js — very many points as pixels: what scatter.js draws one circle after another, laid down here in plain arrays. 20,000
// points take a few milliseconds, so they may move with every frame.
//
// Dots that lie over each other add up as paint does: of what shone through, each lets 1 - alpha shine through. So the depth
// of the paint, -log(1 - alpha), is a sum, and one look into a table at the end makes it opacity. Where classes lie over each
// other their colours mix by depth, and none is on top.

import { channelsOf } from './ramp.js';
import { dotAlpha, dotPx } from './scatter.js';

/**
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('./scatter.js').Layer} Layer
 *
 * @typedef {object} Sheet  of a picture, kept from one to the next
 * @property {number} width
 * @property {number} height
 * @property {Uint8ClampedArray<ArrayBuffer>} pixels  [height, width, 4]: red, green, blue, opacity
 * @property {Uint32Array} depth  [height, width]
 * @property {Float32Array} [mixed]  [height, width, 3], the sum of colour times depth, where there are classes
 *
 * @typedef {{side: number, depths: Uint32Array[]}} Stamp  one dot, for every phase of its centre
 */

/** Places of a centre within a pixel that a dot is worked out for, in each direction. */
const PHASES = 4;
/** Samples across a pixel by which its coverage is measured. */
const FINE = 4;
/** Of depth: 256 to one, and what lies deeper than 8 is opaque to one part in 3,000. */
const UNIT = 256;
const DEEP = 8 * UNIT;
const OPACITY = Uint8Array.from({ length: DEEP + 1 }, (_, d) =>
  Math.round(255 * -Math.expm1(-d / UNIT)),
);

/**
 * @param {number} width
 * @param {number} height
 * @returns {Sheet}
 */
export function sheetOf(width, height) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  return { width, height, pixels, depth: new Uint32Array(width * height) };
}

/**
 * Clears the sheet and lays the points of a layer down. Those that do not lie wholly on the sheet are left out.
 * @param {Sheet} sheet
 * @param {Layer} layer
 * @param {Scale} scale
 * @param {Theme} theme
 * @param {number} density  pixels of the sheet in one of the scale
 */
export function layDots(sheet, layer, scale, theme, density) {
  const { labels, kind, points, dim } = layer;
  const inks = (labels ? theme.classes : [theme[kind]]).map(channelsOf);
  const n = points.length / dim;
  const stamp = stampOf(dotPx(n, theme) * density, dotAlpha(n, theme));
  sheet.depth.fill(0);
  if (labels) {
    sheet.mixed ??= new Float32Array(3 * sheet.depth.length);
    sheet.mixed.fill(0);
  }
  press(sheet, layer, stamp, inks, scale, density);
  if (labels) developMixed(sheet);
  else develop(sheet, inks[0]);
}

/**
 * @param {Sheet} sheet
 * @param {Layer} layer
 * @param {Stamp} stamp
 * @param {number[][]} inks
 * @param {Scale} scale
 * @param {number} density
 */
function press(sheet, { points, dim, labels }, { side, depths }, inks, scale, density) {
  const { width, height, depth, mixed } = sheet;
  for (let i = 0, point = 0; i + dim <= points.length; i += dim, point++) {
    const right = scale.x(points[i]) * density - side / 2;
    const down = scale.y(dim > 1 ? points[i + 1] : 0) * density - side / 2;
    const [left, top] = [Math.floor(right), Math.floor(down)];
    if (!(left >= 0 && top >= 0 && left + side <= width && top + side <= height)) continue;
    const phase = Math.floor((down - top) * PHASES) * PHASES + Math.floor((right - left) * PHASES);
    const corner = top * width + left;
    stack(depth, corner, width, depths[phase], side);
    if (labels && mixed) {
      tint(mixed, 3 * corner, 3 * width, depths[phase], side, inks[labels[point] % inks.length]);
    }
  }
}

/**
 * @param {Uint32Array} depth
 * @param {number} corner
 * @param {number} width
 * @param {Uint32Array} shade
 * @param {number} side
 */
function stack(depth, corner, width, shade, side) {
  for (let row = 0, k = 0; row < side; row++) {
    const end = corner + row * width + side;
    for (let at = end - side; at < end; at++, k++) depth[at] += shade[k];
  }
}

/**
 * @param {Float32Array} mixed
 * @param {number} corner
 * @param {number} width
 * @param {Uint32Array} shade
 * @param {number} side
 * @param {number[]} ink
 */
function tint(mixed, corner, width, shade, side, [red, green, blue]) {
  for (let row = 0, k = 0; row < side; row++) {
    const end = corner + row * width + 3 * side;
    for (let at = end - 3 * side; at < end; at += 3, k++) {
      mixed[at] += shade[k] * red;
      mixed[at + 1] += shade[k] * green;
      mixed[at + 2] += shade[k] * blue;
    }
  }
}

/**
 * @param {Sheet} sheet
 * @param {number[]} ink
 */
function develop({ pixels, depth }, ink) {
  // A pixel is one word of its four bytes: writing words is several times as fast.
  const words = new Uint32Array(pixels.buffer);
  const table = new Uint32Array(DEEP + 1);
  const bytes = new Uint8Array(table.buffer);
  OPACITY.forEach((opacity, d) => {
    if (opacity > 0) bytes.set([...ink, opacity], 4 * d);
  });
  for (let i = 0; i < depth.length; i++) {
    const d = depth[i];
    words[i] = d === 0 ? 0 : table[Math.min(d, DEEP)];
  }
}

/** @param {Sheet} sheet */
function developMixed({ pixels, depth, mixed }) {
  pixels.fill(0);
  if (!mixed) return;
  for (let i = 0; i < depth.length; i++) {
    const d = depth[i];
    if (d === 0) continue;
    pixels[4 * i] = mixed[3 * i] / d;
    pixels[4 * i + 1] = mixed[3 * i + 1] / d;
    pixels[4 * i + 2] = mixed[3 * i + 2] / d;
    pixels[4 * i + 3] = OPACITY[Math.min(d, DEEP)];
  }
}

/** The stamps made last, by their size and opacity; a picture needs one or two. @type {Map<string, Stamp>} */
const made = new Map();

/**
 * @param {number} radius  in pixels
 * @param {number} alpha
 * @returns {Stamp}
 */
function stampOf(radius, alpha) {
  const key = `${radius} ${alpha}`;
  const known = made.get(key);
  if (known) return known;
  const side = Math.ceil(2 * radius) + 1;
  const depths = Array.from({ length: PHASES * PHASES }, (_, phase) => {
    const [x, y] = [phase % PHASES, Math.floor(phase / PHASES)].map(
      (part) => side / 2 + (part + 0.5) / PHASES,
    );
    return Uint32Array.from({ length: side * side }, (_, pixel) => {
      const covered = coverage((pixel % side) - x, Math.floor(pixel / side) - y, radius);
      return Math.round(-UNIT * Math.log1p(-alpha * covered));
    });
  });
  if (made.size > 8) made.clear();
  made.set(key, { side, depths });
  return { side, depths };
}

/**
 * How much of the pixel whose corner is (left, top), seen from the centre, lies in the circle.
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
function coverage(left, top, radius) {
  let inside = 0;
  for (let i = 0; i < FINE * FINE; i++) {
    const x = left + ((i % FINE) + 0.5) / FINE;
    const y = top + (Math.floor(i / FINE) + 0.5) / FINE;
    if (x * x + y * y <= radius * radius) inside++;
  }
  return inside / (FINE * FINE);
}
