// ramp.js — colours for numbers from 0 to 1: 256 of them between a few stops, mixed in Oklab (Björn Ottosson, 2020), where equal
// steps look equally far apart and the middle of two colours is not darker than both.

/**
 * @typedef {readonly string[]} Stops  #rrggbb, evenly spaced, at least two
 * @typedef {readonly string[]} Ramp   256 colours, #rrggbb
 */

export const LEVELS = 256;

/** @type {WeakMap<Stops, Ramp>} */
const baked = new WeakMap();

/**
 * Baked once for every list of stops.
 * @param {Stops} stops
 * @returns {Ramp}
 */
export function rampOf(stops) {
  const known = baked.get(stops);
  if (known) return known;
  const labs = stops.map((stop) => oklab(channelsOf(stop)));
  const ramp = Object.freeze(
    Array.from({ length: LEVELS }, (_, level) => {
      const place = (level / (LEVELS - 1)) * (stops.length - 1);
      const first = Math.min(Math.floor(place), stops.length - 2);
      const [a, b] = [labs[first], labs[first + 1]];
      return hex(rgb(a.map((value, i) => value + (b[i] - value) * (place - first))));
    }),
  );
  baked.set(stops, ramp);
  return ramp;
}

/**
 * The place of a share in a ramp; shares beyond 0 and 1, and those that are not numbers, count as its ends.
 * @param {number} share
 */
export function levelOf(share) {
  return share > 0 ? Math.min(LEVELS - 1, Math.floor(share * LEVELS)) : 0;
}

/**
 * Red, green and blue from 0 to 255.
 * @param {string} colour  #rrggbb
 */
export function channelsOf(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/**
 * Lightness from 0 to 1, then green to red and blue to yellow.
 * @param {number[]} channels  red, green, blue from 0 to 255
 */
export function oklab(channels) {
  const [r, g, b] = channels.map((value) => linear(value / 255));
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

/** @param {number[]} lab */
function rgb([lightness, a, b]) {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ].map((value) => Math.round(255 * gamma(Math.min(1, Math.max(0, value)))));
}

/** sRGB as light. @param {number} value */
function linear(value) {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** @param {number} value */
function gamma(value) {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** @param {number[]} channels */
function hex(channels) {
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
