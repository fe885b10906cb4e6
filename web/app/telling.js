/**
 * What the layers of the stage are called, what is to be seen in each, why one cannot be had, and what those that are seen say in
 * numbers.
 */

import { CROWD } from './survey.js';
import { figure, words } from './tongue.js';

/**
 * What is on and known.
 * @typedef {object} Seen
 * @property {import('../view/passage.js').Passage} [trails]
 * @property {{passage: import('../view/passage.js').Passage, across: number}} [lattice]
 * @property {import('../view/strands.js').Pairs} [strands]
 * @property {import('../view/arrows.js').Arrows} [learned]
 * @property {import('../view/arrows.js').Arrows} [exact]
 * @property {import('./ground.js').Ground} [ground]
 */

/** Three digits, as all numbers of the stage. @param {number} number */
const digits = (number) => figure(number, { maximumSignificantDigits: 3 });

/** @param {number} t */
const hundredths = (t) => figure(t, { maximumFractionDigits: 2 });

export const say = words({
  en: {
    layers: 'Layers of the picture',
    data: 'Data',
    samples: 'Samples',
    trails: 'Trajectories',
    learned: 'Learned field',
    exact: 'Exact field',
    error: 'Difference',
    density: 'Log-density',
    lattice: 'Warp grid',
    strands: 'Coupling',
    crowd: '20k points',
    dataHelp: 'What is to be learned',
    samplesHelp: 'Noise, carried along the learned velocity',
    trailsHelp: 'The ways of single points from noise to data, coloured by time',
    learnedHelp: 'The velocity that the network says, at this flow time',
    exactHelp: 'The velocity that a perfect network would say: known exactly for these data',
    errorHelp: 'How far the learned velocity is from the exact one, at each place',
    densityHelp: 'Logarithm of the probability density of what the model makes, at this flow time',
    latticeHelp: 'A regular grid of the noise, carried along the flow up to this time',
    strandsHelp: 'Which noise point a training batch joins to which point of the data',
    crowdHelp:
      'Ten times as many points, so that their density shows; fewer while the network trains',
    fewer: (/** @type {number} */ n) =>
      `${figure(n)} samples: more of this network would take long`,
    off: (/** @type {string[]} */ names, /** @type {string} */ why) =>
      `${names.join(', ')}: ${why}`,
    plane: (/** @type {number} */ dim) => `only in two coordinates; these points have ${dim}.`,
    line: 'needs two coordinates to draw; these points have 1.',
    coupling: (/** @type {string} */ coupling) =>
      `known exactly only where noise and data are joined independently; here the coupling is ${coupling}.`,
    source: (/** @type {string} */ source) =>
      `known exactly only from Gaussian noise; here the source is ${source}.`,
    mass: (/** @type {number} */ mass, /** @type {number} */ t) =>
      `at t = ${hundredths(t)}, mass in this window ${figure(mass, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}, of 1 in all`,
    densityKey: (/** @type {number} */ mass, /** @type {number} */ t) =>
      `log-density at t = ${hundredths(t)}, mass ${figure(mass, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}`,
    errorKey: '‖learned − exact‖',
    gap: (/** @type {number} */ mean) =>
      `learned and exact field differ by ${digits(mean)} in the mean of this window`,
    here: (/** @type {number} */ mean) => `by ${digits(mean)} where the samples are`,
    ways: (/** @type {number} */ n) => `trajectories of ${figure(n)} points, coloured by time`,
    arrows: (/** @type {string} */ fields, /** @type {number} */ speed) =>
      `${fields}: an arrow as long as its cell is a speed of ${digits(speed)}`,
    grid: 'a regular grid of noise, carried along',
    pairs: (/** @type {number} */ n) => `${figure(n)} pairs of a batch`,
    both: 'learned and exact field',
    waysKey: 'trajectories, t 0 to 1',
    learnedKey: 'learned field',
    exactKey: 'exact field',
    gridKey: 'grid of noise',
    pairsKey: 'pairs of a batch',
  },
  zh: {
    layers: '画面的图层',
    data: '数据',
    samples: '样本',
    trails: '轨迹',
    learned: '学到的速度场',
    exact: '精确速度场',
    error: '两场之差',
    density: '对数密度',
    lattice: '变形网格',
    strands: '配对',
    crowd: '2 万个点',
    dataHelp: '要学习的目标',
    samplesHelp: '噪声点沿学到的速度移动后的位置',
    trailsHelp: '单个点从噪声到数据走过的路，按时间着色',
    learnedHelp: '网络在此刻给出的速度',
    exactHelp: '完美网络会给出的速度：对这些数据可以精确算出',
    errorHelp: '每一处学到的速度与精确速度相差多少',
    densityHelp: '模型在这一流时间 t 处所生成的点的概率密度的对数',
    latticeHelp: '噪声空间中的规则网格，随流移动到此刻',
    strandsHelp: '一个训练批次把哪个噪声点配给哪个数据点',
    crowdHelp: '十倍的点，让疏密显现出来；训练进行时会少一些',
    fewer: (n) => `只画 ${figure(n)} 个样本：这个网络再多画会很慢`,
    off: (names, why) => `${names.join('、')}：${why}`,
    plane: (dim) => `只适用于二维；这些点有 ${dim} 个坐标。`,
    line: '需要两个坐标才能画出；这些点只有 1 个。',
    coupling: (coupling) => `只有噪声与数据独立配对时才能精确算出；这里的配对方式是 ${coupling}。`,
    source: (source) => `只有从高斯噪声出发时才能精确算出；这里的起点是 ${source}。`,
    mass: (mass, t) =>
      `t = ${hundredths(t)} 时窗口内的概率质量 ${figure(mass, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}（全部为 1）`,
    densityKey: (mass, t) =>
      `t = ${hundredths(t)} 的对数密度，质量 ${figure(mass, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}`,
    errorKey: '‖学到的 − 精确的‖',
    gap: (mean) => `窗口内两场平均相差 ${digits(mean)}`,
    here: (mean) => `在样本所在处平均相差 ${digits(mean)}`,
    ways: (n) => `${figure(n)} 个点的轨迹，按时间着色`,
    arrows: (fields, speed) => `${fields}：与格子等长的箭头表示速率 ${digits(speed)}`,
    grid: '随流移动的噪声规则网格',
    pairs: (n) => `一个批次中的 ${figure(n)} 对点`,
    both: '学到的与精确的速度场',
    waysKey: '轨迹，t 从 0 到 1',
    learnedKey: '学到的速度场',
    exactKey: '精确速度场',
    gridKey: '噪声网格',
    pairsKey: '一个批次的配对',
  },
});

