/**
 * What each choice of the engine's parameter table means, in a few words of both languages. The choice keeps the name it has in
 * the engine, in files and in commands; in Chinese a name stands before it.
 */

import { tongue } from './tongue.js';

/**
 * Rows, their choices, and of each: what it means; its name in Chinese, and what it means.
 * @type {Record<string, Record<string, [en: string, name: string, zh: string]>>}
 */
export const MEANINGS = {
  data: {
    moons: ['two arcs, evenly filled', '双月', '两段圆弧，均匀布点'],
    'moons-iid': ['two arcs, filled at random', '双月（随机）', '两段圆弧，独立随机布点'],
    '8gaussians': ['eight clouds on a circle', '八个高斯', '圆周上的八团点'],
    checkerboard: ['every other square of a board', '棋盘', '棋盘上相间的方格'],
    circles: ['a ring within a ring', '同心圆', '大圆套小圆'],
    spirals: ['two arms that wind out', '螺旋', '向外旋出的两条臂'],
    'moons-torchcfm': ['the moons of torchcfm', 'torchcfm 双月', 'torchcfm 示例里的双月'],
    'moons-iid-torchcfm': [
      'the moons of torchcfm, filled at random',
      'torchcfm 双月（随机）',
      'torchcfm 示例里的双月，独立随机布点',
    ],
    '8gaussians-torchcfm': [
      'the eight clouds of torchcfm',
      'torchcfm 八个高斯',
      'torchcfm 示例里的八团点',
    ],
    points: ['points of your own', '你的点', '你自己的数据'],
  },
  source: {
    gaussian: ['a round cloud of noise', '高斯噪声', '一团圆形的噪声'],
    'moons-iid': ['two arcs', '双月', '两段圆弧'],
    '8gaussians': ['eight clouds on a circle', '八个高斯', '圆周上的八团点'],
    checkerboard: ['every other square of a board', '棋盘', '棋盘上相间的方格'],
    circles: ['a ring within a ring', '同心圆', '大圆套小圆'],
    spirals: ['two arms that wind out', '螺旋', '向外旋出的两条臂'],
    'moons-iid-torchcfm': ['the moons of torchcfm', 'torchcfm 双月', 'torchcfm 示例里的双月'],
    '8gaussians-torchcfm': [
      'the eight clouds of torchcfm',
      'torchcfm 八个高斯',
      'torchcfm 示例里的八团点',
    ],
    points: ['points of your own', '你的点', '你自己的点'],
  },
  path: {
    linear: [
      'a straight line from noise to data, as rectified flow',
      '直线',
      '从噪声到数据的直线，即 Rectified Flow',
    ],
    'vp-cosine': [
      'a quarter of a circle; the variance stays',
      'VP 余弦',
      '四分之一圆弧，方差保持不变',
    ],
    ve: ['the data under noise that fades', 'VE', '数据加上逐渐消退的噪声'],
    'vp-linear': [
      'the schedule of DDPM; the variance stays',
      'VP 线性',
      'DDPM 的噪声调度，方差保持不变',
    ],
    polynomial: ['the data’s share grows as a power of t', '多项式', '数据的份额按 t 的幂增长'],
    custom: ['a curve of your own', '自定义', '你自己给的曲线'],
  },
  predict: {
    v: ['the velocity', '速度 v', '速度'],
    x1: ['the data point', '数据 x1', '数据点'],
    noise: ['the noise it came from', '噪声 ε', '出发时的噪声'],
    score: ['the gradient of log p', '分数', 'log p 的梯度'],
  },
  coupling: {
    independent: ['pairs at random', '独立', '随机配对'],
    ot: ['nearest in sum: optimal transport', '最优传输', '总距离最小的配对'],
    sinkhorn: ['by chance, the likelier the nearer', 'Sinkhorn', '按概率配对，越近越可能'],
    'ot-conditional': [
      'optimal transport within a class',
      '类内最优传输',
      '只在同一类别内做最优传输',
    ],
    paired: ['the pairs that reflow made', '回流点对', '回流造出的点对'],
    distilled: ['those pairs, for one step', '蒸馏', '同样的点对，只学一步'],
  },
  target: {
    pair: ['the velocity of its own pair', '点对', '自己那一对的速度'],
    stable: ['the mean over the batch, less noisy', '批内平均', '批内平均，噪声更小'],
  },
  time: {
    uniform: ['every time alike', '均匀', '各时刻机会均等'],
    'logit-normal': ['the middle more often', 'logit-normal', '中间的时刻更多'],
    power: ['one end more often', '幂律', '某一端更多'],
    'u-shaped': ['both ends more often', 'U 形', '两端更多'],
  },
  weight: {
    none: ['every time alike', '不加权', '各时刻同等重要'],
    snr: ['by signal over noise', '信噪比', '按信噪比加权'],
    'min-snr': ['by signal over noise, bounded', '截断信噪比', '按信噪比加权，但有上限'],
    edm: ['as EDM weighs it', 'EDM', '按 EDM 的方式加权'],
  },
  optimiser: {
    adamw: ['AdamW for every weight', 'AdamW', '全部权重都用 AdamW'],
    muon: ['Muon for the hidden matrices', 'Muon', '隐藏层的矩阵用 Muon'],
  },
  schedule: {
    constant: ['the same throughout', '恒定', '始终不变'],
    cosine: ['up, then down along a cosine', '余弦', '先升，再沿余弦下降'],
  },
  solver: {
    euler: ['1 evaluation a step, first order', '欧拉', '每步 1 次求值，一阶'],
    midpoint: ['2 evaluations a step, second order', '中点', '每步 2 次求值，二阶'],
    heun: ['2 evaluations a step, second order', 'Heun', '每步 2 次求值，二阶'],
    rk4: ['4 evaluations a step, fourth order', 'RK4', '每步 4 次求值，四阶'],
    ab2: ['1 evaluation a step, second order', 'AB2', '每步 1 次求值，二阶'],
    dopri5: ['chooses its own steps', 'Dopri5', '自适应步长'],
  },
  time_grid: {
    uniform: ['steps of one length', '均匀', '步长相同'],
    quadratic: ['shorter steps near the data', '二次', '靠近数据时步子更短'],
  },
  sde: {
    none: ['an ODE, no noise on the way', '无', '纯 ODE，途中不加噪声'],
    constant: ['the same noise throughout', '恒定', '噪声始终一样'],
    sigma: ['noise that fades with sigma', '随 σ', '噪声随 σ 消退'],
  },
};

/**
 * A choice as a list shows it.
 * @param {string} row
 * @param {string} choice
 */
export function choiceOf(row, choice) {
  const name = nameIn(row, choice);
  return name.toLowerCase().endsWith(choice) ? name : `${name} ${choice}`;
}

/**
 * A choice within a sentence: the Chinese name alone, or that of the engine.
 * @param {string} row
 * @param {string} choice
 */
export function nameIn(row, choice) {
  return (tongue() === 'zh' && MEANINGS[row]?.[choice]?.[1]) || choice;
}

/**
 * What a choice means; '' when that is not known.
 * @param {string} row
 * @param {string} choice
 */
export function meaningOf(row, choice) {
  const [en, , zh] = MEANINGS[row]?.[choice] ?? ['', '', ''];
  return tongue() === 'zh' ? zh : en;
}
