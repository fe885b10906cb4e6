/**
 * A canvas with data and samples overlaid, and layers over and under them. Used for the large picture and for the two small ones
 * of a reflow, so that they share colours, scale and drawing.
 */

import { extentOf, fit } from '../view/scale.js';
import { drawScene } from '../view/scene.js';
import { Svg } from '../view/svg.js';
import { Brush } from './brush.js';
import { listed } from './categories.js';
import { footprint } from './footprint.js';
import { figure, words } from './tongue.js';

/**
 * @typedef {import('../view/theme.js').Theme} Theme
 * @typedef {import('../view/scale.js').Scale} Scale
 *
 * What moves, and what it is called.
 * @typedef {object} Scene
 * @property {Float32Array | null} data
 * @property {Float32Array | null} samples
 * @property {number} dim
 * @property {string} samplesLabel
 * @property {Int32Array} [sampleLabels]  classes of the samples
 * @property {string[]} [classNames]      of the run
 * @property {boolean} [bare]  without a legend, where the words beside the picture say what its colours mean
 *
 * What lies over and under the points. Colours are named by their place in the theme, so that a theme may change.
 * @typedef {Omit<import('../view/scene.js').Scene, 'points' | 'legend' | 'title' | 'ground'> & {
 *   data: boolean, samples: boolean, dataLabels?: Int32Array, ground?: Ground,
 *   crowd?: {data: Float32Array, samples: Float32Array},
 *   legend: {label: string, mark: import('../view/legend.js').Entry['mark'], colour: 'ink' | 'learned' | 'exact' | 'time'}[],
 *   words: string[]}} Layers  `words` says in words what the layers show
 * @typedef {Omit<import('../view/shade.js').Cells, 'stops'> & {stops: 'density' | 'error'}} Ground
 */

const say = words({
  en: {
    points: (/** @type {number} */ n, /** @type {string} */ of) => `${figure(n)} points of ${of}`,
    scatter: (/** @type {string[]} */ parts) => `Scatter plot: ${parts.join(' under ')}`,
    nothing: 'Nothing drawn yet',
    data: 'data',
    classed: (/** @type {string} */ of) => `${of}, by class`,
    unencoded: 'The browser could not encode the picture as PNG.',
  },
  zh: {
    points: (n, of) => `${figure(n)} 个${of}点`,
    scatter: (parts) => `散点图（后者在上）：${parts.join('，')}`,
    nothing: '还没有画面',
    data: '数据',
    classed: (of) => `${of}（按类别着色）`,
    unencoded: '浏览器无法把画面编码为 PNG。',
  },
});

/** Room for the labels of the axes, by width of the canvas. */
const MARGIN = { left: 34, right: 10, top: 10, bottom: 24 };
const TITLE_PX = 24;
const SMALL_PX = 360;
/** A picture narrower than this has no room for a list of classes. */
const LEGEND_PX = 400;
/** Share of the longer side kept free around the data: noise starts outside it. */
const AIR = 0.16;
const PICTURE_PX = 1200;

/** @type {Scene} */
const EMPTY = { data: null, samples: null, dim: 2, samplesLabel: 'samples' };
/** @type {Layers} */
const BARE = { t: 1, data: true, samples: true, legend: [], words: [] };

export class Stage {
  /** Where the reader looks; the whole unless given. @type {{revision: number, apply: (scale: Scale) => Scale} | null} */
  lens = null;
  /** Of what the canvas shows, and of all there is; null before the first drawing. @type {Scale | null} */
  scale = null;
  /** @type {Scale | null} */
  whole = null;
  /** @type {Scene} */
  #scene = EMPTY;
  #layers = BARE;
  /** @type {import('../view/scale.js').Extent | null} */
  #extent = null;
  /** What the canvas shows. @type {unknown[]} */
  #drawn = [];
  #brush = new Brush();

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /** @param {Scene} scene */
  show(scene) {
    // The window belongs to the data alone: samples that move must not move the axes.
    if (scene.data !== this.#scene.data || scene.dim !== this.#scene.dim) {
      this.#extent = scene.data && extentOf([{ points: scene.data, dim: scene.dim }]);
    }
    this.#scene = scene;
  }

  /** @param {Layers} layers */
  lay(layers) {
    this.#layers = layers;
  }

