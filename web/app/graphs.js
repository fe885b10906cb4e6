/**
 * The graphs of a run, each with what it shows said in words: loss, excess loss, distance to the data, loss by t, speed.
 */

import { nameIn } from './meanings.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('./run.js').Run} Run
 * @typedef {'faint' | 'strong' | 'dotted' | 'floor' | 'band' | 'bars'} Style
 *
 * @typedef {object} Graph
 * @property {Name} name
 * @property {string} xLabel
 * @property {number} xMax
 * @property {boolean} fromZero     whether the y axis begins at 0
 * @property {Style[]} styles       of the columns after the first
 * @property {(number | null)[][]} data  x, then the columns
 * @property {string} version       other data, another version
 * @property {string} caption       the same in words
 *
 * @typedef {'loss' | 'excess' | 'distance' | 'time' | 'speed'} Name
 * @typedef {number | null | undefined} Floor  of the loss; null where there is none, undefined as long as it is not known
 */

/** @type {readonly Name[]} */
export const GRAPHS = ['loss', 'excess', 'distance', 'time', 'speed'];

/** Weight of a new block in the smoothed line. */
const SMOOTHING = 0.12;

const say = words({
  en: {
    loss: 'Loss',
    excess: 'Excess',
    distance: 'SW2',
    time: 'Loss by t',
    speed: 'Speed',
    step: 'step',
    t: 't',
    none: 'No step taken yet.',
    one: (/** @type {string} */ loss) => `Loss ${loss}.`,
    fell: (/** @type {string} */ steps, /** @type {string} */ from, /** @type {string} */ to) =>
      `Loss over ${steps} steps: from ${from} to ${to}, the mean of the latest 100.`,
    pairs: 'It can come near 0: after a reflow, each noise point has one way to go.',
    crossing: 'It cannot reach 0: from one place, many paths go different ways.',
    floor: (/** @type {string} */ floor) =>
      `The dashed line, ${floor}, is the floor: no network can go below it, because from one place many paths go different ways.`,
    over: (/** @type {string} */ excess, /** @type {string} */ step) =>
      `Up to step ${step}, the latest that was measured, the loss exceeds the floor of its very same batches by ${excess}: what training can still gain.`,
    falls: (/** @type {string} */ from, /** @type {string} */ step) =>
      `It was ${from} after step ${step}.`,
    waits: 'Measured as the network trains: the loss minus what no network can remove from it.',
    noCoupling: (/** @type {string} */ coupling) =>
      `Not known here: the coupling ${coupling} chooses pairs within each batch, so the best field has no formula. It is known for the coupling independent.`,
    noPairs:
      'Not known here: a reflow learns from pairs of the model’s own, whose best field has no formula.',
    noSource: (/** @type {string} */ source) =>
      `Not known here: the best field is summed for gaussian noise only, and the source is ${source}.`,
    noData: (/** @type {string} */ data) =>
      `Not known here: the exact field of ${data} with these settings has no formula in the engine.`,
    apart: (/** @type {string} */ sw2, /** @type {string} */ floor) =>
      `SW2, the distance between samples and data, is ${sw2}. The band reaches up to ${floor}, its floor: two sets of real data are that far apart, so a line in the band cannot be told from the data.`,
    began: (/** @type {string} */ from) => `The first measure was ${from}.`,
    unmeasured: 'SW2 is measured a few times a second while the network trains.',
    bins: (/** @type {string[]} */ ...at) =>
      `Mean loss at the time t, in 20 bins: ${at[0]} near t = 0 (noise), ${at[1]} in the middle, ${at[2]} near t = 1 (data). It is largest near t = ${at[3]}.`,
    unbinned: 'Where along the way the loss arises; filled as the network trains.',
    rate: (/** @type {string} */ mean, /** @type {string} */ least, /** @type {string} */ most) =>
      `Training steps a second: ${mean} in the mean, from ${least} to ${most}. Looking at the model takes a little of it.`,
    unclocked: 'Training steps a second; measured as the network trains.',
  },
  zh: {
    loss: '损失',
    excess: '超额损失',
    distance: 'SW2',
    time: '按 t 的损失',
    speed: '速度',
    step: '步',
    t: 't',
    none: '还没有训练。',
    one: (loss) => `损失 ${loss}。`,
    fell: (steps, from, to) => `${steps} 步的损失：从 ${from} 到 ${to}（最近 100 步的平均）。`,
    pairs: '它可以接近 0：回流（reflow）之后，每个噪声点只有一条路可走。',
    crossing: '它不会到 0：同一位置有许多路径通向不同方向。',
    floor: (floor) => `虚线 ${floor} 是下限：同一位置有许多路径通向不同方向，任何网络都低不过它。`,
    over: (excess, step) =>
      `最近一次测量在第 ${step} 步：损失比同一批数据的下限高 ${excess}，这是训练还能得到的。`,
    falls: (from, step) => `第 ${step} 步之后是 ${from}。`,
    waits: '训练时测量：损失减去任何网络都去不掉的部分。',
    noCoupling: (coupling) =>
      `这里无法得知：耦合 ${coupling} 在每一批里挑选配对，最优速度场没有公式。耦合为独立（independent）时可以得知。`,
    noPairs: '这里无法得知：回流从模型自己的配对学习，最优速度场没有公式。',
    noSource: (source) =>
      `这里无法得知：只有高斯噪声的最优速度场可以求和，而现在的源是 ${source}。`,
    noData: (data) => `这里无法得知：在这些设置下，引擎没有 ${data} 的精确速度场公式。`,
    apart: (sw2, floor) =>
      `样本与数据的距离 SW2 为 ${sw2}。色带到 ${floor} 为止，那是下限：两组真实数据也相距这么远，落入色带就与真实数据分不清。`,
    began: (from) => `第一次测得 ${from}。`,
    unmeasured: '训练时每秒测量几次 SW2。',
    bins: (...at) =>
      `时刻 t 的平均损失，分 20 格：t 接近 0（噪声）为 ${at[0]}，中间为 ${at[1]}，接近 1（数据）为 ${at[2]}。在 t = ${at[3]} 附近最大。`,
    unbinned: '损失出在路上的哪一段；训练时填入。',
    rate: (mean, least, most) =>
      `每秒训练步数：平均 ${mean}，从 ${least} 到 ${most}。查看模型会占用一点。`,
    unclocked: '每秒训练步数；训练时测量。',
  },
});

