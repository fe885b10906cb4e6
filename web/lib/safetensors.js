/**
 * @file The safetensors container, strictly: eight bytes of header length, a JSON header, then the numbers. Reading
 * refuses every file whose header and size do not agree to the byte, and allocates only what the file really holds.
 */

import { MoonflowError } from './errors.js';
import { parseStrict } from './json.js';

/** @typedef {{shape: number[], data: Float32Array}} Entry */
/** @typedef {{tensors: Map<string, Entry>, metadata: Record<string, string>}} Contents */
/** @typedef {{name: string, shape: number[], start: number, end: number}} Place */

/** Enough for thousands of tensors; the largest network here has 22, four times. */
const HEADER_MAX = 1 << 20;
const LENGTH_BYTES = 8;
/** Of a header without tensors, {}. */
const HEADER_MIN = 2;
const FLOAT_BYTES = 4;
const OPENING_BRACE = 0x7b;
const ENTRY_KEYS = ['data_offsets', 'dtype', 'shape'];

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
export function malformed(message, cause) {
  return new MoonflowError('format', message, { operation: 'read', cause });
}

/**
 * @param {Uint8Array} bytes
 * @returns {Contents}
 */
export function read(bytes) {
  const { header, body } = split(bytes);
  const { __metadata__: metadata, ...entries } = header;
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry));
  checkCover(places, body.length);
  const tensors = new Map(places.map((place) => [place.name, entryAt(place, body)]));
  return { tensors, metadata: checkMetadata(metadata) };
}

/**
 * The metadata alone, which costs the same however long the file is; its numbers are not looked at.
 * @param {Uint8Array} bytes
 */
export function metadataOf(bytes) {
  return checkMetadata(split(bytes).header.__metadata__);
}

/**
 * @param {Uint8Array} bytes
 * @returns {{header: Record<string, unknown>, body: Uint8Array}}
 */
function split(bytes) {
  if (!(bytes instanceof Uint8Array))
    throw malformed('file: got no bytes; allowed is a Uint8Array');
  if (bytes.length < LENGTH_BYTES + HEADER_MIN) {
    throw malformed(
      `file: got ${bytes.length} bytes; allowed are at least ${LENGTH_BYTES + HEADER_MIN}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const claim = view.getBigUint64(0, true);
  const most = Math.min(HEADER_MAX, bytes.length - LENGTH_BYTES);
  if (claim < BigInt(HEADER_MIN) || claim > BigInt(most)) {
    throw malformed(
      `header length: got ${claim}; allowed is from ${HEADER_MIN} to ${most} in this file, unless it is no safetensors file`,
    );
  }
  const length = Number(claim);
  const header = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  return { header: parseHeader(header), body: bytes.subarray(LENGTH_BYTES + length) };
}

/**
 * @param {Uint8Array} bytes
 * @returns {Record<string, unknown>}
 */
function parseHeader(bytes) {
  if (bytes[0] !== OPENING_BRACE) throw malformed('header: got another first byte; allowed is {');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return /** @type {Record<string, unknown>} */ (parseStrict(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw malformed(`header: got text that is not strict JSON in UTF-8 (${why})`, error);
  }
}

/**
 * @param {string} name
 * @param {unknown} entry
 * @returns {Place}
 */
function placeOf(name, entry) {
  const thing = `tensor ${JSON.stringify(name)}`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw malformed(`${thing}: got ${JSON.stringify(entry)}; allowed is an object`);
  }
  const keys = Object.keys(entry).sort();
  if (keys.join() !== ENTRY_KEYS.join()) {
    throw malformed(
      `${thing}: got the keys ${keys.join(', ')}; allowed are exactly ${ENTRY_KEYS.join(', ')}`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = /** @type {Record<string, unknown>} */ (entry);
  if (dtype !== 'F32')
    throw malformed(`${thing}, dtype: got ${JSON.stringify(dtype)}; allowed is "F32"`);
  const [start, end] = wholes(`${thing}, data_offsets`, offsets, 0);
  if (/** @type {number[]} */ (offsets).length !== 2 || end < start) {
    throw malformed(
      `${thing}, data_offsets: got ${JSON.stringify(offsets)}; allowed is [start, end]`,
    );
  }
  const sizes = wholes(`${thing}, shape`, shape, 1);
  const wanted = sizes.reduce((product, size) => product * size, FLOAT_BYTES);
  if (wanted !== end - start) {
    throw malformed(
      `${thing}: got ${end - start} bytes; allowed are ${wanted}, as its shape [${sizes}] says`,
    );
  }
  return { name, shape: sizes, start, end };
}

/**
 * @param {string} thing
 * @param {unknown} value
 * @param {number} least
 * @returns {number[]}
 */
function wholes(thing, value, least) {
  const sound = (/** @type {unknown} */ each) =>
    Number.isSafeInteger(each) && Number(each) >= least;
  if (Array.isArray(value) && value.every(sound)) return value;
  throw malformed(
    `${thing}: got ${JSON.stringify(value)}; allowed is an array of integers from ${least} up`,
  );
}

/**
 * Every byte of the body belongs to exactly one tensor.
 * @param {Place[]} places
 * @param {number} length
 */
function checkCover(places, length) {
  let covered = 0;
  for (const { name, start, end } of [...places].sort((a, b) => a.start - b.start)) {
    if (start !== covered) {
      const what = start < covered ? 'an overlap' : 'a hole';
      throw malformed(
        `tensor ${JSON.stringify(name)}: got ${what}, it starts at byte ${start}; allowed is ${covered}`,
      );
    }
    covered = end;
  }
  if (covered !== length) {
    throw malformed(
      `file: got ${length} bytes of numbers; allowed are the ${covered} that the header describes`,
    );
  }
}

/**
 * @param {Place} place
 * @param {Uint8Array} body
 * @returns {Entry}
 */
function entryAt({ name, shape, start, end }, body) {
  // A copy through the constructor: slice of a Node Buffer would be a view into somebody else's memory.
  const data = new Float32Array(new Uint8Array(body.subarray(start, end)).buffer);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return { shape, data };
  throw malformed(
    `tensor ${JSON.stringify(name)}, number ${bad}: got ${data[bad]}; allowed is a finite number`,
  );
}

/**
 * @param {unknown} metadata
 * @returns {Record<string, string>} without a prototype
 */
function checkMetadata(metadata = {}) {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw malformed(
      `__metadata__: got ${JSON.stringify(metadata)}; allowed is an object of strings`,
    );
  }
  const checked = Object.create(null);
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw malformed(
        `__metadata__ ${JSON.stringify(key)}: got ${JSON.stringify(value)}; allowed is a string`,
      );
    }
    checked[key] = value;
  }
  return checked;
}

/**
 * @param {Contents} contents
 * @returns {Uint8Array}
 */
export function write({ tensors, metadata }) {
  /** Without a prototype, so that any name is only a name. @type {Record<string, unknown>} */
  const header = Object.assign(Object.create(null), { __metadata__: metadata });
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const bytes = new Uint8Array(LENGTH_BYTES + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + length).set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + length;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
