/**
 * The classes of a table by name: whatever stands in its last column, words or whole numbers, becomes classes counted from 0.
 */

import { CLASSES_MAX } from '../lib/classes.js';
import { isNumber, linesOf, rowsOf } from '../lib/lines.js';

/**
 * Words keep the order in which they sort, numbers that of their size, so that the order of the rows does not matter.
 * @param {string} text  of a CSV
 * @returns {{text: string, names?: string[]}}  the table with a number from 0 in its last column, every line where it was; and
 *   the values that stood there, by class, unless they were such numbers already
 */
export function numbered(text) {
  const lines = linesOf(text);
  if (lines.length === 0) return { text };
  const rows = rowsOf(lines);
  const values = new Set(rows.map(({ fields }) => String(fields.at(-1))));
  const counted = [...values].every(isNumber);
  // Numbers that are no classes are refused by whoever reads them.
  if (counted && ![...values].every((value) => Number.isInteger(Number(value)))) return { text };
  const names = counted
    ? [...values].sort((a, b) => Number(a) - Number(b))
    : [...values].sort((a, b) => (a < b ? -1 : 1));
  if (names.every((name, i) => name === String(i))) return { text };
  if (names.length > CLASSES_MAX) {
    throw new Error(
      `the last column has ${names.length} different values; allowed are at most ${CLASSES_MAX} classes`,
    );
  }
  const unnamed = rows.find(({ fields }) => fields.at(-1) === '');
  if (unnamed) {
    throw new Error(`line ${unnamed.number}: got no class in the last column; allowed is a name`);
  }
  const classes = new Map(names.map((name, label) => [name, label]));
  const out = new Array(lines[lines.length - 1].number).fill('');
  for (const { fields, number } of rows) {
    const coordinates = fields
      .slice(0, -1)
      .map((field) => (/[,"]/.test(field) ? quoted(field) : field));
    out[number - 1] = [...coordinates, classes.get(String(fields.at(-1)))].join();
  }
  return { text: out.join('\n'), names };
}

/** As one field of a table, whatever is in it. @param {string} field */
const quoted = (field) => `"${field.replaceAll('"', '""')}"`;
