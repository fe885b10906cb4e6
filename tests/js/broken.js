/** @file Helpers that get to work like any other and end within the first piece of work they begin. */

import { mock } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Instance } from '../../web/lib/instance.js';

/**
 * From now on helpers get no stack: nobody needs one to wait, but the first function that does traps.
 * @param {typeof mock} [mocks] of the test whose end is the end of this
 */
export function breakHelpers(mocks = mock) {
  const { postMessage } = Worker.prototype;
  mocks.method(
    Worker.prototype,
    'postMessage',
    /** @this {Worker} @param {any} message @param {any} transfer */ function (message, transfer) {
      const errand = 'stack' in message ? { ...message, stack: 0 } : message;
      return postMessage.call(this, errand, transfer);
    },
  );
}

/**
 * Gives helpers so long to show progress.
 * @param {number} milliseconds
 * @param {typeof mock} [mocks]
 */
export function hurry(milliseconds, mocks = mock) {
  const { call } = Instance.prototype;
  mocks.method(
    Instance.prototype,
    'call',
    /** @this {Instance} @param {string} name @param {number[]} args */ function (name, ...args) {
      if (name === 'fm_threads') args[2] = milliseconds;
      return call.call(this, name, ...args);
    },
  );
}
