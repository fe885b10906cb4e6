/** @file The nearest known word to a mistyped one. */

/**
 * @param {string} word
 * @param {string[]} known
 * @returns {string | undefined} undefined when nothing is near enough to be meant
 */
export function nearest(word, known) {
  const ranked = known
    .map((candidate) => ({ candidate, edits: editDistance(word, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best && best.edits <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

/**
 * Insertions, deletions and replacements that turn `a` into `b` (Levenshtein 1966).
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j] + 1, row[j - 1] + 1));
    }
    above = row;
  }
  return above[b.length];
}
