/**
 * Looks at a model while it trains: how large a picture may be, and the distance of a few samples to the data beside its
 * floor. Both stay a small part of the work, however many steps the solver takes.
 */

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('./run.js').Quality} Quality
 */

/** Network evaluations one look may cost, within these numbers of points. */
const EVALUATIONS = 30_000;
const POINTS_MIN = 100;
const POINTS_MAX = 1000;
/** Milliseconds between two measures, and their largest share of the time. */
const MEASURE_MS = 1000;
const MEASURE_SHARE = 0.1;

/**
 * Points that a look at a model may use when each costs `nfe` network evaluations.
 * @param {number} nfe
 */
export function pointsFor(nfe) {
  const affordable = Math.floor(EVALUATIONS / nfe / 100) * 100;
  return Math.min(POINTS_MAX, Math.max(POINTS_MIN, affordable));
}

export class Gauge {
  #client;
  #n;
  #take;
  #abort = new AbortController();
  #next = 0;

  /**
   * @param {Client} client
   * @param {number} n  samples a measure uses
   * @param {(quality: Quality) => void} take  hears every measure
   */
  constructor(client, n, take) {
    this.#client = client;
    this.#n = n;
    this.#take = take;
  }

  /** Measures if it is time to; called as often as one likes. */
  tick() {
    if (performance.now() < this.#next) return;
    this.#next = Infinity;
    // A measure that fails says nothing about the run, which reports its own failures.
    this.#measure().catch(() => {});
  }

  stop() {
    this.#abort.abort();
  }

  async #measure() {
    const began = performance.now();
    const { signal } = this.#abort;
    const n = this.#n;
    const { sw2, sw2_floor, nfe } = await this.#client.quality({ n, signal });
    const now = performance.now();
    this.#next = now + Math.max(MEASURE_MS, (now - began) / MEASURE_SHARE);
    if (!signal.aborted) this.#take({ sw2, floor: sw2_floor, n, nfe, final: false });
  }
}
