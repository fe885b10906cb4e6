/**
 * @file Points of the unit square that fill it evenly: the additive recurrence on the plastic number (M. Roberts, 2018),
 * point i at frac(1/2 + (i + 1) / g), frac(1/2 + (i + 1) / g^2) with g^3 = g + 1. No two runs differ, and any first n of them
 * leave no hole.
 */

const PLASTIC = 1.324717957244746;

/**
 * @param {number} i from 0
 * @returns {[number, number]} each at least 0 and below 1
 */
export function evenly(i) {
  return [(0.5 + (i + 1) / PLASTIC) % 1, (0.5 + (i + 1) / (PLASTIC * PLASTIC)) % 1];
}
