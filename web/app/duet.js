/**
 * The losses of both sides of a contest over the same steps: A in a full line, B in a broken one.
 */

import uPlot from 'uplot';
import { frameOf } from './chart.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('./contestant.js').Contestant} Contestant
 */

const HEIGHT_PX = 160;
/** A factor above and below. */
const AIR = 1.15;
/** A loss falls by factors: uPlot's name of that scale. */
const LOGARITHMIC = 3;
/** Points of a line: as many as a small chart shows. */
const POINTS_MAX = 160;

export class Duet {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {unknown[]} */
  #built = [];
  /** @type {unknown[]} */
  #shown = [];

  /**
   * @param {HTMLElement} frame
   * @param {Contestant[]} sides
   * @param {Theme} theme
   */
  draw(frame, sides, theme) {
    const width = frame.clientWidth;
    if (width === 0) return;
    const total = Math.max(...sides.map((side) => side.total));
    const built = [frame, theme, total];
    if (built.some((part, i) => part !== this.#built[i])) this.#build(built, width);
    const plot = /** @type {uPlot} */ (this.#plot);
    if (plot.width !== width) plot.setSize({ width, height: HEIGHT_PX });
    const shown = sides.flatMap(({ losses }) => [losses, losses.count]);
    if (shown.every((part, i) => part === this.#shown[i])) return;
    this.#shown = shown;
    plot.setData(/** @type {uPlot.AlignedData} */ (uPlot.join(sides.map(tableOf))));
  }

  /**
   * @param {unknown[]} built
   * @param {number} width
   */
  #build(built, width) {
    this.#plot?.destroy();
    this.#built = built;
    this.#shown = [];
    const [frame, theme, total] = /** @type {[HTMLElement, Theme, number]} */ (built);
    const { bare, axis } = frameOf(theme);
    const line = { stroke: theme.ink, points: { show: false }, spanGaps: true };
    this.#plot = new uPlot(
      {
        ...bare,
        width,
        height: HEIGHT_PX,
        scales: {
          x: { time: false, range: () => [0, total] },
          y: { distr: LOGARITHMIC, range: around },
        },
        axes: [
          { ...axis, size: 26, space: 60 },
          { ...axis, size: 44, space: 34 },
        ],
        series: [{}, { ...line, width: 2 }, { ...line, width: 1.5, dash: [5, 4] }],
      },
      [[], [], []],
      frame,
    );
  }
}

/**
 * A little air around the lines, and a window when there are none yet.
 * @param {uPlot} _plot
 * @param {number | null} min
 * @param {number | null} max
 * @returns {[number, number]}
 */
function around(_plot, min, max) {
  return min === null || max === null ? [0.1, 1] : [min / AIR, max * AIR];
}

/**
 * Steps and means of the losses, few enough to see a line in.
 * @param {Contestant} side
 * @returns {uPlot.AlignedData}
 */
function tableOf({ losses }) {
  const [steps, means] = losses.series();
  const block = Math.max(1, Math.ceil(means.length / POINTS_MAX));
  const rows = Math.floor(means.length / block);
  const mean = (/** @type {number} */ row) =>
    means.slice(row * block, (row + 1) * block).reduce((sum, each) => sum + each, 0) / block;
  return [
    Array.from({ length: rows }, (_, row) => steps[(row + 1) * block - 1]),
    Array.from({ length: rows }, (_, row) => mean(row)),
  ];
}
