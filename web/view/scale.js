// scale.js — from the coordinates of the data to the pixels of a drawing.
//
// One number is one length in both directions (equal aspect), because a moon stretched by its box is another shape. y grows
// upwards in the data and downwards on a canvas.

/**
 * @typedef {object} Box  a rectangle in pixels
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Extent  a rectangle in the coordinates of the data
 * @property {number} xMin
 * @property {number} xMax
 * @property {number} yMin
 * @property {number} yMax
 *
 * @typedef {object} Scale
 * @property {Box} box
 * @property {Extent} extent             what the whole box shows
 * @property {number} pxPerUnit          the same in both directions
 * @property {(x: number) => number} x
 * @property {(y: number) => number} y
 */

/**
 * The smallest extent around the first two coordinates of all points, or null when there is no finite point. In one dimension
 * y is 0.
 * @param {Iterable<{points: Float32Array, dim: number}>} layers
 * @returns {Extent | null}
 */
export function extentOf(layers) {
  const extent = { xMin: Infinity, xMax: -Infinity, yMin: Infinity, yMax: -Infinity };
  for (const { points, dim } of layers) {
    for (let i = 0; i + dim <= points.length; i += dim) {
      const x = points[i];
      const y = dim > 1 ? points[i + 1] : 0;
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      extent.xMin = Math.min(extent.xMin, x);
      extent.xMax = Math.max(extent.xMax, x);
      extent.yMin = Math.min(extent.yMin, y);
      extent.yMax = Math.max(extent.yMax, y);
    }
  }
  return extent.xMin <= extent.xMax ? extent : null;
}

/**
 * A scale that shows `extent` centred in `box` with `margin` (a share of the extent's longer side) around it.
 * A single point, or a null extent, gets a window of two units.
 * @param {Extent | null} extent
 * @param {Box} box
 * @param {number} [margin]
 * @returns {Scale}
 */
export function fit(extent, box, margin = 0.06) {
  const { xMin, xMax, yMin, yMax } = extent ?? { xMin: 0, xMax: 0, yMin: 0, yMax: 0 };
  const longest = Math.max(xMax - xMin, yMax - yMin) || 2;
  const room = 2 * margin * longest;
  const wide = Math.max(xMax - xMin, longest * 1e-6) + room;
  const high = Math.max(yMax - yMin, longest * 1e-6) + room;
  const pxPerUnit = Math.min(box.width / wide, box.height / high);
  return scaleAt(box, pxPerUnit, { x: (xMin + xMax) / 2, y: (yMin + yMax) / 2 });
}

/**
 * A scale whose box shows `centre` in its middle.
 * @param {Box} box
 * @param {number} pxPerUnit
 * @param {{x: number, y: number}} centre
 * @returns {Scale}
 */
export function scaleAt(box, pxPerUnit, { x: centreX, y: centreY }) {
  const middleX = box.left + box.width / 2;
  const middleY = box.top + box.height / 2;
  return {
    box,
    pxPerUnit,
    extent: {
      xMin: centreX - box.width / 2 / pxPerUnit,
      xMax: centreX + box.width / 2 / pxPerUnit,
      yMin: centreY - box.height / 2 / pxPerUnit,
      yMax: centreY + box.height / 2 / pxPerUnit,
    },
    x: (x) => middleX + (x - centreX) * pxPerUnit,
    y: (y) => middleY - (y - centreY) * pxPerUnit,
  };
}

/**
 * Round values (1, 2 or 5 times a power of ten apart) inside [min, max], about `count` of them.
 * @param {number} min
 * @param {number} max
 * @param {number} count
 * @returns {number[]}
 */
export function ticks(min, max, count) {
  if (!(max > min)) return [];
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(min / step);
  const last = Math.floor(max / step);
  // Counting in whole steps keeps 0 exactly 0; adding the step repeatedly would drift.
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
