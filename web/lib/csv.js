/**
 * @file Points as text: one point a line, coordinates between commas, semicolons or tabs. A first line without a single
 * number is a heading; empty lines and lines that begin with # are passed over; a field may stand between double quotes. Every
 * number must be finite.
 */

import { splitLabels } from './classes.js';
import { MoonflowError } from './errors.js';
import { isNumber, linesOf, rowsOf } from './lines.js';

/** @typedef {{n: number, dim: number, data: Float32Array, labels?: Int32Array}} Table */

/** So many digits name one float32 among all others. */
const FLOAT_DIGITS = 9;

/** @param {string} message */
function malformed(message) {
  return new MoonflowError('format', `csv, ${message}`, { operation: 'read' });
}

/**
 * @param {string} text
 * @param {{label_column?: boolean}} [options] whether the last column is the label of each point and no coordinate
 * @returns {Table}
 */
export function read(text, { label_column = false } = {}) {
  const table = readTable(text);
  if (!label_column) return table;
  try {
    return { n: table.n, ...splitLabels(table.data, table.n, table.dim) };
  } catch (error) {
    throw malformed(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} text
 * @returns {Table}
 */
function readTable(text) {
  if (typeof text !== 'string') throw malformed('file: got no text; allowed is a string');
  const lines = linesOf(text);
  if (lines.length === 0) throw malformed('file: got no points; allowed is at least one line');
  const rows = rowsOf(lines);
  if (rows.length === 0) throw malformed('file: got a heading only; allowed is at least one point');
  const dim = rows[0].fields.length;
  const data = new Float32Array(rows.length * dim);
  rows.forEach(({ fields, number }, i) => {
    if (fields.length !== dim) {
      throw malformed(
        `line ${number}: got ${fields.length} columns; allowed are ${dim}, as in line ${rows[0].number}`,
      );
    }
    fields.forEach((field, column) => {
      data[i * dim + column] = numberOf(field, number, column);
    });
  });
  return { n: rows.length, dim, data };
}

/**
 * @param {string} field
 * @param {number} line
 * @param {number} column from 0
 */
function numberOf(field, line, column) {
  const value = isNumber(field) ? Math.fround(Number(field)) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const got = JSON.stringify(field.slice(0, 40));
  throw malformed(`line ${line}, column ${column + 1}: got ${got}; allowed is a finite number`);
}

/**
 * @param {Float32Array} data [n, dim]
 * @param {number} n
 * @param {number} dim
 * @returns {string}
 */
export function write(data, n, dim) {
  if (n * dim !== data.length) {
    const message = `n and dim: got ${n} and ${dim}; allowed are those of ${data.length} numbers`;
    throw new MoonflowError('argument', message, { operation: 'write' });
  }
  const lines = Array.from({ length: n }, (_, i) =>
    Array.from(data.subarray(i * dim, (i + 1) * dim), shortest).join(','),
  );
  return `${lines.join('\n')}\n`;
}

/** The fewest digits that read back as the same float32. @param {number} value */
function shortest(value) {
  let digits = 1;
  while (digits < FLOAT_DIGITS && Math.fround(Number(value.toPrecision(digits))) !== value)
    digits++;
  return String(Number(value.toPrecision(digits)));
}
