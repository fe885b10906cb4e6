/**
 * @file The client of protocol.js: Model's calls as promises, with the work done at the other end of an endpoint. Every
 * long call takes an AbortSignal as `signal`, and rejects with code 'aborted' as soon as it fires. What a model is, and how
 * it is set up, is asked in remote.js.
 */

import { Remote } from './remote.js';

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

/** @typedef {import('./remote.js').Info} Info */
/** @typedef {{step: number, loss: number, seconds: number, stopped: boolean}} Summary */

/** @typedef {import('./caller.js').OnFrame} OnFrame */

/** @typedef {{signal?: AbortSignal}} Cancellable */
/** @typedef {{onProgress?: (fraction: number) => void}} Progressive */

/** @typedef {import('./caller.js').ConnectOptions} ConnectOptions */

/** @typedef {import('./remote.js').Way} Way */

/**
 * @param {Endpoint} endpoint
 * @param {ConnectOptions & Way} [options]
 * @returns {Client}
 */
export function connect(endpoint, options) {
  return new Client(endpoint, options);
}

export class Client extends Remote {
  /**
   * Trains as a stream. Without `steps`, to the end of the configured run. With `sample`, some frames and the last one
   * carry samples. Aborting or stopping leaves the model after a whole step.
   * @param {{steps?: number, sample?: import('./stream.js').SamplePlan, onFrame?: OnFrame} & Cancellable} [options]
   * @returns {Promise<Summary>}
   */
  train(options) {
    return this.ask('train', options);
  }

  /**
   * Ends the running stream at the border of a step; its own promise resolves.
   * @returns {Promise<{stopped: boolean}>}
   */
  stop() {
    return this.ask('stop', {});
  }

  /** @returns {Promise<{losses: Float64Array, stats: Stats}>} */
  stepOnce() {
    return this.ask('stepOnce', {});
  }

  /**
   * @param {SampleOptions & Cancellable & Progressive} options
   * @returns {Promise<Float32Array>}
   */
  sample(options) {
    return this.ask('sample', options);
  }

  /**
   * @param {import('./interpolation.js').InterpolateOptions & Cancellable & Progressive} options
   * @returns {Promise<import('./interpolation.js').Interpolation>}
   */
  interpolate(options) {
    return this.ask('interpolate', options);
  }

  /** @param {SampleOptions & Cancellable & Progressive} options @returns {Promise<import('./flow.js').Trajectory>} */
  trajectory(options) {
    return this.ask('trajectory', options);
  }

  /**
   * @param {import('./flow.js').VelocityOptions & Cancellable} options
   * @returns {Promise<Float32Array>}
   */
  velocity(options) {
    return this.ask('velocity', options);
  }

  /** @param {import('./conversion.js').ConvertOptions & Cancellable} options @returns {Promise<Float32Array>} */
  convert(options) {
    return this.ask('convert', options);
  }

  /** @param {{n: number, seed?: number} & Cancellable} options @returns {Promise<Float32Array>} */
  data(options) {
    return this.ask('data', options);
  }

  /**
   * @param {{n: number, seed?: number} & Cancellable} options
   * @returns {Promise<Int32Array>} the classes of the points of `data`
   */
  dataLabels(options) {
    return this.ask('dataLabels', options);
  }

  /** @param {{n: number, seed?: number, first?: number} & Cancellable} options @returns {Promise<Float32Array>} */
  noise(options) {
    return this.ask('noise', options);
  }

  /**
   * @param {QualityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./discrepancy.js').Discrepancy>}
   */
  discrepancy(options) {
    return this.ask('discrepancy', options);
  }

  /**
   * How much the flow moves its points, beside the least that it must.
   * @param {import('./energy.js').EnergyOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./energy.js').Energy>}
   */
  pathEnergy(options) {
    return this.ask('pathEnergy', options);
  }

  /**
   * The pairs of a step as they were drawn and coupled.
   * @param {{step?: number}} [options]
   * @returns {Promise<{x0: Float32Array, x1: Float32Array}>}
   */
  pairing(options) {
    return this.ask('pairing', options);
  }

