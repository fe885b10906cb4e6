/** @file One run of the package wherever it is: what a page does, and what must come out. */

import { readFileSync } from 'node:fs';
import { RUNS } from '../js/golden.js';

const INDEX = 3;
export const { steps, config } = RUNS[INDEX];
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/golden.json', import.meta.url), 'utf8'),
);
/** The hash of the weights in Node and everywhere else. */
export const HASH = golden[INDEX].weights;

/**
 * Runs in the page: trains by the way that spawn takes.
 * @param {typeof import('../../web/lib/index.js')} moonflow
 * @param {{steps: number, config: any, options?: any, threads?: number}} run
 */
async function trained({ spawn }, { steps, config, options, threads }) {
  const client = await spawn(options);
  await client.create(config, { threads });
  await client.train({ steps });
  const info = await client.info();
  const hash = await client.digest();
  await client.dispose();
  return { hash, threads: info.threads, transport: client.transport, refused: client.refused };
}

/**
 * The text of a script that leaves the promise of the outcome in `outcome`.
 * @param {string} moonflow an expression of the library, or the address of its module
 * @param {{options?: any, threads?: number, imported?: boolean}} [more]
 */
export function scriptOf(moonflow, { imported = false, ...more } = {}) {
  const run = JSON.stringify({ steps, config, ...more });
  const head = imported ? `import * as Moonflow from ${JSON.stringify(moonflow)};\n` : '';
  const name = imported ? 'Moonflow' : moonflow;
  return `${head}${trained}\nglobalThis.outcome = trained(${name}, ${run});`;
}

/**
 * @param {import('playwright-core').Page | import('playwright-core').Frame} page
 * @returns {Promise<{hash: string, threads: number, transport: string, refused: {transport: string, reason: string}[]}>}
 */
export async function outcomeOf(page) {
  await page.waitForFunction(() => 'outcome' in globalThis);
  return page.evaluate(() => globalThis.outcome);
}
