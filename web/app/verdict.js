/**
 * What a contest shows, in sentences: which side came nearer to the data, whether that is more than chance, and what the setting
 * does that differs.
 */

import { words } from './tongue.js';
import { short, spoken } from './wording.js';

/**
 * @typedef {import('./contest.js').Contest} Contest
 * @typedef {import('./contestant.js').Contestant} Contestant
 */

/** Distances that differ by less than this share of their floor are called equal. */
const CHANCE = 0.25;
/** Settings that change what the loss measures. */
const OTHER_LOSS = [
  'path',
  'predict',
  'weight',
  'coupling',
  'target',
  'time',
  'sigma_min',
  'path_power',
];

const say = words({
  en: {
    same: 'The settings are the same, and so is every bit of both networks: a seed decides a run whole.',
    twins: 'Both networks are the same to the bit; only the way of sampling differs.',
    nearer: (/** @type {string[]} */ [side, near, other, far, floor]) =>
      `${side} comes nearer to the data: SW2 ${near} against ${far} of ${other}, where two sets of real points are ${floor} apart.`,
    equal: (/** @type {string[]} */ [a, b, floor]) =>
      `The two cannot be told apart: SW2 ${a} and ${b} differ by less than chance, where two sets of real points are ${floor} apart.`,
    otherLoss:
      'Their losses measure different things, so a lower one is not a better network; SW2 compares.',
    diverged: (/** @type {string} */ side) =>
      `${side} came to no end, so there is nothing to compare.`,
    differs: (/** @type {string} */ name, /** @type {string} */ help) =>
      `What differs is ${name}. ${help}`,
    coupling:
      'Coupling decides which noise is sent to which data point. Near pairs cross less, so paths are straighter and few steps go further.',
    path: 'The path decides how noise and data are mixed on the way. The straight one asks least of a solver.',
    solver:
      'At equal cost, a method of higher order takes fewer and longer steps, and errs less where paths bend.',
    solver_steps:
      'Fewer steps cost less and cut the bends of a path; the less it bends, the less that matters.',
    time: 'The law of t decides which part of the way is practised most.',
    time_grid: 'Steps that are finer towards the data help where the field changes quickly there.',
    target:
      'A stable target is the mean over all data that may lead to a place: the same in expectation, with less noise to learn from.',
    predict:
      'What the network says is turned into a velocity; where that division is by a small number, its errors grow.',
    guidance:
      'Guidance leads away from the other classes: the further above 1, the more it may cost in variety, and in distance to real points.',
    weight: 'The weight decides which times count most in the error.',
    stratified: 'Times spread evenly over a batch give the same mean with less noise.',
  },
  zh: {
    same: '两边设置相同，两个网络也逐位相同：一个种子就决定了整次训练。',
    twins: '两个网络逐位相同，只是采样方式不同。',
    nearer: ([side, near, other, far, floor]) =>
      `${side} 更接近数据：SW2 为 ${near}，${other} 为 ${far}；两组真实点之间的距离是 ${floor}。`,
    equal: ([a, b, floor]) =>
      `两者分不出高下：SW2 为 ${a} 和 ${b}，差别小于偶然误差；两组真实点之间的距离是 ${floor}。`,
    otherLoss: '两边的损失衡量的不是同一件事，损失低不等于网络好；要比的是 SW2。',
    diverged: (side) => `${side} 没有训练到底，无从比较。`,
    differs: (name, help) => `两边差在${name}。${help}`,
    coupling: '耦合决定哪个噪声去往哪个数据点。近的配对交叉少，路径更直，几步就能走得更远。',
    path: '路径决定途中噪声和数据怎样混合。直线路径对求解器要求最低。',
    solver: '花费相同时，高阶方法步数少、步子大，在路径弯曲处误差更小。',
    solver_steps: '步数少则便宜，但会抄近路切过弯道；路径越直，影响越小。',
    time: '时间分布决定路上的哪一段练得最多。',
    time_grid: '靠近数据处步子更细，在速度场变化快的地方有用。',
    target: '稳定目标取所有可能到达该处的数据的平均：期望相同，噪声更小。',
    predict: '网络的输出要换算成速度；除以很小的数时误差会放大。',
    guidance: '引导让样本远离其他类别：比 1 大得越多，越可能损失多样性，离真实样本也越远。',
    weight: '权重决定误差中哪些时刻更重要。',
    stratified: '一批里的时间均匀铺开，平均值不变，噪声更小。',
  },
});

/** The settings that have a sentence of their own. */
const TOLD = /** @type {const} */ ([
  'coupling',
  'path',
  'solver',
  'solver_steps',
  'time',
  'time_grid',
  'target',
  'predict',
  'guidance',
  'weight',
  'stratified',
]);

/**
 * @param {Contest} contest  that is done
 * @param {string} help  what the table says of the setting
 * @returns {string[]}
 */
export function verdict({ sides, name }, help) {
  const told = TOLD.find((each) => each === name);
  const about = told ? say(told) : say('differs', spoken(name), help);
  const broken = sides.findIndex(({ fault }) => fault !== '');
  if (broken >= 0) return [say('diverged', 'AB'[broken]), about];
  const [a, b] = sides;
  const same = JSON.stringify(a.contender) === JSON.stringify(b.contender);
  if (same && a.hash === b.hash) return [say('same')];
  const twins = a.hash === b.hash ? [say('twins')] : [];
  const losses = OTHER_LOSS.includes(name) ? [say('otherLoss')] : [];
  return [distance(a, b), ...twins, about, ...losses];
}

/**
 * @param {Contestant} a
 * @param {Contestant} b
 */
function distance(a, b) {
  if (!a.quality || !b.quality) return '';
  const [left, right, floor] = [a.quality.sw2, b.quality.sw2, a.quality.floor];
  if (Math.abs(left - right) < CHANCE * floor) {
    return say('equal', [short(left), short(right), short(floor)]);
  }
  const order =
    left < right ? ['A', short(left), 'B', short(right)] : ['B', short(right), 'A', short(left)];
  return say('nearer', [...order, short(floor)]);
}
