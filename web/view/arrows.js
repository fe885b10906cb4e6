// arrows.js — a field of velocities on a grid of places, each an arrow about its place.
//
// Two fields that are to be compared are drawn with one `reference`: then equal arrows are equal velocities.

/**
 * @typedef {import('./frame.js').Context} Context
 * @typedef {import('./scale.js').Scale} Scale
 * @typedef {import('./scale.js').Extent} Extent
 *
 * @typedef {object} Arrows
 * @property {Float32Array} points     [n, 2]
 * @property {Float32Array} velocity   [n, 2]
 * @property {number} reference        the speed whose arrow is as long as `gap`
 * @property {number} gap              between neighbouring places, in the plane
 */

const WIDTH_PX = 1.3;
const HEAD_PX = 4.5;
/** Of a field that lies under another: where they agree it is its rim. */
const WIDE = 2.2;
/** Half the width of a head over its length. */
const HEAD_SLOPE = 0.5;
/** In gaps. A faster velocity is drawn no longer, or it would cross the arrows of others. */
const LONGEST = 1.6;
const LEAST_PX = 1;

/**
 * The centres of square cells that cover an extent, row by row from below.
 * @param {Extent} extent
 * @param {number} columns  across the width
 * @returns {{points: Float32Array, gap: number}}
 */
export function arrowPlaces({ xMin, xMax, yMin, yMax }, columns) {
  const gap = (xMax - xMin) / columns;
  const rows = Math.max(1, Math.round((yMax - yMin) / gap));
  const low = (yMin + yMax - (rows - 1) * gap) / 2;
  const points = new Float32Array(2 * columns * rows);
  for (let i = 0; i < columns * rows; i++) {
    points[2 * i] = xMin + ((i % columns) + 0.5) * gap;
    points[2 * i + 1] = low + Math.floor(i / columns) * gap;
  }
  return { points, gap };
}

/**
 * A speed that all but a tenth of the velocities stay below; 1 where nothing moves.
 * @param {Float32Array} velocity  [n, 2]
 */
export function referenceOf(velocity) {
  const speeds = new Float64Array(velocity.length / 2);
  for (let i = 0; i < speeds.length; i++) {
    speeds[i] = Math.hypot(velocity[2 * i], velocity[2 * i + 1]);
  }
  return speeds.sort()[Math.floor(0.9 * (speeds.length - 1))] || 1;
}

/**
 * @param {Context} ctx
 * @param {Arrows} arrows
 * @param {Scale} scale
 * @param {string} colour
 * @param {boolean} [under]  whether others will lie on them
 */
export function drawArrows(
  ctx,
  { points, velocity, reference, gap },
  scale,
  colour,
  under = false,
) {
  const gapPx = gap * scale.pxPerUnit;
  const [tips, heads] = [[], []].map(() => new Float64Array(points.length));
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = under ? WIDE * WIDTH_PX : WIDTH_PX;
  ctx.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const speed = Math.hypot(velocity[i], velocity[i + 1]);
    const px = Math.min(LONGEST, speed / reference) * gapPx;
    if (!(px >= LEAST_PX)) continue;
    const [right, down] = [velocity[i] / speed, -velocity[i + 1] / speed];
    const [x, y] = [scale.x(points[i]), scale.y(points[i + 1])];
    const head = Math.min(under ? HEAD_PX * 1.4 : HEAD_PX, px / 2);
    tips[i] = x + (right * px) / 2;
    tips[i + 1] = y + (down * px) / 2;
    heads[i] = right * head;
    heads[i + 1] = down * head;
    ctx.moveTo(x - (right * px) / 2, y - (down * px) / 2);
    ctx.lineTo(tips[i] - heads[i], tips[i + 1] - heads[i + 1]);
  }
  ctx.stroke();
  ctx.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [right, down] = [heads[i], heads[i + 1]];
    if (right === 0 && down === 0) continue;
    const [backX, backY] = [tips[i] - right, tips[i + 1] - down];
    ctx.moveTo(tips[i], tips[i + 1]);
    ctx.lineTo(backX - HEAD_SLOPE * down, backY + HEAD_SLOPE * right);
    ctx.lineTo(backX + HEAD_SLOPE * down, backY - HEAD_SLOPE * right);
  }
  ctx.fill();
}
