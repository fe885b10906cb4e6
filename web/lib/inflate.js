/**
 * @file DEFLATE (RFC 1951) undone: the engine's bytes travel deflated within core.js. Every platform has this built in, but
 * not one in the same way, and a browser only behind a promise, which compileSync cannot wait for.
 *
 * A Huffman code is kept as a table: for every value of the next `most` bits, which symbol they begin with and how many of
 * them are its own.
 */

import { MoonflowError } from './errors.js';

/** @typedef {{most: number, table: Uint16Array}} Code an entry is 16 * symbol + bits, or 0 where no symbol is */

const LENGTH_MAX = 15;
const END_OF_BLOCK = 256;
/** Least length, and extra bits, of the length symbols from 257 on; RFC 1951, 3.2.5. */
const LENGTHS = [
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27],
  ...[31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
];
const lengthBits = (/** @type {number} */ i) => (i < 8 || i === 28 ? 0 : (i - 4) >> 2);
const distanceBits = (/** @type {number} */ i) => (i < 4 ? 0 : (i - 2) >> 1);
/** Least distance of a distance symbol: a new leading bit, the second bit, and then the extra ones. @param {number} i */
const distanceBase = (i) => 1 + (i < 4 ? i : (2 + (i & 1)) << distanceBits(i));
/** In what order the lengths of the code for lengths are given; RFC 1951, 3.2.7. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * @param {Uint8Array} bytes a raw deflate stream
 * @param {number} size of what it holds
 * @returns {Uint8Array<ArrayBuffer>} [size]
 */
export function inflate(bytes, size) {
  const reader = new Reader(bytes);
  const target = new Uint8Array(size);
  let at = 0;
  for (let last = 0; !last; ) {
    last = reader.bits(1);
    const kind = reader.bits(2);
    if (kind === 0) at = stored(reader, target, at);
    else if (kind === 1) at = packed(reader, target, at, fixedCodes());
    else if (kind === 2) at = packed(reader, target, at, givenCodes(reader));
    else throw broken(`a block of kind ${kind}`);
  }
  if (at !== size) throw broken(`${at} bytes; announced were ${size}`);
  return target;
}

/** @param {string} got */
function broken(got) {
  return new MoonflowError('format', `deflate: got ${got}`);
}

class Reader {
  #bytes;
  #at = 0;
  #held = 0;
  #count = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  #byte() {
    if (this.#at === this.#bytes.length) throw broken('an end within a block');
    return this.#bytes[this.#at++];
  }

  /** @param {number} n to 16; the first bit read is the lowest */
  bits(n) {
    while (this.#count < n) this.#hold(this.#byte());
    return this.#drop(n);
  }

  /** Leaves what remains of the byte at hand. */
  align() {
    this.#drop(this.#count & 7);
  }

  /** @param {Code} code */
  symbol({ most, table }) {
    // The last symbol may be shorter than the table looks: what follows it is no matter.
    while (this.#count < most && this.#at < this.#bytes.length) this.#hold(this.#byte());
    const entry = table[this.#held & ((1 << most) - 1)];
    const length = entry & 15;
    if (length === 0) throw broken('a code without a symbol');
    if (length > this.#count) throw broken('an end within a block');
    this.#drop(length);
    return entry >> 4;
  }

  /** @param {number} byte */
  #hold(byte) {
    this.#held |= byte << this.#count;
    this.#count += 8;
  }

  /** @param {number} n */
  #drop(n) {
    const value = this.#held & ((1 << n) - 1);
    this.#held >>>= n;
    this.#count -= n;
    return value;
  }
}

/**
 * @param {ArrayLike<number>} lengths of the code of each symbol; 0 for none
 * @returns {Code}
 */
function codeOf(lengths) {
  const counts = new Uint16Array(LENGTH_MAX + 1);
  let most = 1;
  for (let i = 0; i < lengths.length; i++) {
    counts[lengths[i]]++;
    if (lengths[i] > most) most = lengths[i];
  }
  const table = new Uint16Array(1 << most);
  let code = 0;
  for (let length = 1; length <= most; length++) {
    for (let i = 0; counts[length] > 0; i++) {
      if (lengths[i] !== length) continue;
      counts[length]--;
      const step = 1 << length;
      for (let at = reversed(code, length); at < table.length; at += step)
        table[at] = (i << 4) | length;
      code++;
    }
    code <<= 1;
  }
  return { most, table };
}

/**
 * A code is read from its highest bit on, everything else from the lowest.
 * @param {number} code
 * @param {number} length
 */
function reversed(code, length) {
  let value = 0;
  for (let i = 0; i < length; i++) value |= ((code >> i) & 1) << (length - 1 - i);
  return value;
}

function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, i) =>
    i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8,
  );
  return [codeOf(lengths), codeOf(new Array(30).fill(5))];
}

/** @param {Reader} reader */
function givenCodes(reader) {
  const literals = reader.bits(5) + 257;
  const all = literals + reader.bits(5) + 1;
  const shortest = new Uint8Array(ORDER.length);
  for (let i = 0, n = reader.bits(4) + 4; i < n; i++) shortest[ORDER[i]] = reader.bits(3);
  const code = codeOf(shortest);
  const lengths = new Uint8Array(all);
  for (let i = 0; i < all; ) {
    const symbol = reader.symbol(code);
    if (symbol < 16) lengths[i++] = symbol;
    else {
      if (symbol === 16 && i === 0) throw broken('a repetition of nothing');
      const value = symbol === 16 ? lengths[i - 1] : 0;
      const times = symbol === 18 ? reader.bits(7) + 11 : reader.bits(symbol - 14) + 3;
      lengths.fill(value, i, i + times);
      i += times;
    }
  }
  return [codeOf(lengths.subarray(0, literals)), codeOf(lengths.subarray(literals))];
}

/**
 * @param {Reader} reader
 * @param {Uint8Array} target
 * @param {number} at where the block begins
 * @returns {number} where it ends
 */
function stored(reader, target, at) {
  reader.align();
  const size = reader.bits(16);
  const inverse = reader.bits(16);
  if ((size ^ inverse) !== 0xffff) throw broken('a stored block whose size is not certain');
  for (let i = 0; i < size; i++) target[at + i] = reader.bits(8);
  return at + size;
}

/**
 * @param {Reader} reader
 * @param {Uint8Array} target
 * @param {number} at where the block begins
 * @param {Code[]} codes of literals and lengths, and of distances
 * @returns {number} where it ends
 */
function packed(reader, target, at, [literals, distances]) {
  for (;;) {
    const symbol = reader.symbol(literals);
    if (symbol === END_OF_BLOCK) return at;
    if (symbol < END_OF_BLOCK) target[at++] = symbol;
    else {
      const i = symbol - 257;
      if (i >= LENGTHS.length) throw broken(`a length of kind ${i}`);
      const length = LENGTHS[i] + reader.bits(lengthBits(i));
      const far = reader.symbol(distances);
      const distance = distanceBase(far) + reader.bits(distanceBits(far));
      if (distance > at) throw broken('a distance to before the beginning');
      if (at + length > target.length)
        throw broken(`more than the ${target.length} bytes announced`);
      // One by one: what is copied may be what this copy has just written.
      for (const end = at + length; at < end; at++) target[at] = target[at - distance];
    }
  }
}