/**
 * Why a layer cannot be had of such a run; '' when it can.
 * @param {import('./survey.js').Survey} survey
 * @param {import('../lib/parameters.js').Config} config
 */
export function reasonFor({ least, planar, exact }, { dim, coupling, source }) {
  if (planar && dim !== 2) return say('plane', Number(dim));
  if (Number(dim) < least) return say('line');
  if (exact && coupling !== 'independent') return say('coupling', String(coupling));
  if (exact && source !== 'gaussian') return say('source', String(source));
  return '';
}

/**
 * In words and numbers, one part a layer.
 * @param {Seen} seen
 * @param {number} crowd  samples that are drawn of the crowd; CROWD where none is
 */
export function describe({ trails, lattice, strands, learned, exact, ground }, crowd) {
  const parts = [];
  if (crowd < CROWD) parts.push(say('fewer', crowd));
  if (ground?.mass !== undefined) parts.push(say('mass', ground.mass, ground.t ?? 1));
  if (ground?.mean !== undefined) parts.push(say('gap', ground.mean));
  if (ground?.here !== undefined) parts.push(say('here', ground.here));
  const arrows = exact ?? learned;
  if (arrows) {
    const fields = exact && learned ? say('both') : say(exact ? 'exactKey' : 'learnedKey');
    parts.push(say('arrows', fields, arrows.reference));
  }
  if (trails) parts.push(say('ways', trails.path.length / trails.times.length / trails.dim));
  if (lattice) parts.push(say('grid'));
  if (strands) parts.push(say('pairs', strands.x0.length / strands.dim));
  return parts;
}

/** The entries of the legend besides those of points and maps. @param {Seen} seen @returns {import('./stage.js').Layers['legend']} */
export function legendOf({ trails, lattice, strands, learned, exact }) {
  /** @type {import('./stage.js').Layers['legend']} */
  const entries = [];
  if (trails) entries.push({ label: say('waysKey'), mark: 'strip', colour: 'time' });
  if (lattice) entries.push({ label: say('gridKey'), mark: 'line', colour: 'ink' });
  if (strands) entries.push({ label: say('pairsKey'), mark: 'line', colour: 'ink' });
  if (learned) entries.push({ label: say('learnedKey'), mark: 'arrow', colour: 'learned' });
  if (exact) entries.push({ label: say('exactKey'), mark: 'arrow', colour: 'exact' });
  return entries;
}
