/**
 * @file What the attributes of an element ask for, checked before anything is touched: each refusal names the attribute, what it
 * got and what is allowed. The ranges of a configuration come from the engine's own table.
 */

import { compile, MoonflowError, parameters, resolve } from '../lib/index.js';
import { parseStrict } from '../lib/json.js';
import { originOf } from './mailbox.js';

/**
 * How an element shows itself; a configuration is asked for apart.
 * @typedef {object} Manner
 * @property {'visible' | 'click' | 'none'} autostart
 * @property {'minimal' | 'full' | 'none'} controls
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {string | null} host
 */

const CHOICES = {
  autostart: ['visible', 'click', 'none'],
  controls: ['minimal', 'full', 'none'],
  theme: ['auto', 'light', 'dark'],
};

/** More than any configuration needs, and little enough to be read at once. */
const CONFIG_MAX = 16_384;
const SHAPE =
  'a JSON object of parameters, each once, such as {"data": "moons", "steps": 600}, or the same as a link has it, data=moons&steps=600';
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Needs points or pairs that an element has no way to be given. @type {[string, string][]} */
const GIVEN = [
  ['data', 'points'],
  ['source', 'points'],
  ['coupling', 'paired'],
  ['coupling', 'distilled'],
];

/**
 * @param {string} name
 * @param {string} got
 * @param {string} allowed
 */
function refuse(name, got, allowed) {
  const shown = JSON.stringify(got.length > 60 ? `${got.slice(0, 57)}...` : got);
  return new MoonflowError('argument', `${name}: got ${shown}; allowed is ${allowed}`);
}

/**
 * @param {Element} element
 * @returns {Manner}
 */
export function mannerOf(element) {
  const chosen = Object.entries(CHOICES).map(([name, choices]) => {
    const value = element.getAttribute(name) ?? choices[0];
    if (choices.includes(value)) return [name, value];
    throw refuse(name, value, `one of ${choices.join(', ')}`);
  });
  const host = element.getAttribute('host');
  if (host !== null && originOf(host) === null) {
    throw refuse('host', host, 'the origin of the page around, such as https://docs.example');
  }
  return { ...Object.fromEntries(chosen), host };
}

/**
 * The complete configuration that an element asks for. `data` and `seed` stand over `config`.
 * @param {Element} element
 * @returns {Promise<import('../lib/parameters.js').Config>}
 */
export async function configOf(element) {
  const module = await compile();
  const partial = parsed(module, element.getAttribute('config') ?? '{}');
  const data = element.getAttribute('data');
  const seed = element.getAttribute('seed');
  if (data !== null) partial.data = data;
  if (seed !== null) partial.seed = numberOf(seed);
  const config = resolve(module, partial);
  for (const [name, value] of GIVEN) {
    if (config[name] === value)
      throw refuse(name, value, `another: an element is given no ${name}`);
  }
  return config;
}

/**
 * @param {WebAssembly.Module} module
 * @param {string} text
 * @returns {import('../lib/parameters.js').PartialConfig}
 */
function parsed(module, text) {
  if (text.length > CONFIG_MAX) {
    throw refuse('config', text, `${SHAPE}, of at most ${CONFIG_MAX} characters`);
  }
  if (/^#?\w+=/.test(text)) return linked(module, text);
  let value;
  try {
    value = parseStrict(text);
  } catch {
    throw refuse('config', text, SHAPE);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('config', text, SHAPE);
  return value;
}

/**
 * What a link of the page asks for. It is read to the letter: where the page leaves out what it does not understand, an author
 * is told.
 * @param {WebAssembly.Module} module
 * @param {string} text
 */
function linked(module, text) {
  const entries = [...new URLSearchParams(text.replace(/^#/, ''))];
  const kinds = new Map(parameters(module).map(({ name, kind }) => [name, kind]));
  const partial = new Map(entries.map(([name, value]) => [name, valued(kinds.get(name), value)]));
  if (partial.size < entries.length) throw refuse('config', text, 'each parameter once');
  return Object.fromEntries(partial);
}

/**
 * A value as its row takes it; one that is none stays as it is, and is refused by the table.
 * @param {string | undefined} kind
 * @param {string} text
 */
function valued(kind, text) {
  if (kind === 'switch') return text === 'true' || (text === 'false' ? false : text);
  if (kind === undefined || kind === 'choice') return text;
  return NUMBER.test(text) ? Number(text) : text;
}

/** @param {string} text */
function numberOf(text) {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  throw refuse('seed', text, 'a whole number from 0 to 4294967295');
}
