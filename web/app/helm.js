/**
 * How strongly samples follow their class, and samples that do.
 */

import { SAMPLE_SEED } from './portrait.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 *
 * The scale w, and the times between which it counts.
 * @typedef {{scale: number, from: number, to: number}} Guide
 */

/** To begin with. @type {Readonly<Guide>} */
export const GUIDE = Object.freeze({ scale: 3, from: 0, to: 1 });

/** Whether it counts at every time. @param {Guide} guide */
export const isWhole = ({ from, to }) => from === 0 && to === 1;

/** As a sample asks for it. @param {Guide} guide */
export const optionsOf = ({ scale, from, to }) => ({
  guidance: scale,
  guidance_interval: /** @type {[number, number]} */ ([from, to]),
  sde: 'none',
});

/**
 * Samples of the same noise as learned, and as guided.
 * @param {Client} client
 * @param {Int32Array} labels
 * @param {Guide} guide
 * @param {AbortSignal} signal
 */
export async function steer(client, labels, guide, signal) {
  const start = { n: labels.length, seed: SAMPLE_SEED, labels, signal };
  const plain = await client.sample({ ...start, ...optionsOf({ ...guide, scale: 1 }) });
  const steered = await client.sample({ ...start, ...optionsOf(guide) });
  return { plain, steered };
}

/** Real points that say which class a place belongs to, and the stream they come from. */
const KINDRED = { n: 1000, seed: 2 };

/**
 * Real points with their classes.
 * @param {Client} client
 * @param {AbortSignal} signal
 */
export async function kindred(client, signal) {
  const points = await client.data({ ...KINDRED, signal });
  return { points, labels: await client.dataLabels({ ...KINDRED, signal }) };
}
