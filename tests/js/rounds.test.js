/** @file The story of a reflow, told from its numbers. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storyOf } from '../../web/app/rounds.js';

/**
 * @param {number} round
 * @param {number} straightness
 * @param {number} one  SW2 of one step
 * @param {number} fifty
 */
function row(round, straightness, one, fifty) {
  const quality = { 1: { sw2: one }, 2: null, 4: null, 50: { sw2: fifty } };
  return { round, one_step: false, cost: 2 - round / 10, straightness, quality };
}

test('a reflow that straightened says what it gained and what it cost', () => {
  const story = storyOf([row(0, 0.5, 0.9, 0.02), row(1, 0.05, 0.1, 0.04)], 0.015);
  assert.match(story, /^The paths are straighter: .* from 0\.500 to 0\.050\./);
  assert.match(story, /now misses the data by 0\.100 instead of 0\.900; .* by 0\.015\./);
  assert.match(story, /Fifty steps miss it by 0\.040 instead of 0\.020/);
  assert.match(story, /from 2\.000 to 1\.900\.$/);
});

test('one that did not says so, and the story is of the last round alone', () => {
  const rounds = [row(0, 0.5, 0.9, 0.02), row(1, 0.05, 0.1, 0.02), row(2, 0.06, 0.11, 0.02)];
  const story = storyOf(rounds, 0.015);
  assert.match(story, /^The paths are not straighter: .* from 0\.050 to 0\.060/);
  assert.match(story, /One step of Euler misses the data by 0\.110, and by 0\.100 before/);
  assert.match(story, /lose nothing by it: 0\.020, and 0\.020 before/);
});

test('before its end there is no story yet', () => {
  assert.match(storyOf([], null), /come when the new paths are learned/);
});
