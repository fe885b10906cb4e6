/** @file RUN: the file of a trained model, read and written by every verb. */

import { MoonflowError, refusal } from '../lib/errors.js';
import { load, save } from '../lib/weights.js';
import { readWhole, writeWhole } from './file.js';
import { DIGITS, importDigits } from './imagery.js';
import { file, missing } from './options.js';
import { ENDINGS } from './pointfile.js';
import { readData } from './space.js';

/** @typedef {import('../lib/model.js').Model} Model */

export const ENDING = '.safetensors';

const dataFile = file(
  '--data',
  'data',
  ENDINGS,
  'The points that RUN was trained on, when it was trained on a file, with their labels if it knows classes: they are not in RUN.',
);

/** Of a run of digits their name may be given, as train --data takes it, and need not. */
export const dataOption = {
  ...dataFile,
  read: (/** @type {string} */ text) => (text === DIGITS ? text : dataFile.read(text)),
};

/**
 * @param {string} what  the option or operand that named the file
 * @param {string} path
 * @param {WebAssembly.Module} module
 * @param {number} [threads]
 * @returns {Promise<Model>}
 */
export async function openRun(what, path, module, threads) {
  const bytes = await readWhole(what, path);
  try {
    return await load(bytes, { module, threads });
  } catch (error) {
    if (!(error instanceof MoonflowError)) throw error;
    // Whatever the library refuses here comes from the file, so it is a failure and not bad usage.
    const code = error.code === 'argument' ? 'format' : error.code;
    throw new MoonflowError(code, `${what} ${path}: ${error.message}`, { cause: error });
  }
}

/**
 * Like openRun, for verbs that need the run's data: a run of somebody's own points comes without them, one of digits with.
 * @param {string} what
 * @param {string} path
 * @param {{module: WebAssembly.Module, data?: string, threads?: number, others?: boolean}} options  data: that of --data;
 *   others: whether it may be other data than the run was trained on
 * @returns {Promise<Model>}
 */
export async function openRunWithData(what, path, { module, data, threads, others = false }) {
  const model = await openRun(what, path, module, threads);
  const { images } = model;
  if (images?.name === DIGITS) {
    if (data !== undefined && data !== DIGITS) {
      throw refusal('--data', data, `${DIGITS}, as in ${path}, or left out`);
    }
    const { points, n, labels } = await importDigits(images.latent);
    model.setPoints(points, n, Number(model.config.classes) > 0 ? labels : undefined);
    return model;
  }
  const trainedOn = model.config.data;
  if (data === undefined) {
    if (trainedOn !== 'points') return model;
    throw missing('--data', `the file of points that ${path} was trained on`);
  }
  if (trainedOn !== 'points') throw refusal('--data', data, `${trainedOn}, as in ${path}`);
  if (data === DIGITS)
    throw refusal('--data', data, `the file of points that ${path} was trained on`);
  const labelled = Number(model.config.classes) > 0;
  const { points, n, labels } = await readData('--data', data, { model, name: path, labelled });
  model.setPoints(points, n, labels);
  if (model.dataDiffers && !others) {
    const what = sameBut(model) ? 'labels' : 'points';
    const why = `the file that ${path} was trained on, in its order: these are other ${what}`;
    throw refusal('--data', data, why);
  }
  return model;
}

/**
 * Whether data that differ do so in their labels alone.
 * @param {Model} model
 */
function sameBut({ dataDigest = '', trainedOn = '' }) {
  return dataDigest.split(':')[0] === trainedOn.split(':')[0];
}

/**
 * @param {string} path
 * @param {Model} model
 */
export async function saveRun(path, model) {
  await writeWhole('--out', path, save(model));
}

/**
 * After a run that failed: one that diverged, lost a thread or met a batch that its sinkhorn_reg is too small for is saved as
 * it was at its last whole step, since that may be hours of work. Returns the error to throw.
 * @param {unknown} error
 * @param {Model} model
 * @param {string | undefined} out
 */
export async function rescued(error, model, out) {
  if (!(error instanceof MoonflowError) || !out) return error;
  const refused = error.code === 'argument' && error.operation === 'train' && model.step > 0;
  if (!refused && error.code !== 'diverged' && error.code !== 'worker') return error;
  await saveRun(out, model);
  return new MoonflowError(error.code, `${error.message}; saved to ${out}`, { cause: error });
}
