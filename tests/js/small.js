/** @file What several tests of the library stand on: a network small enough to be quick, and a few ways to ask it. */

import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { readSlots } from '../../web/lib/slots.js';

export const SMALL = { hidden: 16, layers: 2, features: 16, batch: 64, steps: 60, warmup: 5 };
export const module = compileSync();

/** @param {import('../../web/lib/parameters.js').PartialConfig} [config] */
export function small(config = {}) {
  return Model.createSync({ ...SMALL, ...config }, module);
}

/**
 * Everything a model remembers, as one string.
 * @param {Model} model
 */
export function state(model) {
  const slots = readSlots(model, 'raw', 'ema', 'moment', 'variance');
  return JSON.stringify([model.digestOf(slots), model.config, model.stats]);
}

/**
 * Makes the engine's next look at its own pointers leave the memory, which traps.
 * @param {Model} model
 */
export function poison({ instance, handle }) {
  const words = new Uint32Array(instance.memory.bytes(handle, 4096).buffer, handle, 1024);
  const end = instance.memory.size;
  words.forEach((word, i) => {
    if (word >= handle && word < end) words[i] = 0xfffffff0;
  });
}

/**
 * Waits until `ready` says true; a test that waits in vain fails by its timeout.
 * @param {() => boolean} ready
 */
export async function until(ready) {
  while (!ready()) await new Promise((resolve) => setImmediate(resolve));
}
