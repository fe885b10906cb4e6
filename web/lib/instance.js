/**
 * @file One WebAssembly instance of the engine with its own memory. A trap leaves the engine's state unknown, so
 * a trapped instance refuses every later call; other instances are not touched.
 */

import { MoonflowError } from './errors.js';
import { Memory, sharedMemory } from './memory.js';

/** What a status of fm.h means here; the position is the status. */
const STATUS = /** @type {const} */ ([
  { code: 'argument', meaning: 'ok' },
  { code: 'argument', meaning: 'an argument is outside what the call takes' },
  { code: 'state', meaning: 'the call does not fit what has happened so far' },
  { code: 'memory', meaning: 'the block of memory is too small' },
  { code: 'diverged', meaning: 'loss or gradient left the finite range' },
  { code: 'format', meaning: 'the state holds a value that is not allowed there' },
  { code: 'worker', meaning: 'a helper thread was lost' },
  { code: 'diverged', meaning: 'a point did not arrive' },
  { code: 'argument', meaning: 'sinkhorn_reg is too small for the points' },
]);

export const OK = 0;
export const DIVERGED = 4;
export const LOST = 6;
export const NOT_ARRIVED = 7;
export const REG_TOO_SMALL = 8;

export class Instance {
  #module;
  /** @type {WebAssembly.Exports | undefined} */
  #exports;
  #trapped = false;
  /** @type {Memory | undefined} */
  #memory;

  /**
   * @param {WebAssembly.Module} module
   * @param {boolean} [shared] whether the module is the one for threads, which imports its memory
   */
  constructor(module, shared = false) {
    this.#module = module;
    let memory;
    try {
      memory = shared ? sharedMemory() : undefined;
      this.#exports = instantiate(module, memory);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const [which, other] = shared
        ? ['that threads share', ', or try threads: 1']
        : ['of another model', ''];
      const message =
        `memory: this platform refused the memory ${which} (${why}); dispose of a model that is no ` +
        `longer needed${other}`;
      throw new MoonflowError('memory', message, { cause: error });
    }
    const { memory: own, __heap_base: base } = this.#exports;
    this.#memory = new Memory(
      memory ?? /** @type {WebAssembly.Memory} */ (own),
      Number(/** @type {WebAssembly.Global} */ (base).value),
      shared,
    );
    if ('_initialize' in this.#exports) this.call('_initialize');
  }

  /** Whether it can be called: neither trapped nor disposed of. */
  get alive() {
    return !this.#trapped && this.#exports !== undefined;
  }

  /** What another thread needs to stand over the same memory. */
  get shared() {
    return { module: this.#module, memory: this.memory.whole };
  }

  /** Goes on over a copy of its shared memory, out of reach of every other thread; where that is refused, it is lost. */
  move() {
    const memory = this.memory;
    try {
      // The data of the module is in the copy, which also says that it is; so nothing is initialised again.
      this.#exports = instantiate(this.#module, memory.move());
    } catch (error) {
      this.#trapped = true;
      throw error;
    }
  }

  /** @returns {Memory} */
  get memory() {
    return /** @type {Memory} */ (this.#alive('memory') && this.#memory);
  }

  /**
   * Calls an export and returns what it returns. Pointers come back signed; use `pointer` for those.
   * @param {string} name
   * @param {...number} args
   * @returns {number}
   */
  call(name, ...args) {
    const exports = this.#alive(name);
    const target = /** @type {(...args: number[]) => number} */ (exports[name]);
    try {
      return target(...args);
    } catch (error) {
      this.#trapped = true;
      throw this.#trap(name, error);
    }
  }

  /**
   * @param {string} name
   * @param {...number} args
   */
  pointer(name, ...args) {
    return this.call(name, ...args) >>> 0;
  }

  /**
   * Calls an export that returns a status, and throws when the status is not FM_OK.
   * @param {string} operation the name the caller knows
   * @param {string} hint what the caller must do when the state does not fit
   * @param {string} name
   * @param {...number} args
   */
  check(operation, hint, name, ...args) {
    const status = this.call(name, ...args);
    if (status !== OK) throw this.failure(operation, hint, status);
  }

  /**
   * @param {string} operation
   * @param {string} hint
   * @param {number} status
   * @param {Record<string, unknown>} [details]
   */
  failure(operation, hint, status, details) {
    const { code, meaning } = STATUS[status] ?? STATUS[1];
    const message = `${operation}: ${meaning}; ${hint}`;
    return new MoonflowError(code, message, { operation, details });
  }

  /**
   * Copies arrays into one region and returns where each lies.
   * @param {string} region
   * @param {...(Float32Array | Float64Array | Uint8Array | Int32Array)} arrays
   */
  put(region, ...arrays) {
    const { memory } = this;
    const sizes = arrays.map((array) => array.byteLength);
    const pointers = memory.carve(region, sizes);
    arrays.forEach((array, i) => {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      memory.bytes(pointers[i], array.byteLength).set(bytes);
    });
    return pointers;
  }

  /**
   * A copy of n floats.
   * @param {number} pointer
   * @param {number} n
   */
  take(pointer, n) {
    return this.memory.copy(this.memory.floats(pointer, n));
  }

  /**
   * A copy of n whole numbers.
   * @param {number} pointer
   * @param {number} n
   */
  takeInts(pointer, n) {
    return this.memory.copy(this.memory.ints(pointer, n));
  }

  /** Drops the instance and its memory. Idempotent. */
  dispose() {
    this.#exports = undefined;
    this.#memory = undefined;
  }

  /** @param {string} operation */
  #alive(operation) {
    if (this.#trapped) throw this.#trap(operation);
    if (this.#exports) return this.#exports;
    const message = `${operation}: got a model that was disposed of; create another`;
    throw new MoonflowError('disposed', message, { operation });
  }

  /**
   * @param {string} operation
   * @param {unknown} [cause]
   */
  #trap(operation, cause) {
    const why = cause instanceof Error ? ` (${cause.message})` : ' in an earlier call';
    const message = `${operation}: the engine stopped${why}; this model is lost, create another`;
    return new MoonflowError('trap', message, { operation, cause });
  }
}

/**
 * @param {WebAssembly.Module} module
 * @param {WebAssembly.Memory} [memory] where the module imports it
 */
function instantiate(module, memory) {
  return new WebAssembly.Instance(module, memory ? { env: { memory } } : {}).exports;
}
