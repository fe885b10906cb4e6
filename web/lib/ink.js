/**
 * @file An image as a density: where there is ink there are points, twice as many where it is twice as dark. Ink is what is
 * darker than the paper, or, in an image with transparent parts, what is opaque.
 */

import { refusal } from './errors.js';
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
  throw refusal('image', percent, allowed);
}

/**
 * Points of an image, y upwards, a pixel a unit. Both cumulative shares of the ink, of the rows and along a row, are inverted at
 * points that fill the square evenly, so that the points fill the ink evenly.
 * @param {Picture} picture
 * @param {number} n
 * @param {{light?: boolean}} [options]
 * @returns {Float32Array} [n, 2]
 */
export function pointsOfInk(picture, n, options) {
  const { width, height } = picture;
  const ink = inkOf(picture, options);
  // Column y of `within` is the share of the ink up to a pixel in its row, `rows` that of the rows.
  const within = new Float64Array(ink.length);
  const rows = new Float64Array(height);
  let total = 0;
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) within[y * width + x] = row += ink[y * width + x];
    rows[y] = total += row;
  }
  if (!(total > 0)) {
    throw refusal('image', 'no ink', 'dark ink on light paper, or an image with transparent parts');
  }
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const [u, w] = evenly(i);
    const down = place(rows, u);
    const line = within.subarray(Math.floor(down) * width, (Math.floor(down) + 1) * width);
    points[2 * i] = place(line, w);
    points[2 * i + 1] = height - down;
  }
  return points;
}

/**
 * Where a rising sum reaches a share of its end: the index, and how far into it.
 * @param {Float64Array} sums
 * @param {number} share at least 0 and below 1
 */
function place(sums, share) {
  const wanted = share * sums[sums.length - 1];
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > wanted) high = middle;
    else low = middle + 1;
  }
  const before = low > 0 ? sums[low - 1] : 0;
  const into = (wanted - before) / (sums[low] - before);
  return low + Math.min(into, 1 - 1e-9);
}
