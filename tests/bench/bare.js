/** @file A bench-only WebAssembly build called without the library: arrays in its memory, and exports by name. */

import { readFileSync } from 'node:fs';

export class Bare {
  #exports;
  #end;

  /**
   * @param {string} file in wasm_build
   * @param {WebAssembly.Imports} [imports]
   */
  constructor(file, imports = {}) {
    const bytes = readFileSync(new URL(`../../wasm_build/${file}`, import.meta.url));
    this.#exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
    const { _initialize: initialize, __heap_base: base } = this.#exports;
    if (typeof initialize === 'function') initialize();
    this.#end = Number(/** @type {WebAssembly.Global} */ (base).value);
  }

  /**
   * @param {string} name
   * @returns {(...args: number[]) => number}
   */
  function(name) {
    const found = this.#exports[name];
    if (typeof found !== 'function') throw new Error(`the bench's build has no ${name}`);
    return /** @type {(...args: number[]) => number} */ (found);
  }

  /**
   * Takes `bytes` bytes for good, aligned to 64.
   * @param {number} bytes
   */
  take(bytes) {
    const memory = this.#memory;
    const start = Math.ceil(this.#end / 64) * 64;
    this.#end = start + bytes;
    const pages = Math.ceil((this.#end - memory.buffer.byteLength) / 65536);
    if (pages > 0) memory.grow(pages);
    return start;
  }

  /**
   * Takes room for the array and copies it there.
   * @param {Float32Array | Float64Array} array
   */
  put(array) {
    const pointer = this.take(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.#memory.buffer, pointer, array.byteLength).set(bytes);
    return pointer;
  }

  /**
   * @param {number} pointer
   * @param {number} count
   */
  floats(pointer, count) {
    return new Float32Array(this.#memory.buffer, pointer, count);
  }

  /**
   * @param {number} pointer
   * @param {number} count
   */
  doubles(pointer, count) {
    return new Float64Array(this.#memory.buffer, pointer, count);
  }

  get #memory() {
    return /** @type {WebAssembly.Memory} */ (this.#exports.memory);
  }
}
