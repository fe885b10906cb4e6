/**
 * The loss against the step. uPlot draws; the figure's caption says the same in words for those who do not see it.
 */

import uPlot from 'uplot';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('./losses.js').Losses} Losses
 */

const HEIGHT_PX = 180;
/** Weight of a new block in the smoothed line. */
const SMOOTHING = 0.12;

export class Chart {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {Theme | null} */
  #theme = null;
  #shown = '';
  #total = 1;

  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} caption
   */
  constructor(frame, caption) {
    this.frame = frame;
    this.caption = caption;
  }

  /**
   * @param {Losses} losses
   * @param {{total: number, round: number}} run  the axis ends with it
   * @param {Theme} theme
   */
  draw(losses, { total, round }, theme) {
    const width = this.frame.clientWidth;
    if (width === 0) return;
    if (!this.#plot || this.#theme !== theme) this.#build(theme, width);
    const plot = /** @type {uPlot} */ (this.#plot);
    if (plot.width !== width) plot.setSize({ width, height: HEIGHT_PX });
    const shown = `${losses.count} of ${total} in ${tongue()}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#total = total;
    const [steps, means] = losses.series();
    plot.setData([steps, means, smooth(means)]);
    this.caption.textContent = sentence(losses, round);
  }

  /**
   * @param {Theme} theme
   * @param {number} width
   */
  #build(theme, width) {
    this.#plot?.destroy();
    this.#theme = theme;
    this.#shown = '';
    const axis = {
      stroke: theme.ink,
      font: `11px ${theme.font}`,
      grid: { stroke: theme.faint, width: 1 },
      ticks: { show: false },
    };
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT_PX,
        cursor: { show: false },
        legend: { show: false },
        padding: [8, 22, 0, 0],
        scales: { x: { time: false, range: () => [0, this.#total] }, y: { range: yRange } },
        axes: [
          { ...axis, size: 26, space: 60 },
          { ...axis, size: 40, space: 34 },
        ],
        series: [
          {},
          { stroke: theme.data, width: 1, alpha: 0.35, points: { show: false } },
          { stroke: theme.samples, width: 2, points: { show: false } },
        ],
      },
      [[], [], []],
      this.frame,
    );
  }
}

/**
 * A little air around the line, and a window when there is none yet.
 * @param {uPlot} _plot
 * @param {number | null} min
 * @param {number | null} max
 * @returns {[number, number]}
 */
function yRange(_plot, min, max) {
  if (min === null || max === null) return [0, 1];
  const air = 0.08 * (max - min || 1);
  return [min - air, max + air];
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

/**
 * @param {Losses} losses
 * @param {number} round
 */
function sentence(losses, round) {
  const [, means] = losses.series();
  if (losses.count === 0) return say('none');
  if (means.length === 0) return say('single', losses.latest().toFixed(3));
  const [first, last] = [means[0].toFixed(3), losses.latest().toFixed(3)];
  return say('over', figure(losses.count), first, last) + say(round > 0 ? 'straight' : 'crossing');
}

const say = words({
  en: {
    none: 'No step taken yet.',
    single: (/** @type {string} */ loss) => `Loss ${loss}.`,
    over: (/** @type {string} */ steps, /** @type {string} */ first, /** @type {string} */ last) =>
      `Loss over ${steps} steps: from ${first} to ${last}, the mean of the latest 100. `,
    straight: 'It can come near 0: after a reflow, each noise point has one way to go.',
    crossing: 'It cannot reach 0: from one place, many paths go different ways.',
  },
  zh: {
    none: '还没有训练。',
    single: (loss) => `损失 ${loss}。`,
    over: (steps, first, last) =>
      `${steps} 步的损失：从 ${first} 到 ${last}（最近 100 步的平均）。`,
    straight: '它可以接近 0：回流之后，每个噪声点只有一条路可走。',
    crossing: '它到不了 0：同一个位置有许多条路径，各去各的方向。',
  },
});
