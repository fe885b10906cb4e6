/** @file Own data on their way to the engine: an image becomes points, points get the engine's scale. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inkOf, pointsOfInk } from '../../web/lib/ink.js';
import { pack } from '../../web/lib/packing.js';
import { evenly } from '../../web/lib/sequence.js';
import { DEVIATION, standardised } from '../../web/lib/standard.js';
import { DRAWN_MAX, Strokes } from '../../web/lib/strokes.js';

/**
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => [number, number]} shade  grey and alpha, 0 to 255
 */
function picture(width, height, shade) {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const [grey, alpha] = shade(i % width, Math.floor(i / width));
    data.set([grey, grey, grey, alpha], 4 * i);
  }
  return { width, height, data };
}

/** @param {Float32Array} points @param {(x: number, y: number) => boolean} where */
function share(points, where) {
  let inside = 0;
  for (let i = 0; i < points.length; i += 2) inside += Number(where(points[i], points[i + 1]));
  return inside / (points.length / 2);
}

test('the points of an image lie in its ink, twice as many where it is twice as dark', () => {
  // Black in the upper left corner, half grey in the lower right.
  const shade = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {[number, number]} */ ([x < 8 && y < 8 ? 0 : x >= 24 && y >= 24 ? 127.5 : 255, 255]);
  const points = pointsOfInk(picture(32, 32, shade), 3000);
  const black = share(points, (x, y) => x >= 0 && x < 8 && y > 24 && y <= 32);
  const grey = share(points, (x, y) => x >= 24 && x <= 32 && y >= 0 && y <= 8);
  assert.ok(Math.abs(black + grey - 1) < 1e-9, `${black} ${grey}`);
  assert.ok(Math.abs(black - 2 / 3) < 0.01, `${black}`);
  // Evenly within the square, too.
  const left = share(points, (x, y) => x < 4 && y > 24);
  assert.ok(Math.abs(left - black / 2) < 0.01, `${left}`);
});

test('a transparent image is a density by its opacity, whatever its colour', () => {
  const points = pointsOfInk(
    picture(20, 20, (x) => [255, x >= 10 ? 255 : 0]),
    500,
  );
  assert.equal(
    share(points, (x) => x >= 10 && x <= 20),
    1,
  );
});

test('light ink on dark paper is taken when that is asked for', () => {
  const night = picture(20, 20, (x) => [x >= 15 ? 250 : 10, 255]);
  assert.equal(
    share(pointsOfInk(night, 200, { light: true }), (x) => x >= 15),
    1,
  );
});

test('paper that is grey, unevenly lit and grainy has no ink of its own', () => {
  const lit = picture(40, 40, (x, y) => [200 - (x % 3) * 4 + (y % 5), 255]);
  assert.throws(
    () => inkOf(lit),
    /^MoonflowError: image: got \d% between paper and ink; allowed is at least 15%: dark/,
  );
  const written = picture(40, 40, (x, y) => [x === y ? 20 : 200 - (x % 3) * 4, 255]);
  const points = pointsOfInk(written, 300);
  assert.equal(
    share(points, (x, y) => Math.floor(x) === 39 - Math.floor(y - 1e-6)),
    1,
  );
});

test('an image without ink is refused: white, black, and all transparent', () => {
  for (const [grey, alpha] of [
    [255, 255],
    [0, 255],
    [0, 0],
  ]) {
    const blank = picture(8, 8, () => [grey, alpha]);
    assert.throws(() => pointsOfInk(blank, 10), { code: 'argument', message: /^image: got .*ink/ });
  }
});

test('the even points leave no hole and repeat nothing', () => {
  const counts = new Array(64).fill(0);
  const seen = new Set();
  for (let i = 0; i < 6400; i++) {
    const [u, w] = evenly(i);
    assert.ok(u >= 0 && u < 1 && w >= 0 && w < 1);
    counts[Math.floor(u * 8) * 8 + Math.floor(w * 8)]++;
    seen.add(`${u} ${w}`);
  }
  assert.equal(seen.size, 6400);
  assert.ok(Math.min(...counts) > 90 && Math.max(...counts) < 110, `${counts}`);
});

test('standardised points have mean 0, the engine’s deviation and room in a link', () => {
  const table = Float32Array.from({ length: 900 }, (_, i) =>
    i % 3 === 0 ? 5000 + 300 * Math.sin(i) : i % 3 === 1 ? 1e-3 * Math.cos(i) : 7,
  );
  const out = standardised(table, 3);
  for (const column of [0, 1, 2]) {
    const values = out.filter((_, i) => i % 3 === column);
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 300);
    assert.ok(Math.abs(mean) < 1e-3, `column ${column}: mean ${mean}`);
    assert.ok(
      Math.abs(deviation - (column < 2 ? DEVIATION : 0)) < 1e-3,
      `column ${column}: ${deviation}`,
    );
  }
  assert.notEqual(pack({ points: out, dim: 3 }), null);
});

test('a picture keeps its proportions', () => {
  const out = standardised(Float32Array.of(0, 0, 8, 0, 8, 2, 0, 2), 2, { shape: true });
  const [width, height] = [out[2] - out[0], out[5] - out[3]];
  assert.ok(Math.abs(width / height - 4) < 0.01, `${width} by ${height}`);
});

/** Noise that shows where the brush was. */
const still = new Float32Array(2 * DRAWN_MAX);

test('a brush scatters as many points in one quick move as in many slow ones, and takes strokes back', () => {
  const [quick, slow] = [new Strokes(still), new Strokes(still)];
  quick.begin(-1, 0, 0.1);
  quick.move(1, 0, 0.1);
  slow.begin(-1, 0, 0.1);
  for (let i = 1; i <= 999; i++) slow.move(-1 + (2 * i) / 999, 0, 0.1);
  assert.ok(quick.n > 100 && Math.abs(quick.n - slow.n) <= 1, `${quick.n} and ${slow.n}`);
  const gaps = quick.points
    .filter((_, i) => i % 2 === 0 && i > 14)
    .map((x, i, all) => x - all[i - 1]);
  assert.ok(gaps.slice(1).every((gap) => Math.abs(gap - gaps[1]) < 1e-5));
  const first = quick.points;
  quick.begin(0, 0.5, 0.1);
  assert.ok(quick.n > first.length / 2);
  quick.undo();
  assert.deepEqual(quick.points, first);
  quick.undo();
  assert.equal(quick.n, 0);
});

test('a brush runs dry instead of drawing without end', () => {
  const strokes = new Strokes(still);
  strokes.begin(0, 0, 0.1);
  for (let i = 0; i < 400; i++) strokes.move(i % 2 ? 1 : -1, 0, 0.1);
  assert.equal(strokes.n, DRAWN_MAX);
  assert.ok(strokes.full);
});
