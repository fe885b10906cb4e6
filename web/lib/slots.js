/**
 * @file The numbers of a model by tensor and slot: reading them, restoring them, and their digest.
 */

import { choice, given, integer } from './argument.js';
import { MoonflowError, refusal } from './errors.js';

/** @typedef {import('./state.js').State} State */

/** The slots of fm.h by name. */
export const SLOTS = /** @type {const} */ ({
  raw: 0,
  ema: 1,
  moment: 2,
  variance: 3,
  gradient: 4,
  ema2: 5,
  ema3: 6,
});

/** The slots that also choose weights. */
const WEIGHTS = /** @type {const} */ (['raw', 'ema', 'ema2', 'ema3']);

/** @typedef {keyof typeof SLOTS} Slot */
/** @typedef {Exclude<Slot, 'gradient'>} SavedSlot */
/** @typedef {typeof WEIGHTS[number]} Weights */

/**
 * @typedef {object} TensorInfo
 * @property {string} name as PyTorch names it
 * @property {number[]} shape
 * @property {number} offset first number of the tensor in a slot
 * @property {number} size numbers in the tensor
 */

/** @typedef {'ema2' | 'ema3'} Further averages that a model may have or not */
/** @typedef {Record<Exclude<Slot, Further>, Float32Array> & Partial<Record<Further, Float32Array>>} Slots */
/** @typedef {TensorInfo & Slots} Tensor */

/**
 * A state to restore: a whole slot each, all tensors in the order of `tensorInfos` without gaps.
 * @typedef {Omit<Slots, 'gradient'> & {step: number, round: number}} SavedState
 */

/** The arrays a digest is taken of. */
const HASHED = [Float32Array, Float64Array, Int32Array, Uint8Array];

/**
 * The slots that a model has: ema2 and ema3 only when their decay is not 0.
 * @param {State} model
 * @returns {Slot[]}
 */
function heldSlots({ instance, handle }) {
  const names = /** @type {Slot[]} */ (Object.keys(SLOTS));
  return names.filter((name) => instance.pointer('fm_slot', handle, SLOTS[name]) !== 0);
}

/**
 * Those of them that a saved run holds.
 * @param {State} model
 * @returns {SavedSlot[]}
 */
export function savedSlots(model) {
  return heldSlots(model).filter((name) => name !== 'gradient');
}

/**
 * The engine's number for which weights are meant.
 * @param {State} model
 * @param {unknown} weights
 */
export function slotOf(model, weights) {
  const held = heldSlots(model);
  const names = WEIGHTS.filter((name) => held.includes(name));
  const known = WEIGHTS.find((name) => name === weights);
  if (known && !names.includes(known)) {
    throw refusal('weights', weights, `${names.join(' or ')}: ${known}_decay of this run is 0`);
  }
  return SLOTS[names[choice('weights', weights, [...names])]];
}

/**
 * Reads the fm_tensor rows as fm.h lays them out.
 * @param {State} model
 * @returns {TensorInfo[]}
 */
export function tensorInfos({ instance, handle }) {
  const count = instance.call('fm_tensor_count', handle);
  return Array.from({ length: count }, (_, index) => {
    const pointer = instance.pointer('fm_tensor_info', handle, index);
    const [name, rank, rows, cols, offset] = instance.memory.ints(pointer, 5);
    const shape = rank === 1 ? [rows] : [rows, cols];
    return { name: instance.memory.text(name >>> 0), shape, offset, size: rows * cols };
  });
}

/**
 * @param {State} model
 * @returns {Tensor[]}
 */
export function readTensors(model) {
  const { instance, handle, parameterCount } = model;
  const held = heldSlots(model);
  /** @param {TensorInfo} info */
  const slotsOf = (info) =>
    held.map((name) => {
      const pointer = instance.pointer('fm_slot', handle, SLOTS[name]);
      const all = instance.memory.floats(pointer, parameterCount);
      return [name, all.slice(info.offset, info.offset + info.size)];
    });
  return tensorInfos(model).map((info) => ({ ...info, ...Object.fromEntries(slotsOf(info)) }));
}

