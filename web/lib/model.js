/**
 * @file A flow-matching model: one engine instance with its own memory, called synchronously. Time runs from noise
 * (t = 0) to data (t = 1); arrays of points are row-major Float32Array [n, D]. A refused call has changed nothing.
 */

import { given, integer, POINTS_MAX, pointsOf, seed } from './argument.js';
import { assign } from './assignment.js';
import { batch, loss, NEEDS, train, trainBatch } from './batch.js';
import { change, readConfig } from './configuration.js';
import { methodOf, sampleSlices, straightnessSlices, velocity } from './flow.js';
import { Instance } from './instance.js';
import { compile, compileShared } from './loader.js';
import { parameters, resolve, toNumbers } from './parameters.js';
import { hire } from './pool.js';
import { qualitySlices, sw2Slices } from './quality.js';
import { finish, PIECE_POINTS } from './slice.js';
import { digest, readSlots, readTensors, restore } from './slots.js';
import { readStats } from './stats.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./batch.js').Batch} Batch */
/** @typedef {import('./flow.js').SampleOptions} SampleOptions */
/** @typedef {import('./flow.js').StraightnessOptions} StraightnessOptions */
/** @typedef {import('./flow.js').Weights} Weights */

/** @typedef {import('./stats.js').Stats} Stats */

const POINTS_NEED = "only a model whose data is 'points' takes points";

export class Model {
  #instance;
  #model = 0;
  #dim = 0;
  #choices;
  #firstCoupling;

  /**
   * Prefer Model.create.
   * @param {Config} config complete, as resolve returns it
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Module} [shared] the build for threads, when the model is to have some
   */
  constructor(config, module, shared) {
    /** @readonly */
    this.module = module;
    /** The helpers, for the modules of this folder. @type {import('./pool.js').Pool | undefined} */
    this.pool = undefined;
    this.#choices = parameters(module);
    this.#instance = new Instance(shared ?? module, shared !== undefined);
    this.#lay(toNumbers(this.#choices, config));
    this.#dim = Number(config.dim);
    this.#firstCoupling = String(config.coupling);
  }

  /**
   * With `threads` from 2 to 16, helpers share the work of training, to the same bits, until `dispose` ends them.
   * @param {PartialConfig} [config]
   * @param {{module?: WebAssembly.Module, threads?: number}} [options] 1 thread unless given
   * @returns {Promise<Model>}
   */
  static async create(config = {}, { module, threads = 1 } = {}) {
    const shared = await compileShared(threads);
    const model = Model.createSync(config, module ?? (await compile()), shared);
    return hire(model, threads);
  }

  /**
   * @param {PartialConfig} config
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Module} [shared] the build for threads; see hire in pool.js
   * @returns {Model}
   */
  static createSync(config, module, shared) {
    return new Model(resolve(module, config), module, shared);
  }

  /** Threads that share the work of training now: 1 after a helper was lost. */
  get threads() {
    return this.pool?.threads ?? 1;
  }