  /** @param {Theme} theme */
  draw(theme) {
    const { width: widthPx, height: heightPx } = footprint(this.canvas);
    if (widthPx === 0) return;
    const density = window.devicePixelRatio || 1;
    if (!this.#stale(widthPx, heightPx, density, theme, this.lens?.revision)) return;
    resize(this.canvas, Math.round(widthPx * density), Math.round(heightPx * density));
    this.whole = this.#wholeFor(widthPx, heightPx, false);
    this.scale = this.#seen(this.whole);
    this.#paint(this.canvas, this.scale, density, sized(theme, widthPx), this.#brush);
    this.canvas.setAttribute('aria-label', this.words);
  }

  /**
   * The picture as PNG, drawn anew at a size fit for a document.
   * @param {Theme} theme
   * @param {string} title
   * @returns {Promise<Blob>}
   */
  picture(theme, title) {
    const canvas = document.createElement('canvas');
    resize(canvas, PICTURE_PX, PICTURE_PX);
    const scale = this.#seen(this.#wholeFor(PICTURE_PX / 2, PICTURE_PX / 2, true));
    this.#paint(canvas, scale, 2, theme, new Brush(), title);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error(say('unencoded')));
      }, 'image/png');
    });
  }

  /**
   * The picture as a vector file, with every layer that is seen.
   * @param {Theme} theme
   * @param {string} title
   */
  vector(theme, title) {
    const size = PICTURE_PX / 2;
    const ruler = document.createElement('canvas').getContext('2d');
    const svg = new Svg(
      { width: size, height: size, title: `${title}. ${this.words}` },
      (text, font) => {
        if (!ruler) return 0;
        ruler.font = font;
        return ruler.measureText(text).width;
      },
    );
    const scale = this.#seen(this.#wholeFor(size, size, true));
    svg.fillStyle = theme.background;
    svg.fillRect(0, 0, size, size);
    drawScene(svg, { ...this.#sceneIn(theme, scale), title }, scale, theme);
    return svg.text();
  }

  /** The picture in words. */
  get words() {
    const { classNames = [] } = this.#scene;
    const counts = this.#points().map(({ label, points, dim, labels }) => {
      const named = labels && classNames.length > 0;
      return say('points', points.length / dim, named ? `${label}: ${listed(classNames)}` : label);
    });
    const scatter = counts.length > 0 ? [say('scatter', counts)] : [];
    return [...scatter, ...this.#layers.words].join('. ') || say('nothing');
  }

  /**
   * @param {number} widthPx
   * @param {number} heightPx
   * @param {boolean} titled
   */
  #wholeFor(widthPx, heightPx, titled) {
    const top = titled ? MARGIN.top + TITLE_PX : MARGIN.top;
    const box = {
      left: MARGIN.left,
      top,
      width: widthPx - MARGIN.left - MARGIN.right,
      height: heightPx - top - MARGIN.bottom,
    };
    return fit(this.#extent, box, AIR);
  }

  /** @param {Scale} whole */
  #seen(whole) {
    return this.lens ? this.lens.apply(whole) : whole;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Scale} scale
   * @param {number} density
   * @param {Theme} theme
   * @param {Brush} brush
   * @param {string} [title]
   */
  #paint(canvas, scale, density, theme, brush, title) {
    const ctx = canvas.getContext('2d');
    if (!ctx) return;
    ctx.setTransform(density, 0, 0, density, 0, 0);
    ctx.fillStyle = theme.background;
    ctx.fillRect(0, 0, canvas.width / density, canvas.height / density);
    drawScene(ctx, { ...this.#sceneIn(theme, scale), title }, scale, theme, brush);
  }

  /** @param {Theme} theme @param {Scale} scale @returns {import('../view/scene.js').Scene} */
  #sceneIn(theme, scale) {
    const { ground, legend, data, samples, dataLabels, crowd, words, ...layers } = this.#layers;
    const points = this.#points();
    const { classNames = [] } = this.#scene;
    const mark = /** @type {const} */ ('dot');
    // As many as have colours of their own, where there is room for them.
    const room = scale.box.width >= LEGEND_PX && classNames.length <= theme.classes.length;
    const names = classNames.map((label, i) => ({ label, mark, colour: theme.classes[i] }));
    const dots = points.flatMap(({ label, kind, labels }) => [
      { label, mark, colour: labels ? theme.classes : theme[kind] },
      ...(labels && room ? names : []),
    ]);
    const marks = legend.map((entry) => ({ ...entry, colour: theme[entry.colour] }));
    const cells = ground && { ...ground, stops: theme[ground.stops] };
    const entries = this.#scene.bare ? [] : [...dots, ...marks];
    return { ...layers, ground: cells, points, legend: entries };
  }

  /** @returns {import('../view/scatter.js').Layer[]} */
  #points() {
    const { dim, samplesLabel, sampleLabels } = this.#scene;
    const { data: dataOn, samples: samplesOn, dataLabels, crowd } = this.#layers;
    const { data, samples } = { ...this.#scene, ...crowd };
    /** @type {import('../view/scatter.js').Layer[]} */
    const layers = [];
    const told = samplesOn && !crowd ? sampleLabels : undefined;
    if (data && dataOn) {
      // One set alone has the colours of the classes: of two, nobody could say which point is of which.
      const classed = !told && dataLabels?.length === data.length / dim ? dataLabels : undefined;
      const label = classed ? say('classed', say('data')) : say('data');
      layers.push({ label, kind: 'data', points: data, dim, labels: classed });
    }
    if (samples && samplesOn) {
      const label = told ? say('classed', samplesLabel) : samplesLabel;
      layers.push({ label, kind: 'samples', points: samples, dim, labels: told });
    }
    return layers;
  }

  /**
   * Thousands of points are painted again only when they would look different.
   * @param {...unknown} look
   */
  #stale(...look) {
    const { data, samples, samplesLabel, sampleLabels, classNames } = this.#scene;
    const named = classNames?.join();
    const seen = [data, samples, samplesLabel, sampleLabels, named, this.#layers];
    const drawn = [...seen, say('data'), ...look];
    const stale = drawn.some((part, i) => part !== this.#drawn[i]);
    this.#drawn = drawn;
    return stale;
  }
}

/**
 * Setting a size clears the canvas and costs a new backing store, so it is done only when it differs.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Smaller dots and letters on a small canvas.
 * @param {Theme} theme
 * @param {number} widthPx
 */
function sized(theme, widthPx) {
  if (widthPx >= SMALL_PX) return theme;
  return { ...theme, fontPx: theme.fontPx - 2, pointPx: theme.pointPx * 0.6 };
}
