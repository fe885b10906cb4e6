/** @file Starts a worker of the right kind for the platform and connects to it. */

import { connect } from './client.js';
import { MoonflowError } from './errors.js';
import { inNode, threads } from './threads.js';

/** @typedef {import('./client.js').Client} Client */
/** @typedef {import('./protocol.js').Endpoint} Endpoint */

/**
 * Resolves once the worker answers. Dispose of the client to end the worker.
 * @param {{onExit?: (error: MoonflowError) => void}} [options]
 * @returns {Promise<Client>}
 */
export async function spawn({ onExit } = {}) {
  const client = inNode() ? await spawnThread(onExit) : spawnWorker(onExit);
  try {
    await client.hello();
    return client;
  } catch (error) {
    await client.dispose();
    throw error;
  }
}

/** @param {((error: MoonflowError) => void) | undefined} onExit */
function spawnWorker(onExit) {
  if (typeof Worker !== 'function') {
    const message = 'Moonflow needs Web Workers, which this browser does not have.';
    throw new MoonflowError('unsupported', message, { details: { missing: ['Worker'] } });
  }
  // Bundlers recognise a worker by exactly this form.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  return connect(worker, { onExit, terminate: () => worker.terminate() });
}

/** @param {((error: MoonflowError) => void) | undefined} onExit */
async function spawnThread(onExit) {
  const { Worker: Thread } = await threads();
  // Flags of this process, such as the kind of its input, are not meant for a thread that has a file.
  const thread = new Thread(new URL('./worker.js', import.meta.url), { execArgv: [] });
  /** @type {Endpoint} */
  const endpoint = {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    addEventListener: (type, listener) =>
      thread.on(type, (value) => listener(type === 'message' ? { data: value } : value)),
  };
  return connect(endpoint, { onExit, terminate: () => thread.terminate() });
}
