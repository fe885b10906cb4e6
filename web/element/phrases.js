/** @file What the element says, in English and Chinese side by side. */

/** @typedef {typeof EN} Phrases */

const EN = {
  name: 'Flow matching, learned live',
  invitation: 'A small network learns here, in your browser, to carry noise to data.',
  start: 'Start',
  pause: 'Pause',
  resume: 'Continue',
  again: 'Train again',
  reset: 'Reset',
  flow: 'Flow time',
  noise: 'noise',
  data: 'data',
  samples: 'samples',
  opening: 'Getting the engine ready.',
  step: (/** @type {string} */ step, /** @type {string} */ total) => `step ${step} of ${total}`,
  loss: (/** @type {string} */ loss) => `loss ${loss}`,
  distance: (/** @type {string} */ sw2, /** @type {string} */ floor) =>
    `SW2 ${sw2}, floor ${floor}`,
  gloss:
    'SW2 is the distance between the samples and the data; its floor is that between two sets of data.',
  waiting: 'Waiting for Start.',
  training: 'Learning.',
  paused: 'Paused.',
  sleeping: 'Resting while out of sight.',
  finished: 'Trained.',
  failed: 'Stopped.',
  picture: (/** @type {string} */ n, /** @type {string} */ t) =>
    `${n} samples at flow time ${t}, in orange, over as many points of data, in blue`,
  empty: 'Nothing drawn yet',
  time: (/** @type {string} */ t) => `t = ${t}`,
};

/** @type {Phrases} */
const ZH = {
  name: '流匹配现场学习',
  invitation: '一个小网络就在你的浏览器里学习，把噪声带到数据。',
  start: '开始',
  pause: '暂停',
  resume: '继续',
  again: '重新训练',
  reset: '重置',
  flow: '流的时间',
  noise: '噪声',
  data: '数据',
  samples: '样本',
  opening: '正在准备引擎。',
  step: (step, total) => `第 ${step} 步，共 ${total} 步`,
  loss: (loss) => `损失 ${loss}`,
  distance: (sw2, floor) => `SW2 ${sw2}，下限 ${floor}`,
  gloss: 'SW2 是样本与数据之间的距离；下限是两组数据之间的同一距离。',
  waiting: '等待开始。',
  training: '正在学习。',
  paused: '已暂停。',
  sleeping: '看不见时休息。',
  finished: '训练完成。',
  failed: '已停止。',
  picture: (n, t) => `${n} 个样本（橙色），流的时间 ${t}，下面是同样多的数据点（蓝色）`,
  empty: '还没有画任何东西',
  time: (t) => `t = ${t}`,
};

/**
 * @param {string} lang  as in HTML; whatever is not Chinese is English
 * @returns {Phrases}
 */
export function phrases(lang) {
  return /^zh\b/i.test(lang) ? ZH : EN;
}
