/** @file The pace of the command: long work in slices, with a breath between them in which signals are heard. */

import { setImmediate as breath } from 'node:timers/promises';

/**
 * Runs work to its end and returns what it returns.
 * @template P, R
 * @param {import('../lib/slice.js').Work<P, R>} work
 * @param {(progress: P) => void} [onStep]
 * @returns {Promise<R>}
 */
export async function perform(work, onStep = () => {}) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    onStep(value);
    await breath();
  }
}

const SLICE_MS = 50;

/**
 * Trains to step `total` of the model's round in slices of about 50 ms, yielding the losses of each. How it is cut changes no bit.
 * @param {import('../lib/model.js').Model} model
 * @param {number} total
 * @param {() => boolean} stopped  asked before each slice
 * @returns {import('../lib/slice.js').Work<Float64Array, void>}
 */
export function* trainSlices(model, total, stopped) {
  let count = 1;
  while (model.step < total && !stopped()) {
    const started = performance.now();
    const losses = model.train(Math.min(count, total - model.step));
    const spent = performance.now() - started;
    count = Math.max(1, Math.min(4 * count, Math.round((count * SLICE_MS) / Math.max(spent, 1))));
    yield losses;
  }
}
