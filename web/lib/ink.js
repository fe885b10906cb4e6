/**
 * @file An image as a density: where there is ink there are points, twice as many where it is twice as dark. Ink is what is
 * darker than the paper, or, in an image with transparent parts, what is opaque.
 */

import { MoonflowError } from './errors.js';
import { evenly } from './sequence.js';

/** @typedef {{width: number, height: number, data: Uint8ClampedArray | Uint8Array}} Picture RGBA in rows, from the top */

/** Less than this between paper and ink is the grain of the paper, or of the camera. */
const CONTRAST_MIN = 0.15;
/** Below this share of the darkest ink a pixel is paper. */
const FLOOR = 0.1;
/** An image with so many pixels of this opacity or less was meant to be seen through. */
const CLEAR = 128;
const CLEAR_SHARE = 0.005;
/** The paper is as bright as this share of the pixels is not: a few bright specks are not the paper. */
const PAPER_SHARE = 0.9;

/**
 * The ink of every pixel, from 0 to 1.
 * @param {Picture} picture
 * @param {{light?: boolean}} [options] whether the ink is light on dark paper
 * @returns {Float64Array}
 */
export function inkOf({ width, height, data }, { light = false } = {}) {
  const count = width * height;
  const grey = new Float64Array(count);
  let clear = 0;
  for (let i = 0; i < count; i++) {
    const [red, green, blue, alpha] = data.subarray(4 * i, 4 * i + 4);
    if (alpha <= CLEAR) clear++;
    grey[i] = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  }
  const ink =
    clear > CLEAR_SHARE * count
      ? grey.map((_, i) => data[4 * i + 3] / 255)
      : darkness(light ? grey.map((level) => 1 - level) : grey);
  return ink.map((value) => (value < FLOOR ? 0 : value));
}

/** How much darker than the paper, as a share of the darkest. @param {Float64Array} grey */
function darkness(grey) {
  const levels = grey.slice().sort();
  const paper = levels[Math.floor(PAPER_SHARE * (levels.length - 1))];
  const contrast = paper - levels[0];
  if (contrast >= CONTRAST_MIN) return grey.map((level) => Math.max(0, paper - level) / contrast);
  const percent = `${Math.round(100 * Math.max(0, contrast))}% between paper and ink`;
  const allowed = `at least ${100 * CONTRAST_MIN}%: dark ink on light paper, or an image with transparent parts`;
  throw inkless(percent, allowed);
}

/** @param {string} got @param {string} allowed */
function inkless(got, allowed) {
  return new MoonflowError('argument', `image: got ${got}; allowed is ${allowed}`);
}

/**
 * Points of an image, y upwards, a pixel a unit. A Hilbert curve goes through the pixels, and a point falls each time so much of
 * the ink along it has been passed: neighbours on the curve are neighbours in the picture, so the points fill the ink evenly.
 * @param {Picture} picture
 * @param {number} n
 * @param {{light?: boolean}} [options]
 * @returns {Float32Array} [n, 2]
 */
export function pointsOfInk(picture, n, options) {
  const { width, height } = picture;
  const ink = inkOf(picture, options);
  const total = ink.reduce((sum, each) => sum + each, 0);
  if (!(total > 0)) {
    throw inkless('no ink', 'dark ink on light paper, or an image with transparent parts');
  }
  const points = new Float32Array(2 * n);
  const side = 2 ** Math.ceil(Math.log2(Math.max(width, height)));
  let [passed, i] = [0, 0];
  for (let step = 0; step < side * side && i < n; step++) {
    const { x, y } = onHilbertCurve(step, side);
    if (x >= width || y >= height) continue;
    passed += ink[y * width + x];
    for (; i < n && ((i + golden(i)) / n) * total < passed; i++) {
      const [across, down] = evenly(i);
      points.set([x + across, height - y - down], 2 * i);
    }
  }
  return points;
}

/** A place within the i-th of equal parts, from 0 to 1. @param {number} i */
function golden(i) {
  return (i * 0.6180339887498949) % 1;
}

/**
 * The pixel that the curve reaches after so many steps.
 * @param {number} step
 * @param {number} side a power of two
 */
function onHilbertCurve(step, side) {
  let [x, y] = [0, 0];
  let rest = step;
  for (let size = 1; size < side; size *= 2) {
    const right = (rest >> 1) & 1;
    const up = (rest ^ right) & 1;
    if (up === 0) {
      if (right === 1) [x, y] = [size - 1 - x, size - 1 - y];
      [x, y] = [y, x];
    }
    x += size * right;
    y += size * up;
    rest >>= 2;
  }
  return { x, y };
}
