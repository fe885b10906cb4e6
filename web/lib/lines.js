/** @file The lines of a table as text, and the fields of a line; a field may stand between double quotes, a pair of which is one. */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const QUOTED = /"(?:[^"]|"")*"/g;
/** A field that is all between quotes. */
const WHOLE = /^"(.*)"$/;
/** No table has it. */
const VEIL = '\0';
const SEPARATORS = [',', ';', '\t'];

/**
 * The lines that say something, with their numbers from 1: neither empty nor a comment.
 * @param {string} text
 */
export function linesOf(text) {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line, number: i + 1 }))
    .filter((line) => line.text.trim() !== '' && !line.text.trimStart().startsWith('#'));
}

/**
 * Every line cut at the separator that the first one has; a first line without a single number is a heading, and left out.
 * @param {{text: string, number: number}[]} lines at least one
 * @returns {{fields: string[], number: number}[]}
 */
export function rowsOf(lines) {
  const bare = lines[0].text.replace(QUOTED, '');
  const separator = SEPARATORS.find((each) => bare.includes(each)) ?? ',';
  const rows = lines.map(({ text, number }) => ({ fields: fieldsOf(text, separator), number }));
  return rows[0].fields.some((field) => isMeant(field)) ? rows : rows.slice(1);
}

/**
 * @param {string} line
 * @param {string} separator
 */
function fieldsOf(line, separator) {
  const trimmed = (/** @type {string} */ text) =>
    text.split(separator).map((field) => field.trim());
  if (!line.includes('"')) return trimmed(line);
  // Between quotes the separator stands for itself: it is another character while the line is cut.
  const veiled = line.replace(QUOTED, (quoted) => quoted.replaceAll(separator, VEIL));
  return trimmed(veiled).map((field) =>
    field.replace(WHOLE, '$1').replaceAll('""', '"').replaceAll(VEIL, separator),
  );
}

/** @param {string} field */
export function isNumber(field) {
  return NUMBER.test(field);
}

/** What is meant as a number, also when it is not an allowed one. @param {string} field */
function isMeant(field) {
  return isNumber(field) || /^[+-]?(nan|inf(inity)?)$/i.test(field);
}
