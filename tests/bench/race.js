/** @file Pairs contenders in turn: the same question to each, answers compared, then times, then the next round. */

import { median } from './table.js';

/** @typedef {import('./contender.js').Contender} Contender */
/** @typedef {Map<string, number[]>} Times milliseconds of each round by contender */

/** Largest difference of two outputs relative to the largest output, when float rounding has grown over training steps. */
const DRIFT = 1e-3;
/** The same while the weights are still the given ones. */
const ROUNDING = 1e-5;

/**
 * @param {string} what
 * @param {string[]} names
 * @param {number[]} ours
 * @param {number[]} theirs
 * @param {number} allowed relative to the largest of theirs
 */
export function requireAgreement(what, names, ours, theirs, allowed) {
  const size = Math.max(...theirs.map(Math.abs));
  const gap = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
  const numbers = [...ours, ...theirs].every(Number.isFinite);
  if (numbers && ours.length === theirs.length && gap <= allowed * size) return;
  const lengths = `${ours.length} and ${theirs.length} values`;
  throw new Error(
    `${what}: ${names.join(' and ')} are ${gap} apart at size ${size} (${lengths}); no time is told`,
  );
}

/**
 * @param {string} what
 * @param {number} fresh so many of the first values come from the given weights
 * @param {Map<string, number[]>} values by contender, the first being Moonflow
 */
function compare(what, fresh, values) {
  const [[mine, ours], ...others] = values;
  for (const [name, theirs] of others) {
    const [left, right] = [ours, theirs].map((list) => list.slice(0, fresh));
    requireAgreement(what, [mine, name], ours, theirs, DRIFT);
    if (fresh > 0) requireAgreement(what, [mine, name], left, right, ROUNDING);
  }
}

/**
 * Round 0 warms up and is checked like the others, but not counted. Each round begins with another contender.
 * @param {Contender[]} contenders the first is Moonflow
 * @param {object} plan
 * @param {{do: string, [argument: string]: unknown}} plan.request
 * @param {'losses' | 'points'} plan.output which array of the answers has to agree
 * @param {number} plan.fresh so many of the first values of round 0 come from the given weights
 * @param {number} plan.rounds
 * @returns {Promise<Times>}
 */
export async function race(contenders, { request, output, fresh, rounds }) {
  /** @type {Times} */
  const times = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    /** @type {Map<string, any>} */
    const answers = new Map(contenders.map(({ name }) => [name, undefined]));
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(round + i) % contenders.length];
      answers.set(contender.name, await contender.ask(request));
    }
    const values = [...answers].map(
      ([name, answer]) => /** @type {const} */ ([name, answer[output]]),
    );
    compare(`${request.do}, ${output}`, round === 0 ? fresh : 0, new Map(values));
    if (round > 0) for (const [name, { ms }] of answers) times.get(name)?.push(ms);
    process.stderr.write(`  ${request.do}: round ${round} of ${rounds}\n`);
  }
  return times;
}

/**
 * The median over rounds of ours / theirs.
 * @param {number[]} ours
 * @param {number[]} theirs
 */
export function ratioOf(ours, theirs) {
  return median(ours.map((ms, i) => ms / theirs[i]));
}
