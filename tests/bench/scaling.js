/** @file Step time against batch, width and threads, beside the FLOPs of the products of that step. */

import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { Profile } from './profile.js';
import { ratioOf } from './race.js';
import { digits, markdown, median } from './table.js';

/** @typedef {{label: string, config: import('../../web/lib/parameters.js').PartialConfig}} Size */

const BATCHES = [128, 256, 512, 1024, 2048, 4096, 8192];
const WIDTHS = [64, 128, 256, 512];
const THREADS = [1, 2];
/** The published model, to which the others are compared. */
const REFERENCE = { batch: 512, hidden: 128 };
const ROUND_MS = 60;

/** @param {{batch?: number, hidden?: number}} change */
function sizeOf(change) {
  const { batch, hidden } = { ...REFERENCE, ...change };
  return { label: `batch ${batch}, hidden ${hidden}`, config: { preset: 'seed', batch, hidden } };
}

/** @param {Model} model the steps that take about ROUND_MS, after as many to warm up */
async function stepsOf(model) {
  await model.train(3);
  const begin = performance.now();
  await model.train(3);
  const each = (performance.now() - begin) / 3;
  const steps = Math.max(1, Math.round(ROUND_MS / each));
  await model.train(steps);
  return steps;
}

/**
 * Milliseconds a step in each round; a round visits every model in turn.
 * @param {Model[]} models
 * @param {number} rounds
 */
async function clock(models, rounds) {
  /** @type {number[]} */
  const steps = [];
  for (const model of models) steps.push(await stepsOf(model));
  /** @type {number[][]} */
  const times = models.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, model] of models.entries()) {
      const begin = performance.now();
      await model.train(steps[i]);
      times[i].push((performance.now() - begin) / steps[i]);
    }
    process.stderr.write(`  scaling: round ${round + 1} of ${rounds}\n`);
  }
  return times;
}

/**
 * @param {Size[]} sizes
 * @param {number} rounds
 */
async function rowsOf(sizes, rounds) {
  const flops = sizes.map(({ config }) => new Profile(config).flops());
  const models = sizes.map(({ config }) => Model.createSync(config, compileSync()));
  const times = await clock(models, rounds);
  for (const model of models) model.dispose();
  const base = sizes.findIndex(({ label }) => label === sizeOf({}).label);
  return sizes.map(({ label }, i) => {
    const ms = median(times[i]);
    const linear = (ratioOf(times[i], times[base]) * flops[base]) / flops[i];
    return [
      label,
      digits(flops[i] / 1e6),
      `${digits(ms)} ms`,
      digits(flops[i] / ms / 1e6),
      linear.toFixed(2),
    ];
  });
}

/** @param {{quick: boolean}} options */
export async function scalingTable({ quick }) {
  const rounds = quick ? 3 : 11;
  const batches = BATCHES.map((batch) => sizeOf({ batch }));
  const widths = WIDTHS.map((hidden) => sizeOf({ hidden }));
  const head = ['', 'MFLOP', 'step', 'GFLOP/s', 'relative to linear'];
  const tables = [];
  for (const sizes of [batches, widths]) tables.push(markdown(head, await rowsOf(sizes, rounds)));
  return {
    title: 'Step time against batch and width',
    text: `${tables.join('\n\n')}\n\nFLOPs are those of the matrix products, counted as they run. Relative to linear: time per FLOP divided by that of ${sizeOf({}).label}; 1.00 is linear.`,
  };
}

/**
 * With the option `threads` of Model.create, which a model then shows as a property. Rows compare with one thread, after
 * a check that both leave the same bits.
 * @param {{quick: boolean}} options
 */
export async function threadsTable({ quick }) {
  const title = 'Step time against threads';
  if (!('threads' in Model.prototype)) return { title, text: 'This version has no threads.' };
  const rounds = quick ? 3 : 11;
  /** @type {string[][]} */
  const rows = [];
  for (const batch of [512, 2048, 8192]) {
    const { label, config } = sizeOf({ batch });
    /** @type {Model[]} */
    const models = [];
    for (const threads of THREADS) {
      const options = /** @type {{module?: WebAssembly.Module}} */ ({ threads });
      models.push(await Model.create(config, options));
    }
    for (const model of models) await model.train(3);
    if (new Set(models.map((model) => model.digest())).size !== 1) {
      throw new Error('threads: the bits depend on the number of threads; no time is told');
    }
    const times = await clock(models, rounds);
    for (const model of models) model.dispose();
    THREADS.forEach((threads, i) => {
      const ratio = ratioOf(times[i], times[0]);
      rows.push([label, String(threads), `${digits(median(times[i]))} ms`, ratio.toFixed(2)]);
    });
  }
  return { title, text: markdown(['', 'threads', 'step', 'to one thread'], rows) };
}
