/** @file What a worker does, in a browser and in Node: it serves one model to whoever started it. */

import { serve } from './server.js';
import { inNode, threads } from './threads.js';

/** @typedef {import('./protocol.js').Endpoint} Endpoint */

/** Serves, in a worker; on a program's own thread of Node, which has no parent, this does nothing. */
export function worker() {
  if (!inNode()) serve(/** @type {Endpoint} */ (/** @type {unknown} */ (globalThis)));
  else {
    const { parentPort } = threads();
    if (parentPort) serve(/** @type {Endpoint} */ (/** @type {unknown} */ (parentPort)));
  }
}
