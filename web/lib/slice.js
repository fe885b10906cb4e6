/**
 * @file Long work is written as a generator: it yields its progress after every piece and returns its result. Here is
 * how big a piece is, and the two ways of running one. No result depends on where the pieces end.
 */

/**
 * @template P, R
 * @typedef {Generator<P, R, void>} Work
 */

/** Multiply-adds that take a few milliseconds on a slow machine. */
const PIECE_WORK = 2e7;
const PIECE_POINTS = 1024;
/** The engine's kernels run whole groups of rows; smaller pieces would waste them. */
const LEAST_POINTS = 16;

/**
 * How many points one piece may carry.
 * @param {number} perPoint multiply-adds a point costs
 */
export function piecePoints(perPoint) {
  const wanted = Math.floor(PIECE_WORK / perPoint / LEAST_POINTS) * LEAST_POINTS;
  return Math.min(PIECE_POINTS, Math.max(LEAST_POINTS, wanted));
}

/**
 * Runs work to its end at once.
 * @template P, R
 * @param {Work<P, R>} work
 * @returns {R}
 */
export function finish(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Passes the progress of one part of longer work on, scaled into its share.
 * @template R
 * @param {Work<number, R>} work
 * @param {number} from
 * @param {number} to
 * @returns {Work<number, R>}
 */
export function* share(work, from, to) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    yield from + (to - from) * value;
  }
}
