/**
 * Every loss of a run in constant memory: the history is kept as means over equal blocks of steps, and when the
 * blocks run out neighbours are merged, so a chart of a million steps costs what a chart of a thousand does.
 */

const BLOCKS_MAX = 1024;
const RECENT = 100;
/** The latest losses that are kept one by one. */
const KEPT = 4096;

export class Losses {
  /** Losses so far. */
  count = 0;
  /** The first of them. */
  first = Number.NaN;
  /** Least and largest mean of a hundred in a row, and the last step of the largest. */
  least = Infinity;
  most = -Infinity;
  mostAt = 0;
  #before;
  /** Steps in a block. */
  #stride = 1;
  /** Of complete blocks. @type {number[]} */
  #means = [];
  #sum = 0;
  #filled = 0;
  /** Sum of the losses since a hundred were last complete. */
  #hundred = 0;
  /** @type {number[]} */
  #recent = [];
  /** Loss i of this run stands at i modulo its length. */
  #kept = new Float64Array(KEPT);

  /** The first loss appended is that of step `before` + 1. */
  constructor(before = 0) {
    this.#before = before;
  }

  /** Forgets everything, and begins with step 1. */
  clear() {
    Object.assign(this, { count: 0, first: Number.NaN, least: Infinity, most: -Infinity });
    this.#before = 0;
    this.#hundred = 0;
    this.#stride = 1;
    this.#means = [];
    this.#sum = 0;
    this.#filled = 0;
    this.#recent = [];
  }

  /** @param {ArrayLike<number>} losses in order of their steps */
  append(losses) {
    for (let i = 0; i < losses.length; i++) this.#add(losses[i]);
    const latest = Array.from(losses).slice(-RECENT);
    this.#recent = this.#recent.concat(latest).slice(-RECENT);
  }

  /** Mean of the latest losses; NaN when there is none. */
  latest() {
    return this.#recent.reduce((sum, loss) => sum + loss, 0) / this.#recent.length;
  }

  /**
   * The losses of the `most` steps up to `step`, fewer where there are fewer; none when any of them is no longer kept.
   * @param {number} step
   * @param {number} most
   */
  upTo(step, most) {
    const end = step - this.#before;
    const from = Math.max(0, end - most);
    if (end > this.count || from < this.count - KEPT || end <= from) return new Float64Array(0);
    return Float64Array.from({ length: end - from }, (_, i) => this.#kept[(from + i) % KEPT]);
  }

  /** Steps (the last of each block) and mean losses. @returns {[number[], number[]]} */
  series() {
    const steps = this.#means.map((_, block) => this.#before + (block + 1) * this.#stride);
    return [steps, this.#means];
  }

  /** @param {number} loss */
  #add(loss) {
    if (this.count === 0) this.first = loss;
    this.#kept[this.count % KEPT] = loss;
    this.count += 1;
    this.#hundred += loss;
    if (this.count % RECENT === 0) this.#mark(this.#hundred / RECENT);
    this.#sum += loss;
    this.#filled += 1;
    if (this.#filled < this.#stride) return;
    this.#means.push(this.#sum / this.#stride);
    this.#sum = 0;
    this.#filled = 0;
    if (this.#means.length === BLOCKS_MAX) this.#merge();
  }

  /** @param {number} mean  of the latest hundred */
  #mark(mean) {
    this.#hundred = 0;
    this.least = Math.min(this.least, mean);
    if (mean <= this.most) return;
    this.most = mean;
    this.mostAt = this.#before + this.count;
  }

  #merge() {
    const half = this.#means.length / 2;
    for (let block = 0; block < half; block++) {
      this.#means[block] = (this.#means[2 * block] + this.#means[2 * block + 1]) / 2;
    }
    this.#means.length = half;
    this.#stride *= 2;
  }
}
