/**
 * A stretch of training as the page shows it: frames with losses come in and are counted, measures are taken now and then, and
 * checkpoints become shots of the film.
 */

import { Gauge } from './gauge.js';

/**
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {import('./lifeline.js').Lifeline} Lifeline
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Stretch
 * @property {Run} run        takes what is known
 * @property {Lifeline} line
 * @property {AbortSignal} signal  ends it early
 * @property {() => void} changed  called when more is known
 */

/** Least milliseconds between two frames of a stream. */
const FRAME_MS = 40;

/**
 * Trains to the end of the run, as long as it is.
 * @param {Stretch & {portrait: import('./portrait.js').Portrait}} stretch
 */
export async function train({ portrait, ...stretch }) {
  const { run, line, signal, changed } = stretch;
  const { client } = line;
  // The length of the run is live, so it may have grown when the steps asked for are done; and another solver ends the
  // stream, because the size of its measures followed from the cost of the one before.
  while (run.step < run.total && !signal.aborted) {
    const look = portrait.look();
    const gauge =
      look &&
      new Gauge(client, look, (quality) => {
        run.measured(quality);
        changed();
      });
    run.notice = null;
    run.phase = 'training';
    changed();
    const steps = run.total - run.step;
    await stream(stretch, (take) => {
      const onFrame = (/** @type {Frame} */ frame) => {
        gauge?.tick();
        return take(frame);
      };
      return client.train({ steps, onFrame });
    }).finally(() => gauge?.stop());
  }
}

/**
 * Runs a stream of the worker, which stops when the signal says so or the run is long enough.
 * @template T
 * @param {Stretch} stretch
 * @param {(onFrame: (frame: Frame) => Promise<void>) => Promise<T>} begin
 */
export async function stream({ run, line, signal, changed }, begin) {
  const halt = () => {
    run.halting = true;
    line.halt();
    changed();
  };
  const take = run.clock();
  signal.addEventListener('abort', halt);
  try {
    return await begin((frame) => {
      take(frame);
      if (run.phase === 'training' && run.step >= run.total) line.halt();
      line.keepNowAndThen(run.film.due(run.step, performance.now()));
      changed();
      // The next frame comes when this settles: an eye needs no more of them, and drawing takes time from the worker.
      return new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    });
  } finally {
    signal.removeEventListener('abort', halt);
    run.halting = false;
  }
}
