/**
 * @file Points from the strokes of a brush: scattered by the engine's noise around a place that moves along, as many for the same
 * way however fast the hand goes.
 */

/** Way of the brush between two of its points. */
const SPACING = 0.015;
/** Points of a dab, where the brush goes down. */
const DAB = 6;
/** The radius of a brush in deviations of its noise: 86% of the points fall within. */
const DEVIATIONS = 2;
/** The most points that are drawn; a brush that has made so many is dry. */
export const DRAWN_MAX = 20_000;

export class Strokes {
  /** Coordinates so far, x and y in turn. @type {number[]} */
  #numbers = [];
  /** Where each stroke begins in them. @type {number[]} */
  #begins = [];
  /** @type {{x: number, y: number}} */
  #at = { x: 0, y: 0 };
  /** Way since the last point. */
  #way = 0;
  #noise;

  /** @param {Float32Array} noise  [DRAWN_MAX, 2], normal; see Model.noise */
  constructor(noise) {
    this.#noise = noise;
  }

  get n() {
    return this.#numbers.length / 2;
  }

  get full() {
    return this.n >= DRAWN_MAX;
  }

  /** [n, 2] */
  get points() {
    return Float32Array.from(this.#numbers);
  }

  /** The brush goes down. @param {number} x @param {number} y @param {number} radius */
  begin(x, y, radius) {
    this.#begins.push(this.#numbers.length);
    this.#at = { x, y };
    this.#way = 0;
    for (let i = 0; i < DAB; i++) this.#drop(x, y, radius);
  }

  /** The brush moves in a straight line. @param {number} x @param {number} y @param {number} radius */
  move(x, y, radius) {
    const from = this.#at;
    const length = Math.hypot(x - from.x, y - from.y);
    let gone = SPACING - this.#way;
    for (; gone <= length; gone += SPACING) {
      const share = gone / length;
      this.#drop(from.x + share * (x - from.x), from.y + share * (y - from.y), radius);
    }
    this.#way = SPACING - (gone - length);
    this.#at = { x, y };
  }

  /** Takes the last stroke back. */
  undo() {
    this.#numbers.length = this.#begins.pop() ?? 0;
  }

  clear() {
    this.#numbers.length = this.#begins.length = 0;
  }

  /** @param {number} x @param {number} y @param {number} radius */
  #drop(x, y, radius) {
    if (this.full) return;
    const [dx, dy] = this.#noise.subarray(this.#numbers.length);
    this.#numbers.push(x + (radius / DEVIATIONS) * dx, y + (radius / DEVIATIONS) * dy);
  }
}
