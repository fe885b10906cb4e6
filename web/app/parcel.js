/**
 * What a file of weights brings and what it needs, read before the model is touched: a run of its own, or bare weights as
 * PyTorch writes them, which take the settings of the page.
 */

import { MoonflowError } from '../lib/errors.js';
import { metadataOf } from '../lib/safetensors.js';
import { read } from '../lib/weights.js';

/** @typedef {import('./dials.js').Dials} Dials */

/**
 * Takes a file over into the worker.
 * @param {import('../lib/client.js').Client} client
 * @param {Uint8Array} bytes
 * @param {Dials} dials
 * @returns {Promise<import('../lib/client.js').Info>}
 */
export async function unpack(client, bytes, dials) {
  const metadata = metadataOf(bytes);
  if (metadata.format === undefined) {
    return client.create(dials.config, { ...dials.extras(), weights: bytes });
  }
  const config = configOf(metadata.config);
  if (config.data === 'points' && !dials.points) {
    const message =
      'this run learned points of its own, which are not in the file; load them first';
    throw new MoonflowError('state', message);
  }
  const { points, labels } = dials.extras(config);
  const info = await client.load(bytes, { points, labels });
  if (config.path !== 'custom' && config.source !== 'points') return info;
  // A path and a source of one's own are in the file, and a reset will need them.
  const { tensors } = read(bytes);
  const [alpha, sigma] = ['path.alpha', 'path.sigma'].map((name) => tensors.get(name)?.data);
  if (alpha && sigma) dials.curve = { alpha, sigma };
  const source = tensors.get('source.points');
  if (source) dials.source = { data: source.data, dim: source.shape[1] };
  return info;
}

/** @param {string | undefined} text */
function configOf(text) {
  try {
    return Object(JSON.parse(text ?? ''));
  } catch {
    // The worker reads the same text strictly and says what is wrong with it.
    return {};
  }
}
