/**
 * A run that another is about to take the place of, as far as it takes to bring it back: its last shot, which is a checkpoint,
 * and what the page has come to know of it.
 */

/**
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Memento
 * @property {Uint8Array} bytes  of Client.save
 * @property {import('./dials.js').Points | null} points  the reader's own, which no checkpoint carries
 * @property {Pick<Run, 'losses' | 'annals' | 'film' | 'reflow' | 'quality' | 'seconds' | 'strays'>} known
 */

/**
 * The run as it was when it last stood still; null when it has learned nothing that could be missed.
 * @param {Run} run
 * @returns {Memento | null}
 */
export function remember({ step, round, points, ...known }) {
  const { losses, annals, film, reflow, quality, seconds, strays } = known;
  if (!film.latest || (step === 0 && round === 0)) return null;
  const kept = { losses, annals, film, reflow, quality, seconds, strays };
  return { bytes: film.latest.bytes, points, known: kept };
}

/**
 * Gives a run, which has just begun with the checkpoint, all that was known of it.
 * @param {Run} run
 * @param {Memento} memento
 */
export function recall(run, { known }) {
  Object.assign(run, known);
  run.adopt(known);
}
