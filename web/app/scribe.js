/**
 * A worker that unpacks the handwritten digits and finds their principal components, which takes too long for the page's own
 * thread; it says them once and ends.
 */

import { buffersOf } from '../lib/protocol.js';

/** Principal components that hold nearly all of an image of 64 pixels. */
const COMPONENTS = 24;
/** Real images kept of each digit, to be seen beside those that are made. */
const SHOWN = 12;

const { digits, readDigits } = await import('../lib/digits.js');
const [{ points: pixels, labels, dim }, run] = await Promise.all([
  digits(),
  readDigits(COMPONENTS),
]);
const real = Array.from({ length: 10 }, (_, digit) => {
  const chosen = [...labels.keys()].filter((i) => labels[i] === digit).slice(0, SHOWN);
  const images = new Float32Array(chosen.length * dim);
  chosen.forEach((i, at) => {
    images.set(pixels.subarray(i * dim, (i + 1) * dim), at * dim);
  });
  return images;
});
const lesson = { ...run, real };
postMessage(lesson, { transfer: buffersOf(lesson) });
close();
