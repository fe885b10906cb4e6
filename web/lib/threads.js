/** @file Node's worker_threads, kept out of sight of bundlers, which would look for it in a browser. */

/**
 * A worker, whichever kind the platform has.
 * @typedef {import('./protocol.js').Endpoint & {terminate: () => unknown, unref?: () => void}} Thread
 */

/** @returns {Promise<typeof import('node:worker_threads')>} */
export function threads() {
  const name = 'node:worker_threads';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/** Whether this is Node, rather than a page or a browser's worker. */
export function inNode() {
  return typeof process === 'object' && typeof process.versions?.node === 'string';
}

/**
 * Starts a thread of Node that is spoken to like a browser's worker.
 * @param {string} file beside this one
 * @returns {Promise<Thread>}
 */
export async function startThread(file) {
  const { Worker: NodeWorker } = await threads();
  // Bundlers take a literal address beside import.meta.url for a file to ship; this one is for Node alone.
  const here = import.meta.url;
  // Flags of this process, such as the kind of its input, are not meant for a thread that has a file.
  const thread = new NodeWorker(new URL(file, here), { execArgv: [] });
  return {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    addEventListener: (type, listener) =>
      thread.on(type, (value) => listener(type === 'message' ? { data: value } : value)),
    terminate: () => thread.terminate(),
    unref: () => thread.unref(),
  };
}
