/**
 * Points of classes: which class each is asked for, and how close together those of a class lie.
 */

/**
 * The classes in turn, each as often as the others give or take one.
 * @param {number} n
 * @param {number} classes
 */
export const inTurn = (n, classes) => Int32Array.from({ length: n }, (_, i) => i % classes);

/**
 * Root mean square distance of points to the middle of their class.
 * @param {Float32Array} points [n, dim]
 * @param {Int32Array} labels [n]
 * @param {number} dim
 */
export function radius(points, labels, dim) {
  const classes = Math.max(0, ...labels) + 1;
  const middles = new Float64Array(classes * dim);
  const counts = new Float64Array(classes);
  labels.forEach((label, i) => {
    counts[label] += 1;
    for (let d = 0; d < dim; d++) middles[label * dim + d] += points[i * dim + d];
  });
  let sum = 0;
  labels.forEach((label, i) => {
    for (let d = 0; d < dim; d++) {
      sum += (points[i * dim + d] - middles[label * dim + d] / counts[label]) ** 2;
    }
  });
  return Math.sqrt(sum / labels.length);
}

/**
 * Mean SW2 of the classes that have points; NaN without any.
 * @param {import('../lib/quality.js').ClassQuality[]} classes
 */
export function meanDistance(classes) {
  const known = classes.flatMap(({ sw2 }) => (sw2 === null ? [] : [sw2]));
  return known.reduce((sum, sw2) => sum + sw2, 0) / known.length;
}
