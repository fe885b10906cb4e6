/** @file What is said of guidance follows from what was measured. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { bargain } from '../../web/app/bargain.js';
import { speak } from '../../web/app/tongue.js';

afterEach(() => speak('en'));

/** @param {number} times @param {[number, number]} kin @param {[number, number]} sw2 */
const said = (times, kin, sw2) =>
  bargain({ scale: 4, times, measured: { kin, sw2, floor: 0.02 } }).split('So here')[1];

test('classes are called purer only when more points lie among their own', () => {
  assert.match(said(0.5, [0.9, 0.99], [0.1, 0.3]), /classes are purer and less varied/);
  assert.match(said(0.5, [0.99, 0.9], [0.1, 0.3]), /classes are less pure and less varied/);
  assert.match(said(0.5, [0.991, 0.998], [0.1, 0.3]), /classes are no purer and less varied/);
});

test('variety is called less only when the points of a class lie closer', () => {
  // Measured of eight Gaussians at w = 4: seven times as far from the data, and no closer together.
  const text = bargain({
    scale: 4,
    times: 0.98,
    measured: { kin: [0.999, 1], sw2: [0.043, 0.319], floor: 0.02 },
  });
  assert.equal(
    text,
    'At w = 4 the points of a class lie 0.98 times as far from their middle as at w = 1. 100% of them lie nearest to data of their own class, and 99.9% at w = 1. They miss the data of their class by 0.319 in the mean, and by 0.043 at w = 1. So here the classes are no purer and as varied as before, and the price is 0.276 more in SW2.',
  );
  assert.match(said(1.4, [0.9, 0.99], [0.1, 0.3]), /more spread out/);
});

test('the price is that in SW2; less than chance is none', () => {
  assert.match(said(1, [1, 1], [0.1, 0.104]), /SW2 stays as it was, but for chance/);
  assert.match(said(1, [1, 1], [0.3, 0.1]), /SW2 falls by 0\.200/);
});

test('before anything is measured only the spread is told, in Chinese as well', () => {
  assert.equal(
    bargain({ scale: 2, times: 0.5 }),
    'At w = 2 the points of a class lie 0.5 times as far from their middle as at w = 1.',
  );
  speak('zh');
  assert.match(bargain({ scale: 2, times: 0.5 }), /^w = 2 时/);
});
