/**
 * @file Where the code of a thread comes from: here, the files beside this one. The package's one file has no files beside
 * it that it could be sure of, so wasm_build/whole.js stands in its place there, and the code is the text of the library.
 */

/** @typedef {'worker' | 'aide'} Role what a thread does: serve a model, or help one */

/** Where the package's file is at, none here. Calls of its `worker` or `aide` follow. @type {string | undefined} */
export const text = undefined;

// Bundlers recognise a worker by exactly this form.
const WORKERS = {
  worker: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  aide: () => new Worker(new URL('./aide.js', import.meta.url), { type: 'module' }),
};

/**
 * A worker of a browser. None in the package.
 * @type {((role: Role) => Worker) | undefined}
 */
export const startFile = (role) => WORKERS[role]();

/**
 * The file of a role, for Node.
 * @param {Role} role
 */
export function addressOf(role) {
  // Bundlers take a literal address beside import.meta.url for a file to ship; this one is for Node alone.
  const here = import.meta.url;
  return new URL(`./${role}.js`, here);
}

/** The engine for threads, fetched only when it is asked for. */
export const loadThreaded = () => import('../../wasm_build/core_threads.js');

/** Fetched where a bundler can split, and then only by a page that has no worker. */
export const loadServer = () => import('./server.js');
