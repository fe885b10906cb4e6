/**
 * A contest: two models train in step, each in a worker of its own, from the same seed; after the same steps the same noise goes
 * through both. The workers go when it is over or called off.
 */

import { Contestant } from './contestant.js';
import { messageOf } from './explanation.js';
import { lookPoints } from './gauge.js';
import { adaptive, costOf, stepsFor } from './match.js';

/**
 * @typedef {import('./dials.js').Dials} Dials
 * @typedef {import('./match.js').Contender} Contender
 * @typedef {'idle' | 'starting' | 'training' | 'measuring' | 'done' | 'stopped'} Phase
 */

/** Moments of the training that are kept, beside its beginning. */
const MOMENTS = 24;
/** Points of the data that are drawn, and the stream they come from; samples of the measure. */
const SHOWN = 1000;
const DATA_SEED = 2;
const MEASURED = 10_000;
/** Milliseconds between two drawings of the progress. */
const CALM_MS = 100;

export class Contest {
  /** @type {Phase} */
  phase = 'idle';
  /** Name of the setting that differs. */
  name = '';
  /** @type {Contestant[]} */
  sides = [];
  /** @type {Float32Array | null} */
  data = null;
  dim = 2;
  /** Network evaluations of a sample on both sides; null when they differ. @type {number | null} */
  nfe = null;
  /** Why it did not go on; '' when it did. */
  fault = '';
  /** Counts what has changed. */
  revision = 0;
  #abort = new AbortController();
  #dials;
  #changed;

  /**
   * @param {Dials} dials
   * @param {() => void} changed  called after any public field has changed
   */
  constructor(dials, changed) {
    this.#dials = dials;
    this.#changed = () => {
      this.revision += 1;
      changed();
    };
  }

  get busy() {
    return ['starting', 'training', 'measuring'].includes(this.phase);
  }

  /** From 0 to 1. */
  get progress() {
    const [done, all] = ['step', 'total'].map((of) =>
      this.sides.reduce((sum, side) => sum + side[/** @type {'step'} */ (of)], 0),
    );
    return all > 0 ? done / all : 0;
  }

  /** The number of moments that both sides have. */
  get moments() {
    return Math.min(...this.sides.map(({ moments }) => moments.length));
  }

  /**
   * @param {{name: string, sides: [Contender, Contender], nfe: number | null}} match
   */
  async run({ name, sides, nfe }) {
    const { signal } = this.#abort;
    Object.assign(this, { name, nfe, fault: '', data: null });
    const contestants = sides.map((side) => new Contestant(side));
    this.sides = contestants;
    this.dim = Number(sides[0].config.dim);
    try {
      await this.#go(contestants, signal);
      this.#enter('done');
    } catch (error) {
      // What was called off is told by who called.
      if (signal.aborted) return;
      this.fault = messageOf(error);
      this.#enter('stopped');
    } finally {
      for (const side of contestants) side.dispose();
    }
  }

  /** Ends it, and its workers with it. */
  cancel() {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const side of this.sides) side.dispose();
    this.#enter('stopped');
  }

  /**
   * @param {Contestant[]} sides
   * @param {AbortSignal} signal
   */
  async #go(sides, signal) {
    this.#enter('starting');
    const extras = sides.map(({ contender }) => this.#dials.extras(contender.config));
    await Promise.all(sides.map((side, i) => side.open(extras[i], signal)));
    signal.throwIfAborted();
    this.data = await sides[0].client.data({ n: SHOWN, seed: DATA_SEED, signal });
    const n = Math.min(...sides.map((side) => this.#affordable(side)));
    const carry = () => Promise.all(sides.map((side) => n > 0 && side.carry(n, signal)));
    await carry();
    this.#enter('training');
    const longest = Math.max(...sides.map(({ total }) => total));
    let toldMs = 0;
    const changed = () => {
      if (performance.now() - toldMs < CALM_MS) return;
      toldMs = performance.now();
      this.#changed();
    };
    const listeners = { signal, changed };
    for (let mark = 1; mark <= MOMENTS; mark++) {
      const until = Math.ceil((longest * mark) / MOMENTS);
      await Promise.all(sides.map((side) => side.train(until, listeners)));
      await carry();
      this.#changed();
    }
    this.#enter('measuring');
    await this.#measure(sides, n, signal);
  }

  /**
   * A solver that chooses its own steps is measured first: then what it took is known, and the other side takes as much.
   * @param {Contestant[]} sides
   * @param {number} n  points of a moment
   * @param {AbortSignal} signal
   */
  async #measure(sides, n, signal) {
    const free = sides.find(({ contender }) => adaptive(contender));
    const fixed = sides.find(({ contender }) => !adaptive(contender));
    if (!free || !fixed) {
      await Promise.all(sides.map((side) => side.measure(MEASURED, signal)));
      return;
    }
    await free.measure(MEASURED, signal);
    const nfe = Math.round(free.quality?.nfe ?? 0);
    for (let near = nfe; near > 0; near--) {
      const steps = stepsFor(this.#dials, fixed.contender, near);
      if (steps === null) continue;
      await fixed.pace(steps, n, signal);
      break;
    }
    await fixed.measure(MEASURED, signal);
  }

  /** @param {Contestant} side */
  #affordable({ contender, parameters }) {
    return lookPoints(costOf(this.#dials, contender) * parameters);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.phase = phase;
    this.#changed();
  }
}
