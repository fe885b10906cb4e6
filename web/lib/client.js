/**
 * @file The client of protocol.js: Model's calls as promises, with the work done at the other end of an endpoint. Every
 * long call takes an AbortSignal as `signal`, and rejects with code 'aborted' as soon as it fires.
 */

import { record } from './argument.js';
import { MoonflowError, refusal } from './errors.js';
import { buffersOf, unpackError } from './protocol.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./model.js').Batch} Batch */
/** @typedef {import('./model.js').Stats} Stats */
/** @typedef {import('./model.js').SampleOptions} SampleOptions */
/** @typedef {import('./model.js').StraightnessOptions} StraightnessOptions */
/** @typedef {import('./protocol.js').Endpoint} Endpoint */
/** @typedef {import('./protocol.js').Frame} Frame */
/** @typedef {import('./quality.js').QualityOptions} QualityOptions */
/** @typedef {import('./reflow.js').ReflowOptions} ReflowOptions */
/** @typedef {import('./reflow.js').ReflowProgress} ReflowProgress */
/** @typedef {import('./reflow.js').ReflowReport} ReflowReport */

/** @typedef {{config: Config, parameters: number, threads: number, step: number, round: number}} Info `parameters` counts the numbers in the network */
/** @typedef {{step: number, loss: number, seconds: number, stopped: boolean}} Summary */

/**
 * The arrays of a frame go back to the worker when this returns, or when the promise it returns settles: they are empty
 * after that, so copy what is to be kept.
 * @typedef {(frame: Frame) => unknown} OnFrame
 */

/** @typedef {{signal?: AbortSignal}} Cancellable */
/** @typedef {{onProgress?: (fraction: number) => void}} Progressive */

/**
 * @typedef {object} Listeners
 * @property {AbortSignal} [signal]
 * @property {(value: any) => void} [onProgress]
 * @property {OnFrame} [onFrame]
 */

/**
 * @typedef {object} Pending
 * @property {string} operation
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 * @property {Listeners} listeners
 * @property {() => void} release stops listening to the signal
 * @property {Promise<void>} [showing] while a listener looks at a frame
 */

/**
 * @typedef {object} ConnectOptions
 * @property {(error: MoonflowError) => void} [onExit] the worker ended without being asked to
 * @property {() => unknown} [terminate] ends the worker behind the endpoint
 */

/**
 * @param {Endpoint} endpoint
 * @param {ConnectOptions} [options]
 * @returns {Client}
 */
export function connect(endpoint, options) {
  return new Client(endpoint, options);
}

export class Client {
  #endpoint;
  #options;
  #lastId = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** Why nothing can be asked any more. @type {MoonflowError | undefined} */
  #ended;

