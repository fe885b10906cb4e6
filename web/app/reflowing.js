/**
 * One round of reflow as the page shows it: one Euler step before, the round, one Euler step after.
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

/** @param {Round} round */
export async function reflow({ run, client, signal, stream, began, changed }) {
  const oneStep = { n: SHOWN, seed: SAMPLE_SEED, solver: 'euler', steps: 1 };
  const before = await client.sample({ ...oneStep, signal });
  run.reflow = { ...run.reflow, before, after: null };
  began();
  const onProgress = (/** @type {Run['reflow']['progress']} */ progress) => {
    run.reflow = { ...run.reflow, progress };
    changed();
  };
  try {
    const report = await stream((onFrame) => client.reflow({ onProgress, onFrame }));
    run.report(report, report.stopped ? null : await client.sample(oneStep));
  } finally {
    run.reflow = { ...run.reflow, progress: null };
  }
  const { config, step, round } = await client.info();
  Object.assign(run, { config, step, round });
}
