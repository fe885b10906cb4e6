/**
 * What went wrong, in sentences.
 */

import { interpret } from './interpreter.js';
import { figure, words } from './tongue.js';

export const explain = words({
  en: {
    pairsLost:
      'The pairs this reflow learned from are not in the file. Reflow makes new ones; Reset begins anew.',
    tooDear:
      'Reflow draws many samples, and one costs too much here: take fewer solver steps or a smaller network.',
    diverged: (/** @type {number} */ step, /** @type {string} */ what) =>
      `The run diverged: in step ${step + 1} the ${what} left the range of ±1e18. That step was undone, and the model is as it was after step ${step}.`,
    burst: (/** @type {string} */ most, /** @type {string} */ step, /** @type {string} */ first) =>
      `The loss grew to ${most} near step ${step}, from ${first} at the start. The run went on, but such a jump undoes what was learned: the learning rate is probably too large.`,
    worse: (/** @type {string} */ latest, /** @type {string} */ least) =>
      `The loss ends at ${latest}, and was ${least} on the way: the network has lost what it had learned, as happens when the learning rate is too large for batches of this size.`,
    gradient: 'gradient norm',
    loss: 'loss',
    gentler: (/** @type {{name: string, value: number}[]} */ rates) =>
      `Start again with ${rates.map(({ name, value }) => `${name} ${value}`).join(' and ')}`,
    untilReset: (/** @type {string} */ why) => `${why}; so it is in this model, until a reset`,
    refused: (/** @type {string} */ why) => why,
    again: 'Try again',
    ended: (/** @type {string} */ why) => `The worker that computes has ended (${why})`,
    undelivered: 'the images of the digits did not arrive; press the button to ask for them again',
    revived: (/** @type {string} */ why, /** @type {number} */ step) =>
      `${why}. A new worker has taken the run up ${step > 0 ? `from its last checkpoint, after step ${step}` : 'from the start'}.`,
  },
  zh: {
    pairsLost: '文件里没有这次回流所用的点对。再次回流会造出新的点对；重置则从头开始。',
    tooDear: '回流要抽取许多样本，而这里一个样本的代价太大：请减少求解步数，或换小一些的网络。',
    diverged: (step, what) =>
      `训练发散：第 ${step + 1} 步的${what}超出了 ±1e18 的范围。这一步已撤销，模型回到第 ${step} 步之后的样子。`,
    burst: (most, step, first) =>
      `损失在第 ${step} 步附近涨到 ${most}，而开始时是 ${first}。训练虽然继续，但这样的跳变会毁掉已学到的东西：学习率多半太大。`,
    worse: (latest, least) =>
      `损失最后是 ${latest}，途中曾低到 ${least}：网络丢掉了学到的东西。对这样大小的批量，学习率多半太大。`,
    gradient: '梯度范数',
    loss: '损失',
    gentler: (rates) =>
      `改用 ${rates.map(({ name, value }) => `${name} ${value}`).join('、')} 重新开始`,
    untilReset: (why) => `${why}；这个模型如此，重置之后才会改变`,
    refused: (why) => `引擎不接受：${why}`,
    again: '重试',
    ended: (why) => `负责计算的 Worker 已终止（${why}）`,
    undelivered: '手写数字的图像没有取到；再按一次按钮重取',
    revived: (why, step) =>
      `${why}。新的 Worker 已${step > 0 ? `从第 ${step} 步之后的检查点` : '从头'}接着训练。`,
  },
});

/** @param {Record<string, unknown>} details  of an error 'diverged' */
export function diverged({ step, cause }) {
  const what = cause === 'gradient' || cause === 'loss' ? explain(cause) : String(cause);
  return explain('diverged', Number(step), what);
}

/** How many times the first loss is a jump, and how many times the least a loss. */
const BURST = 10;
const WORSE = 1.5;

/**
 * What a run that stayed finite and yet failed came to; '' of one that did not.
 * @param {import('./losses.js').Losses} losses
 */
export function setback(losses) {
  const { first, least, most, mostAt } = losses;
  const latest = losses.latest();
  if (most > BURST * first) {
    return explain('burst', brief(most), figure(mostAt), brief(first));
  }
  return latest > WORSE * least ? explain('worse', brief(latest), brief(least)) : '';
}

/** @param {number} loss */
const brief = (loss) => figure(loss, { maximumSignificantDigits: 3, useGrouping: false });

/** What went wrong, in the language of the page. @param {unknown} error */
export function messageOf(error) {
  const { code, details } = /** @type {{code?: string, details?: {reason?: unknown}}} */ (error);
  if (code === 'worker' && details?.reason) return explain('ended', String(details.reason));
  return interpret(error instanceof Error ? error.message : String(error));
}
