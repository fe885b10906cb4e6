/**
 * What is kept and measured of a model that stands still: a checkpoint, which the viewer draws, its hash, and the distance of
 * its samples to the data. It ends early when the reader asks for something else.
 */

import { lookPoints, picturePoints } from './gauge.js';

/** The most points drawn, of data and of samples. */
export const SHOWN = 2000;
/** Samples come from a stream apart from those of the training data. */
export const SAMPLE_SEED = 1;
/** Samples of the final measure, and its floor. */
const MEASURED = 20_000;

export class Portrait {
  /** Whether the model that stands here was kept. */
  done = false;
  #line;
  #run;
  #dials;
  #changed;

  /**
   * @param {import('./lifeline.js').Lifeline} line
   * @param {import('./run.js').Run} run
   * @param {import('./dials.js').Dials} dials
   * @param {() => void} changed  called after the run has changed
   */
  constructor(line, run, dials, changed) {
    this.#line = line;
    this.#run = run;
    this.#dials = dials;
    this.#changed = changed;
  }

  /**
   * Keeps a still model and measures it, as long as nothing else is asked.
   * @param {AbortSignal} signal
   */
  async settle(signal) {
    await this.draw(signal);
    if (this.done && this.#run.phase !== 'ready' && this.size > 0) await this.#measure(signal);
  }

  /**
   * Keeps a still model, which is drawn from what is kept.
   * @param {AbortSignal} signal
   */
  async draw(signal) {
    const run = this.#run;
    this.done = false;
    run.rest();
    this.#changed();
    await this.#line.keep();
    if (signal.aborted) return;
    run.hash = await this.#line.client.digest();
    if (signal.aborted) return;
    run.unseen = this.size === 0;
    if (run.unseen) run.quality = null;
    this.done = true;
    this.#changed();
  }

  /** Points of a picture; 0 when a sample costs too much. */
  get size() {
    return picturePoints(this.#work);
  }

  /** Multiply-adds a sample costs. */
  get #work() {
    return this.#dials.nfe * this.#run.parameters;
  }

  /** How a training model may be measured; undefined when a sample costs too much. */
  look() {
    const n = lookPoints(this.#work);
    if (n === 0) return undefined;
    const { solver, solver_steps } = this.#dials.config;
    return { n, solver: String(solver), steps: Number(solver_steps) };
  }

  /** @param {AbortSignal} signal */
  async #measure(signal) {
    if (signal.aborted) return;
    const onProgress = (/** @type {number} */ progress) => {
      this.#run.measuring = progress;
      this.#changed();
    };
    onProgress(0);
    try {
      const options = { n: MEASURED, signal, onProgress };
      const { sw2, sw2_floor, nfe } = await this.#line.client.quality(options);
      this.#run.measured({ sw2, floor: sw2_floor, n: MEASURED, nfe, final: true });
    } catch (error) {
      // Whoever interrupted the measure will measure again.
      if (!signal.aborted) throw error;
    } finally {
      this.#run.measuring = null;
      this.#changed();
    }
  }
}
