/**
 * The map under everything on the stage, of the density or of the difference of the fields, with the range of its colours.
 */

import { say } from './telling.js';

/**
 * @typedef {import('./stage.js').Ground} Cells
 * @typedef {Cells & {mass?: number, t?: number, mean?: number, here?: number}} Ground
 */

/** e^-10 of the highest density is 5e-5 of it: less than one of 20,000 samples would show. */
const NATS = 10;
/** What is worse than this share of all cells has the last colour: a few far away would pale all others. */
const SHARE = 0.97;

/** @param {Pick<Cells, 'values' | 'size' | 'extent'> & {mass: number, t: number}} density @returns {Ground} */
export function densityGround({ mass, t, ...cells }) {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < cells.values.length; i++) top = Math.max(top, cells.values[i]);
  const high = Number.isFinite(top) ? Math.ceil(top) : 0;
  return {
    ...cells,
    mass,
    t,
    low: high - NATS,
    high,
    stops: 'density',
    label: say('densityKey', mass, t),
  };
}

/**
 * @param {Pick<Cells, 'size' | 'extent'> & {values: Float32Array, here: Float32Array}} error  `here` is of the samples
 * @returns {Ground}
 */
export function errorGround({ values, here, size, extent }) {
  const sorted = Float32Array.from(values).sort();
  const high = rounded(sorted[Math.floor(SHARE * (sorted.length - 1))]);
  const means = { mean: meanOf(values), here: here.length > 0 ? meanOf(here) : undefined };
  return { values, size, extent, low: 0, high, stops: 'error', label: say('errorKey'), ...means };
}

/** @param {Float32Array} values */
function meanOf(values) {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/**
 * The next of 1, 2, 3, 5 times a power of ten, so that a range stays while its map changes a little.
 * @param {number} value
 */
function rounded(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 3, 5].find((factor) => factor * power >= value) ?? 10);
}
