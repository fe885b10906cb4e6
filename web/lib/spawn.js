/** @file Starts a worker of the right kind for the platform and connects to it. */

import { connect } from './client.js';
import { MoonflowError } from './errors.js';
import { inNode, startThread } from './threads.js';

/** @typedef {import('./client.js').Client} Client */

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
  const thread = await startThread('./worker.js');
  return connect(thread, { onExit, terminate: () => thread.terminate() });
}
