/**
 * @file Principal components (Pearson 1901): a latent space of fewer coordinates, z = (x - mean) W^T, with the rows of W
 * orthonormal and in the order of the variance they hold; decode gives mean + z W, the nearest point of their plane. By the
 * cyclic Jacobi method on the covariance, in doubles and in a fixed order, so that the same points give the same bits.
 */

import { integer, points as pointsIn } from './argument.js';
import { refusal } from './errors.js';

/**
 * @typedef {object} Latent
 * @property {Float32Array} mean        [D]
 * @property {Float32Array} components  [k, D], rows of length 1, each towards where its largest entry is positive
 *
 * @typedef {object} Codec
 * @property {Float64Array} explained  [k], the variance along each component, over n - 1
 * @property {(points: Float32Array) => Float32Array} encode  [n, D] to [n, k]
 * @property {(latents: Float32Array) => Float32Array} decode  [n, k] to [n, D]
 *
 * @typedef {Latent & Codec} Pca
 */

/** The cost of a sweep grows with the cube. */
export const DIM_MAX = 256;
/** Convergence is quadratic: seven are enough for 64 coordinates. */
const SWEEPS = 30;

/**
 * @param {Float32Array} points [n, D], n at least 2
 * @param {number} dim D, up to 256
 * @param {number} k components to keep, up to D
 * @returns {Pca}
 */
export function pca(points, dim, k) {
  integer('dim', dim, 1, DIM_MAX);
  integer('k', k, 1, dim);
  const n = pointsIn('points', points, dim);
  if (n < 2) throw refusal('points', n, 'at least 2, since one has no variance');
  const centre = meanOf(points, dim);
  const { values, vectors } = eigen(covariance(points, centre), dim);
  const order = values.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  const components = new Float32Array(k * dim);
  for (let row = 0; row < k; row++) {
    components.set(upright(vectors.subarray(order[row] * dim, (order[row] + 1) * dim)), row * dim);
  }
  const latent = { mean: Float32Array.from(centre), components };
  return {
    ...latent,
    // Rounding may leave a variance of nothing just below 0.
    explained: Float64Array.from({ length: k }, (_, row) => Math.max(0, values[order[row]])),
    encode: (each) => encode(latent, each),
    decode: (each) => decode(latent, each),
  };
}

/**
 * @param {Latent} latent
 * @param {Float32Array} points [n, D]
 * @returns {Float32Array} [n, k]
 */
export function encode({ mean, components }, points) {
  const dim = mean.length;
  const k = components.length / dim;
  const n = pointsIn('points', points, dim);
  return Float32Array.from({ length: n * k }, (_, at) => {
    const [from, row] = [Math.floor(at / k) * dim, (at % k) * dim];
    let sum = 0;
    for (let j = 0; j < dim; j++) sum += (points[from + j] - mean[j]) * components[row + j];
    return sum;
  });
}

/**
 * @param {Latent} latent
 * @param {Float32Array} latents [n, k]
 * @returns {Float32Array} [n, D]
 */
export function decode({ mean, components }, latents) {
  const dim = mean.length;
  const k = components.length / dim;
  const n = pointsIn('latents', latents, k);
  return Float32Array.from({ length: n * dim }, (_, at) => {
    const [from, j] = [Math.floor(at / dim) * k, at % dim];
    let sum = mean[j];
    for (let row = 0; row < k; row++) sum += latents[from + row] * components[row * dim + j];
    return sum;
  });
}

/**
 * @param {Float32Array} points
 * @param {number} dim
 */
function meanOf(points, dim) {
  const sum = new Float64Array(dim);
  points.forEach((value, at) => {
    sum[at % dim] += value;
  });
  return sum.map((each) => (each * dim) / points.length);
}

/**
 * @param {Float32Array} points
 * @param {Float64Array} mean
 * @returns {Float64Array} [D, D], over n - 1
 */
function covariance(points, mean) {
  const dim = mean.length;
  const n = points.length / dim;
  const matrix = new Float64Array(dim * dim);
  const centred = new Float64Array(dim);
  for (let from = 0; from < points.length; from += dim) {
    for (let j = 0; j < dim; j++) centred[j] = points[from + j] - mean[j];
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j < dim; j++) matrix[i * dim + j] += (centred[i] * centred[j]) / (n - 1);
    }
  }
  return matrix;
}

/**
 * Eigenvalues of a symmetric matrix and, in rows, their vectors: each rotation makes one entry off the diagonal zero.
 * @param {Float64Array} a [D, D], overwritten
 * @param {number} dim
 */
function eigen(a, dim) {
  const vectors = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) vectors[i * dim + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = 0;
    for (let p = 0; p < dim - 1; p++) {
      for (let q = p + 1; q < dim; q++) turned += rotate(a, vectors, dim, p, q);
    }
    if (turned === 0) break;
  }
  return { values: Array.from({ length: dim }, (_, i) => a[i * dim + i]), vectors };
}

/**
 * Turns coordinates p and q so that a[p, q] becomes 0; see Golub and Van Loan, Matrix Computations, 8.5.2.
 * @param {Float64Array} a
 * @param {Float64Array} vectors
 * @param {number} dim
 * @param {number} p
 * @param {number} q
 * @returns {number} 0 when it was 0 to rounding, else 1
 */
function rotate(a, vectors, dim, p, q) {
  const off = a[p * dim + q];
  const size = Math.sqrt(Math.abs(a[p * dim + p])) * Math.sqrt(Math.abs(a[q * dim + q]));
  if (Math.abs(off) <= Number.EPSILON * size || off === 0) return 0;
  const tau = (a[q * dim + q] - a[p * dim + p]) / (2 * off);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let i = 0; i < dim; i++) turn(a, i * dim + p, i * dim + q, c, s);
  for (let i = 0; i < dim; i++) turn(a, p * dim + i, q * dim + i, c, s);
  for (let i = 0; i < dim; i++) turn(vectors, p * dim + i, q * dim + i, c, s);
  return 1;
}

/**
 * @param {Float64Array} a
 * @param {number} i
 * @param {number} j
 * @param {number} c
 * @param {number} s
 */
function turn(a, i, j, c, s) {
  const [x, y] = [a[i], a[j]];
  a[i] = c * x - s * y;
  a[j] = s * x + c * y;
}

/**
 * A direction has two signs: the one in which its largest entry is positive.
 * @param {Float64Array} vector
 */
function upright(vector) {
  const largest = vector.reduce((best, each) => (Math.abs(each) > Math.abs(best) ? each : best), 0);
  return largest < 0 ? vector.map((each) => -each) : vector;
}
