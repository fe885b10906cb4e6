/**
 * Snapshots of a run, kept as it trains, so that the reader can go back to what an earlier network did. Each is a whole
 * checkpoint. When there are too many, every second one goes, so a film of a million steps costs what one of a thousand does.
 */

import { metadataOf } from '../lib/safetensors.js';

/**
 * @typedef {object} Shot
 * @property {string} moment     names the weights, as Run.moment does
 * @property {number} step
 * @property {number} round
 * @property {Uint8Array} bytes  of Client.save
 * @property {number | null} loss  mean of the latest losses of that moment
 * @property {{sw2: number, floor: number, n: number, of: string} | null} quality  once the viewer has measured it; `of` names the solver
 */

/** The most shots kept, and the most bytes of them; two are always kept. */
const SHOTS_MAX = 64;
const BYTES_MAX = 64 * 2 ** 20;
/** Bytes a millisecond that shots may bring: saving costs the worker about 2% of its time at this. */
const PACE = 2000;

export class Film {
  /** In the order of their steps. @type {Shot[]} */
  shots = [];
  /** Number of the model whose weights come next; see Run. */
  model;
  /** Least steps between two shots. */
  #spacing = 1;
  #nextMs = 0;

  /** @param {number} model */
  constructor(model) {
    this.model = model;
  }

  /** @returns {Shot | undefined} */
  get latest() {
    return this.shots[this.shots.length - 1];
  }

  /**
   * Whether another shot is wanted.
   * @param {number} step  of the run
   * @param {number} nowMs
   */
  due(step, nowMs) {
    return nowMs >= this.#nextMs && step >= (this.latest?.step ?? 0) + this.#spacing;
  }

  /**
   * Takes a checkpoint in. One of another round begins anew; one of an earlier step, as after the death of a worker, takes the
   * place of what came after it.
   * @param {Uint8Array} bytes
   * @param {number} loss  NaN when there is none yet
   * @param {number} nowMs
   */
  add(bytes, loss, nowMs) {
    const { step: steps, round: rounds } = metadataOf(bytes);
    const [step, round] = [Number(steps), Number(rounds)];
    const moment = `${this.model}.${round}.${step}`;
    this.#nextMs = nowMs + bytes.length / PACE;
    if (this.latest?.moment === moment) {
      this.latest.bytes = bytes;
      return;
    }
    if (this.latest?.round !== round) this.#clear();
    this.shots = this.shots.filter((shot) => shot.step < step);
    this.#close();
    this.shots.push({
      moment,
      step,
      round,
      bytes,
      loss: Number.isFinite(loss) ? loss : null,
      quality: null,
    });
    this.#thin(Math.max(2, Math.min(SHOTS_MAX, Math.floor(BYTES_MAX / bytes.length))));
  }

  /** Where a shot stands, or the one nearest to it when it has been let go. @param {Shot} shot */
  indexOf({ step }) {
    const later = this.shots.findIndex((each) => each.step >= step);
    if (later <= 0) return later === 0 ? 0 : this.shots.length - 1;
    const nearer = step - this.shots[later - 1].step < this.shots[later].step - step;
    return nearer ? later - 1 : later;
  }

  #clear() {
    this.shots = [];
    this.#spacing = 1;
  }

  /** The latest shot is kept however near it is to the one before; when it is the latest no more, it may go. */
  #close() {
    const [before, last] = this.shots.slice(-2);
    if (last && last.step - before.step < this.#spacing) this.shots.pop();
  }

  /** @param {number} most */
  #thin(most) {
    while (this.shots.length > most) {
      this.#spacing *= 2;
      let kept = this.shots[0].step - this.#spacing;
      const last = this.latest;
      this.shots = this.shots.filter((shot) => {
        if (shot !== last && shot.step - kept < this.#spacing) return false;
        kept = shot.step;
        return true;
      });
    }
  }
}
