/** @file One line of progress on a terminal. A stream that is no terminal hears nothing, so logs stay clean. */

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

export class Progress {
  /**
   * @param {string} label
   * @param {{isTTY?: boolean, write(text: string): unknown}} [stream]
   * @param {() => number} [now] milliseconds
   */
  constructor(label, stream = process.stderr, now = () => performance.now()) {
    this.label = label;
    this.stream = stream;
    this.now = now;
    this.started = now();
    this.drawn = Number.NEGATIVE_INFINITY;
    /** @type {number | undefined} */
    this.first = undefined;
  }

  /** Whether anybody sees it. */
  get visible() {
    return this.stream.isTTY === true;
  }

  /**
   * @param {number} done   in the same unit as `total`
   * @param {number} total
   * @param {{unit?: string, note?: string}} [words]  a unit shows counts and their rate; without one only the share shows
   */
  show(done, total, { unit = '', note = '' } = {}) {
    // A resumed run begins in the middle: only what is done here tells the rate.
    this.first ??= done;
    const time = this.now();
    if (!this.visible || time - this.drawn < REDRAW_MS) return;
    this.drawn = time;
    const perSecond = (1000 * (done - this.first)) / (time - this.started);
    const parts = [`${this.label} ${Math.floor((100 * done) / total)} %`];
    if (unit) parts.push(`${done}/${total}`);
    if (perSecond > 0) {
      if (unit) parts.push(`${perSecond.toPrecision(3)} ${unit}/s`);
      parts.push(`${duration((total - done) / perSecond)} left`);
    }
    if (note) parts.push(note);
    this.stream.write(CLEAR_LINE + parts.join('  '));
  }

  /** Takes the line away, so that what is printed next stands alone. */
  end() {
    if (this.visible) this.stream.write(CLEAR_LINE);
  }
}

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
