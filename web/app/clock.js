/**
 * The flow time that the page shows: t = 0 is noise, t = 1 is data. It stands where the reader put it, or plays: the points
 * rest as noise, travel to the data, rest there and go back the same way, quickly, to begin again without a jump.
 */

/** The parts of a lap in milliseconds: resting as noise, the way to the data, resting there, the way back. */
const NOISE_MS = 500;
const FORTH_MS = 3000;
const DATA_MS = 1800;
const BACK_MS = 900;
const LAP_MS = NOISE_MS + FORTH_MS + DATA_MS + BACK_MS;
/** Where in a lap the points have arrived. */
const ARRIVED_MS = NOISE_MS + FORTH_MS;
/** A page that was not drawn for long goes on where it was, not where it would have been. */
const FRAME_MAX_MS = 100;

export class Clock {
  /** From 0, noise, to 1, data. */
  t = 1;
  playing = false;
  /** Milliseconds into the lap, and laps that are still to end. */
  #at = 0;
  #laps = 0;
  /** When it was last looked at; null before the first look since it plays. @type {number | null} */
  #seen = null;
  #changed;

  /** @param {() => void} changed  called after t or playing has changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Plays on from t. @param {number} [laps]  it ends at the data after so many ways there; without, it goes on */
  play(laps = Number.POSITIVE_INFINITY) {
    // From the data the way leads back first, so that nothing jumps.
    this.#at = this.t < 1 ? NOISE_MS + FORTH_MS * uneased(this.t) : LAP_MS - BACK_MS;
    this.#laps = laps;
    this.#seen = null;
    this.playing = true;
    this.#changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.#changed();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Stands at a time from now on. @param {number} t  from 0 to 1 */
  seek(t) {
    this.playing = false;
    this.t = Math.min(1, Math.max(0, t));
    this.#changed();
  }

  /** Tells the clock what time it is; called once a frame. @param {number} nowMs */
  tick(nowMs) {
    if (!this.playing) return;
    const before = this.#at;
    this.#at += Math.min(FRAME_MAX_MS, nowMs - (this.#seen ?? nowMs));
    this.#seen = nowMs;
    if (before < ARRIVED_MS && this.#at >= ARRIVED_MS) this.#laps -= 1;
    if (this.#laps <= 0) return this.seek(1);
    this.#at %= LAP_MS;
    this.t = placeAt(this.#at);
    this.#changed();
  }
}

/** @param {number} ms  into the lap */
function placeAt(ms) {
  if (ms < NOISE_MS) return 0;
  if (ms < ARRIVED_MS) return eased((ms - NOISE_MS) / FORTH_MS);
  if (ms < LAP_MS - BACK_MS) return 1;
  return 1 - eased((ms - LAP_MS + BACK_MS) / BACK_MS);
}

/** Slow at both ends: 3 s^2 - 2 s^3. @param {number} share */
function eased(share) {
  return share * share * (3 - 2 * share);
}

/** The inverse of `eased`. @param {number} t */
function uneased(t) {
  return 0.5 - Math.sin(Math.asin(1 - 2 * t) / 3);
}
