/** @file Node's worker_threads, kept out of sight of bundlers, which would look for it in a browser. */

/** @returns {Promise<typeof import('node:worker_threads')>} */
export function threads() {
  const name = 'node:worker_threads';
  return import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/** Whether this is Node, rather than a page or a browser's worker. */
export function inNode() {
  return typeof process === 'object' && typeof process.versions?.node === 'string';
}
