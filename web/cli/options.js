/**
 * @file Options of the command. Those that set the engine are made from its parameter table, so their names, ranges,
 * choices and defaults are the engine's own.
 */

import { MoonflowError, refusal } from '../lib/errors.js';
import { THREADS_MAX } from '../lib/loader.js';
import { toNumber, toValue } from '../lib/parameters.js';
import { nearest } from './spelling.js';

/** @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo */

/**
 * @typedef {object} Option
 * @property {string} flag       as typed: --lr, or -n
 * @property {string} key        its name among the parsed values
 * @property {string} [value]    what stands after it in the help; a switch has none and takes none
 * @property {boolean} [negatable]  whether --no-... turns it off
 * @property {string} help       one sentence
 * @property {string} [group]    heading in the help
 * @property {import('../lib/parameters.js').Value} [standard]  its default, shown in the help
 * @property {(text: string) => unknown} read  throws error 'argument' naming the flag
 *
 * @typedef {Record<string, any>} Values
 */

/**
 * The option that sets a row of the parameter table.
 * @param {ParameterInfo} row
 * @returns {Option}
 */
export function fromTable(row) {
  const { group, standard } = row;
  return { ...like(row), group, standard };
}

/**
 * An option of a verb that takes the values a row of the parameter table takes, and has a default of its own.
 * @param {ParameterInfo} row
 * @param {{flag?: string, key?: string, help?: string}} [own]
 * @returns {Option}
 */
export function like(row, { flag = flagOf(row.name), key = row.name, help = row.help } = {}) {
  const { kind, choices, min, max } = row;
  if (kind === 'switch') return { flag, key, help, negatable: true, read: () => true };
  const named = { ...row, name: flag };
  if (kind === 'choice') {
    /** @param {string} text */
    const read = (text) => toValue(row, toNumber(named, text));
    return { flag, key, help, value: choices.join('|'), read };
  }
  const ranged = `${help.replace(/\.$/, '')}; ${min} to ${max}.`;
  const value = kind === 'integer' ? 'N' : 'X';
  return { flag, key, help: ranged, value, read: (text) => toNumber(named, numeric(text)) };
}

/** @param {string} name of a row of the parameter table */
export function flagOf(name) {
  return `--${name.replaceAll('_', '-')}`;
}

/**
 * An option that is the command's own and takes a number.
 * @param {string} flag
 * @param {string} key
 * @param {{kind: 'integer' | 'real', min: number, max: number, help: string}} range
 * @returns {Option}
 */
export function number(flag, key, { kind, min, max, help }) {
  const row = { index: 0, name: key, group: '', choices: [], help, min, max, kind, live: false };
  return like({ ...row, standard: min }, { flag });
}

/**
 * @param {string} flag
 * @param {string} key
 * @param {string[]} choices
 * @param {string} help
 * @returns {Option}
 */
export function choice(flag, key, choices, help) {
  /** @param {string} text */
  const read = (text) => {
    if (choices.includes(text)) return text;
    throw refusal(flag, text, `one of ${choices.join(', ')}`);
  };
  return { flag, key, value: choices.join('|'), help, read };
}

/**
 * A file whose name must end in one of `endings`, so that its format is never guessed.
 * @param {string} flag
 * @param {string} key
 * @param {string[]} endings
 * @param {string} help
 * @returns {Option}
 */
export function file(flag, key, endings, help) {
  const allowed = `a file name ending in ${endings.join(' or ')}`;
  /** @param {string} text */
  const read = (text) => {
    if (endings.some((ending) => text.toLowerCase().endsWith(ending))) return text;
    throw refusal(flag, text, allowed);
  };
  return { flag, key, value: endings.map((ending) => `FILE${ending}`).join('|'), help, read };
}

/**
 * An option that is on when it is given.
 * @param {string} flag
 * @param {string} help
 * @returns {Option}
 */
export function toggle(flag, help) {
  return { flag, key: flag.slice(2).replaceAll('-', '_'), help, read: () => true };
}

/** @returns {Option} */
export function json() {
  return toggle('--json', 'Print exactly one JSON object on stdout, at the end.');
}

export const threads = number('--threads', 'threads', {
  kind: 'integer',
  min: 1,
  max: THREADS_MAX,
  help: 'Threads that share the work of training, 1 when not given. The bits do not depend on it, and more than 4 gain nothing',
});

/** Which weights a verb uses. */
export const weights = choice(
  '--weights',
  'weights',
  ['ema', 'raw', 'ema2', 'ema3'],
  'The moving average of the weights, the last ones, or a further average that RUN has; ema when not given.',
);

/**
 * @param {string} what  an option or operand that was needed
 * @param {string} allowed
 */
export function missing(what, allowed) {
  return new MoonflowError('argument', `${what}: got nothing; allowed is ${allowed}`);
}

/**
 * Reads the words after a verb. An option that is given twice is refused: one of the two would do nothing.
 * @param {string[]} words
 * @param {Option[]} options
 * @param {string[]} operands  names of the words that belong to no option, in order
 * @returns {Values}
 */
export function parse(words, options, operands) {
  /** @type {Values} */
  const values = {};
  const rest = [...operands];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--help' || word === '-h') return { help: true };
    if (!/^-\D/.test(word)) {
      const operand = rest.shift();
      if (!operand) throw refusal('command line', word, 'no further word without an option');
      values[operand] = word;
      continue;
    }
    const { option, on, inline } = find(word, options);
    if (option.value === undefined) {
      if (inline !== undefined) throw refusal(option.flag, inline, 'nothing: it is a switch');
      if (values[option.key] === !on) throw refusal(option.flag, word, 'one of its two ways alone');
      requireOnce(option, word, values);
      values[option.key] = on;
      continue;
    }
    const text = inline ?? words[++i];
    if (text === undefined) throw missing(option.flag, option.value);
    requireOnce(option, text, values);
    values[option.key] = option.read(text);
  }
  if (rest.length > 0) throw missing(rest[0], 'the name of a file');
  return values;
}

/**
 * @param {Option} option
 * @param {string} text
 * @param {Values} values
 */
function requireOnce({ flag, key }, text, values) {
  if (values[key] !== undefined) throw refusal(flag, text, 'given once: it was given before');
}

/**
 * @param {string} word
 * @param {Option[]} options
 */
function find(word, options) {
  const equals = word.indexOf('=');
  const flag = equals < 0 ? word : word.slice(0, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  for (const option of options) {
    if (option.flag === flag) return { option, inline, on: true };
    if (option.negatable && flag === option.flag.replace('--', '--no-')) {
      return { option, inline, on: false };
    }
  }
  const near = nearest(flag, ['--help', ...options.map((option) => option.flag)]);
  throw refusal(
    'option',
    flag,
    near ? `${near}, if that was meant; --help lists all` : 'one of those that --help lists',
  );
}

/** @param {string} text */
export function numeric(text) {
  // Text that is no number is handed on as it is, so that the refusal shows what was typed.
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}
