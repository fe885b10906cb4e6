/**
 * @file Checkpoints of a training run: whole runs in a folder, one every so many steps and one where Ctrl-C stopped it, named
 * by their step. Any of them goes on with --resume to the bits of the run that was never interrupted.
 */

import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { refusal } from '../lib/errors.js';
import { save } from '../lib/weights.js';
import { reason, writeWhole } from './file.js';
import { missing, number } from './options.js';

/** @typedef {import('../lib/model.js').Model} Model */
/** @typedef {import('./options.js').Values} Values */

const NAME = /^step-(\d{8,})\.safetensors$/;
const FOLDER = '--checkpoint-dir';
const EVERY = '--checkpoint-every';

/** @returns {import('./options.js').Option[]} */
export function checkpointOptions() {
  const whole = { kind: /** @type {const} */ ('integer'), min: 1, max: 1e7 };
  const folder = 'Where checkpoints go, a folder that is made unless it is there.';
  /** @param {string} text */
  const read = (text) => text;
  return [
    number(EVERY, 'checkpoint_every', {
      ...whole,
      help: 'Save a checkpoint each time the step is a multiple of this.',
    }),
    { flag: FOLDER, key: 'checkpoint_dir', value: 'DIR', help: folder, read },
    number('--keep', 'keep', {
      ...whole,
      help: 'Checkpoints to keep, the latest; all when not given.',
    }),
  ];
}

/**
 * What the options ask for, checked before the run begins.
 * @param {Values} values
 * @returns {Promise<Checkpoints | undefined>}
 */
export async function checkpointsOf({ checkpoint_every, checkpoint_dir, keep, resume }) {
  if (checkpoint_every === undefined && checkpoint_dir === undefined) {
    if (keep === undefined) return undefined;
    throw refusal('--keep', keep, `left out without ${EVERY} and ${FOLDER}`);
  }
  if (checkpoint_dir === undefined) throw missing(FOLDER, `a folder, beside ${EVERY}`);
  if (checkpoint_every === undefined) throw missing(EVERY, `a number of steps, beside ${FOLDER}`);
  const held = await prepared(checkpoint_dir);
  // Checkpoints of two runs in one folder could not be told apart, and --keep would drop those of the other.
  const own = resume !== undefined && resolve(dirname(resume)) === resolve(checkpoint_dir);
  if (held.length > 0 && !own) {
    const allowed = `a folder without checkpoints, or --resume of one of its own`;
    throw refusal(FOLDER, checkpoint_dir, `${allowed}; it holds ${held[held.length - 1].name}`);
  }
  return new Checkpoints(checkpoint_dir, checkpoint_every, keep);
}

/** @param {string} folder */
async function prepared(folder) {
  try {
    await mkdir(folder).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
    return await list(folder);
  } catch (error) {
    throw new Error(`${FOLDER}: cannot use ${folder}: ${reason(error)}`, { cause: error });
  }
}

/**
 * The checkpoints of a folder, by step.
 * @param {string} folder
 */
async function list(folder) {
  const names = (await readdir(folder)).filter((name) => NAME.test(name));
  const rows = names.map((name) => ({ name, step: Number(name.match(NAME)?.[1]) }));
  return rows.sort((a, b) => a.step - b.step);
}

export class Checkpoints {
  /**
   * @param {string} folder
   * @param {number} every
   * @param {number} [keep]
   */
  constructor(folder, every, keep = Infinity) {
    this.folder = folder;
    this.every = every;
    this.keep = keep;
    /** The last one written. @type {string | undefined} */
    this.last = undefined;
  }

  /**
   * The step at which the next one is due.
   * @param {number} step
   */
  next(step) {
    return step - (step % this.every) + this.every;
  }

  /**
   * Writes one of the model as it stands, then drops the oldest beyond those to keep.
   * @param {Model} model
   */
  async write(model) {
    const { step } = model;
    const path = join(this.folder, `step-${String(step).padStart(8, '0')}.safetensors`);
    await writeWhole(FOLDER, path, save(model));
    this.last = path;
    // Later ones are left over from a run that had gone on further before it was resumed from here.
    const rows = (await list(this.folder)).filter((row) => row.step <= step);
    const old = rows.slice(0, Math.max(0, rows.length - this.keep));
    for (const { name } of old) await rm(join(this.folder, name), { force: true });
  }
}
