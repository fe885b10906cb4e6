/**
 * A worker that makes a GIF of pictures, one after another: choosing colours and packing them would hold the page's own thread.
 * First it takes {colours: a few of the pictures}, from which it chooses one palette for all, so that still things do not flicker;
 * then a {picture, width, height, delayMs} each; then {}. It answers each, and the last with {bytes}.
 */

import { applyPalette, GIFEncoder, quantize } from 'gifenc';

/**
 * @typedef {object} Message
 * @property {Uint8ClampedArray[]} [colours]
 * @property {Uint8ClampedArray} [picture]  RGBA
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [delayMs]
 */

const COLOURS = 64;

const encoder = GIFEncoder();
/** @type {number[][] | null} Given with the first picture, it is that of all. */
let palette = null;
let first = true;

addEventListener('message', ({ data }) => {
  const { colours, picture, width = 0, height = 0, delayMs = 0 } = /** @type {Message} */ (data);
  if (colours) palette = quantize(joined(colours), COLOURS);
  if (picture && palette) {
    const index = applyPalette(picture, palette);
    encoder.writeFrame(index, width, height, {
      palette: first ? palette : undefined,
      delay: delayMs,
    });
    first = false;
  }
  if (colours || picture) return postMessage({});
  encoder.finish();
  postMessage({ bytes: encoder.bytes() });
});

/** @param {Uint8ClampedArray[]} parts */
function joined(parts) {
  const all = new Uint8ClampedArray(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
