/**
 * @file The client of protocol.js: Model's calls as promises, with the work done at the other end of an endpoint. Every
 * long call takes an AbortSignal as `signal`, and rejects with code 'aborted' as soon as it fires.
 */

import { Caller } from './caller.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./model.js').Batch} Batch */
/** @typedef {import('./model.js').Stats} Stats */
/** @typedef {import('./model.js').SampleOptions} SampleOptions */
/** @typedef {import('./model.js').StraightnessOptions} StraightnessOptions */
/** @typedef {import('./protocol.js').Endpoint} Endpoint */
/** @typedef {import('./quality.js').QualityOptions} QualityOptions */
/** @typedef {import('./oracle.js').ErrorOptions} ErrorOptions */
/** @typedef {import('./oracle.js').FloorOptions} FloorOptions */
/** @typedef {import('./oracle.js').MapOptions} MapOptions */
/** @typedef {import('./reflow.js').ReflowOptions} ReflowOptions */
/** @typedef {import('./reflow.js').ReflowProgress} ReflowProgress */
/** @typedef {import('./reflow.js').ReflowReport} ReflowReport */

/** @typedef {{config: Config, parameters: number, threads: number, step: number, round: number}} Info `parameters` counts the numbers in the network */
/** @typedef {{step: number, loss: number, seconds: number, stopped: boolean}} Summary */

/** @typedef {import('./caller.js').OnFrame} OnFrame */

/** @typedef {{signal?: AbortSignal}} Cancellable */
/** @typedef {{onProgress?: (fraction: number) => void}} Progressive */

/** @typedef {import('./caller.js').ConnectOptions} ConnectOptions */

/**
 * @param {Endpoint} endpoint
 * @param {ConnectOptions} [options]
 * @returns {Client}
 */
export function connect(endpoint, options) {
  return new Client(endpoint, options);
}

export class Client {
  #caller;

  /**
   * @param {Endpoint} endpoint
   * @param {ConnectOptions} [options]
   */
  constructor(endpoint, options) {
    this.#caller = new Caller(endpoint, options);
  }

  /** Resolves once the other end listens. */
  hello() {
    return this.#ask('hello', {});
  }

  /**
   * Makes the model, in place of the one before. Bare weights from PyTorch may come with it. Threads as in Model.create.
   * @param {PartialConfig} [config]
   * @param {{points?: Float32Array, labels?: Int32Array, path?: import('./path.js').PathSamples, weights?: Uint8Array, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  create(config = {}, extras = {}) {
    return this.#ask('create', { config, ...extras });
  }

  /** @returns {Promise<Info>} */
  info() {
    return this.#ask('info', {});
  }

  /**
   * Trains as a stream. Without `steps`, to the end of the configured run. With `sample`, some frames and the last one
   * carry samples. Aborting or stopping leaves the model after a whole step.
   * @param {{steps?: number, sample?: import('./stream.js').SamplePlan, onFrame?: OnFrame} & Cancellable} [options]
   * @returns {Promise<Summary>}
   */
  train(options) {
    return this.#ask('train', options);
  }

  /**
   * Ends the running stream at the border of a step; its own promise resolves.
   * @returns {Promise<{stopped: boolean}>}
   */
  stop() {
    return this.#ask('stop', {});
  }

  /** @returns {Promise<{losses: Float64Array, stats: Stats}>} */
  stepOnce() {
    return this.#ask('stepOnce', {});
  }

  /** @returns {Promise<Stats>} */
  stats() {
    return this.#ask('stats', {});
  }

  /** @returns {Promise<Float64Array>} [20]; see Model */
  lossByTime() {
    return this.#ask('lossByTime', {});
  }

  /**
   * @param {SampleOptions & Cancellable & Progressive} options
   * @returns {Promise<Float32Array>}
   */
  sample(options) {
    return this.#ask('sample', options);
  }

  /**
   * @param {import('./interpolation.js').InterpolateOptions & Cancellable & Progressive} options
   * @returns {Promise<import('./interpolation.js').Interpolation>}
   */
  interpolate(options) {
    return this.#ask('interpolate', options);
  }

  /** @param {SampleOptions & Cancellable & Progressive} options @returns {Promise<import('./flow.js').Trajectory>} */
  trajectory(options) {
    return this.#ask('trajectory', options);
  }

  /**
   * @param {import('./flow.js').VelocityOptions & Cancellable} options
   * @returns {Promise<Float32Array>}
   */
  velocity(options) {
    return this.#ask('velocity', options);
  }

  /** @param {import('./conversion.js').ConvertOptions & Cancellable} options @returns {Promise<Float32Array>} */
  convert(options) {
    return this.#ask('convert', options);
  }

  /** @param {{n: number, seed?: number} & Cancellable} options @returns {Promise<Float32Array>} */
  data(options) {
    return this.#ask('data', options);
  }

  /**
   * @param {{n: number, seed?: number} & Cancellable} options
   * @returns {Promise<Int32Array>} the classes of the points of `data`
   */
  dataLabels(options) {
    return this.#ask('dataLabels', options);
  }

  /** @param {{n: number, seed?: number, first?: number} & Cancellable} options @returns {Promise<Float32Array>} */
  noise(options) {
    return this.#ask('noise', options);
  }

