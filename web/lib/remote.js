/**
 * @file The half of a client that asks what a model is: made, loaded, given its data, set up and saved. What it does is in
 * client.js.
 */

import { Caller } from './caller.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./protocol.js').Endpoint} Endpoint */
/** @typedef {import('./caller.js').ConnectOptions} ConnectOptions */
/** @typedef {import('./stats.js').Stats} Stats */

/** @typedef {{config: Config, parameters: number, threads: number, step: number, round: number}} Info `parameters` counts the numbers in the network */

export class Remote {
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
    return this.ask('hello', {});
  }

  /**
   * Makes the model, in place of the one before. Bare weights from PyTorch may come with it. Threads as in Model.create.
   * @param {PartialConfig} [config]
   * @param {{points?: Float32Array, labels?: Int32Array, path?: import('./path.js').PathSamples, weights?: Uint8Array, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  create(config = {}, extras = {}) {
    return this.ask('create', { config, ...extras });
  }

  /**
   * Continues a saved run, in place of the model before. The bytes are copied.
   * @param {Uint8Array} bytes
   * @param {{points?: Float32Array, labels?: Int32Array, path?: import('./path.js').PathSamples, config?: PartialConfig, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  load(bytes, extras = {}) {
    return this.ask('load', { bytes, ...extras });
  }

  /**
   * The run as a safetensors file.
   * @returns {Promise<Uint8Array>}
   */
  save() {
    return this.ask('save', {});
  }

  /** @returns {Promise<Info>} */
  info() {
    return this.ask('info', {});
  }

  /** @returns {Promise<Stats>} */
  stats() {
    return this.ask('stats', {});
  }

  /** @returns {Promise<Float64Array>} [20]; see Model */
  lossByTime() {
    return this.ask('lossByTime', {});
  }

  /**
   * Changes live parameters, all or none, also while training.
   * @param {PartialConfig} partial
   * @returns {Promise<Info>}
   */
  set(partial) {
    return this.ask('set', partial ?? null);
  }

  /** @returns {Promise<Info>} */
  reset() {
    return this.ask('reset', {});
  }

  /** @returns {Promise<string>} */
  digest() {
    return this.ask('digest', {});
  }

  /** Ends the worker; everything pending rejects with code 'disposed'. Idempotent. */
  dispose() {
    return this.#caller.dispose();
  }

  /**
   * For the modules of this folder.
   * @param {string} operation
   * @param {object | null} [given]
   * @returns {Promise<any>}
   */
  ask(operation, given) {
    return this.#caller.ask(operation, given);
  }
}
