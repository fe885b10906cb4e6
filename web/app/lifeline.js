/**
 * The worker and what is kept for the case that it dies: a checkpoint, from which a new worker goes on.
 */

import { MoonflowError } from '../lib/errors.js';
import { spawn } from '../lib/spawn.js';

/** @typedef {import('../lib/client.js').Client} Client */

/** A running model is kept this often. */
const KEEP_MS = 3000;

export class Lifeline {
  /** @type {Client | null} */
  #client = null;
  /** @type {Uint8Array | null} */
  #checkpoint = null;
  #keptMs = 0;
  #opening = false;
  #keeping = false;
  #hears;

  /**
   * @param {{ended: (error: MoonflowError) => void, kept: (bytes: Uint8Array) => void}} hears  `ended` of the death of a worker
   *   that had begun its work, `kept` of every checkpoint
   */
  constructor(hears) {
    this.#hears = hears;
  }

  get alive() {
    return this.#client !== null;
  }

  /** @returns {Client} */
  get client() {
    if (this.#client) return this.#client;
    throw new MoonflowError('worker', 'worker: none is running');
  }

  /**
   * Starts a worker and lets it begin. A worker that dies in the attempt would die again, so the attempt then fails, and
   * who asked decides.
   * @param {(checkpoint: Uint8Array | null) => Promise<void>} begin
   */
  async open(begin) {
    this.#opening = true;
    try {
      this.#client = await spawn({ onExit: (error) => this.#died(error) });
      await begin(this.#checkpoint);
    } catch (error) {
      this.drop();
      throw error;
    } finally {
      this.#opening = false;
    }
  }

  /** Keeps the model as it is. */
  async keep() {
    this.#keptMs = performance.now();
    this.#keeping = true;
    try {
      this.#checkpoint = await this.client.save();
    } finally {
      this.#keeping = false;
    }
    this.#hears.kept(this.#checkpoint);
  }

  /**
   * Keeps a running model when that is wanted or was last done some time ago. A failure is the worker's death, which is heard
   * elsewhere.
   * @param {boolean} wanted
   */
  keepNowAndThen(wanted) {
    const old = performance.now() - this.#keptMs > KEEP_MS;
    if ((wanted || old) && !this.#keeping) this.keep().catch(() => {});
  }

  /** Asks the stream that runs to stop. A worker that has died has stopped too. */
  halt() {
    this.#client?.stop().catch(() => {});
  }

  /** Ends the worker. */
  drop() {
    this.#client?.dispose();
    this.#client = null;
  }

  /** Ends the worker, unless it is being started: what is asked of that one can be waited for. */
  abandon() {
    if (!this.#opening) this.drop();
  }

  /** @param {MoonflowError} error */
  #died(error) {
    this.#client = null;
    if (!this.#opening) this.#hears.ended(error);
  }
}
