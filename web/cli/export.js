/** @file `moonflow export`: a run as files for PyTorch, for whoever outgrows one machine. */

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusal } from '../lib/errors.js';
import { isOfPairs } from '../lib/pairs.js';
import { SOURCES, torchFiles } from '../lib/torch.js';
import { reason, writeWhole } from './file.js';
import { DIGITS, importDigits } from './imagery.js';
import { missing, toggle } from './options.js';
import { dataOption, openRun, openRunWithData } from './runfile.js';
import { readData } from './space.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */

export const summary =
  'Write a trained model as files for PyTorch, which sample it and train it on.';
export const operands = ['RUN'];
export const notes = [
  'DIR gets weights.safetensors and flow.py: the model, its paths, loss and samplers in PyTorch, which needs nothing else.',
  'python3 DIR/flow.py sample --out x.npy draws the points of moonflow sample RUN; the same seed, the same points.',
  'python3 DIR/flow.py train --steps 1000 trains on with the batches that moonflow would draw, on a GPU if there is one;',
  'torchrun --nproc_per_node 2 DIR/flow.py train --steps 1000 shares the same steps between two processes, or any number ' +
    '(PyTorch 1.13 under Python 3.11, as on Debian 12, wants -r 2 -t 2 before DIR).',
  'Solvers, grids, noise on the way and guidance are those of moonflow sample, paths, couplings, sources and weights those of ' +
    'train; under dopri5, which chooses its own steps, points are the same within its tolerance.',
  'With --data DIR also gets points.safetensors, without which a run of a file of points is sampled and not trained; points of ' +
    '--source FILE and the latent space of a run are in the run, and digits need no --data.',
  'Where several pairings of coupling ot cost the same, as where points coincide, flow.py may train on another of them.',
  'A reflowed run is trained on pairs, which are in no file: export the run it came from too, and give what its ' +
    'flow.py sample --out pairs.safetensors writes to train --points.',
];

/** @returns {Option[]} */
export function options() {
  /** @param {string} text */
  const read = (text) => text;
  const folder = 'The folder to write, new or empty; needed.';
  const force = 'Write into a folder that is not empty, over files of the same names.';
  return [
    { flag: '--torch', key: 'torch', value: 'DIR', help: folder, read },
    toggle('--force', force),
    dataOption,
  ];
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
export async function run(values, module) {
  const { torch: folder, force = false, data, RUN } = values;
  if (folder === undefined) throw missing('--torch', 'the name of a folder');
  await requireRoom(folder, force);
  const model = data
    ? await openRunWithData('RUN', RUN, { module, data })
    : await openRun('RUN', RUN, module);
  const labelled = Number(model.config.classes) > 0;
  const own =
    data && data !== DIGITS
      ? await readData('--data', data, { model, name: RUN, labelled })
      : await shipped(model, labelled);
  const files = torchFiles(model, await sources(), own);
  await makeFolder(folder);
  for (const [name, content] of files) await writeWhole('--torch', join(folder, name), content);
  const words = [...files.keys()].map((name) => `wrote ${join(folder, name)}\n`);
  process.stdout.write(words.join(''));
  const lack = lackOf(model, own !== undefined);
  if (lack) process.stderr.write(`moonflow: warning: ${lack}\n`);
  return 0;
}

/**
 * What of the training on no file of the export has; undefined when nothing.
 * @param {import('../lib/model.js').Model} model
 * @param {boolean} points whether the points of the run are there
 */
function lackOf({ config: { coupling, data } }, points) {
  if (isOfPairs(coupling)) {
    return (
      `coupling: '${coupling}', whose pairs are in no file, so flow.py samples and does not yet train; export the run it ` +
      'came from too, whose flow.py sample --out pairs.safetensors writes pairs for train --points'
    );
  }
  if (data !== 'points' || points) return undefined;
  return "data: 'points', which are in no file of a run, so flow.py samples and does not train; give --data";
}

/**
 * The points of a run of digits, which are here without a file.
 * @param {import('../lib/model.js').Model} model
 * @param {boolean} labelled
 */
async function shipped({ images }, labelled) {
  if (images?.name !== DIGITS) return undefined;
  const { labels, ...points } = await importDigits(images.latent);
  return labelled ? { ...points, labels } : points;
}

/**
 * Nothing that somebody may have edited is lost without being asked for.
 * @param {string} folder
 * @param {boolean} force
 */
async function requireRoom(folder, force) {
  /** @type {string[]} */
  let held = [];
  try {
    held = await readdir(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return;
    throw new Error(`--torch: cannot write ${folder}: ${reason(error)}`, { cause: error });
  }
  if (held.length === 0 || force) return;
  throw refusal(
    '--torch',
    folder,
    `a new or an empty folder; this one holds ${held[0]}, --force writes into it`,
  );
}

/** @param {string} folder */
async function makeFolder(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return;
    throw new Error(`--torch: cannot write ${folder}: ${reason(error)}`, { cause: error });
  }
}

/** @returns {Promise<import('../lib/torch.js').Sources>} */
async function sources() {
  const texts = SOURCES.map(async (name) => {
    return [name, await readFile(new URL(`../lib/${name}.py`, import.meta.url), 'utf8')];
  });
  return Object.fromEntries(await Promise.all(texts));
}
