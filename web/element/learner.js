/**
 * @file One run in a worker of its own: the model, what is known of it, and the way of some points through its network. The
 * numbers are those of the library's `spawn` for the same configuration.
 */

import { spawn } from '../lib/index.js';

/**
 * @typedef {import('../lib/index.js').Client} Client
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {{sw2: number, floor: number}} Quality
 * @typedef {{times: Float64Array, path: Float32Array}} Way
 *
 * A model that has left its worker, and what was known of it.
 * @typedef {{bytes: Uint8Array, loss: number, quality: Quality | null}} Kept
 *
 * What an element out of its document goes on with when it is put back: whether it was to run, what it was to learn, and the model.
 * @typedef {{wanted: boolean | null, wish: string, model: Promise<Kept | null>}} Memory
 */

/** Points drawn, of data and of samples, and their streams: apart from each other and from the training data's. */
const SHOWN = 800;
const DATA_SEED = 2;
const SAMPLE_SEED = 1;
/** A solver with steps of its own is read at these times. */
const READINGS_AT = Float64Array.from({ length: 41 }, (_, i) => i / 40);
/** Least milliseconds between two frames of a stream, two looks, two measures of a training model. */
const FRAME_MS = 40;
const LOOK_MS = 200;
const MEASURE_MS = 1200;
/** A look or a measure takes at most this share of the time. */
const SHARE = 0.2;
/** A first look that is dearer than this is one of fewer points from then on. */
const DEAR_MS = 800;
const FEWEST = 50;
/** Points of a measure, while it trains and at the end. */
const QUICK = 1000;
const FINAL = 5000;

/** Codes of an end that was asked for. */
const ENDED = ['aborted', 'disposed'];

/** @param {unknown} error */
export function isEnd(error) {
  return ENDED.includes(String(/** @type {{code?: unknown}} */ (error)?.code));
}

export class Learner {
  step = 0;
  /** Mean loss of the steps of the last frame; NaN before the first. */
  loss = Number.NaN;
  /** @type {Quality | null} */
  quality = null;
  /** [SHOWN, dim] @type {Float32Array | null} */
  data = null;
  /** @type {Way | null} */
  way = null;
  /** What the model was made from; null before the first. @type {Config | null} */
  config = null;
  #client;
  #changed;
  #points = SHOWN;
  #measured = false;
  /** The training that runs. @type {Promise<void> | null} */
  #stretch = null;
  #halt = new AbortController();
  /** When the next look and measure are due. */
  #lookAt = 0;
  #measureAt = 0;

  /**
   * @param {Client} client
   * @param {() => void} changed  called when more is known
   */
  constructor(client, changed) {
    this.#client = client;
    this.#changed = changed;
  }

  /**
   * @param {{workerUrl?: string, onExit: (error: Error) => void, changed: () => void}} options
   */
  static async open({ workerUrl, onExit, changed }) {
    return new Learner(await spawn({ workerUrl, onExit }), changed);
  }

  get transport() {
    return this.#client.transport;
  }

  get refused() {
    return this.#client.refused;
  }

  get total() {
    return Number(this.config?.steps ?? 0);
  }

  get dim() {
    return Number(this.config?.dim ?? 2);
  }

  get figures() {
    const { step, total, loss, quality } = this;
    return { step, total, loss, quality };
  }

  get running() {
    return this.#stretch !== null;
  }

  /** Whether the run is at its end, and was measured there. */
  get done() {
    return this.#measured;
  }

  /**
   * Makes a new model, or goes on with one that was kept. One that cannot be made leaves the one before as it is.
   * @param {Config} config
   * @param {Kept | null} [kept]  of the same configuration
   */
  async begin(config, kept = null) {
    await this.halt();
    const made = kept ? this.#client.load(kept.bytes) : this.#client.create(config);
    const info = await made;
    this.config = info.config;
    this.step = info.step;
    this.loss = kept?.loss ?? Number.NaN;
    this.quality = kept?.quality ?? null;
    this.way = null;
    this.#measured = false;
    this.#points = SHOWN;
    this.data = await this.#client.data({ n: SHOWN, seed: DATA_SEED });
    this.#changed();
    await this.#look();
  }

  /** Trains to the end, measures, and resolves; or until it is halted. One call at a time does it. */
  run() {
    this.#stretch ??= this.#train().finally(() => {
      this.#stretch = null;
      this.#changed();
    });
    return this.#stretch;
  }

  /** Ends what runs after the step at hand. */
  async halt() {
    const { running } = this;
    this.#halt.abort();
    if (running) await this.#client.stop();
    await this.#stretch?.catch(() => {});
    this.#halt = new AbortController();
  }

  digest() {
    return this.#client.digest();
  }

  save() {
    return this.#client.save();
  }

  /** Ends its worker, and gives the model as it was. @returns {Promise<Kept | null>} null when there is none */
  async leave() {
    try {
      await this.halt();
      const { loss, quality } = this;
      return this.config && { bytes: await this.save(), loss, quality };
    } catch {
      return null;
    } finally {
      await this.dispose();
    }
  }

  dispose() {
    this.#halt.abort();
    return this.#client.dispose();
  }

  async #train() {
    const { signal } = this.#halt;
    /** Looks and measures beside the training, one at a time. @type {Promise<void> | null} */
    let aside = null;
    const onFrame = (/** @type {import('../lib/protocol.js').Frame} */ { step, losses }) => {
      this.step = step;
      if (losses.length > 0) this.loss = losses.reduce((sum, loss) => sum + loss) / losses.length;
      aside ??= this.#aside(signal).finally(() => {
        aside = null;
      });
      this.#changed();
      // The next frame comes when this settles: an eye needs no more of them.
      return new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    };
    if (this.step < this.total) {
      const { step } = await this.#client.train({ steps: this.total - this.step, onFrame });
      this.step = step;
    }
    await aside;
    if (signal.aborted) return;
    await this.#look();
    if (!signal.aborted) await this.#measure(FINAL, signal);
    this.#measured = !signal.aborted;
  }

  /** @param {AbortSignal} signal */
  async #aside(signal) {
    const now = performance.now();
    try {
      if (now >= this.#lookAt) await this.#look();
      else if (now >= this.#measureAt) await this.#measure(QUICK, signal);
    } catch {
      // No picture now. The training goes on, and tells itself when the model has failed.
    }
  }

  async #look() {
    const began = performance.now();
    const grid = this.config?.solver === 'dopri5' ? { grid: READINGS_AT } : {};
    const options = { n: this.#points, seed: SAMPLE_SEED, ...grid };
    const { times, path } = await this.#client.trajectory(options);
    this.way = { times, path };
    const tookMs = performance.now() - began;
    if (tookMs > DEAR_MS)
      this.#points = Math.max(FEWEST, Math.floor((this.#points * DEAR_MS) / tookMs));
    this.#lookAt = performance.now() + Math.max(LOOK_MS, tookMs / SHARE);
    this.#changed();
  }

  /**
   * @param {number} n
   * @param {AbortSignal} signal
   */
  async #measure(n, signal) {
    const began = performance.now();
    try {
      const { sw2, sw2_floor } = await this.#client.quality({ n, signal });
      this.quality = { sw2, floor: sw2_floor };
    } catch (error) {
      if (!isEnd(error)) throw error;
    }
    const tookMs = performance.now() - began;
    this.#measureAt = performance.now() + Math.max(MEASURE_MS, tookMs / SHARE);
    this.#changed();
  }
}
