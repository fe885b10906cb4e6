/**
 * A worker that reads what a reader brings: parsing a large table or an image would hold the page's own thread for seconds.
 * Takes {id, file, options}; answers {id, table} or {id, fault}.
 */

import { isImage, pointsOfImage, pointsOfTable } from './points.js';

/**
 * @typedef {object} Options
 * @property {import('./points.js').Scaling} table  how a table is scaled
 * @property {import('./points.js').Scaling} image  and an image
 * @property {boolean} labelled  whether the last column of a table is the class of each point
 * @property {number} n          points of an image
 * @property {boolean} light     whether its ink is light on dark paper
 *
 * @typedef {{id: number, file: Blob, options: Options}} Request
 * @typedef {import('./points.js').Table & {kind: 'table' | 'image'}} Reading
 * @typedef {{id: number, table?: Reading, fault?: string}} Answer
 */

/** More pixels on a side would not show in the points. */
const SIDE_PX = 512;

addEventListener('message', async (/** @type {MessageEvent<Request>} */ { data }) => {
  const { id, file, options } = data;
  try {
    const table = await read(file, options);
    const buffers = [table.data.buffer, ...(table.labels ? [table.labels.buffer] : [])];
    postMessage({ id, table }, { transfer: buffers });
  } catch (error) {
    postMessage({ id, fault: error instanceof Error ? error.message : String(error) });
  }
});

/**
 * @param {Blob} file
 * @param {Options} options
 * @returns {Promise<Reading>}
 */
async function read(file, { table, image, labelled, n, light }) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isImage(bytes)) {
    return { kind: 'image', ...pointsOfImage(await pixels(file), { n, light, scaling: image }) };
  }
  return { kind: 'table', ...pointsOfTable(bytes, { labelled, scaling: table }) };
}

/** @param {Blob} file */
async function pixels(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(
      'the image is damaged or too large to decode; allowed is a whole PNG, JPEG, GIF or WebP',
    );
  });
  const shrink = Math.min(1, SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.round(side * shrink)),
  );
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context)
    throw new Error('this browser cannot read the pixels of an image here; use a table');
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
