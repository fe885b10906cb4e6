/**
 * One side of a contest: a model with a worker of its own, what is known of it, and the way of its samples at each moment of the
 * training that is kept.
 */

import { spawn } from '../lib/spawn.js';
import { Losses } from './losses.js';
import { leadOf, scoreOf, withSteps } from './match.js';
import { READINGS_AT } from './projector.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {import('./match.js').Contender} Contender
 * @typedef {{step: number, times: Float64Array, path: Float32Array}} Moment
 */

/** Samples come from a stream apart from those of the training data. */
const SAMPLE_SEED = 1;

export class Contestant {
  step = 0;
  seconds = 0;
  losses = new Losses();
  /** @type {{sw2: number, floor: number, nfe: number} | null} */
  quality = null;
  /** SHA-256 of the weights at the end. @type {string | null} */
  hash = null;
  /** Why it went no further; '' when nothing stopped it. */
  fault = '';
  /** Numbers in the network. */
  parameters = 0;
  /** @type {Moment[]} */
  moments = [];
  /** @type {Client | null} */
  #client = null;
  /** @type {Promise<Client> | null} */
  #coming = null;

  /** @param {Contender} contender */
  constructor(contender) {
    this.contender = contender;
  }

  /** Length of its run. */
  get total() {
    return Number(this.contender.config.steps);
  }

  get client() {
    return /** @type {Client} */ (this.#client);
  }

  /**
   * Starts the worker and makes the model.
   * @param {import('../lib/extras.js').Extras} extras
   * @param {AbortSignal} signal
   */
  async open(extras, signal) {
    this.#coming = spawn();
    const client = await this.#coming;
    this.#client = client;
    signal.throwIfAborted();
    const { parameters } = await client.create(this.contender.config, extras);
    this.parameters = parameters;
  }

  /**
   * Trains up to a step, as far as the run is long. A run that diverges ends there, and says why.
   * @param {number} until
   * @param {{signal: AbortSignal, changed: () => void}} listeners
   */
  async train(until, { signal, changed }) {
    const steps = Math.min(until, this.total) - this.step;
    if (steps <= 0 || this.fault !== '') return;
    const onFrame = (/** @type {Frame} */ { step, losses }) => {
      this.step = step;
      this.losses.append(losses);
      changed();
    };
    try {
      const { seconds } = await this.client.train({ steps, onFrame, signal });
      this.seconds += seconds;
    } catch (error) {
      const { code, message } = /** @type {import('../lib/errors.js').MoonflowError} */ (error);
      if (code !== 'diverged') throw error;
      this.fault = message;
    }
  }

  /** Keeps the way of n samples as they go now. @param {number} n @param {AbortSignal} signal */
  async carry(n, signal) {
    if (this.fault !== '') return;
    const grid = this.contender.config.solver === 'dopri5' ? { grid: READINGS_AT } : {};
    const options = { n, seed: SAMPLE_SEED, ...leadOf(this.contender, n), ...grid, signal };
    const { times, path } = await this.client.trajectory(options);
    this.moments.push({ step: this.step, times, path });
  }

  /** @param {number} n @param {AbortSignal} signal */
  async measure(n, signal) {
    if (this.fault !== '') return;
    const { guidance } = this.contender;
    const led = guidance === null ? {} : { guidance };
    const quality = await this.client.quality({ n, ...led, signal });
    this.quality = scoreOf(quality, this.contender);
    this.hash = await this.client.digest();
  }

  /**
   * Samples in so many steps of the solver from now on; the latest moment is kept anew.
   * @param {number} steps
   * @param {number} n
   * @param {AbortSignal} signal
   */
  async pace(steps, n, signal) {
    if (this.fault !== '') return;
    this.contender = withSteps(this.contender, steps);
    await this.client.set({ solver_steps: steps });
    if (this.moments.pop()) await this.carry(n, signal);
  }

  /** Ends the worker, also one that is on its way. */
  dispose() {
    this.#coming?.then((client) => client.dispose()).catch(() => {});
  }
}
