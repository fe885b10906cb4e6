/**
 * @file The linear memory of one instance, cut into named regions above the engine's own data.
 *
 * A region that outgrows its place moves to the first gap that holds it, or to the end with doubled capacity;
 * its old contents are not carried along, because every caller writes a region whole before using it. Nothing
 * has changed when growth is refused. Views are made fresh on every access: growing detaches the buffer. Where threads
 * share the memory its views are refused by much of the platform (messages, text decoders), so only copies leave here.
 */

import { MoonflowError } from './errors.js';

const PAGE = 65536;
const LIMIT = 2 ** 32 - PAGE;
/** What rules.mk says: the pages a shared memory begins with, and those it may reach, 1 GiB. */
const SHARED_PAGES = 4;
const SHARED_PAGES_MAX = 16384;
const ALIGN = 16;

/** @param {number} bytes */
const aligned = (bytes) => Math.ceil(bytes / ALIGN) * ALIGN;

/** @typedef {{start: number, capacity: number}} Region */

/**
 * A memory that several threads may stand over.
 * @param {number} [pages]
 */
export function sharedMemory(pages = SHARED_PAGES) {
  return new WebAssembly.Memory({ initial: pages, maximum: SHARED_PAGES_MAX, shared: true });
}

export class Memory {
  #memory;
  #base;
  #limit;
  /** @type {Map<string, Region>} */
  #regions = new Map();

  /**
   * @param {WebAssembly.Memory} memory
   * @param {number} base the first byte that is free for regions
   * @param {boolean} [shared] made by sharedMemory
   */
  constructor(memory, base, shared = false) {
    this.#memory = memory;
    this.#base = aligned(base);
    this.#limit = shared ? SHARED_PAGES_MAX * PAGE : LIMIT;
  }

  /** The memory itself, for a thread that is to stand over it too. */
  get whole() {
    return this.#memory;
  }

  /**
   * Goes on in a copy that no other thread knows; every pointer stays what it is.
   * @returns {WebAssembly.Memory} the copy
   */
  move() {
    const fresh = sharedMemory(this.size / PAGE);
    new Uint8Array(fresh.buffer).set(this.bytes(0, this.size));
    this.#memory = fresh;
    return fresh;
  }

  /** Bytes the memory holds now. */
  get size() {
    return this.#memory.buffer.byteLength;
  }

  /**
   * The place of a region of at least `bytes` bytes, aligned to 16. It moves only when it must grow.
   * @param {string} name
   * @param {number} bytes
   */
  reserve(name, bytes) {
    const old = this.#regions.get(name);
    if (old && bytes <= old.capacity) return old.start;
    const exact = Math.max(aligned(bytes), ALIGN);
    const doubled = Math.max(exact, old ? 2 * old.capacity : 0);
    const region = this.#place(name, doubled) ?? this.#place(name, exact);
    if (!region) {
      const grant = this.#limit === LIMIT ? 'this platform grants' : 'threads may share, 1 GiB';
      const message =
        `memory: got a request for ${bytes} bytes more; allowed is what ${grant}, ` +
        `which has ended at ${this.size} bytes in use`;
      throw new MoonflowError('memory', message, { details: { wanted: bytes, size: this.size } });
    }
    this.#regions.set(name, region);
    return region.start;
  }

  /**
   * The places of several arrays inside one region, each aligned to 16.
   * @param {string} name
   * @param {number[]} sizes bytes of each array
   */
  carve(name, sizes) {
    let place = this.reserve(
      name,
      sizes.reduce((sum, size) => sum + aligned(size), 0),
    );
    return sizes.map((size) => {
      const start = place;
      place += aligned(size);
      return start;
    });
  }

  /**
   * @param {string} name
   * @param {number} capacity
   * @returns {Region | undefined}
   */
  #place(name, capacity) {
    let start = this.#base;
    const others = [...this.#regions].filter(([key]) => key !== name).map(([, region]) => region);
    for (const other of others.sort((a, b) => a.start - b.start)) {
      if (other.start - start >= capacity) break;
      start = other.start + other.capacity;
    }
    return this.#grow(start + capacity) ? { start, capacity } : undefined;
  }

  /** @param {number} end */
  #grow(end) {
    if (end > this.#limit) return false;
    const pages = Math.ceil((end - this.size) / PAGE);
    if (pages <= 0) return true;
    try {
      this.#memory.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  /**
   * @param {number} pointer
   * @param {number} n
   */
  bytes(pointer, n) {
    return new Uint8Array(this.#memory.buffer, pointer, n);
  }

  /**
   * @param {number} pointer
   * @param {number} n
   */
  ints(pointer, n) {
    return new Int32Array(this.#memory.buffer, pointer, n);
  }

  /**
   * @param {number} pointer
   * @param {number} n
   */
  floats(pointer, n) {
    return new Float32Array(this.#memory.buffer, pointer, n);
  }

  /**
   * @param {number} pointer
   * @param {number} n
   */
  doubles(pointer, n) {
    return new Float64Array(this.#memory.buffer, pointer, n);
  }

  /**
   * A copy that outlives the next growth.
   * @template {Float32Array | Float64Array | Int32Array} T
   * @param {T} view
   * @returns {T}
   */
  copy(view) {
    try {
      return /** @type {T} */ (view.slice());
    } catch (error) {
      const message = `memory: got a request for ${view.byteLength} bytes; this platform refused`;
      throw new MoonflowError('memory', message, { cause: error });
    }
  }

  /**
   * The zero-terminated text at `pointer`; the engine's texts are ASCII, and bare shells have no TextDecoder.
   * @param {number} pointer
   */
  text(pointer) {
    const all = this.bytes(0, this.size);
    return String.fromCharCode(...all.subarray(pointer, all.indexOf(0, pointer)));
  }
}
