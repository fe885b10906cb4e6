/**
 * Looks at a model while it trains: how large a picture may be, and the distance of a few samples to the data beside its
 * floor. Both stay a small part of the work, however many steps the solver takes.
 */

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('./run.js').Quality} Quality
 */

/** Multiply-adds that a look at a training model may cost, about 0.1 s, and the most points of one. */
const LOOK_WORK = 5.5e8;
const LOOK_POINTS = 1000;
/** The same of the picture of a model that stands still, about 2 s. */
const PICTURE_WORK = 1e10;
const PICTURE_POINTS = 2000;
/** The engine is heard from once a point at the least: one that costs more would keep it deaf for seconds. */
const POINT_WORK_MAX = 1e9;
/** The engine computes this many points at the price of one. */
const GROUP = 16;
/** Milliseconds between two measures, and their largest share of the time. */
const MEASURE_MS = 400;
const MEASURE_SHARE = 0.1;

/**
 * Points that a look at a training model may use; 0 when even one costs too much.
 * @param {number} work  multiply-adds a point costs: network evaluations times numbers in the network
 */
export function lookPoints(work) {
  return affordable(work, LOOK_WORK, LOOK_POINTS);
}

/**
 * Points in the picture of a model that stands still; 0 when even one costs too much.
 * @param {number} work  multiply-adds a point costs
 */
export function picturePoints(work) {
  return affordable(work, PICTURE_WORK, PICTURE_POINTS);
}

/**
 * @param {number} work
 * @param {number} budget
 * @param {number} most
 */
function affordable(work, budget, most) {
  if (work > POINT_WORK_MAX) return 0;
  const unit = budget / work < 100 ? GROUP : 100;
  return Math.min(most, Math.max(unit, Math.floor(budget / work / unit) * unit));
}

export class Gauge {
  #client;
  #options;
  #take;
  #abort = new AbortController();
  #next = 0;

  /**
   * @param {Client} client
   * @param {{n: number, solver: string, steps: number}} options  of a measure
   * @param {(quality: Quality) => void} take  hears every measure
   */
  constructor(client, options, take) {
    this.#client = client;
    this.#options = options;
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
    const { n } = this.#options;
    const { sw2, sw2_floor, nfe } = await this.#client.quality({ ...this.#options, signal });
    const now = performance.now();
    this.#next = now + Math.max(MEASURE_MS, (now - began) / MEASURE_SHARE);
    if (!signal.aborted) this.#take({ sw2, floor: sw2_floor, n, nfe, final: false });
  }
}
