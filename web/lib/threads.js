/**
 * @file Threads of every kind. Node's worker_threads are kept out of sight of bundlers, which would look for them in a
 * browser.
 */

import { MoonflowError } from './errors.js';
import { addressOf, startFile, text } from './origin.js';

/**
 * A worker, whichever kind the platform has.
 * @typedef {import('./protocol.js').Endpoint & {terminate: () => unknown, unref?: () => void}} Thread
 */

/**
 * What is used of worker_threads, in words of its own, so that the types of the package need none of Node's.
 * @typedef {object} Port
 * @property {(message: any, transfer?: any[]) => void} postMessage
 * @property {(type: string, listener: (value: any) => void) => void} on
 * @property {(type: string, listener: (value: any) => void) => void} once
 *
 * @typedef {Port & {terminate: () => Promise<number>, unref: () => void}} NodeThread
 *
 * @typedef {object} NodeThreads
 * @property {new (code: string | URL, options: {eval: boolean, execArgv: string[]}) => NodeThread} Worker
 * @property {Port | null} parentPort
 */

/**
 * Asked for at run time and not imported: a bundler follows every import it can read, and minifiers make the others readable.
 * @returns {NodeThreads}
 */
export function threads() {
  if (typeof process.getBuiltinModule === 'function') {
    return process.getBuiltinModule('node:worker_threads');
  }
  const message = `threads: got Node ${process.versions.node}; they need 20.16 or newer`;
  throw new MoonflowError('unsupported', message, {
    details: { missing: ['process.getBuiltinModule'] },
  });
}

/** Whether this is Node, rather than a page or a browser's worker. */
export function inNode() {
  return typeof process === 'object' && typeof process.versions?.node === 'string';
}

/**
 * Starts a thread with the code of origin.js.
 * @param {import('./origin.js').Role} role
 * @returns {Promise<Thread>}
 */
export async function startThread(role) {
  if (inNode()) return startNodeThread(role);
  return startFile ? startFile(role) : startBlob(role);
}

/**
 * Starts a thread of Node that is spoken to like a browser's worker.
 * @param {import('./origin.js').Role} role
 * @returns {Thread}
 */
function startNodeThread(role) {
  const { Worker: NodeWorker } = threads();
  const code = text ? `${text}.${role}()` : addressOf(role);
  // Flags of this process, such as the kind of its input, are not meant for a thread that has code of its own.
  const thread = new NodeWorker(code, { eval: typeof code === 'string', execArgv: [] });
  return {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    addEventListener: (type, listener) =>
      thread.on(type, (value) => listener(type === 'message' ? { data: value } : value)),
    terminate: () => thread.terminate(),
    unref: () => thread.unref(),
  };
}

/**
 * Starts a worker from the text of the library, as a page may do that came from another origin or from a file.
 * @param {import('./origin.js').Role} role
 * @returns {Worker}
 */
export function startBlob(role) {
  const address = URL.createObjectURL(new Blob([`${text}.${role}()`], { type: 'text/javascript' }));
  try {
    const worker = new Worker(address);
    // Not at once: some browsers fetch it only later.
    for (const type of ['message', 'error']) {
      worker.addEventListener(type, () => URL.revokeObjectURL(address), { once: true });
    }
    return worker;
  } catch (error) {
    URL.revokeObjectURL(address);
    throw error;
  }
}
