/**
 * @file A flow-matching model: one engine instance with its own memory, called synchronously. Time runs from noise
 * (t = 0) to data (t = 1); arrays of points are row-major Float32Array [n, D]. A refused call has changed nothing.
 */

import { choice, integer, points, pointsOf, real, record, seed, times } from './argument.js';
import { MoonflowError, refusal } from './errors.js';
import { DIVERGED, Instance, OK } from './instance.js';
import { compile } from './loader.js';
import {
  parameters,
  resolve,
  rowOf,
  ruleRefusal,
  toNumber,
  toNumbers,
  toValue,
} from './parameters.js';
import { qualitySlices, sw2Slices } from './quality.js';
import { finish, piecePoints } from './slice.js';
import { digest, readTensors, restore, SLOTS } from './slots.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {'raw' | 'ema'} Weights */
/** @typedef {{t: Float32Array, x0: Float32Array, x1: Float32Array}} Batch t [n], x0 and x1 [n, D] */

/**
 * What the last step did; see fm_stats in fm.h.
 * @typedef {object} Stats
 * @property {number} loss
 * @property {number} v_norm
 * @property {number} u_norm
 * @property {number} gradient_norm
 * @property {number} lr
 * @property {number} ema_decay
 * @property {number} step steps taken in this round
 * @property {number} round reflow rounds begun
 * @property {'none' | 'loss' | 'gradient'} cause what left the finite range when the last step diverged
 */

/**
 * Where samples start and how they travel. Give either `n` (with `seed`) or `x0`.
 * @typedef {object} SampleOptions
 * @property {number} [n]
 * @property {Float32Array} [x0] start points [n, D], unit scale when t_start is 0
 * @property {number} [seed] of the start points; 1 unless given
 * @property {string} [solver] the configuration's unless given
 * @property {number} [steps] the configuration's solver_steps unless given
 * @property {Weights} [weights] 'ema' unless given
 * @property {number} [t_start] 0 unless given
 * @property {number} [t_end] 1 unless given
 */

/** @typedef {{n?: number, seed?: number, steps?: number, weights?: Weights}} StraightnessOptions */

const CAUSES = /** @type {const} */ (['none', 'loss', 'gradient']);
const NEEDS =
  "when data is 'points' call setPoints first, when coupling is 'paired' call setPairs first";

export class Model {
  #instance;
  #model = 0;
  #dim = 0;
  #choices;

  /**
   * Prefer Model.create.
   * @param {Config} config complete, as resolve returns it
   * @param {WebAssembly.Module} module
   */
  constructor(config, module) {
    /** @readonly */
    this.module = module;
    this.#choices = parameters(module);
    this.#instance = new Instance(module);
    this.#lay(toNumbers(this.#choices, config));
    this.#dim = Number(config.dim);
  }

  /**
   * @param {PartialConfig} [config]
   * @param {{module?: WebAssembly.Module}} [options]
   * @returns {Promise<Model>}
   */
  static async create(config = {}, { module } = {}) {
    return Model.createSync(config, module ?? (await compile()));
  }

  /**
   * @param {PartialConfig} config
   * @param {WebAssembly.Module} module
   * @returns {Model}
   */
  static createSync(config, module) {
    return new Model(resolve(module, config), module);
  }

