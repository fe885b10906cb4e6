/**
 * One picture of numbers against numbers, drawn by uPlot; what it shows is in graphs.js. The figure's caption says the same in
 * words for those who do not see it.
 */

import uPlot from 'uplot';
import { footprint } from './footprint.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('./graphs.js').Graph} Graph
 * @typedef {import('./graphs.js').Style} Style
 */

const HEIGHT_PX = 190;
/** The bars of a histogram, as a share of their bins. */
const BAR = 0.7;
/** Share of the range kept free above and below the lines. */
const AIR = 0.08;

export class Chart {
  /** @type {uPlot | null} */
  #plot = null;
  #frame;
  /** @type {Graph | null} */
  #graph = null;
  /** What uPlot was set up with, and what it was given. @type {unknown[]} */
  #built = [];
  #shown = '';

  /** @param {HTMLElement} frame */
  constructor(frame) {
    this.#frame = frame;
  }

  /**
   * @param {Graph} graph
   * @param {Theme} theme
   */
  draw(graph, theme) {
    const { width } = footprint(this.#frame);
    if (width === 0) return;
    this.#graph = graph;
    const built = [graph.name, graph.xLabel, graph.styles.join(), theme];
    if (built.some((part, i) => part !== this.#built[i])) this.#build(graph, theme, width);
    this.#built = built;
    const plot = /** @type {uPlot} */ (this.#plot);
    if (plot.width !== width) plot.setSize({ width, height: HEIGHT_PX });
    if (graph.version === this.#shown) return;
    this.#shown = graph.version;
    plot.setData(/** @type {uPlot.AlignedData} */ (graph.data));
  }

  /**
   * @param {Graph} graph
   * @param {Theme} theme
   * @param {number} width
   */
  #build(graph, theme, width) {
    this.#plot?.destroy();
    this.#shown = '';
    const { bare, axis } = frameOf(theme);
    this.#plot = new uPlot(
      {
        ...bare,
        width,
        height: HEIGHT_PX,
        scales: {
          x: { time: false, range: () => [0, this.#graph?.xMax ?? 1] },
          y: { range: (_, min, max) => yRange(min, max, this.#graph) },
        },
        axes: [
          { ...axis, size: 24, space: 60, label: graph.xLabel, labelSize: 16, labelGap: 0 },
          { ...axis, size: 46, space: 34 },
        ],
        series: [{}, ...graph.styles.map((style) => lineOf(style, theme))],
      },
      /** @type {uPlot.AlignedData} */ ([[], ...graph.styles.map(() => [])]),
      this.#frame,
    );
  }
}

/**
 * What every chart of the page has: nothing under the pointer, no legend, and axes of the theme.
 * @param {Theme} theme
 */
export function frameOf(theme) {
  const font = `11px ${theme.font}`;
  /** @type {Pick<uPlot.Options, 'cursor' | 'legend' | 'padding'>} */
  const bare = { cursor: { show: false }, legend: { show: false }, padding: [8, 22, 0, 0] };
  const grid = { stroke: theme.faint, width: 1 };
  const axis = { stroke: theme.ink, font, labelFont: font, grid, ticks: { show: false } };
  return { bare, axis };
}

/**
 * A little air around the lines, and a window when there is none yet. The floor of a quantity stands in it too.
 * @param {number | null} min
 * @param {number | null} max
 * @param {Graph | null} graph
 * @returns {[number, number]}
 */
function yRange(min, max, graph) {
  if (min === null || max === null) return [0, 1];
  const air = AIR * (max - min || max || 1);
  return graph?.fromZero ? [Math.min(0, min), max + air] : [min - air, max + air];
}

/**
 * @param {Style} style
 * @param {Theme} theme
 * @returns {uPlot.Series}
 */
function lineOf(style, theme) {
  const points = { show: false };
  switch (style) {
    case 'faint':
      return { stroke: theme.data, width: 1, alpha: 0.35, points };
    case 'strong':
      return { stroke: theme.samples, width: 2, points, spanGaps: true };
    case 'dotted':
      return { stroke: theme.samples, width: 2, points: { show: true, size: 5 }, spanGaps: true };
    case 'floor':
      return { stroke: theme.ink, width: 1.5, dash: [5, 4], points, spanGaps: true };
    case 'band':
      return { stroke: theme.data, width: 1, fill: `${theme.data}40`, points, spanGaps: true };
    case 'bars':
      return {
        stroke: theme.samples,
        fill: theme.samples,
        points,
        paths: uPlot.paths.bars?.({ size: [BAR, 60] }),
      };
  }
}
