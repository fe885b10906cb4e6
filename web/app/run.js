/**
 * What is known of a run: the model's settings, its place in the training, its losses, pictures and measures. Every piece of
 * the page draws from here; the session writes.
 */

import { Annals } from './annals.js';
import { Film } from './film.js';
import { Losses } from './losses.js';

/**
 * @typedef {import('../lib/client.js').Info} Info
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {import('../lib/reflow.js').ReflowReport} Report
 *
 * @typedef {'starting' | 'ready' | 'training' | 'paused' | 'finished' | 'reflowing' | 'dead'} Phase
 * @typedef {{sw2: number, floor: number, n: number, nfe: number, final: boolean}} Quality
 * @typedef {Quality & {step: number}} Measured  of the weights after that step
 * @typedef {{text: string, action?: {label: string, act: () => void}}} Notice
 *
 * A row was turned after the first step; the weights are those of a file.
 * @typedef {'turned' | 'loaded'} Stray
 *
 * What reflow has shown so far: samples of 1, 2 and 4 Euler steps before and after, every round's report, what it does now.
 * @typedef {object} Reflow
 * @property {Float32Array[] | null} before
 * @property {Float32Array[] | null} after
 * @property {Report['rounds']} rounds
 * @property {number | null} floor
 * @property {import('../lib/reflow.js').ReflowProgress | null} progress
 */

/** @returns {Reflow} */
const noReflow = () => ({ before: null, after: null, rounds: [], floor: null, progress: null });

export class Run {
  /** @type {Phase} */
  phase = 'starting';
  /** Progress of the final measure, or null when none runs. @type {number | null} */
  measuring = null;
  /** @type {Measured | null} */
  quality = null;
  /** @type {Notice | null} */
  notice = null;
  /** @type {Float32Array | null} */
  data = null;
  /** The reader's own points, when the model learns those. @type {import('./dials.js').Points | null} */
  points = null;
  /** Points of noise, drawn until the first samples are there. @type {Float32Array | null} */
  noise = null;
  /** SHA-256 of the weights when the model last stood still. @type {string | null} */
  hash = null;
  /** Whether a sample costs too much to draw any. */
  unseen = false;
  /** Whether the reader has asked it to stop, which it does after the step at hand. */
  halting = false;
  /** Models so far: each begins a run of its own. */
  models = 0;
  /** Numbers in the network. */
  parameters = 0;
  step = 0;
  round = 0;
  /** Steps a second since training last began. */
  rate = 0;
  /** Seconds spent training in this round. */
  seconds = 0;
  losses = new Losses();
  annals = new Annals();
  reflow = noReflow();
  film = new Film(0);
  /** What its settings do not tell of how its weights came to be. @type {Set<Stray>} */
  strays = new Set();

  /** @param {Config} config  what the model was made from */
  constructor(config) {
    this.config = config;
  }

  /** Length of the run. */
  get total() {
    return Number(this.config.steps);
  }

  /** Coordinates of a point. */
  get dim() {
    return Number(this.config.dim);
  }

  /** Names the weights of now: other weights, another name. */
  get moment() {
    return `${this.models}.${this.round}.${this.step}`;
  }

  /** Whether something runs that the reader can stop. */
  get busy() {
    return this.phase === 'training' || this.phase === 'reflowing';
  }

  /**
   * Another model has taken the place of the one before.
   * @param {Info} info
   * @param {import('./dials.js').Points | null} points  the reader's own, as far as there are any
   */
  begin({ config, parameters, step, round }, points) {
    this.points = config.data === 'points' ? points : null;
    this.models += 1;
    this.config = config;
    this.parameters = parameters;
    this.step = step;
    this.round = round;
    this.rate = 0;
    this.seconds = 0;
    this.quality = null;
    this.hash = null;
    this.unseen = false;
    this.notice = null;
    this.reflow = noReflow();
    this.losses = new Losses(step);
    this.annals = new Annals();
    this.film = new Film(this.models);
    this.strays = new Set();
  }

  /** Goes on with the film, and the strays, of the run that this one continues. @param {Pick<Run, 'film' | 'strays'>} run */
  adopt({ film, strays }) {
    film.model = this.models;
    this.film = film;
    this.strays = strays;
  }

  /** The phase of a model that stands still. */
  rest() {
    if (this.step >= this.total) this.phase = 'finished';
    else this.phase = this.step > 0 || this.round > 0 ? 'paused' : 'ready';
  }

  /**
   * Takes frames in, counting time and rate from now.
   * @returns {(frame: Frame) => void}
   */
  clock() {
    let began = { ms: performance.now(), step: this.step, seconds: this.seconds };
    return (frame) => {
      if (frame.round !== this.round) {
        this.losses.clear();
        this.annals = new Annals();
        began = { ms: performance.now(), step: 0, seconds: 0 };
      }
      const seconds = (performance.now() - began.ms) / 1000;
      this.seconds = began.seconds + seconds;
      this.rate = seconds > 0 ? (frame.step - began.step) / seconds : 0;
      this.step = frame.step;
      this.round = frame.round;
      this.losses.append(frame.losses);
      this.annals.byTime = frame.loss_by_time;
      this.annals.speed.add(frame.step, frame.steps_per_second);
    };
  }

  /** Takes a measure of the step at hand. @param {Quality} quality */
  measured(quality) {
    this.quality = { ...quality, step: this.step };
    this.annals.quality.add(this.step, quality.sw2, quality.floor);
  }

  /**
   * @param {Report} report
   * @param {Float32Array[] | null} after
   */
  report({ rounds, sw2_floor }, after) {
    // The first row of a later round repeats the last row of the one before.
    const known = this.reflow.rounds.filter(({ round }) => round < rounds[0].round);
    this.reflow = { ...this.reflow, after, rounds: [...known, ...rounds], floor: sw2_floor };
  }
}
