/** @file The numbers of tests/fixtures/draw.py, drawn alike here, so that inputs need not be stored beside results. */

/**
 * `count` numbers k / 2^24 in [0, 1).
 * @param {number} stream
 * @param {number} count
 */
export function hashed(stream, count) {
  return Float64Array.from({ length: count }, (_, index) => {
    let x = (Math.imul(index, 0x9e3779b9) + Math.imul(stream, 0x85ebca6b)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return ((x ^ (x >>> 16)) >>> 8) / 2 ** 24;
  });
}

/**
 * low + (high - low) u in double, rounded once.
 * @param {number} stream
 * @param {number} count
 * @param {number} low
 * @param {number} high
 */
export function spread(stream, count, low, high) {
  return Float32Array.from(hashed(stream, count), (u) => low + (high - low) * u);
}
