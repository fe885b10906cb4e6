/**
 * @file NumPy's .npy files, strictly: little-endian float32 or float64 in C order, every number finite. float64 is
 * rounded to float32, which is what the engine computes with.
 */

import { MoonflowError } from './errors.js';

/** @typedef {{shape: number[], data: Float32Array}} NpyArray */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const VERSION_AT = MAGIC.length;
const ALIGNMENT = 64;
/** Three short fields need far less. */
const HEADER_MAX = 1 << 16;
const WIDTHS = new Map([
  ['<f4', 4],
  ['<f8', 8],
]);

/** One `'key': value` of the header's Python dict; the value is a string, a truth or a tuple. */
const FIELD =
  /^\s*(['"])(descr|fortran_order|shape)\1\s*:\s*('[^']*'|"[^"]*"|True|False|\([\d\s,]*\))\s*(,|$)/;

/** @param {string} message */
function malformed(message) {
  return new MoonflowError('format', `npy, ${message}`, { operation: 'read' });
}

/**
 * @param {Uint8Array} bytes
 * @returns {NpyArray}
 */
export function read(bytes) {
  const { text, start } = headerOf(bytes);
  const { descr, fortran_order, shape } = fieldsOf(text);
  const kind = descr.slice(1, -1);
  const width = WIDTHS.get(kind);
  if (!width) throw malformed(`descr: got ${descr}; allowed are '<f4' and '<f8'`);
  if (fortran_order !== 'False') {
    throw malformed(
      `fortran_order: got ${fortran_order}; allowed is False, save with np.ascontiguousarray`,
    );
  }
  const sizes = shapeOf(shape);
  const wanted = sizes.reduce((product, size) => product * size, width);
  const got = bytes.length - start;
  if (got !== wanted) {
    throw malformed(
      `data: got ${got} bytes; allowed are ${wanted}, as the shape ${shape} of ${kind} says`,
    );
  }
  return { shape: sizes, data: numbersOf(new Uint8Array(bytes.subarray(start)), width, sizes) };
}

/** @param {Uint8Array} bytes */
function headerOf(bytes) {
  if (!(bytes instanceof Uint8Array))
    throw malformed('file: got no bytes; allowed is a Uint8Array');
  if (bytes.length < VERSION_AT + 4 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw malformed(
      'file: got another beginning; allowed is the magic \\x93NUMPY, version and length',
    );
  }
  const major = bytes[VERSION_AT];
  const minor = bytes[VERSION_AT + 1];
  if (major < 1 || major > 3 || minor !== 0) {
    throw malformed(`version: got ${major}.${minor}; allowed are 1.0, 2.0 and 3.0`);
  }
  const lengthBytes = major === 1 ? 2 : 4;
  const textAt = VERSION_AT + 2 + lengthBytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length >= textAt;
  const length = !whole ? 0 : view[major === 1 ? 'getUint16' : 'getUint32'](VERSION_AT + 2, true);
  const start = textAt + length;
  const most = Math.min(HEADER_MAX, bytes.length - textAt);
  if (!whole || length > most) {
    throw malformed(
      `header length: got ${length}; allowed is up to ${Math.max(0, most)} in this file`,
    );
  }
  return { text: new TextDecoder().decode(bytes.subarray(textAt, start)), start };
}

/**
 * The three fields of the header as they are written, each exactly once.
 * @param {string} text
 */
function fieldsOf(text) {
  const dict = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (dict === undefined)
    throw malformed(`header: got ${JSON.stringify(text.slice(0, 60))}; allowed is a dict`);
  const fields = new Map();
  let rest = dict;
  while (rest.trim() !== '') {
    const field = FIELD.exec(rest);
    if (!field) {
      throw malformed(
        `header: got ${JSON.stringify(rest.slice(0, 60))}; allowed are descr, fortran_order and shape`,
      );
    }
    const [all, , key, value] = field;
    if (fields.has(key)) throw malformed(`header: got ${key} twice; allowed is once`);
    fields.set(key, value);
    rest = rest.slice(all.length);
  }
  for (const key of ['descr', 'fortran_order', 'shape']) {
    if (!fields.has(key)) throw malformed(`header: got no ${key}; allowed is exactly one`);
  }
  return Object.fromEntries(fields);
}

/** @param {string} tuple */
function shapeOf(tuple) {
  const inside = tuple.slice(1, -1).trim();
  const sound = /^\d+\s*,$|^\d+(\s*,\s*\d+)+\s*,?$/.test(inside);
  const sizes = sound
    ? inside
        .split(',')
        .filter((part) => part.trim() !== '')
        .map(Number)
    : [];
  if (sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size > 0))
    return sizes;
  throw malformed(`shape: got ${tuple}; allowed is a tuple of one or more positive integers`);
}

/**
 * @param {Uint8Array} bytes a copy of its own; not by slice, which gives a view when it is a Node Buffer
 * @param {number} width
 * @param {number[]} sizes
 */
function numbersOf(bytes, width, sizes) {
  const data =
    width === 4
      ? new Float32Array(bytes.buffer)
      : Float32Array.from(new Float64Array(bytes.buffer));
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return data;
  const [row, column] = [Math.floor(bad / sizes[1]) + 1, (bad % sizes[1]) + 1];
  const where = sizes.length === 2 ? `row ${row}, column ${column}` : `number ${bad}`;
  throw malformed(`${where}: got ${data[bad]}; allowed is a finite float32`);
}

/**
 * @param {Float32Array} data
 * @param {number[]} shape
 * @returns {Uint8Array}
 */
export function write(data, shape) {
  const size = shape.reduce((product, each) => product * each, 1);
  if (size !== data.length) {
    const message = `shape: got [${shape.join(', ')}]; allowed is one of ${data.length} numbers`;
    throw new MoonflowError('argument', message, { operation: 'write' });
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const textAt = VERSION_AT + 4;
  const start = Math.ceil((textAt + dict.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = 1;
  new DataView(bytes.buffer).setUint16(VERSION_AT + 2, start - textAt, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(start - textAt - 1)}\n`), textAt);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}
