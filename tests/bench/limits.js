/** @file What one WebAssembly thread of this machine can do, and the clock that kernels are measured with. */

import { hashed } from '../js/draw.js';
import { Bare } from './bare.js';

/**
 * @typedef {object} Measure
 * @property {string} name
 * @property {number} work FLOPs or elements a call
 * @property {() => unknown} run
 * @property {string} [bound] the measure that bounds this one
 */

const PEAK_STEPS = 4096;
const CALLS_MS = 4;

/**
 * Numbers in [-1, 1).
 * @param {number} stream
 * @param {number} count
 */
export const numbers = (stream, count) =>
  Float32Array.from(hashed(stream, count), (u) => 2 * u - 1);

/**
 * Independent multiplications and additions on registers, see kernels.c.
 * @param {Bare} bare
 * @returns {Measure[]}
 */
export function peaks(bare) {
  const run = bare.function('bench_peak');
  return [8, 10, 12].map((chains) => {
    const sums = bare.put(numbers(4, 4 * chains));
    return {
      name: `${chains} chains`,
      work: 8 * chains * PEAK_STEPS,
      run: () => run(chains, PEAK_STEPS, 0.5, 0.25, sums),
    };
  });
}

/** @param {Measure} measure how often it runs in CALLS_MS once it is warm */
function callsOf({ run }) {
  let calls = 1;
  for (;;) {
    const begin = performance.now();
    for (let i = 0; i < calls; i++) run();
    const ms = performance.now() - begin;
    if (ms >= CALLS_MS / 2) return Math.max(1, Math.ceil((calls * CALLS_MS) / ms));
    calls *= 2;
  }
}

/**
 * Nanoseconds a call in each round; a round visits every measure in turn. The fastest round is what the machine can do
 * when others leave it alone.
 * @param {Measure[]} measures
 * @param {number} rounds
 */
export function clock(measures, rounds) {
  const calls = measures.map(callsOf);
  /** @type {Map<string, number[]>} */
  const times = new Map(measures.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    measures.forEach(({ name, run }, i) => {
      const begin = performance.now();
      for (let call = 0; call < calls[i]; call++) run();
      times.get(name)?.push((1e6 * (performance.now() - begin)) / calls[i]);
    });
  }
  return times;
}

/** GFLOP/s of the best peak loop in its fastest round: the bound of everything made of multiplications and additions. */
export function peakRate() {
  const loops = peaks(new Bare('kernels.wasm'));
  const times = clock(loops, 15);
  return Math.max(...loops.map(({ name, work }) => work / Math.min(...(times.get(name) ?? []))));
}
