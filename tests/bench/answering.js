/** @file A contender's half of contender.js: answers each line of JSON on standard input with one on standard output. */

import { createInterface } from 'node:readline';

/** @param {Record<string, (request: any) => unknown>} handlers by the request's `do` */
export async function answer(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: kind, ...request } = JSON.parse(line);
    const reply = await handlers[kind](request);
    process.stdout.write(`${JSON.stringify(reply)}\n`);
  }
}

/**
 * @template T
 * @param {() => T | Promise<T>} work
 * @returns {Promise<{result: T, ms: number}>}
 */
export async function timed(work) {
  const begin = performance.now();
  const result = await work();
  return { result, ms: performance.now() - begin };
}
