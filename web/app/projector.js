/**
 * What the stage shows of the film: the way of a set of points through the network of one moment, at the time of the clock.
 * The viewer holds the moment and carries the points once; a move of the clock then only looks up where they are.
 */

import { placesAt } from '../view/passage.js';
import { messageOf } from './explanation.js';
import { lookPoints, picturePoints } from './gauge.js';
import { SAMPLE_SEED } from './portrait.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('./film.js').Shot} Shot
 * @typedef {import('./session.js').Session} Session
 * @typedef {import('./viewer.js').Viewer} Viewer
 *
 * The way of the points of a moment: where they are at each of `times`.
 * @typedef {object} Way
 * @property {string} moment
 * @property {number} step
 * @property {number} round
 * @property {number} dim
 * @property {Float64Array} times
 * @property {Float32Array} path  [times, n, dim]
 * @property {Int32Array} [labels]  [n], of a model with classes: what each point was asked to become
 */

/** Ways kept, so that going back and forth shows them at once, and the most numbers of one. */
const WAYS_MAX = 12;
const NUMBERS_MAX = 2 ** 20;
/** A solver with steps of its own is read at these times. */
export const READINGS_AT = Float64Array.from({ length: 41 }, (_, i) => i / 40);
/** The most samples in the measure of a moment. */
const MEASURED_MAX = 4000;
/** Milliseconds between two moments of a training model where the reader asked for little motion. */
const CALM_MS = 1000;

export class Projector {
  /** The shot that the reader has gone back to; null is live: the latest of the film. @type {Shot | null} */
  back = null;
  /** Why nothing can be shown of this moment; '' when something can. */
  fault = '';
  #session;
  #viewer;
  #page;
  /** By what they were asked for, the latest asked last. @type {Map<string, Way>} */
  #ways = new Map();
  /** @type {Way | null} */
  #shown = null;
  #asked = '';
  #measuring = '';
  #heldMs = 0;
  /** @type {import('./film.js').Film | null} */
  #film = null;
  /** Where the points were last. @type {{way: Way | null, t: number, points: Float32Array | null}} */
  #last = { way: null, t: 1, points: null };

  /**
   * @param {Session} session
   * @param {Viewer} viewer
   * @param {{changed: () => void, calm: () => boolean}} page
   */
  constructor(session, viewer, page) {
    this.#session = session;
    this.#viewer = viewer;
    this.#page = page;
  }

  get live() {
    return this.back === null;
  }

  /** The shot to be shown; what is shown comes to it as soon as the viewer has it. @returns {Shot | undefined} */
  get shot() {
    return this.back ?? this.#session.run.film.latest;
  }

  /** The way that is shown. */
  get way() {
    return this.#shown;
  }

  /** Goes to a shot of the film by its place; the last one is live. @param {number} index */
  seek(index) {
    const { shots } = this.#session.run.film;
    this.back = index < shots.length - 1 ? shots[Math.max(0, index)] : null;
    this.#page.changed();
  }