  /**
   * @param {Endpoint} endpoint
   * @param {ConnectOptions} [options]
   */
  constructor(endpoint, options = {}) {
    this.#endpoint = endpoint;
    this.#options = options;
    endpoint.addEventListener('message', ({ data }) => this.#hear(data));
    for (const type of ['error', 'messageerror', 'exit', 'close']) {
      endpoint.addEventListener(type, (event) => this.#died(type, event));
    }
    endpoint.start?.();
  }

  /** Resolves once the other end listens. */
  hello() {
    return this.#ask('hello', {});
  }

  /**
   * Makes the model, in place of the one before. Bare weights from PyTorch may come with it. Threads as in Model.create.
   * @param {PartialConfig} [config]
   * @param {{points?: Float32Array, weights?: Uint8Array, threads?: number}} [extras]
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
   * @param {{t: number | Float32Array, x: Float32Array, weights?: import('./model.js').Weights} & Cancellable} options
   * @returns {Promise<Float32Array>}
   */
  velocity(options) {
    return this.#ask('velocity', options);
  }

  /**
   * @param {{n: number, seed?: number} & Cancellable} options
   * @returns {Promise<Float32Array>}
   */
  data(options) {
    return this.#ask('data', options);
  }

  /**
   * @param {{n: number, seed?: number, first?: number} & Cancellable} options
   * @returns {Promise<Float32Array>}
   */
  noise(options) {
    return this.#ask('noise', options);
  }

  /**
   * @param {QualityOptions & Cancellable & Progressive} [options]
   * @returns {Promise<import('./quality.js').Quality>}
   */
  quality(options) {
    return this.#ask('quality', options);
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
   * @param {Omit<ReflowOptions, 'stopped'> & Cancellable
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
   * @param {{points?: Float32Array, config?: PartialConfig, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  load(bytes, extras = {}) {
    return this.#ask('load', { bytes, ...extras });
  }

  /** Ends the worker; everything pending rejects with code 'disposed'. Idempotent. */
  async dispose() {
    if (this.#ended) return;
    this.#end(new MoonflowError('disposed', 'client: got disposed of; spawn another'));
    if (this.#options.terminate) {
      await this.#options.terminate();
      return;
    }
    this.#endpoint.postMessage(
      { kind: 'request', id: ++this.#lastId, operation: 'dispose', options: {} },
      [],
    );
    this.#endpoint.close?.();
  }

  /**
   * Whatever is wrong rejects the promise: a caller has one place to look.
   * @param {string} operation
   * @param {object | null} [given] what the server is asked with, and who listens
   * @returns {Promise<any>}
   */
  #ask(operation, given = {}) {
    return new Promise((resolve, reject) => {
      /** @type {Listeners & Record<string, any>} */
      const { signal, onProgress, onFrame, ...options } = record(operation, given);
      const listeners = { signal, onProgress, onFrame };
      if (this.#ended) throw this.#ended;
      if (signal?.aborted) throw aborted(operation, signal);
      const id = ++this.#lastId;
      const asked = onProgress ? { ...options, progress: true } : options;
      this.#send(operation, { kind: 'request', id, operation, options: asked });
      const abort = () => this.#abort(id);
      const release = () => signal?.removeEventListener('abort', abort);
      signal?.addEventListener('abort', abort);
      this.#pending.set(id, { operation, resolve, reject, listeners, release });
    });
  }

  /**
   * @param {string} operation
   * @param {import('./protocol.js').RequestMessage} message
   */
  #send(operation, message) {
    try {
      this.#endpoint.postMessage(message, []);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw refusal(`${operation} options`, why, 'plain data that a message can carry', operation);
    }
  }

  /** @param {number} id */
  #abort(id) {
    const pending = this.#take(id);
    if (!pending) return;
    this.#endpoint.postMessage({ kind: 'cancel', id }, []);
    pending.reject(aborted(pending.operation, pending.listeners.signal));
  }

  /** @param {number} id */
  #take(id) {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  /** @param {import('./protocol.js').ServerMessage} message */
  #hear(message) {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === 'frame') pending.showing = this.#frame(message.id, message.frame);
    else if (message.kind === 'progress') pending.listeners.onProgress?.(message.value);
    else this.#settle(pending, message);
  }

  /**
   * A request ends after its listener is done with the last frame.
   * @param {Pending} pending
   * @param {import('./protocol.js').LastMessage} message
   */
  async #settle({ showing }, message) {
    if (showing) await showing;
    if (message.kind === 'reply') this.#take(message.id)?.resolve(message.value);
    else this.#take(message.id)?.reject(unpackError(message.error));
  }

  /**
   * Shows a frame and gives its buffers back; a listener that fails ends the request with its own error.
   * @param {number} id
   * @param {Frame} frame
   */
  async #frame(id, frame) {
    const pending = this.#pending.get(id);
    try {
      await pending?.listeners.onFrame?.(frame);
    } catch (error) {
      this.#take(id)?.reject(error);
      if (!this.#ended) this.#endpoint.postMessage({ kind: 'cancel', id }, []);
      return;
    }
    if (this.#ended || !this.#pending.has(id)) return;
    const buffers = buffersOf([frame.losses, frame.samples]).filter(isWhole);
    this.#endpoint.postMessage({ kind: 'credit', id, buffers }, buffers);
  }

  /**
   * @param {string} type
   * @param {any} event
   */
  #died(type, event) {
    if (this.#ended) return;
    const why = event?.message ?? event?.error?.message ?? type;
    const error = new MoonflowError('worker', `worker: got its end (${why}); spawn another`);
    this.#end(error);
    this.#options.terminate?.();
    this.#options.onExit?.(error);
  }

  /** @param {MoonflowError} error */
  #end(error) {
    this.#ended = error;
    for (const [id, { operation }] of [...this.#pending]) {
      this.#take(id)?.reject(new MoonflowError(error.code, error.message, { operation }));
    }
  }
}

/** A listener may have sent a buffer elsewhere, which leaves it empty. @param {ArrayBuffer} buffer */
function isWhole(buffer) {
  return buffer.byteLength > 0;
}

/**
 * @param {string} operation
 * @param {AbortSignal | undefined} signal
 */
function aborted(operation, signal) {
  const message = `${operation}: aborted by its signal`;
  return new MoonflowError('aborted', message, { operation, cause: signal?.reason });
}
