/**
 * Every pairing of the values of two settings: each model is trained once, however many ways of sampling it is asked for, by a few
 * workers of their own that go when all is done or called off.
 */

import { spawn } from '../lib/spawn.js';
import { messageOf } from './explanation.js';
import { contender, costOf, leadOf, scoreOf } from './match.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('./dials.js').Dials} Dials
 * @typedef {import('./match.js').Contender} Contender
 * @typedef {import('./match.js').Setting} Setting
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {{setting: Setting, values: Value[]}} Axis
 *
 * @typedef {object} Cell
 * @property {number} row
 * @property {number} column
 * @property {Contender | null} contender  null when the engine refuses it
 * @property {string} why  it was refused, or came to no end; '' when neither
 * @property {number} nfe
 * @property {Float32Array | null} samples
 * @property {{sw2: number, floor: number} | null} quality
 *
 * One model and the cells that it fills.
 * @typedef {{cells: Cell[], step: number, total: number}} Job
 */

const WORKERS_MAX = 3;
/** Points of a picture, and of a measure. */
const SHOWN = 500;
const MEASURED = 4000;
const DATA_SEED = 2;
const SAMPLE_SEED = 1;
/** Milliseconds between two drawings of the progress. */
const CALM_MS = 100;

/**
 * Workers for so many models: one core is left to the page.
 * @param {number} cores
 * @param {number} jobs
 */
export function crewOf(cores, jobs) {
  return Math.max(1, Math.min(WORKERS_MAX, cores - 1, jobs));
}

/**
 * The cells in reading order; what the engine does not take says why.
 * @param {Dials} dials
 * @param {[Axis, Axis]} axes  rows, columns
 * @returns {Cell[]}
 */
export function cellsOf(dials, [down, across]) {
  return down.values.flatMap((first, row) =>
    across.values.map((second, column) => {
      const blank = { row, column, contender: null, why: '', nfe: 0, samples: null, quality: null };
      try {
        const values = { [down.setting.name]: first, [across.setting.name]: second };
        const able = contender(dials, values);
        return { ...blank, contender: able, nfe: costOf(dials, able) };
      } catch (error) {
        return { ...blank, why: messageOf(error) };
      }
    }),
  );
}

/**
 * One job for all cells whose models are the same to the bit: those that differ in how they sample alone.
 * @param {Dials} dials
 * @param {Cell[]} cells
 * @returns {Job[]}
 */
export function jobsOf(dials, cells) {
  const sampling = samplingOf(dials);
  /** @type {Map<string, Job>} */
  const jobs = new Map();
  for (const cell of cells) {
    if (!cell.contender) continue;
    const { config } = cell.contender;
    const key = JSON.stringify({ ...config, ...sampling });
    const job = jobs.get(key) ?? { cells: [], step: 0, total: Number(config.steps) };
    job.cells.push(cell);
    jobs.set(key, job);
  }
  return [...jobs.values()];
}

/** The rows that say how samples are made, as the main run has them. @param {Dials} dials */
function samplingOf({ table, config }) {
  const rows = table.filter(({ group, live }) => live && group === 'sampling');
  return Object.fromEntries(rows.map(({ name }) => [name, config[name]]));
}

export class Sweep {
  /** @type {'idle' | 'running' | 'done' | 'stopped'} */
  phase = 'idle';
  /** @type {Cell[]} */
  cells = [];
  /** @type {Job[]} */
  jobs = [];
  /** @type {Float32Array | null} */
  data = null;
  dim = 2;
  workers = 0;
  fault = '';
  /** Counts what has changed. */
  revision = 0;
  #abort = new AbortController();
  /** @type {Promise<Client>[]} */
  #crew = [];
  #dials;
  #changed;

  /**
   * @param {Dials} dials
   * @param {() => void} changed  called after any public field has changed
   */
  constructor(dials, changed) {
    this.#dials = dials;
    this.#changed = () => {
      this.revision += 1;
      changed();
    };
  }

  /** From 0 to 1. */
  get progress() {
    const shares = this.jobs.map(({ step, total }) => step / total);
    return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  }

  /**
   * @param {[Axis, Axis]} axes
   * @param {number} cores  of the machine
   */
  async run(axes, cores) {
    const { signal } = this.#abort;
    this.cells = cellsOf(this.#dials, axes);
    this.jobs = jobsOf(this.#dials, this.cells);
    Object.assign(this, { data: null, fault: '', dim: Number(this.#dials.config.dim) });
    const waiting = [...this.jobs];
    this.workers = waiting.length > 0 ? crewOf(cores, waiting.length) : 0;
    const crew = Array.from({ length: this.workers }, () => spawn());
    this.#crew = crew;
    this.#enter('running');
    try {
      await Promise.all(
        crew.map(async (coming) => {
          const client = await coming;
          for (let job = waiting.shift(); job; job = waiting.shift()) {
            await this.#fill(client, job, signal);
          }
        }),
      );
      this.#enter('done');
    } catch (error) {
      if (signal.aborted) return;
      this.fault = messageOf(error);
      this.#enter('stopped');
    } finally {
      dispose(crew);
    }
  }

  /** Ends it, and its workers with it. */
  cancel() {
    this.#abort.abort();
    this.#abort = new AbortController();
    dispose(this.#crew);
    this.#enter('stopped');
  }

  /**
   * @param {Client} client
   * @param {Job} job
   * @param {AbortSignal} signal
   */
  async #fill(client, job, signal) {
    signal.throwIfAborted();
    const [{ contender: first }] = job.cells;
    const { config } = /** @type {Contender} */ (first);
    await client.create(config, this.#dials.extras(config));
    this.data ??= await client.data({ n: SHOWN, seed: DATA_SEED, signal });
    try {
      let toldMs = 0;
      const onFrame = (/** @type {{step: number}} */ { step }) => {
        job.step = step;
        if (performance.now() - toldMs < CALM_MS) return;
        toldMs = performance.now();
        this.#changed();
      };
      await client.train({ onFrame, signal });
      for (const cell of job.cells) {
        await this.#look(client, cell, signal);
        this.#changed();
      }
    } catch (error) {
      const { code } = /** @type {{code?: string}} */ (error);
      // A model that came to no end is told in its cells, and the others go on.
      if (signal.aborted || (code !== 'diverged' && code !== 'argument')) throw error;
      for (const cell of job.cells) if (!cell.quality) cell.why = messageOf(error);
      job.step = job.total;
      this.#changed();
    }
  }

  /**
   * @param {Client} client
   * @param {Cell} cell
   * @param {AbortSignal} signal
   */
  async #look(client, cell, signal) {
    const contender = /** @type {Contender} */ (cell.contender);
    const { config, guidance } = contender;
    const rows = Object.keys(samplingOf(this.#dials));
    await client.set(Object.fromEntries(rows.map((name) => [name, config[name]])));
    const start = { n: SHOWN, seed: SAMPLE_SEED, signal };
    cell.samples = await client.sample({ ...start, ...leadOf(contender, SHOWN) });
    const led = guidance === null ? {} : { guidance };
    const quality = scoreOf(await client.quality({ n: MEASURED, ...led, signal }), contender);
    Object.assign(cell, { quality, nfe: quality.nfe });
  }

  /** @param {Sweep['phase']} phase */
  #enter(phase) {
    this.phase = phase;
    this.#changed();
  }
}

/** @param {Promise<Client>[]} crew */
function dispose(crew) {
  for (const coming of crew) coming.then((client) => client.dispose()).catch(() => {});
}