/** @param {Name} name */
export const titleOf = (name) => say(name);

/** @type {Record<Name, (run: Run, floor: Floor) => Graph>} */
const MAKERS = { loss, excess, distance, time, speed };

/**
 * @param {Name} name
 * @param {Run} run
 * @param {Floor} floor
 */
export const graphOf = (name, run, floor) => MAKERS[name](run, floor);

/** @param {Run} run */
const along = (run) => ({ xLabel: say('step'), xMax: run.total });

/** @param {Run} run @param {Floor} floor @returns {Graph} */
function loss(run, floor) {
  const { losses, total } = run;
  const [steps, means] = losses.series();
  const level = typeof floor === 'number' ? floor : null;
  const line = means.map(() => level);
  if (level !== null && means.length > 0) {
    // The floor is a line from edge to edge, also where there is no loss yet.
    return {
      ...along(run),
      name: 'loss',
      fromZero: false,
      styles: ['faint', 'strong', 'floor'],
      data: [
        [0, ...steps, total],
        [null, ...means, null],
        [null, ...smooth(means), null],
        [level, ...line, level],
      ],
      version: `${losses.count} of ${total}, ${level}`,
      caption: lossWords(run, level),
    };
  }
  return {
    ...along(run),
    name: 'loss',
    fromZero: false,
    styles: ['faint', 'strong', 'floor'],
    data: [steps, means, smooth(means), line],
    version: `${losses.count} of ${total}`,
    caption: lossWords(run, level),
  };
}

/** @param {Run} run @param {number | null} floor */
function lossWords({ losses, annals, round }, floor) {
  const [, means] = losses.series();
  if (losses.count === 0) return say('none');
  if (means.length === 0) return say('one', number(losses.latest()));
  const parts = [say('fell', figure(losses.count), number(means[0]), number(losses.latest()))];
  if (floor === null) parts.push(say(round > 0 ? 'pairs' : 'crossing'));
  else parts.push(say('floor', number(floor)));
  const { columns, count } = annals.excess;
  if (floor !== null && count > 0) parts.push(overWords(columns, count));
  return sentences(parts);
}

