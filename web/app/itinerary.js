/**
 * Where the tour goes: for each stop how the page is set up, where to look, and what there is to see.
 */

import { GUIDE } from './helm.js';
import { words } from './tongue.js';

/** @typedef {import('../lib/parameters.js').Value} Value */

/**
 * @typedef {object} Stop
 * @property {'path' | 'loss' | 'solver' | 'reflow' | 'guidance' | 'time'} name
 * @property {Record<string, Value>} model  rows that begin a new model when they differ from those of the stop before
 * @property {Record<string, Value>} live   rows that apply to the model at hand
 * @property {import('./helm.js').Guide} [guide]  how the classes are followed
 * @property {boolean} [straighten]  reflow once the model is trained
 * @property {string[]} see  ids of sections, the first that has something to show
 */

/** Quick to train, and good enough to see it. Every live row that a stop may turn stands here, so that the next turns it back. */
const MODEL = { target: 'stable' };
const LIVE = { steps: 600, solver: 'heun', solver_steps: 25 };

/** @type {Stop[]} */
export const STOPS = [
  { name: 'path', model: { ...MODEL, path: 'vp-cosine' }, live: LIVE, see: ['theatre'] },
  { name: 'loss', model: { ...MODEL, target: 'pair' }, live: LIVE, see: ['graphs'] },
  {
    name: 'solver',
    model: MODEL,
    live: { ...LIVE, solver: 'euler', solver_steps: 4 },
    see: ['solver', 'theatre'],
  },
  { name: 'reflow', model: MODEL, live: LIVE, straighten: true, see: ['straightening'] },
  {
    name: 'guidance',
    model: { ...MODEL, data: '8gaussians', classes: 8 },
    live: { ...LIVE, label_drop: 0.1 },
    guide: GUIDE,
    see: ['guidance', 'theatre'],
  },
  {
    name: 'time',
    model: { ...MODEL, time: 'logit-normal' },
    live: LIVE,
    see: ['theatre'],
  },
];

/** Of each stop its title, what was set up, and what to look for. */
const TEXT = {
  en: {
    path: 'The path',
    pathSet:
      'A network now learns the VP path: noise fades as cos(πt/2) while data grow as sin(πt/2).',
    pathSee:
      'Play the flow and switch on Trajectories, both below the picture: they bend. Then choose path linear under Settings, train again, and see them straighten. A path decides where points are at time t; the network learns the velocity that follows from it.',
    loss: 'The loss',
    lossSet:
      'Each point is now taught the velocity of its own pair, x1 − x0, as the conditional loss says.',
    lossSee:
      'The loss falls and then stays well above 0 although the samples become right. Many pairs cross at one place, and the network can only answer with their mean: what remains is the spread around it. That mean is the marginal field, so both losses have the same gradient.',
    solver: 'The solver',
    solverSet: 'The same kind of network, but its samples are drawn by Euler’s method in 4 steps.',
    solverSee:
      'Each step follows a straight line, so the samples cut the corners of the paths. Raise solver steps, or take heun or rk4, and compare at the same number of network evaluations (NFE): that number is the cost, not the steps.',
    reflow: 'Reflow',
    reflowSet:
      'Once trained, the model makes pairs along its own paths and learns again from them.',
    reflowSee:
      'Compare the two pictures of one Euler step, before and after, and the column “straightness”: nearer to 0 is straighter. With straight paths one step arrives where fifty did.',
    guidance: 'Guidance',
    guidanceSet:
      'Eight Gaussians, each a class. A tenth of the time the network is not told which one. Samples then follow their class with w = 3.',
    guidanceSee:
      'Having learned both fields, with a class and without, it can go further than the class alone asks: v = v₀ + w (v_class − v₀). Compare the two pictures once it is trained, and move the slider w: the sentence above the pictures says what it buys, and what it costs.',
    time: 'The law of t',
    timeSet:
      'Times of training are now drawn logit-normally, as SD3 does: the middle more often than the ends.',
    timeSee:
      'The middle of the way is where paths cross and the velocity is hardest to tell. See whether the distance SW2 comes out smaller than with uniform times, under Settings; on so small an example the difference may lie within chance.',
  },
  zh: {
    path: '路径',
    pathSet: '网络现在学习 VP 路径：噪声按 cos(πt/2) 消退，数据按 sin(πt/2) 增长。',
    pathSee:
      '在画面下方播放流动，并打开“轨迹”：它们是弯的。再到设置里把路径改为直线，重新训练，看它们变直。路径决定点在时刻 t 的位置，网络学的是由此得出的速度。',
    loss: '损失',
    lossSet: '现在教给每个点的，是它自己那一对的速度 x1 − x0，即条件流匹配（CFM）损失。',
    lossSee:
      '损失下降之后停在明显大于 0 的地方，样本却越来越对。许多点对在同一处交叉，网络只能回答它们的平均；剩下的就是围绕平均的离散程度。这个平均正是边缘速度场，所以两种损失的梯度相同。',
    solver: '求解器',
    solverSet: '同样的网络，但样本用欧拉法只走 4 步得到。',
    solverSee:
      '每一步都走直线，所以样本会抄近路、切过路径的弯。把求解步数调大，或换成 Heun、RK4，并在网络求值次数（NFE）相同的条件下比较：代价是求值次数，不是步数。',
    reflow: '回流',
    reflowSet: '训练完成后，模型沿自己的路径造出点对，再从这些点对重新学习。',
    reflowSee:
      '比较一步欧拉之前和之后的两幅图，以及“直线度”一栏：越接近 0 越直。路径变直之后，一步就能到达原来五十步才到的地方。',
    guidance: '引导',
    guidanceSet:
      '八个高斯，每个是一类。训练时有十分之一的点不告诉网络属于哪一类。采样时以引导强度 w = 3 跟随类别。',
    guidanceSee:
      '有类别和无类别的速度场都学到了，就可以走得比类别本身要求的更远：v = v₀ + w (v_class − v₀)。训练完成后比较两幅画面，再移动滑块 w：画面上方的句子会说明换来了什么、代价是什么。',
    time: '时间 t 的分布',
    timeSet: '训练时间现在像 SD3 那样按 logit-normal 抽取：中间多，两端少。',
    timeSee:
      '路径在中途交叉，那里的速度最难学。到设置里换回均匀分布，看距离 SW2 是否更小；在这样小的例子上，差别可能只是偶然。',
  },
};

export const tell = words(TEXT);
