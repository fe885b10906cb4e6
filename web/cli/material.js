/** @file What a new run is made of beside its options: data, source and path, from files and the digits. */

import { countClasses } from '../lib/classes.js';
import { MoonflowError, refusal } from '../lib/errors.js';
import { DIM_MAX, encode, pca } from '../lib/pca.js';
import { DIGITS, importDigits } from './imagery.js';
import { isPointsFile, readPoints } from './pointfile.js';

/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/model.js').Model} Model */
/** @typedef {import('../lib/parameters.js').PartialConfig} PartialConfig */

/**
 * @typedef {object} Material
 * @property {PartialConfig} config what follows from it for the configuration
 * @property {(model: Model) => void} give hands it to the model
 */

/** @typedef {import('../lib/pca.js').Latent} Latent */
/** @typedef {import('./pointfile.js').Points & {images?: import('../lib/images.js').Images, latent?: Latent}} Data */

/**
 * @param {Values} values
 * @returns {Promise<Material>}
 */
export async function materialOf(values) {
  const { path, source } = values;
  const samples = path && isPointsFile(path) ? await readSamples(path) : undefined;
  const data = await ownData(values);
  const start = source && isPointsFile(source) ? await readSource(values, data) : undefined;
  const config = {
    ...(data && configOf(values, data)),
    ...(samples && { path: 'custom' }),
    ...(start && { source: 'points' }),
  };
  /** @param {Model} model */
  const give = (model) => {
    if (data) model.setPoints(data.points, data.n, data.labels);
    if (data?.latent) model.setLatent(data.latent);
    if (data?.images) model.setImages(data.images);
    if (start) model.setSource(start);
    if (samples) follow(model, path, samples);
  };
  return { config, give };
}

/**
 * Data that the engine does not make.
 * @param {Values} values
 * @returns {Promise<Data | undefined>}
 */
async function ownData({ data, latent, labels: labelled, classes }) {
  if (data === DIGITS) {
    const { labels, ...images } = await importDigits(latent);
    return labelled || classes > 0 ? { ...images, labels } : images;
  }
  if (data && isPointsFile(data)) {
    const own = await readPoints('--data', data, labelled, latent && DIM_MAX);
    return latent === undefined ? own : reduced(own, latent, data);
  }
  if (latent === undefined) return undefined;
  const why = 'the other sets have two coordinates and nothing to leave out';
  throw refusal('--latent', latent, `left out, or --data ${DIGITS} or a file: ${why}`);
}

/**
 * Points in so many of their own principal components.
 * @param {import('./pointfile.js').Points} own
 * @param {number} k
 * @param {string} path
 * @returns {Data}
 */
function reduced({ points, n, dim, labels }, k, path) {
  if (k > dim) throw refusal('--latent', k, `1 to ${dim}, the columns of ${path}`);
  if (n < 2) throw refusal('--latent', k, `left out: ${path} has one point, which varies nowhere`);
  if (points.every((each, i) => each === points[i % dim])) {
    throw refusal(
      '--latent',
      k,
      `left out: the points of ${path} are all the same, which varies nowhere`,
    );
  }
  const { mean, components, encode } = pca(points, dim, k);
  return { points: encode(points), n, dim: k, labels, latent: { mean, components } };
}

/**
 * @param {Values} values
 * @param {Data} own
 * @returns {PartialConfig}
 */
function configOf({ data, dim, classes, latent }, own) {
  if (dim !== undefined && dim !== own.dim) {
    const where = latent === undefined ? `in ${data}` : '--latent says';
    throw refusal('--dim', dim, `${own.dim}, as ${where}, or left out`);
  }
  if (!own.labels && classes > 0) {
    throw refusal('--classes', classes, `beside --labels, or 0: ${data} has no labels`);
  }
  const config = { data: 'points', dim: own.dim };
  return own.labels ? { classes: classes ?? countClasses(own.labels), ...config } : config;
}

/** Coordinates of the data sets that the engine makes. */
const PLANE = 2;

/**
 * The points of --source in the space of the data.
 * @param {Values} values
 * @param {Data} [own]
 * @returns {Promise<Float32Array>}
 */
async function readSource({ source, data = 'moons' }, own) {
  const latent = own?.latent ?? own?.images?.latent;
  const { points, dim } = await readPoints('--source', source, false, latent && DIM_MAX);
  const wanted = latent ? latent.mean.length : (own?.dim ?? PLANE);
  if (dim === wanted) return latent ? encode(latent, points) : points;
  throw refusal(`--source ${source}, columns`, dim, `${wanted}, as --data ${data} has`);
}

/**
 * @param {Model} model
 * @param {string} path  the file of --path
 * @param {import('../lib/path.js').PathSamples} samples
 */
function follow(model, path, samples) {
  try {
    model.setPath(samples);
  } catch (error) {
    if (!(error instanceof MoonflowError)) throw error;
    // As in readPoints: what is wrong lies inside the file.
    throw new MoonflowError('format', `--path ${path}: ${error.message}`, { cause: error });
  }
}

/**
 * The columns alpha and sigma of a file.
 * @param {string} path
 * @returns {Promise<import('../lib/path.js').PathSamples>}
 */
async function readSamples(path) {
  const { points, n, dim } = await readPoints('--path', path);
  if (dim !== 2) throw refusal(`--path ${path}, columns`, dim, '2, alpha and sigma');
  const alpha = Float32Array.from({ length: n }, (_, i) => points[2 * i]);
  return { alpha, sigma: Float32Array.from({ length: n }, (_, i) => points[2 * i + 1]) };
}
