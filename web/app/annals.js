/**
 * What was measured through a run, in bounded memory: when there are too many readings of a kind, every second one goes, so
 * the annals of a million steps cost what those of a thousand do.
 */

/** The most readings kept of a kind. */
const READINGS_MAX = 512;

/** Readings of some quantities, by the step they were taken after. */
export class Readings {
  /** The steps, then a column for each quantity. @type {number[][]} */
  columns;

  /** @param {number} quantities */
  constructor(quantities) {
    this.columns = Array.from({ length: 1 + quantities }, () => []);
  }

  get count() {
    return this.columns[0].length;
  }

  /** Values of the latest reading; empty when there is none. */
  get latest() {
    return this.columns.slice(1).flatMap((column) => column.slice(-1));
  }

  /**
   * Takes a reading in. One of an earlier step, as after the death of a worker, takes the place of what came after it.
   * @param {number} step
   * @param {...number} values
   */
  add(step, ...values) {
    const [steps] = this.columns;
    while (steps.length > 0 && steps[steps.length - 1] >= step) {
      for (const column of this.columns) column.pop();
    }
    for (const [i, column] of this.columns.entries()) column.push(i === 0 ? step : values[i - 1]);
    if (steps.length <= READINGS_MAX) return;
    this.columns = this.columns.map((column) =>
      column.filter((_, i) => (column.length - 1 - i) % 2 === 0),
    );
  }
}

export class Annals {
  /** SW2 and its floor. */
  quality = new Readings(2);
  /** The excess loss. */
  excess = new Readings(1);
  /** Steps a second. */
  speed = new Readings(1);
  /** Mean loss at t in 20 bins, of the latest steps. @type {Float64Array | null} */
  byTime = null;
}
