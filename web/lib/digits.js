/**
 * @file The handwritten digits of E. Alpaydin and C. Kaynak (1998), 1,797 images of 8 x 8 pixels, under CC BY 4.0: see
 * digits.md. A module of its own, 'moonflow/digits.js', so that only who asks for the images loads their 60 kB.
 *
 *     const { points, labels, dim } = await digits();
 *     const model = await Model.create({ data: 'points', dim, classes: 10 });
 *     model.setPoints(points, undefined, labels);
 */

import { encode, pca } from './pca.js';
import { pixels } from './pixels.js';

/** @typedef {import('./images.js').Images} Images */

export const WIDTH = 8;
export const HEIGHT = 8;
/** Values of a pixel are 0 to 16: paper to ink. */
const HALF = 8;

/**
 * @returns {Promise<{points: Float32Array, labels: Int32Array, dim: number}>} points [1797, 64], each pixel from -1 (paper) to
 *   1 (ink), rows from the top; labels [1797] from 0 to 9
 */
export async function digits() {
  const rows = await inflated(Uint8Array.from(atob(pixels), (each) => each.charCodeAt(0)));
  const dim = WIDTH * HEIGHT;
  const n = rows.length / (dim + 1);
  const points = new Float32Array(n * dim);
  const labels = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const from = i * (dim + 1);
    for (let j = 0; j < dim; j++) points[i * dim + j] = rows[from + j] / HALF - 1;
    labels[i] = rows[from + dim];
  }
  return { points, labels, dim };
}

/**
 * The digits as the data of a run: in pixels, in so many principal components, or in the latent space of another run.
 * @param {number | Images['latent']} [space]
 * @returns {Promise<{points: Float32Array, n: number, dim: number, labels: Int32Array, images: Images}>}
 */
export async function readDigits(space) {
  const { points, labels, dim } = await digits();
  const n = labels.length;
  const images = { width: WIDTH, height: HEIGHT, name: 'digits' };
  if (space === undefined) return { points, n, dim, labels, images };
  const { mean, components } = typeof space === 'number' ? pca(points, dim, space) : space;
  const latent = { mean, components };
  const latents = encode(latent, points);
  return { points: latents, n, dim: latents.length / n, labels, images: { ...images, latent } };
}

/** @param {Uint8Array<ArrayBuffer>} bytes a zlib stream */
async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
