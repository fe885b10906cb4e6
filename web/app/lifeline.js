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
  #ended;

  /** @param {(error: MoonflowError) => void} ended  hears of the death of a worker that had begun its work */
  constructor(ended) {
    this.#ended = ended;
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
    this.#checkpoint = await this.client.save();
  }

  /** Keeps the model when that was last done some time ago. A failure is the worker's death, which is heard elsewhere. */
  keepNowAndThen() {
    if (performance.now() - this.#keptMs > KEEP_MS) this.keep().catch(() => {});
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
    if (!this.#opening) this.#ended(error);
  }
}
