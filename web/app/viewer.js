/**
 * A second worker that holds one moment of the run, as a file of its weights. The layers of the stage, the scrubbers and the
 * panels ask it and not the worker that trains, so looking never slows learning, and any moment of the training can be looked at.
 */

import { spawn } from '../lib/spawn.js';
import { Inquiry } from './inquiry.js';

/** @typedef {import('../lib/client.js').Client} Client */
/** @typedef {import('../lib/client.js').Info} Info */

export class Viewer {
  /** Name of the moment that is held; null before the first. @type {string | null} */
  moment = null;
  /** Of the model that is held. @type {Info | null} */
  info = null;
  #inquiry = new Inquiry();
  /** @type {Promise<Client> | null} */
  #client = null;
  /** What is to be held next; a later one takes the place of one that waits. @type {{moment: string, bytes: Uint8Array, extras: object} | null} */
  #next = null;
  /** What is being loaded, and what could not be. @type {string | null} */
  #coming = null;
  /** @type {string | null} */
  #refused = null;
  #busy = false;
  #changed;

  /** @param {() => void} changed  called when another moment is held */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Starts the worker ahead of the first moment. */
  open() {
    this.#start().catch(() => this.#lost());
  }

  /** Whether all that was asked is answered and the moment that was to be held is held. */
  get idle() {
    return !this.#busy && this.#inquiry.idle;
  }

  /**
   * Holds the model of `bytes` from now on, as soon as what is being loaded is there.
   * @param {string} moment  a name; holding the same one again does nothing
   * @param {Uint8Array} bytes  of Client.save
   * @param {{points?: Float32Array, labels?: Int32Array}} [extras]  the reader's own points, which no file carries
   */
  hold(moment, bytes, extras = {}) {
    if (moment === (this.#next?.moment ?? this.#coming ?? this.moment)) return;
    if (moment === this.#refused) return;
    this.#next = { moment, bytes, extras };
    if (!this.#busy) this.#load();
  }

  /**
   * Asks about the moment that is held; see Inquiry.
   * @template T
   * @param {string} name
   * @param {(client: Client, signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async ask(name, work) {
    if (!this.#client || this.moment === null) return undefined;
    const client = await this.#client;
    return this.#inquiry.ask(name, (signal) => work(client, signal));
  }

  #start() {
    this.#client ??= spawn({ onExit: () => this.#lost() });
    return this.#client;
  }

  async #load() {
    this.#busy = true;
    try {
      while (this.#next) {
        const { moment, bytes, extras } = this.#next;
        this.#next = null;
        this.#coming = moment;
        this.#inquiry.drop();
        this.info = await (await this.#start()).load(bytes, extras);
        this.moment = moment;
        this.#changed();
      }
    } catch {
      // The run goes on without a second worker; the next moment tries again with another.
      this.#refused = this.#coming;
      this.#lost();
    } finally {
      this.#coming = null;
      this.#busy = false;
    }
  }

  #lost() {
    this.#client?.then((client) => client.dispose()).catch(() => {});
    this.#client = null;
    this.moment = null;
    this.info = null;
  }
}
