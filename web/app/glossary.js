/**
 * The rows and groups of the engine's parameter table in Chinese. The table itself speaks English, and is the one source of that;
 * its choices are explained in both languages in meanings.js.
 */

import { tongue, words } from './tongue.js';

/** @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo */

/** What the groups are about. */
export const group = words({
  en: {
    data: 'What it learns',
    batch: 'How a batch is drawn',
    network: 'The network',
    optimiser: 'How weights move',
    sampling: 'How it samples',
  },
  zh: {
    data: '学什么',
    batch: '批次如何抽取',
    network: '网络',
    optimiser: '权重如何更新',
    sampling: '如何采样',
  },
});

/**
 * Name and help of every row.
 * @type {Record<string, [name: string, help: string]>}
 */
export const CHINESE = {
  seed: ['随机种子', '权重、批次和时间都由它决定：种子相同，结果逐位相同。'],
  dim: ['维数', '一个点有几个坐标。'],
  hidden: ['隐藏层宽度', '每个隐藏层的神经元个数。'],
  layers: ['隐藏层数', '隐藏层的层数。'],
  features: ['时间特征数', '网络看到的 t 的正弦和余弦共有几个；须为偶数。'],
  time_scale: ['时间缩放', '取正弦和余弦之前，t 先乘以它。'],
  classes: [
    '类别数',
    '网络要区分的数据类别数，区分之后才能按类别采样；0 表示不分类。耦合 ot 会跨类别配对，使各类样本的起点有偏；ot-conditional 不会。',
  ],
  data: ['数据', '模型要学的分布；名字带 torchcfm 的取自 torchcfm 的示例。'],
  noise: ['数据噪声', '加在形状上的噪声的标准差（缩放之前）；torchcfm 的数据集有自己的噪声。'],
  source: ['源分布', '流从哪里出发：高斯噪声、带同样噪声的某个形状，或你自己的点。'],
  path: ['路径', '时刻 t 的噪声和数据如何混合；custom 是你自己给的曲线。'],
  sigma_min: ['最小噪声 σ', 've 路径：t = 1 时剩下的噪声。'],
  sigma_max: ['最大噪声 σ', 've 路径：t = 0 时的噪声。'],
  sigma_data: ['数据标准差', 've 路径和 edm 权重：数据的标准差；0 表示由引擎测量。'],
  path_power: ['路径指数', 'polynomial 路径：数据所占的份额是 t 的 n 次方；n = 1 就是直线路径。'],
  predict: ['预测目标', '网络的输出代表什么：速度、数据、噪声，或 log p 的梯度（分数）。'],
  coupling: [
    '耦合',
    '噪声点和数据点如何配对：independent 随机配对；ot 使批内距离平方和最小；sinkhorn 按概率配对，越近越可能（见“Sinkhorn 正则强度”）；ot-conditional 与 ot 相同，但只在同一类别内配对，使每一类都能遇到全部噪声；paired 是回流用训练好的模型造出的点对；distilled 是同样的点对，但只用 t = 0，为的是一步采样。',
  ],
  ot_batch: [
    '最优传输批大小',
    'ot、sinkhorn 和 ot-conditional：每次两边各取多少点来配对，批次取其中的前几个；0 表示就用批次本身。',
  ],
  sinkhorn_reg: [
    'Sinkhorn 正则强度',
    'sinkhorn：熵的权重，单位是距离的平方。取平均距离平方的 1% 时，配对几乎与 ot 相同；取十倍时，几乎是随机配对；至少为它的十万分之一。',
  ],
  ot_class_weight: [
    '跨类代价',
    'ot-conditional：跨类别配对时，在距离平方之外另加的代价，以批内平均距离平方为单位；从 10000 起绝不跨类别。',
  ],
  target: [
    '回归目标',
    '教给一个点的速度：它所在点对的速度，或批内所有可能经过这里的数据的平均速度（耦合不是 independent 或源分布不是高斯时，两者相同）。',
  ],
  time: ['时间分布', '训练时 t 按什么分布抽取。'],
  time_mean: ['时间均值', 'logit-normal：经过 sigmoid 之前的均值。'],
  time_std: ['时间标准差', 'logit-normal：经过 sigmoid 之前的标准差。'],
  time_exponent: ['时间指数', 'power：密度 k·t^(k−1) 中的 k；大于 1 时偏向数据一端。'],
  time_ends: ['两端侧重', 'u-shaped：密度 cosh(a(t − 1/2)) 中的 a。'],
  stratified: ['分层抽时间', '让一个批次里的时间均匀地铺满它们的分布。'],
  label_drop: ['丢弃类别的比例', '类别：一个批次中不告诉网络类别的比例，引导需要它。'],
  batch: ['批大小', '一个批次有多少点。'],
  weight: ['损失权重', '不同时刻的误差各占多大权重；除 none 外，都是文献中针对 x1 误差给出的。'],
  weight_gamma: ['信噪比上限', 'min-snr：信噪比的上限 γ。'],
  steps: ['训练步数', '一次训练的长度；余弦学习率在此结束。'],
  optimiser: ['优化器', '用什么更新权重；muon 只管隐藏层的矩阵，其余交给 AdamW。'],
  lr: ['学习率', 'AdamW：学习率的峰值。'],
  schedule: ['学习率变化', '学习率在训练中如何变化。'],
  warmup: ['预热步数', 'cosine：学习率线性上升的步数。'],
  beta1: ['一阶矩衰减 β₁', 'AdamW：一阶矩的衰减。'],
  beta2: ['二阶矩衰减 β₂', 'AdamW：二阶矩的衰减。'],
  eps: ['稳定项 ε', 'AdamW：加在二阶矩平方根上的小数。'],
  muon_lr: ['Muon 学习率', 'Muon：学习率的峰值。'],
  muon_momentum: ['Muon 动量', 'Muon：动量的衰减。'],
  weight_decay: ['权重衰减', '与梯度解耦的权重衰减。'],
  clip: ['梯度裁剪', '全局梯度范数的上限；0 表示不裁剪。'],
  ema_decay: ['EMA 衰减', '权重滑动平均（EMA）的衰减。'],
  ema_late_decay: ['后期 EMA 衰减', '训练后期 EMA 的衰减；0 表示不变。'],
  ema_late_from: ['后期起点', '训练进行到这个比例之后，改用后期 EMA 衰减。'],
  ema2_decay: ['第二 EMA 衰减', '第二份平均 ema2 的衰减；0 表示不保留。'],
  ema3_decay: ['第三 EMA 衰减', '第三份平均 ema3 的衰减；0 表示不保留。'],
  ema_warmup: ['EMA 预热', '让平均很快起步：第 k 步的衰减不超过 (1 + k) / (10 + k)。'],
  solver: ['求解器', '沿速度场积分（解 ODE）的方法。'],
  solver_steps: ['求解步数', '求解器走多少步；对 dopri5 来说，是一个点最多尝试的步数。'],
  time_grid: ['时间网格', '求解器的步子如何分布；quadratic 在靠近数据时更细。'],
  rtol: ['相对容差', 'dopri5：一步允许的误差，相对于点的大小。'],
  atol: ['绝对容差', 'dopri5：除此之外一步还允许的误差。'],
  sde: ['随机采样', '途中加入的噪声 g，它不改变样本的分布：g 等于噪声强度，或再乘以 σ(t)。'],
  sde_strength: ['噪声强度', '随机采样：噪声有多强。'],
};

/** @param {string} name of a row */
export function nameOf(name) {
  return (tongue() === 'zh' && CHINESE[name]?.[0]) || name.replaceAll('_', ' ');
}

/** Rows in a help of the engine: between backticks, or with a line between words. */
const ROWS = /`(\w+)`|\b[a-z]+(?:_[a-z0-9]+)+\b/g;

/**
 * What a row is, with other rows under the names that they have on the page.
 * @param {Pick<ParameterInfo, 'name' | 'help'>} info
 */
export function helpOf({ name, help }) {
  const chinese = tongue() === 'zh' && CHINESE[name]?.[1];
  return (
    chinese ||
    help.replace(ROWS, (whole, bare) => {
      if (bare) return `“${nameOf(bare)}”`;
      return CHINESE[whole] ? nameOf(whole) : whole;
    })
  );
}
