/**
 * One round of reflow as the page shows it: few Euler steps before, the round, as many after.
 */

import { SAMPLE_SEED, SHOWN } from './portrait.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('../lib/protocol.js').Frame} Frame
 * @typedef {import('./run.js').Run} Run
 *
 * @typedef {object} Round
 * @property {Run} run          takes what is known
 * @property {Client} client
 * @property {AbortSignal} signal
 * @property {<T>(begin: (onFrame: (frame: Frame) => Promise<void>) => Promise<T>) => Promise<T>} stream  runs a stream of the worker
 * @property {() => void} began    called when the round itself begins
 * @property {() => void} changed  called when more is known
 */

/** Steps of Euler's method in the pictures. */
export const STEPS = [1, 2, 4];

/** @param {Round} round */
export async function reflow({ run, client, signal, stream, began, changed }) {
  const before = await pictures(client, signal);
  run.reflow = { ...run.reflow, before, after: null };
  began();
  const onProgress = (/** @type {Run['reflow']['progress']} */ progress) => {
    run.reflow = { ...run.reflow, progress };
    changed();
  };
  try {
    const report = await stream((onFrame) => client.reflow({ onProgress, onFrame }));
    run.report(report, report.stopped ? null : await pictures(client));
  } finally {
    run.reflow = { ...run.reflow, progress: null };
  }
  const { config, step, round } = await client.info();
  Object.assign(run, { config, step, round });
}

/**
 * Samples of the same noise in few steps.
 * @param {Client} client
 * @param {AbortSignal} [signal]
 */
async function pictures(client, signal) {
  const samples = [];
  for (const steps of STEPS) {
    const options = { n: SHOWN, seed: SAMPLE_SEED, solver: 'euler', steps, sde: 'none' };
    samples.push(await client.sample({ ...options, signal }));
  }
  return samples;
}
