/** @file The threads that a test file starts, all of them; importing this begins the watch. */

import { mock } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Those started since the last `forget`. @type {Set<Worker>} */
export const started = new Set();
/** Those that have ended, whenever they started. @type {WeakSet<Worker>} */
const ended = new WeakSet();

const { on } = Worker.prototype;
mock.method(
  Worker.prototype,
  'on',
  /** @this {Worker} @param {any} type @param {any} listener */ function (type, listener) {
    if (!started.has(this)) {
      started.add(this);
      on.call(this, 'exit', () => ended.add(this));
    }
    return on.call(this, type, listener);
  },
);

export const forget = () => started.clear();

/** In the order in which they were started. */
export const helpers = () => [...started];

/** Waits until every thread has ended; a thread that never ends fails the test by its timeout. */
export async function allEnded() {
  while (!helpers().every((thread) => ended.has(thread))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
