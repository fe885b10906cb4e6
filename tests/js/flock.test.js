/** @file Points of classes: how close they lie, and how far from their data in the mean. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn, kinShare, meanDistance, meanFloor, radius } from '../../web/app/flock.js';

test('classes come in turn, each as often as the others', () => {
  assert.deepEqual([...inTurn(7, 3)], [0, 1, 2, 0, 1, 2, 0]);
});

test('the radius is about the middle of each class, wherever that is', () => {
  const labels = Int32Array.of(0, 0, 1, 1);
  const points = Float32Array.of(-1, 0, 1, 0, 100, 52, 100, 48);
  assert.equal(radius(points, labels, 2), Math.sqrt((1 + 1 + 4 + 4) / 4));
  assert.equal(radius(Float32Array.of(3, 3, 9, 9), labels, 1), 0);
});

test('a class without points has no part in the mean distance', () => {
  const of = (/** @type {number | null} */ sw2) => ({ label: 0, n: 1, sw2, sw2_floor: null });
  assert.equal(meanDistance([of(0.5), of(null), of(0.25)]), 0.375);
  assert.ok(Number.isNaN(meanDistance([of(null)])));
});

test('the mean floor is of the classes that have points', () => {
  const of = (/** @type {number | null} */ sw2_floor) => ({ label: 0, n: 1, sw2: 1, sw2_floor });
  assert.equal(meanFloor([of(0.5), of(null), of(0.25)]), 0.375);
});

test('kin are the points that lie nearest to data of their own class', () => {
  const real = { points: Float32Array.of(0, 0, 10, 0, 0, 10), labels: Int32Array.of(0, 1, 1) };
  const points = Float32Array.of(1, 1, 9, 1, 1, 9, 4, 0);
  assert.equal(kinShare(points, Int32Array.of(0, 1, 1, 1), real, 2), 0.75);
  assert.equal(kinShare(points, Int32Array.of(1, 1, 0, 0), real, 2), 0.5);
});