  /**
   * @param {QualityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./discrepancy.js').Discrepancy>}
   */
  discrepancy(options) {
    return this.#ask('discrepancy', options);
  }

  /**
   * How much the flow moves its points, beside the least that it must.
   * @param {import('./energy.js').EnergyOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./energy.js').Energy>}
   */
  pathEnergy(options) {
    return this.#ask('pathEnergy', options);
  }

  /**
   * The pairs of a step as they were drawn and coupled.
   * @param {{step?: number}} [options]
   * @returns {Promise<{x0: Float32Array, x1: Float32Array}>}
   */
  pairing(options) {
    return this.#ask('pairing', options);
  }

  /**
   * @param {QualityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./quality.js').Quality>}
   */
  quality(options) {
    return this.#ask('quality', options);
  }

  /**
   * @param {import('./likelihood.js').LoglikOptions & Cancellable & Progressive} options
   * @returns {Promise<import('./likelihood.js').Loglik>}
   */
  loglik(options) {
    return this.#ask('loglik', options);
  }

  /**
   * @param {Parameters<import('./model.js').Model['nll']>[0] & Cancellable & Progressive} [options]
   * @returns {Promise<import('./likelihood.js').Nll & {n: number, nfe: number}>}
   */
  nll(options) {
    return this.#ask('nll', options);
  }

  /**
   * @param {import('./density.js').DensityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./density.js').Density>}
   */
  density(options) {
    return this.#ask('density', options);
  }

  /**
   * @param {Float32Array} a
   * @param {Float32Array} b
   * @param {{seed?: number, directions?: number} & Cancellable} [options]
   * @returns {Promise<number>}
   */
  sw2(a, b, options) {
    return this.#ask('sw2', { a, b, ...options });
  }

  /**
   * @param {StraightnessOptions & Cancellable & Progressive} [options]
   * @returns {Promise<{straightness: number, cost: number}>}
   */
  straightness(options) {
    return this.#ask('straightness', options);
  }

  /** The exact field of the data; see Model. */
  get oracle() {
    return {
      /** @param {import('./oracle.js').FieldOptions & Cancellable} options @returns {Promise<Float32Array>} */
      velocity: (options) => this.#ask('oracleVelocity', options),
    };
  }

  /** @param {FloorOptions & Cancellable & Progressive} [options] @returns {Promise<import('./oracle.js').Floor>} */
  irreducibleLoss(options) {
    return this.#ask('irreducibleLoss', options);
  }

  /** @param {ErrorOptions & Cancellable & Progressive} [options] @returns {Promise<import('./oracle.js').FieldError>} */
  fieldError(options) {
    return this.#ask('fieldError', options);
  }

  /** @returns {Promise<import('./oracle.js').Floor | null>} */
  floor() {
    return this.#ask('floor', {});
  }

  /** @param {Float64Array} losses @returns {Promise<import('./oracle.js').Excess | null>} */
  excess(losses) {
    return this.#ask('excess', { losses });
  }

  /** @param {MapOptions & Cancellable & Progressive} options @returns {Promise<import('./oracle.js').FieldMap>} */
  fieldMap(options) {
    return this.#ask('fieldMap', options);
  }

  /**
   * @param {number} [step] the next one unless given
   * @returns {Promise<Batch>}
   */
  batch(step) {
    return this.#ask('batch', { step });
  }

  /**
   * @param {Float32Array} x0
   * @param {Float32Array} x1
   * @returns {Promise<Int32Array>}
   */
  assign(x0, x1) {
    return this.#ask('assign', { x0, x1 });
  }

  /**
   * Changes live parameters, all or none, also while training.
   * @param {PartialConfig} partial
   * @returns {Promise<Info>}
   */
  set(partial) {
    return this.#ask('set', partial ?? null);
  }

  /** @returns {Promise<Info>} */
  reset() {
    return this.#ask('reset', {});
  }

  /** @returns {Promise<string>} */
  digest() {
    return this.#ask('digest', {});
  }

  /**
   * @param {Omit<ReflowOptions, 'stopped' | 'teacher'> & Cancellable
   *   & {onProgress?: (progress: ReflowProgress) => void, onFrame?: OnFrame}} [options]
   * @returns {Promise<ReflowReport>}
   */
  reflow(options) {
    return this.#ask('reflow', options);
  }

  /**
   * The run as a safetensors file.
   * @returns {Promise<Uint8Array>}
   */
  save() {
    return this.#ask('save', {});
  }

  /**
   * Continues a saved run, in place of the model before. The bytes are copied.
   * @param {Uint8Array} bytes
   * @param {{points?: Float32Array, labels?: Int32Array, path?: import('./path.js').PathSamples, config?: PartialConfig, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  load(bytes, extras = {}) {
    return this.#ask('load', { bytes, ...extras });
  }

  /** Ends the worker; everything pending rejects with code 'disposed'. Idempotent. */
  dispose() {
    return this.#caller.dispose();
  }

  /**
   * @param {string} operation
   * @param {object | null} [given]
   * @returns {Promise<any>}
   */
  #ask(operation, given) {
    return this.#caller.ask(operation, given);
  }
}
