/** @file The losses of a run in the page: their means, and the sentence about a run that stayed finite and yet failed. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setback } from '../../web/app/explanation.js';
import { Losses } from '../../web/app/losses.js';

/** @param {number[]} hundreds  a hundred steps of each loss */
function lossesOf(...hundreds) {
  const losses = new Losses();
  for (const loss of hundreds) losses.append(new Float64Array(100).fill(loss));
  return losses;
}

test('the least and the largest mean of a hundred are kept, however long the run', () => {
  const losses = lossesOf(2, 1, 0.5, 7, ...Array(60).fill(0.75));
  const { first, least, most, mostAt } = losses;
  assert.deepEqual({ first, least, most, mostAt }, { first: 2, least: 0.5, most: 7, mostAt: 400 });
  losses.clear();
  losses.append([3]);
  assert.deepEqual([losses.first, losses.least, losses.most], [3, Infinity, -Infinity]);
});

test('a jump and a loss that ends above its least are told, a run that learned is not', () => {
  assert.equal(setback(lossesOf(1.7, 0.4, 0.1, 0.06)), '');
  assert.equal(setback(lossesOf(1.7, 1.2, 1.3)), '');
  assert.equal(setback(new Losses()), '');
  assert.match(
    setback(lossesOf(1.7, 4e9, 1.2)),
    /^The loss grew to 4000000000 near step 200, from 1\.7 at the start\..*learning rate is probably too large\.$/,
  );
  assert.match(
    setback(lossesOf(1.3, 0.8, 1.5)),
    /^The loss ends at 1\.5, and was 0\.8 on the way:/,
  );
});
