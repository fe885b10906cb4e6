/**
 * What a file of weights brings and what it needs, read before the model is touched: a run of its own, or bare weights as
 * PyTorch writes them, which take the settings of the page.
 */

import { MoonflowError } from '../lib/errors.js';
import { metadataOf } from '../lib/safetensors.js';

/**
 * Takes a file over into the worker.
 * @param {import('../lib/client.js').Client} client
 * @param {Uint8Array} bytes
 * @param {{config: import('../lib/parameters.js').Config, points: import('./points.js').Points | null}} page
 * @returns {Promise<import('../lib/client.js').Info>}
 */
export function unpack(client, bytes, { config, points }) {
  const metadata = metadataOf(bytes);
  const own = metadata.format !== undefined;
  const data = own ? dataOf(metadata.config) : config.data;
  const extras = data === 'points' ? { points: needed(points) } : {};
  if (own) return client.load(bytes, extras);
  return client.create(config, { ...extras, weights: bytes });
}

/** @param {string | undefined} text */
function dataOf(text) {
  try {
    return JSON.parse(text ?? '').data;
  } catch {
    // The worker reads the same text strictly and says what is wrong with it.
    return undefined;
  }
}

/** @param {import('./points.js').Points | null} points */
function needed(points) {
  if (points) return points.data;
  const message = 'this run learned points of its own, which are not in the file; load them first';
  throw new MoonflowError('state', message);
}
