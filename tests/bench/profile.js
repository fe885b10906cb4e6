/** @file The engine with a clock around each kernel: how a training step divides, and how many FLOPs its products take. */

import { compileSync } from '../../web/lib/loader.js';
import { parameters, resolve, toNumbers } from '../../web/lib/parameters.js';
import { Bare } from './bare.js';
import { peakRate } from './limits.js';
import { digits, markdown, median, percent } from './table.js';

/** The rows of profile.c, in its order. */
const NAMES = [
  'products with data: forward, backward',
  'products for weight gradients',
  'packing',
  'SiLU and derivative',
  'SiLU backward',
  'sums of rows and squares',
  'AdamW, clip, EMA',
  'Chebyshev basis',
  'Chebyshev tail',
  'drawing the batch',
];
const ROW = 3; // doubles

/** A model of the build with clocks, whose training steps draw their own batches. */
export class Profile {
  #bare;
  #model;

  /** @param {import('../../web/lib/parameters.js').PartialConfig} config */
  constructor(config) {
    this.#bare = new Bare('profile.wasm', { bench: { now: () => performance.now() } });
    const module = compileSync();
    const numbers = toNumbers(parameters(module), resolve(module, config));
    const given = this.#bare.put(numbers);
    const bytes = this.#bare.function('fm_size')(given) >>> 0;
    this.#model = this.#bare.take(bytes);
    this.#check('fm_init', this.#model, bytes, given);
    if (this.#bare.function('profile_row_count')() !== NAMES.length) {
      throw new Error('profile.js and profile.c have other rows');
    }
  }

  /** One training step; its milliseconds. */
  step() {
    const begin = performance.now();
    this.#check('fm_train', this.#model, 1, 0);
    return performance.now() - begin;
  }

  /** @param {number} steps */
  run(steps) {
    this.#rows().fill(0);
    const ms = Array.from({ length: steps }, () => this.step()).reduce((a, b) => a + b);
    const rows = this.#rows();
    const kernels = NAMES.map((name, i) => {
      const [spent, flops, calls] = rows.subarray(ROW * i, ROW * (i + 1));
      return { name, ms: spent / steps, flops: flops / steps, calls: calls / steps };
    });
    return { ms: ms / steps, kernels };
  }

  /** FLOPs of the products of one step, counted as they run. */
  flops() {
    return this.run(1).kernels.reduce((sum, { flops }) => sum + flops, 0);
  }

  #rows() {
    return this.#bare.doubles(this.#bare.function('profile_rows')(), ROW * NAMES.length);
  }

  /**
   * @param {string} name
   * @param {...number} args
   */
  #check(name, ...args) {
    const status = this.#bare.function(name)(...args);
    if (status !== 0) throw new Error(`${name}: status ${status}`);
  }
}

/** Milliseconds of one reading of the clock when nothing else runs: the fastest of many short rounds. */
function clockCost() {
  const count = 1000;
  const rounds = Array.from({ length: 200 }, () => {
    const begin = performance.now();
    for (let i = 0; i < count; i++) performance.now();
    return performance.now() - begin;
  });
  return Math.min(...rounds) / count;
}

/**
 * @param {Profile} profile
 * @param {number} rounds
 * @param {number} steps of a round
 * @param {number} peak GFLOP/s
 */
function sharesOf(profile, rounds, steps, peak) {
  profile.run(steps);
  const runs = Array.from({ length: rounds }, () => profile.run(steps));
  const rows = NAMES.map((name, i) => {
    const spent = runs.map(({ kernels }) => kernels[i].ms);
    const { flops, calls } = runs[0].kernels[i];
    const rate = flops / Math.min(...spent) / 1e6;
    const rates = flops > 0 ? [digits(rate), percent(rate / peak)] : ['', ''];
    return { name, ms: median(spent), calls: String(calls), rates };
  });
  const rest = runs.map(({ ms, kernels }) => kernels.reduce((left, each) => left - each.ms, ms));
  rows.push({ name: 'the rest', ms: median(rest), calls: '', rates: ['', ''] });
  const total = rows.reduce((sum, { ms }) => sum + ms, 0);
  const cells = rows
    .filter(({ ms }) => ms > 0)
    .map(({ name, ms, calls, rates }) => [
      name,
      calls,
      ms.toFixed(4),
      percent(ms / total),
      ...rates,
    ]);
  const head = ['kernel', 'calls', 'ms', 'share', 'fastest, GFLOP/s', 'of the peak'];
  return markdown(head, [...cells, ['**step**', '', total.toFixed(4), '', '', '']]);
}

/** @param {{quick: boolean}} options */
export async function shareTable({ quick }) {
  const [rounds, steps] = quick ? [20, 4] : [150, 6];
  const peak = peakRate();
  const parts = ['seed', 'default'].flatMap((preset) => {
    process.stderr.write(`  share: ${preset}\n`);
    return [`Preset ${preset}:`, '', sharesOf(new Profile({ preset }), rounds, steps, peak), ''];
  });
  const cost = (2e6 * clockCost()).toFixed(0);
  return {
    title: 'What a training step is made of',
    text: `${parts.join('\n')}\nMedians of ${rounds} rounds of ${steps} steps, rates of the fastest round. A clock is read before and after each call, about ${cost} ns a call, most of which falls to the rest. The peak is ${digits(peak)} GFLOP/s, as in the table of kernels.`,
  };
}