  /**
   * @param {QualityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./quality.js').Quality>}
   */
  quality(options) {
    return this.ask('quality', options);
  }

  /**
   * @param {import('./likelihood.js').LoglikOptions & Cancellable & Progressive} options
   * @returns {Promise<import('./likelihood.js').Loglik>}
   */
  loglik(options) {
    return this.ask('loglik', options);
  }

  /**
   * @param {Parameters<import('./model.js').Model['nll']>[0] & Cancellable & Progressive} [options]
   * @returns {Promise<import('./likelihood.js').Nll & {n: number, nfe: number}>}
   */
  nll(options) {
    return this.ask('nll', options);
  }

  /**
   * @param {import('./density.js').DensityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./density.js').Density>}
   */
  density(options) {
    return this.ask('density', options);
  }

  /**
   * @param {Float32Array} a
   * @param {Float32Array} b
   * @param {{seed?: number, directions?: number} & Cancellable} [options]
   * @returns {Promise<number>}
   */
  sw2(a, b, options) {
    return this.ask('sw2', { a, b, ...options });
  }

  /**
   * @param {StraightnessOptions & Cancellable & Progressive} [options]
   * @returns {Promise<{straightness: number, cost: number}>}
   */
  straightness(options) {
    return this.ask('straightness', options);
  }

  /** The exact field of the data; see Model. */
  get oracle() {
    return {
      /** @returns {Promise<boolean>} */
      exists: () => this.ask('oracleExists', {}),
      /** @param {import('./oracle.js').FieldOptions & Cancellable} options @returns {Promise<Float32Array>} */
      velocity: (options) => this.ask('oracleVelocity', options),
    };
  }

  /** @param {FloorOptions & Cancellable & Progressive} [options] @returns {Promise<import('./oracle.js').Floor>} */
  irreducibleLoss(options) {
    return this.ask('irreducibleLoss', options);
  }

  /** @param {ErrorOptions & Cancellable & Progressive} [options] @returns {Promise<import('./oracle.js').FieldError>} */
  fieldError(options) {
    return this.ask('fieldError', options);
  }

  /** @returns {Promise<import('./oracle.js').Floor | null>} */
  floor() {
    return this.ask('floor', {});
  }

  /** @param {Float64Array} losses @returns {Promise<import('./oracle.js').Excess | null>} */
  excess(losses) {
    return this.ask('excess', { losses });
  }

  /** @param {MapOptions & Cancellable & Progressive} options @returns {Promise<import('./oracle.js').FieldMap>} */
  fieldMap(options) {
    return this.ask('fieldMap', options);
  }

  /**
   * One optimiser step on a given batch, already coupled.
   * @param {Batch} batch
   * @returns {Promise<Stats>}
   */
  trainBatch(batch) {
    return this.ask('trainBatch', batch);
  }

  /** @param {Batch} batch @returns {Promise<ReturnType<import('./model.js').Model['loss']>>} without an update */
  loss(batch) {
    return this.ask('loss', batch);
  }

  /** @param {string} solver @param {number} steps @returns {Promise<number>} evaluations a point costs */
  nfe(solver, steps) {
    return this.ask('nfe', { solver, steps });
  }

  /**
   * @param {number} [step] the next one unless given
   * @returns {Promise<Batch>}
   */
  batch(step) {
    return this.ask('batch', { step });
  }

  /**
   * @param {Float32Array} x0
   * @param {Float32Array} x1
   * @returns {Promise<Int32Array>}
   */
  assign(x0, x1) {
    return this.ask('assign', { x0, x1 });
  }

  /**
   * @param {Omit<ReflowOptions, 'stopped' | 'teacher'> & Cancellable
   *   & {onProgress?: (progress: ReflowProgress) => void, onFrame?: OnFrame}} [options]
   * @returns {Promise<ReflowReport>}
   */
  reflow(options) {
    return this.ask('reflow', options);
  }
}
