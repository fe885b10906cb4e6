/**
 * @file Points at the scale that the engine's presets are made for: mean 0 and standard deviation 3/2, somewhat wider than the
 * noise, as the named sets are; rounded to the grid of links (see packing.js).
 */

import { snap } from './packing.js';

/** The named sets have 1.4 (moons) to 2.8; so small a one leaves room on the grid for points far out. */
export const DEVIATION = 1.5;

/**
 * Each column by its own deviation, as for a table whose columns have units of their own; or, with `shape`, all by one, so
 * that a picture keeps its proportions. A column that does not vary becomes 0.
 * @param {Float32Array} points [n, dim]
 * @param {number} dim
 * @param {{shape?: boolean}} [options]
 * @returns {Float32Array} new ones
 */
export function standardised(points, dim, { shape = false } = {}) {
  const n = points.length / dim;
  const mean = columns(points, dim, (value) => value);
  const variance = columns(points, dim, (value, column) => (value - mean[column]) ** 2);
  const total = variance.reduce((sum, each) => sum + each, 0) / dim;
  const scale = variance.map((each) => DEVIATION / (Math.sqrt(shape ? total : each) || 1));
  const out = new Float32Array(n * dim);
  for (let i = 0; i < out.length; i++) {
    const column = i % dim;
    out[i] = (points[i] - mean[column]) * scale[column];
  }
  return snap(out).map((value) => value + 0); // -0 becomes 0
}

/**
 * The mean of something over each column.
 * @param {Float32Array} points
 * @param {number} dim
 * @param {(value: number, column: number) => number} of
 */
function columns(points, dim, of) {
  const sums = new Float64Array(dim);
  for (let i = 0; i < points.length; i++) sums[i % dim] += of(points[i], i % dim);
  return sums.map((sum) => (sum * dim) / points.length);
}
