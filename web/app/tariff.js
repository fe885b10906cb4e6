/**
 * What a sample costs on the two sides of a match, in words.
 */

import { adaptive, costOf, GUIDANCE } from './match.js';
import { figure, tongue, words } from './tongue.js';
import { valueWords } from './wording.js';

/**
 * @typedef {{name: string, sides: [import('./match.js').Contender, import('./match.js').Contender], nfe: number | null}} Match
 */

const say = words({
  en: {
    equal: (/** @type {string[]} */ [nfe, a, b]) =>
      `Equal cost: ${nfe} network evaluations (NFE) a sample on both sides, A by ${a}, B by ${b}.`,
    unequal: (/** @type {string[]} */ [a, b]) =>
      `The cost itself differs: A takes ${a} network evaluations (NFE) a sample, B takes ${b}.`,
    adaptive:
      'dopri5 chooses its own steps. It is measured first, and the other side then gets as many network evaluations (NFE).',
    steps: (/** @type {string[]} */ [solver, steps]) => `${solver} in ${steps} steps`,
    twice: 'Guidance other than 0 and 1 asks the network twice a step.',
  },
  zh: {
    equal: ([nfe, a, b]) =>
      `花费相同：每个样本两边都是 ${nfe} 次网络计算（NFE），A 用 ${a}，B 用 ${b}。`,
    unequal: ([a, b]) => `花费本身就不同：每个样本 A 要 ${a} 次网络计算（NFE），B 要 ${b} 次。`,
    adaptive: 'dopri5 自己选择步长。先测量它，再给另一边同样多的网络计算次数（NFE）。',
    steps: ([solver, steps]) => `${solver} ${steps} 步`,
    twice: '引导强度不是 0 或 1 时，每步要问网络两次。',
  },
});

/**
 * @param {import('./dials.js').Dials} dials
 * @param {Match} match
 */
export function tariff(dials, { name, sides, nfe }) {
  if (sides.some(adaptive)) return say('adaptive');
  const how = sides.map(({ config }) =>
    say('steps', [valueWords('solver', config.solver), figure(Number(config.solver_steps))]),
  );
  const costs = sides.map((side) => figure(costOf(dials, side)));
  const cost = nfe === null ? say('unequal', costs) : say('equal', [figure(nfe), ...how]);
  return name === GUIDANCE ? `${cost}${tongue() === 'zh' ? '' : ' '}${say('twice')}` : cost;
}
