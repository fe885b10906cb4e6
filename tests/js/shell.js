/**
 * @file Entry for the bare shells of JavaScriptCore (jsc) and SpiderMonkey (js102): prints the golden hashes as JSON.
 * Run it with tests/js as the current folder: the shells know neither arguments nor module paths alike.
 */

const host = /** @type {any} */ (globalThis);

// The shells have no TextDecoder; the library decodes ASCII names of the engine's table with it.
host.TextDecoder ??= class {
  /** @param {Uint8Array} bytes */
  decode(bytes) {
    return String.fromCharCode(...bytes);
  }
};
host.performance ??= { now: () => Date.now() };

const path = '../../wasm_build/core.wasm';
const read = host.os?.file.readFile ?? host.readFile;
const bytes = read(path, 'binary');

const { RUNS, hashes } = await import('./golden.js');
const module = new WebAssembly.Module(bytes);
host.print(JSON.stringify(RUNS.map((run) => hashes(run, module))));
