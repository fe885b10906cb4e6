/**
 * The flow from noise to data as a GIF. The page draws a picture at a time and hands it to the worker of gif.js, so that neither
 * is held for long.
 */

import { plotBox } from '../view/frame.js';
import { extentOf, fit } from '../view/scale.js';
import { drawScatter } from '../view/scatter.js';

/**
 * @typedef {object} Flow
 * @property {Float64Array} times  [stops], from noise to data
 * @property {Float32Array} path   [stops, n, dim]
 * @property {number} dim
 * @property {Float32Array | null} data  drawn beneath
 * @property {{data: string, samples: string}} labels
 */

const SIDE_PX = 480;
const PICTURES = 41;
const PICTURE_MS = 50;
/** The arrival stays for a while before the noise comes again. */
const LAST_MS = 1500;
/** Share of the data's extent kept free around them: noise begins outside. */
const AIR = 0.2;

/** Points that fly: more would only cover each other. */
export const FLYING = 600;

/**
 * @param {Flow} flow
 * @param {import('../view/theme.js').Theme} theme
 * @param {(fraction: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function animate(flow, theme, onProgress, signal) {
  // Bundlers recognise a worker by exactly this form.
  const worker = new Worker(new URL('./gif.js', import.meta.url), { type: 'module' });
  const ask = asking(worker);
  try {
    const film = new Film(flow, theme);
    const colours = [];
    for (const i of [0, Math.floor(PICTURES / 2), PICTURES - 1]) {
      colours.push(film.picture(i));
      await new Promise((resolve) => setTimeout(resolve));
    }
    await ask({ colours });
    for (let i = 0; i < PICTURES; i++) {
      signal.throwIfAborted();
      const delayMs = i === PICTURES - 1 ? LAST_MS : PICTURE_MS;
      await ask({ picture: film.picture(i), width: SIDE_PX, height: SIDE_PX, delayMs });
      onProgress((i + 1) / PICTURES);
    }
    const { bytes } = await ask({});
    return new Blob([/** @type {BlobPart} */ (bytes)], { type: 'image/gif' });
  } finally {
    worker.terminate();
  }
}

/**
 * One question at a time.
 * @param {Worker} worker
 * @returns {(message: object) => Promise<{bytes?: Uint8Array}>}
 */
function asking(worker) {
  return (message) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error('the worker that makes the GIF did not start or ran out of memory'));
      };
      worker.postMessage(message);
    });
}

/** The pictures of a flow, evenly spaced in t. */
class Film {
  #context;
  #scale;
  #flow;
  #theme;

  /**
   * @param {Flow} flow
   * @param {import('../view/theme.js').Theme} theme
   */
  constructor(flow, theme) {
    this.#flow = flow;
    this.#theme = theme;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIDE_PX;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser gives no canvas to draw on');
    this.#context = context;
    const { data, dim, path } = flow;
    const extent = extentOf([{ points: data ?? path, dim }]);
    this.#scale = fit(extent, plotBox(SIDE_PX, SIDE_PX, theme, true), AIR);
  }

  /** @param {number} i */
  picture(i) {
    const { times, data, dim, labels } = this.#flow;
    const ctx = this.#context;
    const share = i / (PICTURES - 1);
    const [from, to] = [times[0], times[times.length - 1]];
    const t = from + share * (to - from);
    ctx.fillStyle = this.#theme.background;
    ctx.fillRect(0, 0, SIDE_PX, SIDE_PX);
    /** @type {import('../view/scatter.js').Layer[]} */
    const layers = [{ label: labels.samples, kind: 'samples', points: this.#at(t), dim }];
    if (data) layers.unshift({ label: labels.data, kind: 'data', points: data, dim });
    drawScatter(ctx, { layers, title: `t = ${t.toFixed(2)}` }, this.#scale, this.#theme);
    return ctx.getImageData(0, 0, SIDE_PX, SIDE_PX).data;
  }

  /** The points at a time, in a straight line between two stops. @param {number} t */
  #at(t) {
    const { times, path } = this.#flow;
    const last = times.length - 1;
    const size = path.length / times.length;
    let stop = 0;
    while (stop < last - 1 && times[stop + 1] <= t) stop++;
    const share = (t - times[stop]) / (times[stop + 1] - times[stop]);
    const before = path.subarray(stop * size, (stop + 1) * size);
    const after = path.subarray((stop + 1) * size, (stop + 2) * size);
    return before.map((value, k) => value + share * (after[k] - value));
  }
}
