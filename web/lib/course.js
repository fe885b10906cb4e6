/**
 * @file Points carried by dopri5: each has a time and steps of its own, so its numbers depend neither on its company nor on
 * how the work is cut. Calls are of bounded work, and a point that would need more steps than it may try ends the work.
 */

import { FIELD_NEEDS } from './batch.js';
import { MoonflowError, refusal } from './errors.js';
import { guided } from './guidance.js';

/** @typedef {import('./model.js').Model} Model */

/**
 * A step that was tried, from t over h; accepted when the error is at most 1.
 * @typedef {{point: number, t: number, h: number, error: number, accepted: boolean}} Try
 */

/**
 * What each point took, [n] each.
 * @typedef {{accepted: Int32Array, rejected: Int32Array, evaluations: Int32Array}} Effort
 */

/**
 * @typedef {object} CoursePlan
 * @property {number} slot of the weights, as the engine counts them
 * @property {import('./guidance.js').Guide} [guide] of all points
 * @property {number} rtol
 * @property {number} atol
 * @property {number} most steps a point may try
 * @property {number[]} span
 * @property {Float64Array} [times] where the path is kept
 * @property {boolean} [trace] whether the tries are kept
 * @property {number} size points of a piece
 * @property {number} tries steps that a call takes
 */

/** Bytes of fm_course and fm_try in course.h, and where their fields stand. */
const COURSE = 72;
const TRY = 32;
const COUNTS = 48;
const ARRIVED = 3;
const STOPPED = 4;

/**
 * Carries x [n, D] in place; `path` [times, n, D] takes the path.
 * @param {Model} model
 * @param {Float32Array} x
 * @param {CoursePlan} plan
 * @param {Float32Array} [path]
 * @returns {import('./slice.js').Work<number, Effort & {trace?: Try[]}>}
 */
export function* courseSlices(model, x, plan, path) {
  const n = x.length / model.dim;
  const effort = {
    accepted: new Int32Array(n),
    rejected: new Int32Array(n),
    evaluations: new Int32Array(n),
  };
  /** @type {Try[]} */
  const trace = [];
  for (let first = 0; first < n; first += plan.size) {
    const piece = new Piece(model, plan, x, first);
    for (;;) {
      const done = piece.run(trace);
      yield Math.min(1, (first + piece.count * done) / n);
      if (done === 1) break;
    }
    piece.deliver(x, effort, path);
  }
  trace.sort((a, b) => a.point - b.point); // stable: the tries of a point stay in their order
  return plan.trace ? { ...effort, trace } : effort;
}

/** Points that travel together. Their state lies in the caller's memory between calls, which may lay it out anew. */
class Piece {
  #model;
  #plan;
  #first;
  #x;
  #k;
  #courses;
  #path;

  /**
   * @param {Model} model
   * @param {CoursePlan} plan
   * @param {Float32Array} x of all points
   * @param {number} first
   */
  constructor(model, plan, x, first) {
    const { instance, handle, dim } = model;
    this.#model = model;
    this.#plan = plan;
    this.#first = first;
    this.#x = x.slice(first * dim, (first + plan.size) * dim);
    this.#k = new Float32Array(this.#x.length);
    this.#courses = new Uint8Array(this.count * COURSE);
    this.#path = new Float32Array((plan.times?.length ?? 0) * this.#x.length);
    const [place, courses] = instance.put('scratch', this.#x, this.#courses);
    const { rtol, atol, most, span } = plan;
    const args = [handle, rtol, atol, most, ...span, place, this.count, courses];
    instance.check('sample', 'give other options', 'fm_course_begin', ...args);
    this.#x.set(instance.memory.floats(place, this.#x.length));
    this.#courses.set(instance.memory.bytes(courses, this.#courses.length));
  }

  get count() {
    return this.#x.length / this.#model.dim;
  }

  /** @param {number} point of this piece */
  #counts(point) {
    const [accepted, rejected, evaluations, state] = new Int32Array(
      this.#courses.buffer,
      point * COURSE + COUNTS,
      4,
    );
    return { accepted, rejected, evaluations, state };
  }