  /** @param {Float64Array} numbers */
  #lay(numbers) {
    const { memory } = this.#instance;
    const pointer = memory.reserve('parameters', numbers.byteLength);
    memory.doubles(pointer, numbers.length).set(numbers);
    const size = this.#instance.pointer('fm_size', pointer);
    const block = memory.reserve('model', size);
    this.#check('create', 'give a configuration from resolve', 'fm_init', block, size, pointer);
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
    const { memory } = this.#instance;
    /** @type {Config} */
    const config = {};
    const pointer = memory.reserve('parameters', 8);
    for (const row of this.#choices) {
      this.#check('config', 'report this', 'fm_param_get', this.#model, row.index, pointer);
      config[row.name] = toValue(row, memory.doubles(pointer, 1)[0]);
    }
    return config;
  }

  /** Coordinates of a point. */
  get dim() {
    return this.#dim;
  }

  /** @returns {Stats} */
  get stats() {
    const pointer = this.#instance.pointer('fm_stats_get', this.#model);
    const { memory } = this.#instance;
    const [loss, v_norm, u_norm, gradient_norm, lr, ema_decay] = memory.doubles(pointer, 6);
    const [step, round, cause] = memory.ints(pointer + 56, 3);
    const name = CAUSES[cause];
    return { loss, v_norm, u_norm, gradient_norm, lr, ema_decay, step, round, cause: name };
  }

  /** Steps taken in this round. */
  get step() {
    return this.stats.step;
  }

  /** Reflow rounds begun. */
  get round() {
    return this.stats.round;
  }

  /**
   * Changes live parameters, all or none.
   * @param {PartialConfig} partial
   */
  set(partial) {
    const changes = Object.entries(record('set', partial)).map(([name, value]) => {
      const row = rowOf(this.#choices, name);
      const number = toNumber(row, value);
      if (row.live) return { row, number };
      const live = this.#choices.filter((each) => each.live).map((each) => each.name);
      throw refusal(
        'set',
        name,
        `a parameter that may change on a living model: ${live.join(', ')}`,
      );
    });
    resolve(this.module, { ...this.config, ...partial });
    for (const { row, number } of changes) {
      const status = this.#instance.call('fm_param_set', this.#model, row.index, number);
      if (status !== OK) throw ruleRefusal(row, partial[row.name]);
    }
  }

  /**
   * The user's own data, copied; needed before training when data is 'points'.
   * @param {Float32Array} data [n, D], all finite
   * @param {number} [n] checked against the array
   */
  setPoints(data, n = data?.length / this.#dim) {
    pointsOf('points', data, this.#dim, n);
    if (this.config.data !== 'points') {
      throw refusal('setPoints', this.config.data, "a model whose data is 'points'");
    }
    const pointer = this.#put('points', data)[0];
    this.#check('setPoints', 'give other points', 'fm_points_set', this.#model, pointer, n);
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
    const [start, end] = this.#put('pairs', x0, x1);
    this.#check('setPairs', 'give other pairs', 'fm_pairs_set', this.#model, start, end, n);
  }

  /** Begins the next reflow round; see fm_reflow_begin in fm.h. */
  reflowBegin() {
    this.#check('reflowBegin', 'call setPairs first', 'fm_reflow_begin', this.#model);
  }

  /** Draws the weights anew from the seed; points and pairs stay. */
  reset() {
    this.#check('reset', 'report this', 'fm_reset', this.#model);
  }

  /**
   * @param {number} steps
   * @returns {Float64Array} the loss of each step, before its update
   */
  train(steps) {
    const { memory } = this.#instance;
    const pointer = memory.reserve('scratch', integer('steps', steps, 0) * 8);
    const before = this.step;
    const status = this.#instance.call('fm_train', this.#model, steps, pointer);
    const { step, cause } = this.stats;
    const losses = memory.copy(memory.doubles(pointer, step - before));
    if (status === OK) return losses;
    if (status !== DIVERGED) throw this.#instance.failure('train', NEEDS, status);
    throw diverged('train', { step, cause, losses });
  }

  /**
   * One optimiser step on a given batch, already coupled.
   * @param {Batch} batch
   * @returns {Stats}
   */
  trainBatch(batch) {
    const { n, pointers } = this.#putBatch(batch);
    const status = this.#instance.call('fm_train_batch', this.#model, ...pointers, n);
    const stats = this.stats;
    if (status === OK) return stats;
    if (status !== DIVERGED) throw this.#instance.failure('trainBatch', NEEDS, status);
    const details = { step: stats.step, cause: stats.cause, losses: new Float64Array() };
    throw diverged('trainBatch', details);
  }

  /**
   * The loss of a given batch, without an update; the gradients are in the slot 'gradient'.
   * @param {Batch} batch
   */
  loss(batch) {
    const { n, pointers } = this.#putBatch(batch);
    this.#check('loss', 'give another batch', 'fm_loss', this.#model, ...pointers, n);
    const { loss, v_norm, u_norm } = this.stats;
    return { loss, v_norm, u_norm };
  }

  /**
   * The batch that a step of this round draws, after coupling.
   * @param {number} [step] the next one unless given
   * @returns {Batch}
   */
  batch(step = this.step) {
    const { memory } = this.#instance;
    const n = Number(this.config.batch);
    const sizes = [n, n * this.#dim, n * this.#dim];
    const pointers = memory.carve(
      'scratch',
      sizes.map((size) => size * 4),
    );
    this.#check('batch', NEEDS, 'fm_batch', this.#model, integer('step', step, 0), ...pointers);
    const [t, x0, x1] = pointers.map((pointer, i) => memory.copy(memory.floats(pointer, sizes[i])));
    return { t, x0, x1 };
  }

  /**
   * The field v(t, x).
   * @param {{t: number | Float32Array, x: Float32Array, weights?: Weights}} options one t, or one for each point
   * @returns {Float32Array} [n, D]
   */
  velocity({ t, x, weights = 'ema' }) {
    const n = points('x', x, this.#dim);
    const slot = slotOf(weights);
    const each = typeof t === 'number' ? new Float32Array(n).fill(real('t', t, 0, 1)) : t;
    times('t', each, n);
    const [time, place, v] = this.#put('scratch', each, x, new Float32Array(x.length));
    this.#check('velocity', NEEDS, 'fm_velocity', this.#model, slot, time, place, n, v);
    return this.#take(v, x.length);
  }

  /**
   * Points first .. first + n - 1 of the endless stream of start points of a seed, unit scale.
   * @param {{n: number, seed?: number, first?: number}} options
   * @returns {Float32Array} [n, D]
   */
  noise({ n, seed: from = 1, first = 0 }) {
    const pointer = this.#reserve(n);
    const args = [seed('seed', from), integer('first', first, 0, 0xffffffff), n, pointer];
    this.#check('noise', 'ask for other points', 'fm_noise', this.#model, ...args);
    return this.#take(pointer, n * this.#dim);
  }

  /**
   * Draws of the model's own data set; the whole draw depends on n.
   * @param {{n: number, seed?: number}} options
   * @returns {Float32Array} [n, D]
   */
  data({ n, seed: from = 1 }) {
    const pointer = this.#reserve(n);
    this.#check('data', NEEDS, 'fm_data', this.#model, seed('seed', from), n, pointer);
    return this.#take(pointer, n * this.#dim);
  }

  /**
   * Carries start points along the flow.
   * @param {SampleOptions} options
   * @returns {Float32Array} [n, D]
   */
  sample(options) {
    return finish(this.sampleSlices(options));
  }

  /**
   * `sample` in pieces; yields the fraction done.
   * @param {SampleOptions} options
   * @returns {import('./slice.js').Work<number, Float32Array>}
   */
  *sampleSlices({ n, x0, seed: from = 1, weights = 'ema', t_start = 0, t_end = 1, ...travel }) {
    const { solver, steps } = this.#travel(travel);
    const slot = slotOf(weights);
    const span = [real('t_start', t_start, 0, 1), real('t_end', t_end, 0, 1)];
    if (x0 !== undefined) points('x0', x0, this.#dim);
    else integer('n', n, 1);
    const x = x0 ? x0.slice() : this.noise({ n: Number(n), seed: from });
    const size = this.#piece(this.nfe(solver, steps)) * this.#dim;
    const method = this.#solver(solver);
    for (let start = 0; start < x.length; start += size) {
      const piece = x.subarray(start, start + size);
      const [pointer] = this.#put('scratch', piece);
      const args = [slot, method, steps, ...span, pointer, piece.length / this.#dim];
      this.#check('sample', 'give other options', 'fm_sample', this.#model, ...args);
      piece.set(this.#instance.memory.floats(pointer, piece.length));
      yield Math.min(1, (start + size) / x.length);
    }
    return x;
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
   * @returns {import('./slice.js').Work<number, {straightness: number, cost: number}>}
   */
  *straightnessSlices({ n = 2048, seed: from = 1, steps, weights = 'ema' } = {}) {
    const slot = slotOf(weights);
    const count = this.#travel({ steps }).steps;
    const piece = this.#piece(count);
    const total = { straightness: 0, cost: 0 };
    for (let first = 0; first < integer('n', n, 1); first += piece) {
      const size = Math.min(piece, n - first);
      const x0 = this.noise({ n: size, seed: from, first });
      const both = new Float32Array(size);
      const [start, straight, cost] = this.#put('scratch', x0, both, both);
      const args = [slot, count, start, size, straight, cost];
      this.#check('straightness', 'give other options', 'fm_straightness', this.#model, ...args);
      for (const each of this.#take(straight, size)) total.straightness += each / n;
      for (const each of this.#take(cost, size)) total.cost += each / n;
      yield Math.min(1, (first + piece) / n);
    }
    return total;
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
    const n = points('x0', x0, this.#dim);
    pointsOf('x1', x1, this.#dim, n);
    const size = this.#instance.pointer('fm_assign_size', n);
    if (size === 0) throw refusal('x0', n, 'at most 4096 points');
    const spare = new Uint8Array(size);
    const [a, b, scratch, match] = this.#put('scratch', x0, x1, spare, new Int32Array(n));
    this.#check('assign', 'give other points', 'fm_assign', a, b, n, this.#dim, scratch, match);
    return this.#instance.memory.copy(this.#instance.memory.ints(match, n));
  }

  /**
   * Field evaluations a point costs.
   * @param {string} solver
   * @param {number} steps
   */
  nfe(solver, steps) {
    return this.#instance.call('fm_nfe', this.#solver(solver), integer('steps', steps, 1));
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
    restore(this, state);
  }

  /** SHA-256, in hex, over the weights and then their moving average. */
  digest() {
    return this.digestOf(this.#slots('raw', 'ema'));
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

  /** Drops the instance and its memory. Idempotent. */
  dispose() {
    this.#instance.dispose();
  }

  /** @param {...keyof typeof SLOTS} names */
  #slots(...names) {
    const n = this.parameterCount;
    const all = new Float32Array(n * names.length);
    names.forEach((name, i) => {
      const pointer = this.#instance.pointer('fm_slot', this.#model, SLOTS[name]);
      all.set(this.#instance.memory.floats(pointer, n), i * n);
    });
    return all;
  }

  /**
   * @param {string} operation
   * @param {string} hint
   * @param {string} name
   * @param {...number} args
   */
  #check(operation, hint, name, ...args) {
    this.#instance.check(operation, hint, name, ...args);
  }

  /**
   * Copies arrays into one region and returns where each lies.
   * @param {string} region
   * @param {...(Float32Array | Uint8Array | Int32Array)} arrays
   */
  #put(region, ...arrays) {
    const { memory } = this.#instance;
    const pointers = memory.carve(
      region,
      arrays.map((array) => array.byteLength),
    );
    arrays.forEach((array, i) => {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      memory.bytes(pointers[i], array.byteLength).set(bytes);
    });
    return pointers;
  }

  /** @param {Batch} batch */
  #putBatch({ t, x0, x1 }) {
    const n = points('x0', x0, this.#dim);
    pointsOf('x1', x1, this.#dim, n);
    times('t', t, n);
    return { n, pointers: this.#put('scratch', t, x0, x1) };
  }

  /** @param {number} n */
  #reserve(n) {
    return this.#instance.memory.reserve('scratch', integer('n', n, 1) * this.#dim * 4);
  }

  /**
   * @param {number} pointer
   * @param {number} n
   */
  #take(pointer, n) {
    return this.#instance.memory.copy(this.#instance.memory.floats(pointer, n));
  }

  /**
   * Solver and steps with the configuration's in place of what is not given.
   * @param {{solver?: string, steps?: number}} given
   */
  #travel({ solver, steps }) {
    const { config } = this;
    const method = String(solver ?? config.solver);
    this.#solver(method);
    return { solver: method, steps: integer('steps', steps ?? config.solver_steps, 1) };
  }

  /** @param {string} name */
  #solver(name) {
    return choice('solver', name, rowOf(this.#choices, 'solver').choices);
  }

  /** @param {number} evaluations a point costs */
  #piece(evaluations) {
    return piecePoints(evaluations * this.parameterCount);
  }
}

/** @param {unknown} weights */
function slotOf(weights) {
  return choice('weights', weights, ['raw', 'ema']);
}

/**
 * @param {string} operation
 * @param {{step: number, cause: string, losses: Float64Array}} details
 */
function diverged(operation, details) {
  const message =
    `${operation}: the ${details.cause} of step ${details.step + 1} is not finite; the model is ` +
    `as it was after step ${details.step}, continue with a smaller lr or tamer data`;
  return new MoonflowError('diverged', message, { operation, details });
}
