/**
 * @file Long work is written as a generator: it yields its progress after every piece and returns its result. Here is
 * how big a piece is, and the two ways of running one. No result depends on where the pieces end.
 */

/**
 * @template P, R
 * @typedef {Generator<P, R, void>} Work
 */

/** Points one piece carries when nobody waits for the pieces. */
export const PIECE_POINTS = 256;
/** Multiply-adds that fit a slice: 6 ms at 13 GMAC/s. */
const PIECE_WORK = 8e7;
/** Multiply-adds no piece may exceed to keep the kernels busy, since stop is heard only between pieces. */
const PIECE_WORK_MAX = 4e8;
/** The kernels run whole groups of rows: at fewer points a piece, each point costs more. */
const GROUP = 16;

/**
 * How many points one piece may carry so that it fits a slice.
 * @param {number} perPoint multiply-adds a point costs
 */
export function piecePoints(perPoint) {
  const groups = Math.floor(PIECE_WORK / perPoint / GROUP);
  if (groups > 0) return Math.min(PIECE_POINTS, groups * GROUP);
  return Math.max(1, Math.min(GROUP, Math.floor(PIECE_WORK_MAX / perPoint)));
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

/** Lets the messages that have arrived be heard. Timers would cost 4 ms a turn in a browser; a channel does not. */
export function turn() {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(undefined);
    }
  });
}
