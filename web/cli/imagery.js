/** @file Images for the command: the handwritten digits as the data of a run, and the mosaics of --png. */

import { refusal } from '../lib/errors.js';
import { number } from './options.js';

/** @typedef {import('../lib/images.js').Images} Images */
/** @typedef {import('../lib/model.js').Model} Model */
/** @typedef {import('../view/mosaic.js').Row} Row */

export const DIGITS = 'digits';
const PIXELS = 64;
/** Images that one mosaic holds: still told apart. */
const MOST = 1600;
/** Images that one mosaic has unless another number is asked for, and those of a row. */
export const MOSAIC = 160;
const COLUMNS = 16;

export const latentOption = number('--latent', 'latent', {
  kind: 'integer',
  min: 1,
  max: PIXELS,
  help: `Train in so many principal components of --data, ${DIGITS} or a file, instead of its columns; saved in the run, undone by sample`,
});

/**
 * Loaded here, so that no other run reads the images.
 * @param {number | Images['latent']} [space]  see readDigits
 */
export async function importDigits(space) {
  const { readDigits } = await import('../lib/digits.js');
  return readDigits(space);
}

/**
 * @param {Model} model
 * @param {import('./options.js').Values} values  of --png
 * @returns {Images}
 */
export function requireImages({ images }, { RUN, png }) {
  if (images) return images;
  throw refusal(
    '--png',
    png,
    `left out: ${RUN} is not of images, as those of --data ${DIGITS} are`,
  );
}

/** @param {number} n */
export function requireFew(n) {
  if (n > MOST) throw refusal('-n', n, `${MOST} at most beside --png, which draws them all`);
}

/**
 * The rows of a mosaic, one a class where points have labels, which must rise.
 * @param {Model} model
 * @param {Float32Array} points [n, D]
 * @param {Int32Array} [labels] [n]
 * @param {number} [columns] of a mosaic without labels
 * @returns {Row[]}
 */
export function rowsOf(model, points, labels, columns = COLUMNS) {
  const { width, height } = /** @type {Images} */ (model.images);
  const pixels = model.pixels(points);
  const size = width * height;
  const n = pixels.length / size;
  /** @type {Row[]} */
  const rows = [];
  for (let from = 0, to = 0; from < n; from = to) {
    if (!labels) to = Math.min(n, from + columns);
    while (labels && labels[to] === labels[from]) to++;
    const images = pixels.subarray(from * size, to * size);
    rows.push(labels ? { name: String(labels[from]), images } : { images });
  }
  return rows;
}

/**
 * The label of each of n points: as many of each class, those of the first class first.
 * @param {Model} model
 * @param {number} n
 */
export function everyLabel({ config }, n) {
  const classes = Number(config.classes);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((i * classes) / n));
}

/**
 * Real images beside generated ones, a row of either for each class of a run that knows them.
 * @param {Model} model
 * @returns {{real: Row[], generated: Row[]}}
 */
export function compare(model) {
  const half = COLUMNS / 2;
  const classes = Number(model.config.classes);
  if (classes === 0) {
    const n = half * (MOSAIC / COLUMNS);
    const [real, generated] = [model.data({ n }), model.sample({ n })];
    return {
      real: rowsOf(model, real, undefined, half),
      generated: rowsOf(model, generated, undefined, half),
    };
  }
  const labels = everyLabel(model, half * classes);
  const generated = rowsOf(model, model.sample({ n: labels.length, labels }), labels);
  return { real: realRows(model, classes, half), generated };
}

/**
 * The first `count` of each class in a draw of the data.
 * @param {Model} model
 * @param {number} classes
 * @param {number} count
 */
function realRows(model, classes, count) {
  const { dim } = model;
  const drawn = { n: 8 * classes * count };
  const [points, labels] = [model.data(drawn), model.dataLabels(drawn)];
  const chosen = Array.from({ length: classes }, (_, label) => {
    return [...labels.keys()].filter((i) => labels[i] === label).slice(0, count);
  }).flat();
  const real = new Float32Array(chosen.length * dim);
  chosen.forEach((i, at) => {
    real.set(points.subarray(i * dim, (i + 1) * dim), at * dim);
  });
  return rowsOf(
    model,
    real,
    Int32Array.from(chosen, (i) => labels[i]),
  );
}
