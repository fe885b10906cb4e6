/** @file Runs whose export PyTorch is held to, and what is asked of each. Every choice that the Python file knows is in one. */

/** @typedef {import('../../web/lib/conversion.js').Quantity} Quantity */
/** @typedef {import('../../web/lib/parameters.js').PartialConfig} PartialConfig */

export const SIZE = { hidden: 16, features: 16, batch: 60, steps: 40, seed: 5 };
const adamw = { optimiser: 'adamw', lr: 0.003, ema_decay: 0.9 };

export const RUNS = [
  { layers: 3 },
  {
    ...adamw,
    layers: 2,
    data: 'moons-iid',
    path: 'vp-cosine',
    time: 'logit-normal',
    target: 'pair',
  },
  {
    ...adamw,
    layers: 1,
    data: 'spirals',
    path: 've',
    time_scale: 3,
    stratified: false,
    ema_late_decay: 0.4,
    ema_late_from: 0.25,
  },
  {
    ...adamw,
    layers: 2,
    data: '8gaussians',
    coupling: 'ot',
    time: 'logit-normal',
    stratified: false,
  },
  { layers: 3, data: 'circles', path: 've', weight_decay: 0.1, clip: 0.05, ema_warmup: false },
  {
    ...adamw,
    layers: 1,
    data: 'checkerboard',
    schedule: 'constant',
    batch: 700,
    clip: 0,
    ema2_decay: 0.5,
  },
  {
    ...adamw,
    layers: 2,
    path: 'vp-linear',
    predict: 'noise',
    weight: 'min-snr',
    time: 'power',
    time_grid: 'quadratic',
  },
  { ...adamw, layers: 2, path: 'polynomial', predict: 'x1', weight: 'snr', time: 'u-shaped' },
  { layers: 2, path: 'vp-cosine', predict: 'score', data: 'spirals' },
  { layers: 2, predict: 'x1', weight: 'edm', time: 'power', stratified: false },
  { layers: 2, path: 'custom' },
  { layers: 2, data: '8gaussians', classes: 8 },
  { ...adamw, layers: 2, classes: 2, label_drop: 0.4, coupling: 'ot' },
  { layers: 2, data: 'points', dim: 3, classes: 3 },
  { layers: 2, data: 'moons-torchcfm', classes: 2, batch: 61 },
  { ...adamw, layers: 2, data: 'moons-iid-torchcfm', source: '8gaussians-torchcfm', noise: 0.7 },
  { ...adamw, layers: 2, data: '8gaussians-torchcfm', source: 'moons-iid-torchcfm', noise: 0 },
  { ...adamw, layers: 2, data: 'points', dim: 3, beta1: 0.8, beta2: 0.9, eps: 1e-4 },
  { ...adamw, layers: 2, data: 'moons', source: '8gaussians', coupling: 'sinkhorn', ot_batch: 90 },
  {
    layers: 2,
    data: 'circles',
    source: 'moons-iid',
    path: 'polynomial',
    coupling: 'ot',
    batch: 31,
  },
  // Clusters whose sizes differ: the sweeps end before the plan has arrived, and it is rounded.
  {
    layers: 2,
    data: '8gaussians',
    source: '8gaussians',
    noise: 0.02,
    coupling: 'sinkhorn',
    sinkhorn_reg: 0.3,
    ot_batch: 72,
  },
  { ...adamw, layers: 2, data: 'spirals', source: 'checkerboard', classes: 2 },
  {
    layers: 2,
    data: 'points',
    dim: 3,
    classes: 3,
    coupling: 'ot-conditional',
    ot_batch: 75,
    ot_class_weight: 2,
  },
  { layers: 2, classes: 2, coupling: 'sinkhorn', ot_batch: 77, sinkhorn_reg: 4, source: 'circles' },
  { ...adamw, layers: 2, source: 'spirals', coupling: 'paired' },
  { layers: 2, classes: 2, coupling: 'paired', label_drop: 0.3 },
  { ...adamw, layers: 2, source: 'points', coupling: 'sinkhorn', ot_batch: 70 },
  { layers: 2, data: 'points', dim: 3, source: 'points' },
  { ...adamw, eps: 1e-4, layers: 2, coupling: 'distilled', solver: 'euler', solver_steps: 1 },
];

