/**
 * What guidance buys and what it costs, in words that follow from what was measured: whether the classes are purer than without,
 * whether their points lie closer together, and how much further from the data they are.
 */

import { figure, tongue, words } from './tongue.js';

/**
 * Of a picture: the spread of its points about the middle of their class, as a share of that at w = 1; and, as far as they are
 * measured, the share of points that lie nearest to data of their own class, the mean SW2 of the classes, and its floor.
 * @typedef {object} Bargain
 * @property {number} scale
 * @property {number} times
 * @property {{kin: [plain: number, steered: number], sw2: [plain: number, steered: number], floor: number}} [measured]
 */

/** Less than this is not called a difference: of the spread, of the share of kin; and of SW2, as a share of its floor. */
const SPREAD = 0.05;
const KIN = 0.01;
const CHANCE = 0.25;

const say = words({
  en: {
    spread: (/** @type {string} */ w, /** @type {string} */ times) =>
      `At w = ${w} the points of a class lie ${times} times as far from their middle as at w = 1.`,
    kin: (/** @type {string} */ now, /** @type {string} */ before) =>
      `${now} of them lie nearest to data of their own class, and ${before} at w = 1.`,
    miss: (/** @type {string} */ now, /** @type {string} */ before) =>
      `They miss the data of their class by ${now} in the mean, and by ${before} at w = 1.`,
    whole: (
      /** @type {string} */ pure,
      /** @type {string} */ varied,
      /** @type {string} */ price,
    ) => `So here the classes are ${pure} and ${varied}, and ${price}.`,
    purer: 'purer',
    mixed: 'less pure',
    alike: 'no purer',
    crowded: 'less varied',
    spreadOut: 'more spread out',
    varied: 'as varied as before',
    price: (/** @type {string} */ more) => `the price is ${more} more in SW2`,
    gain: (/** @type {string} */ less) => `SW2 falls by ${less}`,
    free: 'SW2 stays as it was, but for chance',
  },
  zh: {
    spread: (w, times) => `w = ${w} 时，同类的点离中心的距离是 w = 1 时的 ${times} 倍。`,
    kin: (now, before) => `其中 ${now} 的点离本类数据最近，w = 1 时为 ${before}。`,
    miss: (now, before) => `它们离本类数据平均 ${now}，w = 1 时为 ${before}。`,
    whole: (pure, varied, price) => `所以在这里，类别${pure}，样本${varied}，${price}。`,
    purer: '更纯',
    mixed: '不如原来纯',
    alike: '并没有更纯',
    crowded: '多样性减少',
    spreadOut: '更分散',
    varied: '和原来一样多样',
    price: (more) => `代价是 SW2 增加 ${more}`,
    gain: (less) => `SW2 减少 ${less}`,
    free: 'SW2 不变（偶然误差之内）',
  },
});

/** @param {Bargain} bargain */
export function bargain({ scale, times, measured }) {
  const parts = [say('spread', figure(scale), figure(times, { maximumSignificantDigits: 2 }))];
  if (measured) {
    const { kin, sw2 } = measured;
    const [before, now] = kin.map((share) => figure(share, PERCENT));
    parts.push(say('kin', now, before), say('miss', sw2[1].toFixed(3), sw2[0].toFixed(3)));
    parts.push(say('whole', say(purity(kin)), say(variety(times)), price(measured)));
  }
  return parts.join(tongue() === 'zh' ? '' : ' ');
}

/** @type {Intl.NumberFormatOptions} */
const PERCENT = { style: 'percent', maximumFractionDigits: 1 };

/** @param {[plain: number, steered: number]} kin */
function purity([plain, steered]) {
  if (Math.abs(steered - plain) < KIN) return 'alike';
  return steered > plain ? 'purer' : 'mixed';
}

/** @param {number} times */
function variety(times) {
  if (Math.abs(times - 1) < SPREAD) return 'varied';
  return times < 1 ? 'crowded' : 'spreadOut';
}

/** @param {{sw2: [plain: number, steered: number], floor: number}} measured */
function price({ sw2: [plain, steered], floor }) {
  const more = steered - plain;
  if (Math.abs(more) < CHANCE * floor) return say('free');
  return more > 0 ? say('price', more.toFixed(3)) : say('gain', (-more).toFixed(3));
}
