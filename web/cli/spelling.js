/** @file The nearest known word to a mistyped one. */

import { unlike } from '../lib/vocabulary.js';

/**
 * @param {string} word
 * @param {string[]} known
 * @returns {string | undefined} undefined when nothing is near enough to be meant
 */
export function nearest(word, known) {
  const ranked = known
    .map((candidate) => ({ candidate, edits: unlike(word, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}
