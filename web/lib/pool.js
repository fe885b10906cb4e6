/**
 * @file The helpers of a model: threads over its memory that share the work of every gradient (src/pool.h). The bits are
 * those of one thread.
 *
 * A helper that ends between two pieces of work is merely one fewer. One that ends or is held up within a piece is lost:
 * the call at hand fails. Nobody can wait, in a synchronous call, for a thread to be really gone, and one that still moves
 * may write into the memory. So the model then goes on alone in a copy of its memory that no helper has seen.
 */

import { MoonflowError } from './errors.js';
import { OK } from './instance.js';
import { startThread } from './threads.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./threads.js').Thread} Thread */

/** Seconds until all helpers must be at work; a cold start takes a tenth of one. */
const START_SECONDS = 10;
/** How long work that helpers have begun may show no progress; the widest network does a block of rows in a tenth of one. */
const PATIENCE_SECONDS = 5;
/** The engine keeps its arrays in the model's block; this is what rules.mk gives the first thread too. */
const STACK_BYTES = 65536;

/**
 * Gets the helpers of a new model that was made with the build for threads; when they do not come, disposes of it.
 * @param {Model} model
 * @param {number} threads
 * @returns {Promise<Model>} the same
 */
export async function hire(model, threads) {
  if (threads === 1) return model;
  model.pool = new Pool(model, threads);
  try {
    await model.pool.open();
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

export class Pool {
  #model;
  #count;
  /** @type {Thread[]} */
  #threads = [];
  /** Helpers that have said that they are there. @type {Set<number>} */
  #ready = new Set();
  /** Helpers that ended by themselves. @type {Set<number>} */
  #missing = new Set();
  #atWork = false;
  #ended = false;
  /** Ends the wait for the helpers. @type {(error: unknown) => void} */
  #refuse = () => {};

  /**
   * @param {Model} model laid out in shared memory
   * @param {number} threads from 2
   */
  constructor(model, threads) {
    this.#model = model;
    this.#count = threads - 1;
  }

  /** Threads that share the work now. */
  get threads() {
    return this.#ended ? 1 : this.#count + 1 - this.#missing.size;
  }

  /** Starts the helpers, and resolves when all are at work; otherwise none is left running. */
  async open() {
    const seconds = START_SECONDS;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    try {
      await new Promise((resolve, reject) => {
        this.#refuse = reject;
        timer = setTimeout(() => reject(this.#late(seconds)), 1000 * seconds);
        this.#muster().then(resolve, reject);
      });
    } catch (error) {
      this.#terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * After a call in which a helper was lost: ends all helpers, lets the model go on alone, and returns the error that
   * says so.
   * @param {string} operation
   * @param {Float64Array} [losses] of the steps that were taken
   */
  lost(operation, losses = new Float64Array()) {
    const which = this.#count === 1 ? 'helper 1 of 1' : `one of the ${this.#count} helpers`;
    const why = `${which} showed no progress in its work for ${PATIENCE_SECONDS} seconds`;
    this.#terminate();
    try {
      this.#model.instance.move();
    } catch (error) {
      const message =
        `${operation}: ${why}, and this platform refused the memory to go on in without it ` +
        `(${/** @type {Error} */ (error).message}); this model is lost, create another`;
      return new MoonflowError('trap', message, { operation, cause: error });
    }
    const { step } = this.#model;
    const message =
      `${operation}: ${why}; the model is as it was after step ${step} and goes on with one ` +
      'thread, to the same bits';
    return new MoonflowError('worker', message, { operation, details: { step, losses } });
  }

  /** Sends the helpers home and ends their threads. Idempotent. */
  end() {
    if (this.#ended) return;
    const { instance, handle } = this.#model;
    // An engine that has trapped can be asked nothing; its helpers are ended all the same.
    if (instance.alive) instance.call('fm_threads_stop', handle);
    this.#terminate();
    this.#refuse(new MoonflowError('disposed', 'threads: the model was disposed of meanwhile'));
  }

  #terminate() {
    this.#ended = true;
    for (const thread of this.#threads.splice(0)) thread.terminate();
  }

  /** Starts all helpers and puts them to work. */
  async #muster() {
    const starts = Array.from({ length: this.#count }, (_, i) => this.#start(i + 1));
    await Promise.all(starts);
    const { instance, handle } = this.#model;
    while (!this.#ended) {
      const status = instance.call('fm_threads', handle, this.threads, 1000 * PATIENCE_SECONDS);
      this.#atWork = status === OK;
      if (this.#atWork) return;
      // A helper says that it is there just before it enters the engine.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** @param {number} helper */
  async #start(helper) {
    const { instance, handle } = this.#model;
    const stack = instance.memory.reserve(`stack ${helper}`, STACK_BYTES) + STACK_BYTES;
    const thread = await startThread('aide').catch((error) => {
      const why = `could not be started (${error.message}); threads: 1 needs no helper`;
      const message = `threads: helper ${helper} of ${this.#count} ${why}`;
      throw new MoonflowError('worker', message, { cause: error });
    });
    if (this.#ended) {
      thread.terminate();
      return;
    }
    this.#threads.push(thread);
    await new Promise((resolve) => {
      thread.addEventListener('message', () => {
        this.#ready.add(helper);
        // A forgotten model must not keep a process from its end. Node heeds this only once the thread runs.
        thread.unref?.();
        resolve(undefined);
      });
      for (const type of ['error', 'messageerror', 'exit']) {
        thread.addEventListener(type, (event) => {
          // Browsers hand an error that nobody took on to the owner of this worker, which would take it for its end.
          event?.preventDefault?.();
          this.#gone(helper, event?.message ?? type);
        });
      }
      thread.postMessage({ ...instance.shared, stack, handle }, []);
    });
  }

  /**
   * @param {number} helper
   * @param {string} why
   */
  #gone(helper, why) {
    if (this.#ended) return;
    if (this.#atWork) {
      this.#missing.add(helper);
      return;
    }
    const message =
      `threads: helper ${helper} of ${this.#count} ended (${why}) before all were at work; ` +
      'threads: 1 needs no helper';
    this.#refuse(new MoonflowError('worker', message));
  }

  /** @param {number} seconds */
  #late(seconds) {
    const all = Array.from({ length: this.#count }, (_, i) => i + 1);
    const helper = all.find((each) => !this.#ready.has(each)) ?? this.#count;
    const message =
      `threads: helper ${helper} of ${this.#count} was not at work after ${seconds} seconds; ` +
      'try again with fewer threads, threads: 1 needs no helper';
    return new MoonflowError('worker', message);
  }
}