  /**
   * A call of the engine; returns the share of points that have arrived.
   * @param {Try[]} trace
   */
  run(trace) {
    const { instance, handle } = this.#model;
    const { slot, tries, times, trace: traced } = this.#plan;
    const n = this.count;
    const before = Array.from({ length: n }, (_, point) => tried(this.#counts(point)));
    const log = new Uint8Array(traced ? n * tries * TRY : 0);
    const arrays = [this.#x, this.#k, this.#courses, log, this.#path, times ?? new Float64Array(0)];
    const [x, k, courses, logged, path, clock] = instance.put('scratch', ...arrays);
    const kept = times ? [clock, times.length, path] : [0, 0, 0];
    const args = [handle, slot, tries, x, k, courses, n, traced ? logged : 0, ...kept];
    guided(this.#model, this.#plan.guide, { first: this.#first, n }, () => {
      instance.check('sample', FIELD_NEEDS, 'fm_course_run', ...args);
    });
    const { memory } = instance;
    this.#x.set(memory.floats(x, this.#x.length));
    this.#k.set(memory.floats(k, this.#k.length));
    this.#courses.set(memory.bytes(courses, this.#courses.length));
    this.#path.set(memory.floats(path, this.#path.length));
    if (traced) this.#read(memory.bytes(logged, log.length).slice(), before, trace);
    return this.#arrived();
  }

  /**
   * @param {Uint8Array} log
   * @param {number[]} before steps that each point had tried
   * @param {Try[]} trace
   */
  #read(log, before, trace) {
    const { tries } = this.#plan;
    const view = new DataView(log.buffer);
    before.forEach((from, point) => {
      const to = tried(this.#counts(point));
      for (let i = 0; i < to - from; i++) {
        const at = (point * tries + i) * TRY;
        const [t, h, error] = [0, 8, 16].map((field) => view.getFloat64(at + field, true));
        const accepted = view.getInt32(at + 24, true) !== 0;
        trace.push({ point: this.#first + point, t, h, error, accepted });
      }
    });
  }

  #arrived() {
    let arrived = 0;
    for (let point = 0; point < this.count; point++) {
      const counts = this.#counts(point);
      if (counts.state === STOPPED) throw this.#stopped(point, tried(counts));
      if (counts.state === ARRIVED) arrived++;
    }
    return arrived / this.count;
  }

  /**
   * @param {number} point
   * @param {number} tries
   */
  #stopped(point, tries) {
    const [t] = new Float64Array(this.#courses.buffer, point * COURSE, 1);
    const where = `point ${this.#first + point} stopped at t = ${Number(t.toPrecision(4))}`;
    if (tries >= this.#plan.most) {
      return refusal(
        'steps',
        this.#plan.most,
        `more, or a larger rtol or atol: ${where}, having tried them all`,
      );
    }
    const message = `sample: ${where}, where the field is not finite; train with a smaller lr`;
    return new MoonflowError('diverged', message);
  }

  /**
   * @param {Float32Array} x
   * @param {Effort} effort
   * @param {Float32Array} [path]
   */
  deliver(x, effort, path) {
    const from = this.#first * this.#model.dim;
    x.set(this.#x, from);
    for (let point = 0; point < this.count; point++) {
      const counts = this.#counts(point);
      for (const name of /** @type {const} */ (['accepted', 'rejected', 'evaluations'])) {
        effort[name][this.#first + point] = counts[name];
      }
    }
    const { length } = this.#x;
    for (let i = 0; path && i < path.length / x.length; i++) {
      path.set(this.#path.subarray(i * length, (i + 1) * length), i * x.length + from);
    }
  }
}

/** @param {{accepted: number, rejected: number}} counts */
const tried = ({ accepted, rejected }) => accepted + rejected;