/** @param {number[][]} columns  of the readings @param {number} count  of them, not 0 */
const overWords = ([steps, values], count) =>
  say('over', number(values[count - 1]), figure(steps[count - 1]));

/** @param {Run} run @param {Floor} floor @returns {Graph} */
function excess(run, floor) {
  const { columns, count } = run.annals.excess;
  const parts = floor === null ? [lackOf(run)] : [say('waits')];
  if (count > 0) {
    parts[0] = overWords(columns, count);
    if (count > 1) parts.push(say('falls', number(columns[1][0]), figure(columns[0][0])));
  }
  return {
    ...along(run),
    name: 'excess',
    fromZero: true,
    styles: ['dotted'],
    data: columns,
    version: `${run.models} ${count} ${columns[0][count - 1]} of ${run.total}`,
    caption: sentences(parts),
  };
}

/** Why there is no floor. @param {Run} run */
function lackOf({ config, round }) {
  if (round > 0) return say('noPairs');
  if (config.coupling !== 'independent')
    return say('noCoupling', nameIn('coupling', String(config.coupling)));
  if (config.source !== 'gaussian') return say('noSource', nameIn('source', String(config.source)));
  return say('noData', nameIn('data', String(config.data)));
}

/** @param {Run} run @returns {Graph} */
function distance(run) {
  const { columns, count, latest } = run.annals.quality;
  const parts = [say('unmeasured')];
  if (count > 0) parts[0] = say('apart', number(latest[0]), number(latest[1]));
  if (count > 1) parts.push(say('began', number(columns[1][0])));
  const [steps, sw2, floors] = columns;
  const ends = /** @type {const} */ ([floors[0] ?? null, floors[count - 1] ?? null]);
  return {
    ...along(run),
    name: 'distance',
    fromZero: true,
    styles: ['band', 'dotted'],
    data: [
      [0, ...steps, Math.max(run.total, steps[count - 1] ?? 0)],
      [ends[0], ...floors, ends[1]],
      [null, ...sw2, null],
    ],
    version: `${run.models} ${count} ${latest} of ${run.total}`,
    caption: sentences(parts),
  };
}

/** @param {Run} run @returns {Graph} */
function time(run) {
  const { byTime } = run.annals;
  const bins = Array.from(byTime ?? [], (mean) => (Number.isFinite(mean) ? mean : null));
  return {
    name: 'time',
    xLabel: say('t'),
    xMax: 1,
    fromZero: true,
    styles: ['bars'],
    data: [bins.map((_, bin) => (bin + 0.5) / bins.length), bins],
    version: `${run.models} ${run.round} ${run.losses.count}`,
    caption: timeWords(bins),
  };
}

/** @param {(number | null)[]} bins */
function timeWords(bins) {
  const known = bins.map((mean) => mean ?? 0);
  const largest = Math.max(0, ...known);
  if (largest === 0) return say('unbinned');
  const last = bins.length - 1;
  const at = [0, bins.length >> 1, last].map((bin) => number(known[bin]));
  const peak = (known.indexOf(largest) + 0.5) / bins.length;
  return say('bins', ...at, peak.toFixed(2));
}

/** @param {Run} run @returns {Graph} */
function speed(run) {
  const { columns, count } = run.annals.speed;
  const rates = columns[1].filter(Number.isFinite);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const said = [mean, Math.min(...rates), Math.max(...rates)].map((rate) =>
    figure(Math.round(rate)),
  );
  return {
    ...along(run),
    name: 'speed',
    fromZero: true,
    styles: ['strong'],
    data: columns,
    version: `${run.models} ${count} ${columns[0][count - 1]} of ${run.total}`,
    caption: rates.length === 0 ? say('unclocked') : say('rate', said[0], said[1], said[2]),
  };
}

/** @param {number[]} means */
function smooth(means) {
  let level = means[0];
  return means.map((mean, block) => {
    // The first blocks are averaged evenly, so that the line does not start from the first one alone.
    level += (mean - level) * Math.max(SMOOTHING, 1 / (block + 1));
    return level;
  });
}

/** @param {number} value */
const number = (value) => value.toFixed(3);

/** @param {string[]} parts */
const sentences = (parts) => parts.join(tongue() === 'zh' ? '' : ' ');
