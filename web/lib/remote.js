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
/** @typedef {import('./extras.js').Extras} Extras */
/** @typedef {import('./pca.js').Latent} Latent */
/** @typedef {import('./images.js').Images} Images */
/** @typedef {import('./path.js').PathSamples} PathSamples */

/**
 * `parameters` counts the numbers in the network; `dataDiffers` of a loaded run tells points that are not those it learned from.
 * @typedef {{config: Config, parameters: number, threads: number, step: number, round: number, dataDiffers: boolean}} Info
 */

/**
 * @typedef {object} Way
 * @property {import('./spawn.js').Transport} [transport]
 * @property {import('./spawn.js').Refused[]} [refused]
 * @property {() => Promise<import('./loader.js').Core | undefined>} [supply] the engine for threads, where it must be brought
 */

export class Remote {
  #caller;
  #supply;

  /**
   * @param {Endpoint} endpoint
   * @param {ConnectOptions & Way} [options]
   */
  constructor(endpoint, { supply, transport, refused = [], ...options } = {}) {
    this.#caller = new Caller(endpoint, options);
    this.#supply = supply;
    /** How spawn reached the other end; undefined for an endpoint of the caller's own. */
    this.transport = transport;
    /** The ways that spawn tried before, and why they did not work. */
    this.refused = refused;
  }

  /** Resolves once the other end listens. */
  hello() {
    return this.ask('hello', {});
  }

  /**
   * Makes the model, in place of the one before. Bare weights from PyTorch may come with it. Threads as in Model.create.
   * @param {PartialConfig} [config]
   * @param {Extras & {weights?: Uint8Array, threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  create(config = {}, extras = {}) {
    return this.#make('create', { config, ...extras });
  }

  /**
   * Continues a saved run, in place of the model before. The bytes are copied.
   * @param {Uint8Array} bytes
   * @param {import('./weights.js').LoadOptions & {threads?: number}} [extras]
   * @returns {Promise<Info>}
   */
  load(bytes, extras = {}) {
    return this.#make('load', { bytes, ...extras });
  }

  /**
   * The run as a safetensors file.
   * @returns {Promise<Uint8Array>}
   */
  save() {
    return this.ask('save', {});
  }

  /**
   * Replaces the state by a saved one.
   * @param {import('./slots.js').SavedState} state
   * @returns {Promise<Info>}
   */
  restore(state) {
    return this.ask('restore', state);
  }

  /** @returns {Promise<import('./slots.js').Tensor[]>} */
  tensors() {
    return this.ask('tensors', {});
  }

  /**
   * The user's own data; see Model, as for all that is set.
   * @param {Float32Array} points [n, D]
   * @param {number} [n] checked against the array
   * @param {Int32Array} [labels] [n]
   * @returns {Promise<Info>}
   */
  setPoints(points, n, labels) {
    return this.ask('setPoints', { points, n, labels });
  }

  /** @param {Float32Array} points @param {number} [n] @returns {Promise<Info>} */
  setSource(points, n) {
    return this.ask('setSource', { points, n });
  }

  /** @returns {Promise<Float32Array | undefined>} */
  source() {
    return this.ask('source', {});
  }

  /** @param {PathSamples} samples @returns {Promise<Info>} */
  setPath(samples) {
    return this.ask('setPath', samples);
  }

  /** @returns {Promise<PathSamples | undefined>} */
  path() {
    return this.ask('path', {});
  }

  /** @param {Latent} latent @returns {Promise<Info>} */
  setLatent(latent) {
    return this.ask('setLatent', latent);
  }

  /** @returns {Promise<Latent | undefined>} */
  latent() {
    return this.ask('latent', {});
  }

  /** @param {Float32Array} data [n, W] @returns {Promise<Float32Array>} [n, D] */
  encode(data) {
    return this.ask('encode', { data });
  }

  /** @param {Float32Array} points [n, D] @returns {Promise<Float32Array>} [n, W] */
  decode(points) {
    return this.ask('decode', { points });
  }

  /** @param {Images} images @returns {Promise<Info>} */
  setImages(images) {
    return this.ask('setImages', images);
  }

  /** @returns {Promise<Images | undefined>} */
  images() {
    return this.ask('images', {});
  }

  /** @param {Float32Array} points [n, D] @returns {Promise<Float32Array>} [n, width * height] */
  pixels(points) {
    return this.ask('pixels', { points });
  }

  /**
   * @param {Float32Array} x0
   * @param {Float32Array} x1
   * @param {number} [n] checked against the arrays
   * @param {Int32Array} [labels] [n]
   * @returns {Promise<Info>}
   */
  setPairs(x0, x1, n, labels) {
    return this.ask('setPairs', { x0, x1, n, labels });
  }

  /** Begins the next reflow round by hand; see Model. @returns {Promise<Info>} */
  reflowBegin() {
    return this.ask('reflowBegin', {});
  }

  /** @returns {Promise<string[]>} */
  warnings() {
    return this.ask('warnings', {});
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

  /** @param {Float32Array | Float64Array | Int32Array | Uint8Array} array @returns {Promise<string>} */
  digestOf(array) {
    return this.ask('digestOf', { array });
  }

  /** Ends the worker; everything pending rejects with code 'disposed'. Idempotent. */
  dispose() {
    return this.#caller.dispose();
  }

  /**
   * Asks for a model. A worker that needs to be brought the engine for threads gets it before.
   * @param {string} operation
   * @param {Record<string, any>} given
   * @returns {Promise<any>}
   */
  async #make(operation, given) {
    const core = Number(given.threads) > 1 ? await this.#supply?.() : undefined;
    if (core) await this.ask('supply', { core });
    return this.ask(operation, given);
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
