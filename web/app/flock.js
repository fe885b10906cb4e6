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

/** Multiply-adds of all distances in a share of kin: a few milliseconds. */
const KIN_WORK = 8e6;

/**
 * The share of points that lie nearest to a real point of their own class; of the first ones, when all would take too long.
 * @param {Float32Array} points [n, dim]
 * @param {Int32Array} labels [n]
 * @param {{points: Float32Array, labels: Int32Array}} real
 * @param {number} dim
 */
export function kinShare(points, labels, real, dim) {
  const n = Math.min(labels.length, Math.ceil(KIN_WORK / real.points.length));
  let kin = 0;
  for (let i = 0; i < n; i++) {
    const nearest = nearestTo(points.subarray(i * dim, (i + 1) * dim), real.points);
    if (real.labels[nearest] === labels[i]) kin += 1;
  }
  return kin / n;
}

/**
 * @param {Float32Array} point [dim]
 * @param {Float32Array} others [n, dim]
 * @returns {number} the index of the nearest
 */
function nearestTo(point, others) {
  const dim = point.length;
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i * dim < others.length; i++) {
    let square = 0;
    for (let d = 0; d < dim; d++) square += (others[i * dim + d] - point[d]) ** 2;
    if (square < least) [nearest, least] = [i, square];
  }
  return nearest;
}

/**
 * Mean SW2 of the classes that have points; NaN without any.
 * @param {import('../lib/quality.js').ClassQuality[]} classes
 */
export function meanDistance(classes) {
  const known = classes.flatMap(({ sw2 }) => (sw2 === null ? [] : [sw2]));
  return known.reduce((sum, sw2) => sum + sw2, 0) / known.length;
}

/**
 * Mean floor of the classes that have points; NaN without any.
 * @param {import('../lib/quality.js').ClassQuality[]} classes
 */
export function meanFloor(classes) {
  return meanDistance(classes.map((each) => ({ ...each, sw2: each.sw2_floor })));
}

/**
 * Throws when all points lie at one place: there is no shape to learn, and no distance to measure it by.
 * @param {Float32Array} points
 * @param {number} dim
 */
export function varied(points, dim) {
  if (points.some((value, i) => value !== points[i % dim])) return;
  const n = points.length / dim;
  const got = n === 1 ? '1 point' : `${n.toLocaleString('en')} points at one place`;
  throw new Error(`points: got ${got}; allowed are at least two that differ`);
}