  /** Asks for what is to be shown, as far as it is not there yet; called once a frame. */
  update() {
    const { run } = this.#session;
    if (run.film !== this.#film) {
      this.#film = run.film;
      this.back = null;
    }
    const { shot } = this;
    if (!shot) return this.#viewer.open();
    this.#hold(shot);
    if (this.#viewer.moment === null) return;
    this.#carry(this.#viewer.moment);
    if (!this.live && this.#viewer.moment === shot.moment) this.#measure(shot);
  }

  /**
   * Where the points are at a time of the flow, or null when nothing is known of them.
   * @param {number} t
   */
  points(t) {
    const last = this.#last;
    if (last.way === this.#shown && last.t === t) return last.points;
    const points = this.#shown && placesAt(this.#shown, t);
    this.#last = { way: this.#shown, t, points };
    return points;
  }

  /** @param {Shot} shot */
  #hold({ moment, bytes }) {
    const viewer = this.#viewer;
    const { run } = this.#session;
    if (viewer.moment === moment) return;
    // A live moment waits until all that is asked about the one before is answered: training is quicker than looking.
    const wait = run.busy && this.#page.calm() ? CALM_MS : 0;
    const early = performance.now() - this.#heldMs < wait;
    if (this.live && viewer.moment !== null && (early || !viewer.idle)) return;
    this.#heldMs = performance.now();
    const labels = Number(run.config.classes) > 0 ? run.points?.labels : undefined;
    viewer.hold(moment, bytes, run.points ? { points: run.points.data, labels } : {});
  }

  /** @param {string} moment */
  async #carry(moment) {
    const plan = this.#plan();
    const key = `${moment} ${JSON.stringify(plan)}`;
    if (this.#asked === key) return;
    this.#asked = key;
    const known = this.#ways.get(key);
    if (known) return this.#show(key, known);
    if (plan.n === 0) return this.#show(key, null);
    try {
      const way = await this.#viewer.ask('way', (client, signal) => travel(client, plan, signal));
      if (way) this.#show(key, { ...way, ...placeOf(moment), dim: this.#session.run.dim });
      else if (this.#asked === key) this.#asked = '';
    } catch (error) {
      this.fault = messageOf(error);
      this.#page.changed();
    }
  }

  /** How the points travel, as the model at hand is set. */
  #plan() {
    const { run, dials } = this.#session;
    const rows = dials.table.filter(({ group, live }) => live && group === 'sampling');
    const sampling = Object.fromEntries(rows.map(({ name }) => [name, run.config[name]]));
    const affordable = run.busy || !this.live ? lookPoints : picturePoints;
    const adaptive = run.config.solver === 'dopri5';
    const stops = adaptive ? READINGS_AT.length : 1 + Number(run.config.solver_steps);
    const most = Math.max(1, Math.floor(NUMBERS_MAX / (stops * run.dim)));
    const n = Math.min(most, affordable(dials.nfe * run.parameters));
    return { n, sampling, classes: Number(run.config.classes) };
  }

  /**
   * @param {string} key
   * @param {Way | null} way
   */
  #show(key, way) {
    this.fault = '';
    this.#shown = way;
    if (way) {
      this.#ways.delete(key);
      this.#ways.set(key, way);
    }
    const [oldest] = this.#ways.keys();
    if (this.#ways.size > WAYS_MAX) this.#ways.delete(oldest);
    this.#page.changed();
  }

  /** Measures a moment that the reader has gone back to, once for a way of sampling. @param {Shot} shot */
  async #measure(shot) {
    const { n, sampling } = this.#plan();
    const of = JSON.stringify(sampling);
    if (n === 0 || shot.quality?.of === of) return;
    const key = `${shot.moment} ${of}`;
    if (this.#shown?.moment !== shot.moment || this.#measuring === key) return;
    this.#measuring = key;
    const size = Math.min(2 * n, MEASURED_MAX);
    try {
      const measure = (/** @type {Client} */ client, /** @type {AbortSignal} */ signal) =>
        client.quality({ n: size, signal });
      const quality = await this.#viewer.ask('distance', measure);
      if (quality) shot.quality = { sw2: quality.sw2, floor: quality.sw2_floor, n: size, of };
      else if (this.#measuring === key) this.#measuring = '';
    } catch {
      // Points too far out to be measured have no distance, and the picture shows where they are.
    }
    this.#page.changed();
  }
}

/**
 * @param {Client} client
 * @param {{n: number, sampling: import('../lib/parameters.js').PartialConfig, classes: number}} plan
 * @param {AbortSignal} signal
 */
async function travel(client, { n, sampling, classes }, signal) {
  await client.set(sampling);
  const grid = sampling.solver === 'dopri5' ? { grid: READINGS_AT } : {};
  // One class after the other, so that each has its share of the points whatever their number.
  const labels = classes > 0 ? Int32Array.from({ length: n }, (_, i) => i % classes) : undefined;
  const ask = { n, seed: SAMPLE_SEED, labels, ...grid, signal };
  const { times, path } = await client.trajectory(ask);
  return { times, path, labels };
}

/** @param {string} moment */
function placeOf(moment) {
  const [, round, step] = moment.split('.').map(Number);
  return { moment, round, step };
}
