/**
 * @file The sending half of a stream of frames: gathers losses, sends a frame when there is credit, reuses the buffers
 * that come back, and paces training so that a slice takes about 8 ms.
 */

import { seed as checkSeed, integer, POINTS_MAX } from './argument.js';
import { MoonflowError } from './errors.js';
import { travelOf } from './flow.js';
import { buffersOf, SLICE_MS } from './protocol.js';
import { reflow } from './reflow.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./protocol.js').Frame} Frame */

/**
 * Work of a stream yields its progress, or 'credit' when it can only go on after the client gave credit.
 * @template R
 * @typedef {import('./slice.js').Work<number | object | 'credit', R>} StreamWork
 */

/**
 * @typedef {object} SamplePlan
 * @property {number} n
 * @property {number} [every_ms] 250 unless given
 * @property {string} [solver]
 * @property {number} [steps]
 * @property {number} [seed]
 */

/** Buffers kept for the next frame: its losses and its samples. */
const SPARES = 2;
const CHUNK_MAX = 4096;

export class Stream {
  stopped = false;
  #model;
  #post;
  #credit = 1;
  /** @type {ArrayBuffer[]} */
  #spares = [];
  /** @type {Float64Array[]} */
  #losses = [];
  /** @type {Float32Array | undefined} */
  #samples;
  #sentAt = performance.now();
  #chunk = 1;
  #chunkAt = 0;

  /**
   * @param {Model} model
   * @param {(frame: Frame, transfer: ArrayBuffer[]) => void} post
   */
  constructor(model, post) {
    this.#model = model;
    this.#post = post;
  }

  /**
   * The client is done with a frame.
   * @param {ArrayBuffer[]} buffers
   */
  giveBack(buffers) {
    this.#credit = 1;
    this.#spares = [...buffers, ...this.#spares].slice(0, SPARES);
  }

  /** How many steps fill a slice; the time until `gather` corrects it. */
  chunk() {
    this.#chunkAt = performance.now();
    return this.#chunk;
  }

  /** @param {Float64Array} losses of the steps since `chunk` */
  gather(losses) {
    this.#losses.push(losses);
    const perStep = (performance.now() - this.#chunkAt) / Math.max(1, losses.length);
    const fitting = Math.floor(SLICE_MS / Math.max(perStep, SLICE_MS / CHUNK_MAX));
    this.#chunk = Math.max(1, Math.min(fitting, 2 * this.#chunk));
  }

  /** Sends what was gathered, if there is anything and the client allows it. */
  flush() {
    if (this.#credit === 0 || (this.#losses.length === 0 && !this.#samples)) return;
    const now = performance.now();
    const { stats, lossByTime: loss_by_time } = this.#model;
    const losses = this.#joined();
    const steps_per_second = (1000 * losses.length) / Math.max(now - this.#sentAt, 1e-3);
    /** @type {Frame} */
    const frame = {
      step: stats.step,
      round: stats.round,
      losses,
      stats,
      loss_by_time,
      steps_per_second,
    };
    if (this.#samples) {
      frame.samples = new Float32Array(
        this.#buffer(this.#samples.byteLength),
        0,
        this.#samples.length,
      );
      frame.samples.set(this.#samples);
    }
    this.#credit = 0;
    this.#losses = [];
    this.#samples = undefined;
    this.#sentAt = now;
    this.#post(frame, buffersOf([losses, frame.samples]));
  }

  /**
   * Sends the last frame, waiting for the credit it needs.
   * @returns {StreamWork<void>}
   */
  *drain() {
    while (this.#credit === 0 && (this.#losses.length > 0 || this.#samples)) yield 'credit';
    this.flush();
  }

  /**
   * Training as a stream.
   * @param {{steps?: number, sample?: SamplePlan}} options
   * @returns {StreamWork<{step: number, loss: number, seconds: number, stopped: boolean}>}
   */
  *train(options) {
    const { steps, sample } = optionsOf('train', options);
    const model = this.#model;
    const rest = Math.max(0, Number(model.config.steps) - model.step);
    const target = model.step + integer('steps', steps ?? rest, 0);
    const begun = performance.now();
    const plan = sample && samplePlan(model, sample);
    let sampledAt = begun;
    while (model.step < target && !this.stopped) {
      yield* this.#advance(Math.min(this.chunk(), target - model.step));
      if (plan && performance.now() - sampledAt >= plan.every_ms) {
        this.#samples = yield* model.sampleSlices(plan.options);
        sampledAt = performance.now();
      }
      this.flush();
      yield model.step;
    }
    if (plan) this.#samples = yield* model.sampleSlices(plan.options);
    yield* this.drain();
    const seconds = (performance.now() - begun) / 1000;
    return { step: model.step, loss: model.stats.loss, seconds, stopped: this.stopped };
  }

  /**
   * Reflow as a stream; yields its progress.
   * @param {import('./reflow.js').ReflowOptions} options
   * @returns {StreamWork<import('./reflow.js').ReflowReport>}
   */
  *reflow(options) {
    const stopped = () => this.stopped;
    const work = reflow(this.#model, { ...options, stopped }, () => this.chunk());
    for (;;) {
      const { done, value } = work.next();
      if (done) {
        yield* this.drain();
        return value;
      }
      const { losses, ...progress } = value;
      if (losses) this.gather(losses);
      this.flush();
      yield progress;
    }
  }

  /**
   * @param {number} steps
   * @returns {StreamWork<void>}
   */
  *#advance(steps) {
    try {
      this.gather(this.#model.train(steps));
    } catch (error) {
      const losses = error instanceof MoonflowError ? error.details?.losses : undefined;
      if (losses instanceof Float64Array) {
        this.gather(losses);
        yield* this.drain();
      }
      throw error;
    }
  }

  #joined() {
    const length = this.#losses.reduce((sum, losses) => sum + losses.length, 0);
    const joined = new Float64Array(this.#buffer(8 * length), 0, length);
    let at = 0;
    for (const losses of this.#losses) {
      joined.set(losses, at);
      at += losses.length;
    }
    return joined;
  }

  /**
   * A spare buffer of at least `bytes` bytes, or a new one.
   * @param {number} bytes
   */
  #buffer(bytes) {
    const fitting = this.#spares.findIndex((spare) => spare.byteLength >= bytes);
    return fitting < 0 ? new ArrayBuffer(bytes) : this.#spares.splice(fitting, 1)[0];
  }
}

/**
 * Checks a plan whole, before the training that would carry it out.
 * @param {Model} model
 * @param {SamplePlan} plan
 */
function samplePlan(model, plan) {
  const { n, every_ms = 250, solver, steps, seed = 1 } = optionsOf('train.sample', plan);
  integer('sample.n', n, 1, POINTS_MAX);
  integer('sample.every_ms', every_ms, 0);
  checkSeed('sample.seed', seed);
  travelOf(model, /** @type {any} */ (solver), /** @type {any} */ (steps));
  const options = /** @type {import('./model.js').SampleOptions} */ ({ n, solver, steps, seed });
  return { every_ms: Number(every_ms), options };
}
