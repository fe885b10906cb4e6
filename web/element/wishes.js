/**
 * @file What the attributes of an element ask for, checked before anything is touched: each refusal names the attribute, what it
 * got and what is allowed. The ranges of a configuration come from the engine's own table.
 */

import { compile, MoonflowError, resolve } from '../lib/index.js';
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
const SHAPE = 'a JSON object of parameters, such as {"data": "moons", "steps": 600}';

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
  const partial = parsed(element.getAttribute('config') ?? '{}');
  const data = element.getAttribute('data');
  const seed = element.getAttribute('seed');
  if (data !== null) partial.data = data;
  if (seed !== null) partial.seed = numberOf(seed);
  const config = resolve(await compile(), partial);
  for (const [name, value] of GIVEN) {
    if (config[name] === value)
      throw refuse(name, value, `another: an element is given no ${name}`);
  }
  return config;
}

/**
 * @param {string} text
 * @returns {import('../lib/parameters.js').PartialConfig}
 */
function parsed(text) {
  if (text.length > CONFIG_MAX) {
    throw refuse('config', text, `${SHAPE}, of at most ${CONFIG_MAX} characters`);
  }
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('config', text, SHAPE);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('config', text, SHAPE);
  return value;
}

/** @param {string} text */
function numberOf(text) {
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  throw refuse('seed', text, 'a whole number from 0 to 4294967295');
}