/**
 * Whole slots, one after the other.
 * @param {State} model
 * @param {...Slot} names
 * @returns {Float32Array}
 */
export function readSlots({ instance, handle, parameterCount }, ...names) {
  const all = new Float32Array(parameterCount * names.length);
  names.forEach((name, i) => {
    const pointer = instance.pointer('fm_slot', handle, SLOTS[name]);
    all.set(instance.memory.floats(pointer, parameterCount), i * parameterCount);
  });
  return all;
}

/**
 * @param {State} model
 * @param {SavedState} state
 */
export function restore(model, state) {
  const { step, round, ...slots } = given('restore', state);
  const { instance, handle, parameterCount } = model;
  integer('step', step, 0);
  integer('round', round, 0);
  const names = savedSlots(model);
  const wanted = names.map((name) => checkSlot(name, slots[name], parameterCount));
  const before = names.map((name) => readSlots(model, name));
  for (const [i, name] of names.entries()) writeSlot(model, name, wanted[i]);
  try {
    instance.check('restore', 'load a sound file', 'fm_restore', handle, step, round);
  } catch (error) {
    // The engine knows its own bounds; what it refuses must leave no trace.
    for (const [i, name] of names.entries()) writeSlot(model, name, before[i]);
    throw error;
  }
}

/**
 * @param {State} model
 * @param {SavedSlot} name
 * @param {Float32Array} values
 */
function writeSlot({ instance, handle, parameterCount }, name, values) {
  const pointer = instance.pointer('fm_slot', handle, SLOTS[name]);
  instance.memory.floats(pointer, parameterCount).set(values);
}

/**
 * @param {SavedSlot} name
 * @param {Float32Array | undefined} values
 * @param {number} count
 */
function checkSlot(name, values, count) {
  if (!(values instanceof Float32Array) || values.length !== count) {
    throw refusal(name, values, `a Float32Array of ${count}`);
  }
  const floor = name === 'variance' ? 0 : -Infinity;
  const bad = values.findIndex((value) => !Number.isFinite(value) || value < floor);
  if (bad < 0) return values;
  const allowed = name === 'variance' ? 'a finite number from 0 up' : 'a finite number';
  const message = `${name}[${bad}]: got ${values[bad]}; allowed is ${allowed}`;
  throw new MoonflowError('format', message, { operation: 'restore' });
}

/**
 * @param {State} model
 * @param {Float32Array | Float64Array | Int32Array | Uint8Array} array
 * @returns {string}
 */
export function digest({ instance }, array) {
  if (!HASHED.some((kind) => array instanceof kind)) {
    throw refusal('array', array, `a ${HASHED.map(({ name }) => name).join(', ')}`);
  }
  const bytes = canonical(array);
  const [source, target] = instance.memory.carve('scratch', [bytes.length, 32]);
  instance.memory.bytes(source, bytes.length).set(bytes);
  return hashOf(instance, source, bytes.length, target);
}

/**
 * The same of bytes that lie in the engine's memory, for arrays without NaN.
 * @param {State} model
 * @param {number} source
 * @param {number} length
 */
export function digestAt({ instance }, source, length) {
  return hashOf(instance, source, length, instance.memory.carve('scratch', [32])[0]);
}

/**
 * @param {State['instance']} instance
 * @param {number} source
 * @param {number} length
 * @param {number} target
 */
function hashOf(instance, source, length, target) {
  instance.check('digest', 'report this', 'fm_digest', source, length, target);
  const hash = instance.memory.bytes(target, 32);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The bytes of an array with each NaN in its one quiet form: engines may store any of the many.
 * @param {Float32Array | Float64Array | Int32Array | Uint8Array} array
 */
function canonical(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice();
  if (!(array instanceof Float32Array || array instanceof Float64Array)) return bytes;
  const words = new Uint32Array(bytes.buffer);
  const width = array.BYTES_PER_ELEMENT / 4;
  array.forEach((value, i) => {
    if (!Number.isNaN(value)) return;
    words.fill(0, i * width, (i + 1) * width);
    words[(i + 1) * width - 1] = width === 1 ? 0x7fc00000 : 0x7ff80000;
  });
  return bytes;
}
