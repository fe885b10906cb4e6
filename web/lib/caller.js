/**
 * @file The asking side of protocol.js: numbers its requests, keeps what is pending, shows frames and progress to those who
 * listen, and ends everything when the other end dies.
 */

import { record } from './argument.js';
import { MoonflowError, refusal } from './errors.js';
import { buffersOf, unpackError } from './protocol.js';

/** @typedef {import('./protocol.js').Endpoint} Endpoint */
/** @typedef {import('./protocol.js').Frame} Frame */

/**
 * The arrays of a frame go back to the worker when this returns, or when the promise it returns settles: they are empty
 * after that, so copy what is to be kept.
 * @typedef {(frame: Frame) => unknown} OnFrame
 */

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

export class Caller {
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
  ask(operation, given = {}) {
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
    const error = new MoonflowError('worker', `worker: got its end (${why}); spawn another`, {
      details: { reason: why },
    });
    this.#end(error);
    this.#options.terminate?.();
    this.#options.onExit?.(error);
  }

  /** @param {MoonflowError} error */
  #end(error) {
    this.#ended = error;
    const { code, message, details } = error;
    for (const [id, { operation }] of [...this.#pending]) {
      this.#take(id)?.reject(new MoonflowError(code, message, { operation, details }));
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
