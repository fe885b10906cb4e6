/**
 * @file What a helper does: it is a thread that stands over the memory of somebody else's model and does its share of every
 * gradient, until fm_threads_stop sends it home or it is ended.
 */

import { inNode, threads } from './threads.js';

/**
 * What a helper is told.
 * @typedef {object} Errand
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory the model's own
 * @property {number} stack the end of its own stack, which grows downwards
 * @property {number} handle the model
 */

/**
 * Says that it is there, and then blocks: what it is sent later is never heard.
 * @param {Errand} errand
 * @param {(message: string) => void} tell
 */
function help({ module, memory, stack, handle }, tell) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const call = /** @type {Record<string, (...args: number[]) => number>} */ (exports);
  // emcc has named this export in two ways.
  (call.stackRestore ?? call._emscripten_stack_restore)(stack);
  tell('ready');
  call.fm_serve(handle);
}

/** Waits for its errand, and does it. */
export function aide() {
  if (inNode()) {
    const { parentPort } = threads();
    parentPort?.once('message', (errand) =>
      help(errand, (message) => parentPort.postMessage(message)),
    );
    return;
  }
  addEventListener(
    'message',
    ({ data }) => {
      help(data, (message) => postMessage(message));
      close();
    },
    { once: true },
  );
}
