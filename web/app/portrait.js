/**
 * The picture and the measure of a model that stands still. Both end early when the reader asks for something else, and are
 * sized by what a sample costs.
 */

import { lookPoints, picturePoints } from './gauge.js';

/** The most points drawn, of data and of samples. */
export const SHOWN = 2000;
/** Samples come from a stream apart from those of the training data. */
export const SAMPLE_SEED = 1;
/** Milliseconds between two pictures of a training model; the second where the reader asked for little motion. */
const PICTURE_MS = 250;
const CALM_PICTURE_MS = 1000;
/** Samples of the final measure, and its floor. */
const MEASURED = 20_000;

export class Portrait {
  /** Whether the model that stands here was drawn. */
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
   * Draws a still model at its best and measures it, as long as nothing else is asked.
   * @param {AbortSignal} signal
   */
  async settle(signal) {
    await this.draw(signal);
    if (this.done && this.#run.phase !== 'ready' && this.size > 0) await this.#measure(signal);
  }

  /**
   * Keeps the still model and draws it.
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
    const n = this.size;
    run.unseen = n === 0;
    if (n === 0) run.samples = run.quality = null;
    else await this.#pick(n, signal);
    if (signal.aborted) return;
    this.done = true;
    this.#changed();
  }

  /**
   * @param {number} n
   * @param {AbortSignal} signal
   */
  async #pick(n, signal) {
    try {
      this.#run.samples = await this.#line.client.sample({ n, seed: SAMPLE_SEED, signal });
    } catch (error) {
      // Whoever interrupted the picture will draw again.
      if (!signal.aborted) throw error;
    }
  }

  /** Points of the picture; 0 when a sample costs too much. */
  get size() {
    return picturePoints(this.#work);
  }

  /** Multiply-adds a sample costs. */
  get #work() {
    return this.#dials.nfe * this.#run.parameters;
  }

  /**
   * How a training model may be looked at; undefined when a sample costs too much.
   * @param {boolean} calm  whether the reader asked for little motion
   */
  look(calm) {
    const n = lookPoints(this.#work);
    if (n === 0) return undefined;
    const { solver, solver_steps } = this.#dials.config;
    const travel = { solver: String(solver), steps: Number(solver_steps) };
    return { n, ...travel, seed: SAMPLE_SEED, every_ms: calm ? CALM_PICTURE_MS : PICTURE_MS };
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
      this.#run.quality = { sw2, floor: sw2_floor, n: MEASURED, nfe, final: true };
    } catch (error) {
      // Whoever interrupted the measure will measure again.
      if (!signal.aborted) throw error;
    } finally {
      this.#run.measuring = null;
      this.#changed();
    }
  }
}
