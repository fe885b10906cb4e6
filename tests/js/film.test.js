/** The snapshots of a run that the page keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Film } from '../../web/app/film.js';
import { write } from '../../web/lib/safetensors.js';

/**
 * A checkpoint that holds nothing but its place, and some numbers for its size.
 * @param {number} step
 * @param {{round?: number, numbers?: number}} [more]
 */
function checkpoint(step, { round = 0, numbers = 1 } = {}) {
  const data = new Float32Array(numbers);
  return write({
    tensors: new Map([['a', { shape: [numbers], data }]]),
    metadata: { step: String(step), round: String(round) },
  });
}

/** @param {Film} film */
const stepsOf = (film) => film.shots.map(({ step }) => step);

test('a long run keeps at most 64 shots, evenly spaced, from its first step to its latest', () => {
  const film = new Film(1);
  for (let step = 0; step <= 10_000; step++) {
    if (step === 0 || film.due(step, step * 100)) film.add(checkpoint(step), 1, step * 100);
    assert.ok(film.shots.length <= 64);
  }
  film.add(checkpoint(10_001), 1, 1e9);
  const steps = stepsOf(film);
  assert.ok(steps.length > 32, `${steps.length} shots`);
  assert.equal(steps[0], 0);
  assert.equal(steps.at(-1), 10_001);
  const gaps = steps.slice(1, -1).map((step, i) => step - steps[i]);
  assert.ok(Math.max(...gaps) <= 2 * Math.min(...gaps), `${gaps}`);
});

test('the latest shot is there however near it is, and goes when it is the latest no more', () => {
  const film = new Film(1);
  for (let step = 0; step <= 6400; step += 50) film.add(checkpoint(step), 1, 0);
  const before = film.shots.length;
  for (const step of [6401, 6402, 6403]) {
    film.add(checkpoint(step), 1, 0);
    assert.equal(film.latest?.step, step);
  }
  assert.ok(film.shots.length <= before + 1);
});

test('large checkpoints are fewer, and two are always kept', () => {
  const film = new Film(1);
  const numbers = (20 * 2 ** 20) / 4;
  for (const step of [0, 10, 20, 30, 40, 50]) film.add(checkpoint(step, { numbers }), 1, 0);
  assert.ok(film.shots.length <= 3, `${film.shots.length}`);
  assert.equal(film.shots[0].step, 0);
  assert.equal(film.latest?.step, 50);
  const huge = new Film(1);
  for (const step of [0, 10, 20]) huge.add(checkpoint(step, { numbers: 3 * numbers }), 1, 0);
  assert.deepEqual(stepsOf(huge), [0, 20]);
});

test('a large checkpoint is asked for less often than a small one', () => {
  const waits = [100, 1e6].map((numbers) => {
    const film = new Film(1);
    film.add(checkpoint(0, { numbers }), 1, 0);
    let ms = 0;
    while (!film.due(1e6, ms)) ms++;
    return ms;
  });
  assert.ok(waits[0] < 10 && waits[1] > 1000, `${waits} ms`);
});

test('another round begins anew, and an earlier step takes the place of what came after it', () => {
  const film = new Film(3);
  for (const step of [0, 5, 10, 15]) film.add(checkpoint(step), 0.5, 0);
  film.model = 4;
  film.add(checkpoint(10), Number.NaN, 0);
  assert.deepEqual(
    film.shots.map(({ moment, loss }) => [moment, loss]),
    [
      ['3.0.0', 0.5],
      ['3.0.5', 0.5],
      ['4.0.10', null],
    ],
  );
  film.add(checkpoint(2, { round: 1 }), 0.4, 0);
  assert.deepEqual(
    film.shots.map(({ moment }) => moment),
    ['4.1.2'],
  );
});

test('a shot that has been let go stands where the nearest one is', () => {
  const film = new Film(1);
  for (const step of [0, 10, 20]) film.add(checkpoint(step), 1, 0);
  const at = (/** @type {number} */ step) => film.indexOf({ ...film.shots[0], step });
  assert.deepEqual([0, 4, 6, 10, 19, 20, 99].map(at), [0, 0, 1, 1, 2, 2, 2]);
});
