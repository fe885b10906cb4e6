/**
 * @file Starts a worker and connects to it. In Node that is a thread. In a browser the ways are tried in this order, and the
 * client says in `transport` which one was taken, and in `refused` what became of those before:
 *
 *   url   with `workerUrl` only: a worker from there, where the file 'moonflow/worker' was put. Who names it means it, so no
 *         policy is offended by another way first; one that leads nowhere is told in `refused`
 *   blob  a worker made of the library's own text, in the package only: works from another origin, from file:// and in every
 *         bundle; a Content-Security-Policy must allow `worker-src blob:`. In a checkout, the file beside this one, as a url
 *   main  no worker: the page's own thread, in slices of 8 ms between which the page lives on
 *
 * The bits are the same.
 */

import { choice, given } from './argument.js';
import { connect } from './client.js';
import { MoonflowError, refusal } from './errors.js';
import { coreToSupply } from './loader.js';
import { loadServer, startFile, text } from './origin.js';
import { inNode, startBlob, startThread } from './threads.js';

/** @typedef {import('./client.js').Client} Client */
/** @typedef {import('./caller.js').ConnectOptions} ConnectOptions */
/** @typedef {import('./threads.js').Thread} Thread */
/** @typedef {'thread' | 'blob' | 'url' | 'main'} Transport */
/** @typedef {{transport: Transport, reason: string}} Refused */

/**
 * @typedef {object} SpawnOptions
 * @property {(error: MoonflowError) => void} [onExit] the worker ended without being asked to
 * @property {string | URL} [workerUrl] of the file 'moonflow/worker', for pages that allow no worker from a blob; tried first
 * @property {Transport} [transport] this way and no other
 */

/** What each way needs, for those who wonder why it was not taken. */
const NEEDS = {
  thread: 'it needs the worker_threads of Node',
  blob: 'a Content-Security-Policy must allow worker-src blob:',
  url: 'workerUrl must lead to the file moonflow/worker, on the page’s own origin, and worker-src must allow it',
  main: 'it needs no worker',
};

/**
 * Resolves once the worker answers. Dispose of the client to end the worker.
 * @param {SpawnOptions} [options]
 * @returns {Promise<Client>}
 */
export async function spawn(options) {
  const { onExit, workerUrl, transport } = given('spawn', options);
  const possible = wanted(ways(workerUrl), transport);
  /** @type {Refused[]} */
  const refused = [];
  for (;;) {
    const way = possible[refused.length];
    try {
      return await open(way, { onExit, workerUrl, refused });
    } catch (error) {
      // A worker that answers and says no would say so by every way.
      if (error instanceof MoonflowError && error.code !== 'worker') throw error;
      const reason = `${reasonOf(error)}; ${NEEDS[way]}`;
      refused.push({ transport: way, reason });
      if (refused.length < possible.length) continue;
      const message = `spawn: transport ${way}: ${reason}`;
      throw new MoonflowError('worker', message, { operation: 'spawn', cause: error });
    }
  }
}

/**
 * The ways there are here, the best first.
 * @param {unknown} workerUrl
 * @returns {Transport[]}
 */
function ways(workerUrl) {
  if (inNode()) return ['thread'];
  /** @type {Transport[]} */
  const found = ['main'];
  if (typeof Worker !== 'function') return found;
  if (text) found.unshift('blob');
  if (workerUrl !== undefined || startFile) found.unshift('url');
  return found;
}

/**
 * @param {Transport[]} possible
 * @param {Transport | undefined} transport
 */
function wanted(possible, transport) {
  if (transport === undefined) return possible;
  choice('transport', transport, Object.keys(NEEDS));
  if (possible.includes(transport)) return [transport];
  const hint =
    transport === 'url' && !inNode() ? "; 'url' needs workerUrl and a browser with workers" : '';
  throw refusal('transport', transport, `${possible.join(', ')} here${hint}`);
}

/**
 * @param {Transport} transport
 * @param {Pick<SpawnOptions, 'onExit' | 'workerUrl'> & {refused: Refused[]}} options
 */
async function open(transport, { onExit, workerUrl, refused }) {
  const supply = text ? coreToSupply : undefined;
  let answered = false;
  /** @type {ConnectOptions & import('./remote.js').Way} */
  const options = {
    transport,
    refused,
    supply,
    onExit: (error) => {
      if (answered) onExit?.(error);
    },
  };
  const client = await connected(transport, workerUrl, options);
  try {
    await client.hello();
    answered = true;
    return client;
  } catch (error) {
    await client.dispose();
    throw error;
  }
}

/**
 * @param {Transport} transport
 * @param {string | URL | undefined} workerUrl
 * @param {ConnectOptions & import('./remote.js').Way} options
 */
async function connected(transport, workerUrl, options) {
  if (transport === 'main') {
    const { serve } = await loadServer();
    const { port1, port2 } = new MessageChannel();
    serve(port2);
    return connect(port1, options);
  }
  const worker = await started(transport, workerUrl);
  return connect(worker, { ...options, terminate: () => worker.terminate() });
}

/**
 * @param {Transport} transport
 * @param {string | URL | undefined} workerUrl
 * @returns {Promise<Thread>}
 */
async function started(transport, workerUrl) {
  if (transport === 'blob') return startBlob('worker');
  if (transport === 'url' && workerUrl !== undefined) {
    return new Worker(workerUrl, { type: 'module' });
  }
  return startThread('worker');
}

/**
 * Why a worker ended, or could not be made.
 * @param {unknown} error
 */
function reasonOf(error) {
  if (error instanceof MoonflowError && error.details) return String(error.details.reason);
  return error instanceof Error ? error.message : String(error);
}