/**
 * Runs on which the steps of dopri5, and so the points, show every coefficient: its error is far above a rounding. The first
 * rejects many. Each with the steps it is trained and the tolerance.
 * @type {[PartialConfig, number, number][]}
 */
export const STEEP = [
  [{ layers: 2, predict: 'x1', weight: 'edm', time: 'power', stratified: false }, 5, 0.01],
  [{ layers: 3, data: 'circles', path: 've', steps: 400 }, 300, 0.03],
  [{ layers: 3, data: 'circles', steps: 400 }, 300, 0.1],
];

/**
 * Samples that a run has, by a name, with options as the Python file takes them.
 * @param {PartialConfig} config
 * @returns {[string, any][]}
 */
export function samplesOf(config) {
  if (config.coupling === 'distilled') return [['one step', {}]];
  const short = { solver_steps: 7 };
  const fixed = ['euler', 'midpoint', 'heun', 'rk4', 'ab2'].map((solver) => [
    solver,
    { solver, ...short },
  ]);
  const grids = [
    ['quadratic', { solver: 'ab2', time_grid: 'quadratic', ...short }],
    ['times', { solver: 'ab2', time_grid: [0, 0.1, 0.5, 0.6, 1] }],
    ['encoded', { solver: 'heun', ...short, t_start: 1, t_end: 0 }],
    ['halfway', { solver: 'rk4', ...short, t_start: 0.25, t_end: 0.5 }],
  ];
  const adaptive = [
    ['dopri5', { solver: 'dopri5', solver_steps: 200 }],
    ['strict', { solver: 'dopri5', solver_steps: 900, rtol: 1e-5, atol: 1e-6 }],
    ['dopri5 back', { solver: 'dopri5', solver_steps: 200, t_start: 1, t_end: 0.1 }],
  ];
  const label = 1;
  const guided = [
    ['class', { label }],
    ['guided', { label, guidance: 2.5 }],
    ['unguided', { label, guidance: 0 }],
    ['interval', { label, guidance: 2.5, guidance_interval: [0.3, 0.7] }],
    ['adaptive', { label, guidance: 1.5, solver: 'dopri5', solver_steps: 200 }],
  ];
  const noise = { ...short, seed: 4 };
  const noisy = [
    ['sde', { ...noise, solver: 'euler', sde: 'constant', sde_strength: 0.7 }],
    ['sde sigma', { ...noise, solver: 'rk4', sde: 'sigma', time_grid: 'quadratic' }],
  ];
  const rows = [
    fixed,
    grids,
    adaptive,
    config.classes ? guided : [],
    isScored(config) ? noisy : [],
  ];
  return /** @type {[string, any][]} */ (rows.flat());
}

/**
 * Whether the field has neither kinks, where what is predicted is held, nor the four decades of ve.
 * @param {PartialConfig} config
 */
export function isSmooth({ predict = 'v', path = 'linear' }) {
  return predict === 'v' && path !== 've';
}

/** @param {PartialConfig} config */
function isScored({ coupling = 'independent', source = 'gaussian' }) {
  return coupling === 'independent' && source === 'gaussian';
}

/**
 * @param {PartialConfig} config
 * @returns {[Quantity, Quantity][]}
 */
export function conversionsOf(config) {
  const kinds = /** @type {const} */ (['v', 'x1', 'noise', 'score']);
  const all = kinds.flatMap((from) =>
    kinds.map((to) => /** @type {[typeof from, typeof to]} */ ([from, to])),
  );
  return all.filter((pair) => isScored(config) || !pair.includes('score'));
}
