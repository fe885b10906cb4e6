/** @file Exact assignment of noise to moons against SciPy: the same points, and costs that have to agree. */

import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { MOONFLOW, SCIPY, withContenders } from './contender.js';
import { ratioOf, requireAgreement } from './race.js';
import { digits, markdown, median, ratioText } from './table.js';

/** @typedef {{ours: number[], theirs: number[], solve: number[]}} Times */

/** Relative difference of two optimal costs: points are floats, costs are summed here in double. */
const AGREEMENT = 1e-6;
const SIZES = [256, 512, 1024, 4096];
const LONG = 1024;

/**
 * Sum of squared distances when x0[i] goes to x1[match[i]], each of D = 2.
 * @param {Float32Array} x0
 * @param {Float32Array} x1
 * @param {ArrayLike<number>} match
 */
function costOf(x0, x1, match) {
  if (new Set(Array.from(match)).size !== x0.length / 2)
    throw new Error('assign: not a permutation');
  return Array.from(match).reduce((sum, j, i) => {
    const [dx, dy] = [x0[2 * i] - x1[2 * j], x0[2 * i + 1] - x1[2 * j + 1]];
    return sum + dx * dx + dy * dy;
  }, 0);
}

/**
 * @param {Model} model
 * @param {import('./contender.js').Contender} scipy
 * @param {number} n
 * @param {number} rounds the first, which warms up, is not counted
 */
async function raceOf(model, scipy, n, rounds) {
  /** @type {Times} */
  const times = { ours: [], theirs: [], solve: [] };
  for (let round = 0; round <= rounds; round++) {
    const [x0, x1] = [model.noise({ n, seed: 100 + round }), model.data({ n, seed: 100 + round })];
    const begin = performance.now();
    const match = model.assign(x0, x1);
    const ms = performance.now() - begin;
    const answer = await scipy.ask({ do: 'assign', x0: [...x0], x1: [...x1] });
    const costs = [match, answer.match].map((each) => costOf(x0, x1, each));
    requireAgreement(`cost at n = ${n}`, [MOONFLOW, SCIPY], [costs[0]], [costs[1]], AGREEMENT);
    process.stderr.write(`  assign ${n}: round ${round} of ${rounds}\n`);
    if (round === 0) continue;
    times.ours.push(ms);
    times.theirs.push(answer.ms);
    times.solve.push(answer.solve_ms);
  }
  return times;
}

/**
 * @param {number} n
 * @param {Times} times
 */
function rowOf(n, { ours, theirs, solve }) {
  const cell = (/** @type {number[]} */ list) =>
    `${digits(median(list))} ms, **${ratioText(ratioOf(ours, list))}**`;
  return [n.toLocaleString('en'), `${digits(median(ours))} ms`, cell(theirs), cell(solve)];
}

/** @param {{quick: boolean}} options */
export function assignmentTable({ quick }) {
  const model = Model.createSync({ preset: 'seed' }, compileSync());
  return withContenders([SCIPY], async ([scipy]) => {
    const { version } = await scipy.ask({ do: 'version' });
    /** @type {[number, Times][]} */
    const results = [];
    for (const n of SIZES.filter((size) => !quick || size <= LONG)) {
      const rounds = n > LONG ? 3 : quick ? 3 : 9;
      results.push([n, await raceOf(model, scipy, n, rounds)]);
    }
    const rows = results.map(([n, times]) => rowOf(n, times));
    const head = ['n', MOONFLOW, `${SCIPY} with its cost matrix`, `${SCIPY}, matrix given`];
    const row512 = rows[SIZES.indexOf(512)];
    return {
      title: 'Exact assignment under squared distance, noise to moons',
      text: `${markdown(head, rows)}\n\nMoonflow’s time always holds its costs, computed as it goes. Fresh points each round. ${SCIPY} ${version}.`,
      readme: { row: row512, version },
    };
  });
}
