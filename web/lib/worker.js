/** @file The worker's entry, in a browser and in Node: serves one model to whoever started it. */

import { serve } from './server.js';
import { inNode, threads } from './threads.js';

if (inNode()) {
  threads().then(({ parentPort }) => {
    if (parentPort) serve(/** @type {import('./protocol.js').Endpoint} */ (parentPort));
  });
} else {
  serve(/** @type {import('./protocol.js').Endpoint} */ (/** @type {unknown} */ (globalThis)));
}