  /** @param {Float64Array} numbers */
  #lay(numbers) {
    const { memory } = this.#instance;
    const pointer = memory.reserve('parameters', numbers.byteLength);
    memory.doubles(pointer, numbers.length).set(numbers);
    const size = this.#instance.pointer('fm_size', pointer);
    const block = memory.reserve('model', size);
    const hint = 'give a configuration from resolve';
    this.#instance.check('create', hint, 'fm_init', block, size, pointer);
    this.#model = block;
  }

  /**
   * The engine's instance, for the modules of this folder.
   * @returns {Instance}
   */
  get instance() {
    return this.#instance;
  }

  /** Where the engine laid the model out, for the modules of this folder. */
  get handle() {
    return this.#model;
  }

  /** The complete configuration as it stands in the engine now. */
  get config() {
    return readConfig(this);
  }

  /** Coordinates of a point. */
  get dim() {
    return this.#dim;
  }

  /** @returns {Stats} */
  get stats() {
    return readStats(this);
  }

  /** Steps taken in this round. */
  get step() {
    return this.stats.step;
  }

  /** Reflow rounds begun. */
  get round() {
    return this.stats.round;
  }

  /** The coupling before the first reflow, which reset returns to. */
  get firstCoupling() {
    return this.round > 0 ? this.#firstCoupling : String(this.config.coupling);
  }

  /**
   * Changes live parameters, all or none.
   * @param {PartialConfig} partial
   */
  set(partial) {
    change(this, partial);
  }

  /**
   * The user's own data, copied; needed before training when data is 'points'.
   * @param {Float32Array} data [n, D], all finite
   * @param {number} [n] checked against the array
   */
  setPoints(data, n = data?.length / this.#dim) {
    pointsOf('points', data, this.#dim, n);
    const pointer = this.#instance.put('points', data)[0];
    this.#instance.check('setPoints', POINTS_NEED, 'fm_points_set', this.#model, pointer, n);
  }

  /**
   * Reflow pairs, copied: start points (unit scale) and where the model carried them.
   * @param {Float32Array} x0 [n, D]
   * @param {Float32Array} x1 [n, D]
   * @param {number} [n] checked against the arrays
   */
  setPairs(x0, x1, n = x0?.length / this.#dim) {
    pointsOf('x0', x0, this.#dim, n);
    pointsOf('x1', x1, this.#dim, n);
    const [start, end] = this.#instance.put('pairs', x0, x1);
    this.#instance.check(
      'setPairs',
      'give other pairs',
      'fm_pairs_set',
      this.#model,
      start,
      end,
      n,
    );
  }

  /** Begins the next reflow round; see fm_reflow_begin in fm.h. */
  reflowBegin() {
    this.#firstCoupling = this.firstCoupling;
    this.#instance.check('reflowBegin', 'call setPairs first', 'fm_reflow_begin', this.#model);
  }

  /** Draws the weights anew from the seed; points and pairs stay. */
  reset() {
    this.#instance.check('reset', 'report this', 'fm_reset', this.#model);
  }

  /**
   * @param {number} steps
   * @returns {Float64Array} the loss of each step, before its update
   */
  train(steps) {
    return train(this, steps);
  }

  /**
   * One optimiser step on a given batch, already coupled.
   * @param {Batch} batch
   * @returns {Stats}
   */
  trainBatch(batch) {
    return trainBatch(this, batch);
  }

  /**
   * The loss of a given batch, without an update; the gradients are in the slot 'gradient'.
   * @param {Batch} batch
   */
  loss(batch) {
    return loss(this, batch);
  }

  /**
   * The batch that a step of this round draws, after coupling.
   * @param {number} [step] the next one unless given
   * @returns {Batch}
   */
  batch(step = this.step) {
    return batch(this, step);
  }

  /**
   * The field v(t, x).
   * @param {import('./flow.js').VelocityOptions} options
   * @returns {Float32Array} [n, D]
   */
  velocity(options) {
    return velocity(this, options);
  }

  /**
   * Points first .. first + n - 1 of the endless stream of start points of a seed, unit scale.
   * @param {{n: number, seed?: number, first?: number}} options
   * @returns {Float32Array} [n, D]
   */
  noise(options) {
    const { n, seed: from = 1, first = 0 } = given('noise', options);
    const pointer = this.#room(n);
    const args = [seed('seed', from), integer('first', first, 0, 0xffffffff), n, pointer];
    this.#instance.check(
      'noise',
      'first + n must stay within 2^32 / dim',
      'fm_noise',
      this.#model,
      ...args,
    );
    return this.#instance.take(pointer, n * this.#dim);
  }

  /**
   * Draws of the model's own data set; the whole draw depends on n.
   * @param {{n: number, seed?: number}} options
   * @returns {Float32Array} [n, D]
   */
  data(options) {
    const { n, seed: from = 1 } = given('data', options);
    const pointer = this.#room(n);
    this.#instance.check('data', NEEDS, 'fm_data', this.#model, seed('seed', from), n, pointer);
    return this.#instance.take(pointer, n * this.#dim);
  }

  /**
   * Carries start points along the flow.
   * @param {SampleOptions} options
   * @returns {Float32Array} [n, D]
   */
  sample(options) {
    return finish(sampleSlices(this, options, PIECE_POINTS));
  }

  /**
   * `sample` in pieces; yields the fraction done.
   * @param {SampleOptions} options
   */
  sampleSlices(options) {
    return sampleSlices(this, options);
  }

  /**
   * Mean straightness (0 is straight) and transport cost of the flow over n start points.
   * @param {StraightnessOptions} [options]
   * @returns {{straightness: number, cost: number}}
   */
  straightness(options) {
    return finish(this.straightnessSlices(options));
  }

  /**
   * `straightness` in pieces; yields the fraction done.
   * @param {StraightnessOptions} [options]
   */
  straightnessSlices(options) {
    return straightnessSlices(this, options);
  }

  /**
   * Sliced Wasserstein-2 distance between two sets of the same size.
   * @param {Float32Array} a [n, D]
   * @param {Float32Array} b [n, D]
   * @param {{seed?: number, directions?: number}} [options]
   * @returns {number}
   */
  sw2(a, b, options) {
    return finish(sw2Slices(this, a, b, options));
  }

  /**
   * Quality of the samples beside its floor; see quality.js.
   * @param {import('./quality.js').QualityOptions} [options]
   */
  quality(options) {
    return finish(qualitySlices(this, options));
  }

  /**
   * `quality` in pieces; yields the fraction done.
   * @param {import('./quality.js').QualityOptions} [options]
   */
  qualitySlices(options) {
    return qualitySlices(this, options);
  }

  /**
   * The exact optimal assignment under squared distance.
   * @param {Float32Array} x0 [n, D], n <= 4,096
   * @param {Float32Array} x1 [n, D]
   * @returns {Int32Array} x0[i] goes to x1[match[i]]
   */
  assign(x0, x1) {
    return assign(this, x0, x1);
  }

  /**
   * Field evaluations a point costs.
   * @param {string} solver
   * @param {number} steps
   */
  nfe(solver, steps) {
    return this.#instance.call('fm_nfe', methodOf(this, solver), integer('steps', steps, 1));
  }

  /** Every tensor of the network with a copy of each slot, named and shaped as PyTorch does. */
  tensors() {
    return readTensors(this);
  }

  /** Numbers in the network. */
  get parameterCount() {
    return this.#instance.call('fm_slot_size', this.#model);
  }

  /**
   * Replaces the state by a saved one; everything is checked before anything is written.
   * @param {import('./slots.js').SavedState} state
   */
  restore(state) {
    this.#firstCoupling = this.firstCoupling;
    restore(this, state);
  }

  /** SHA-256, in hex, over the weights and then their moving average. */
  digest() {
    return this.digestOf(readSlots(this, 'raw', 'ema'));
  }

  /**
   * SHA-256, in hex, over the bytes of an array, with every NaN written in its one canonical form.
   * @param {Float32Array | Float64Array | Int32Array | Uint8Array} array
   */
  digestOf(array) {
    return digest(this, array);
  }

  /**
   * Another model of the same module whose configuration differs only by `partial`.
   * @param {PartialConfig} partial
   */
  twin(partial) {
    return Model.createSync({ ...this.config, ...partial }, this.module);
  }

  /** Drops the instance and its memory, and ends the helpers. Idempotent. */
  dispose() {
    this.pool?.end();
    this.#instance.dispose();
  }

  /**
   * Where n points may be written for the caller.
   * @param {number} n
   */
  #room(n) {
    return this.#instance.memory.reserve('scratch', integer('n', n, 1, POINTS_MAX) * this.#dim * 4);
  }
}
