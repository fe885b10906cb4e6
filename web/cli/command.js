/** @file The moonflow command: finds the verb, reads its options, runs it, and turns an error into an exit code. */

import { readFileSync } from 'node:fs';
import { MoonflowError, refusal } from '../lib/errors.js';
import { GUIDANCE_NAMES } from '../lib/guidance.js';
import { compileSync } from '../lib/loader.js';
import { parameters } from '../lib/parameters.js';
import * as evaluate from './evaluate.js';
import * as exporting from './export.js';
import { details, overview } from './help.js';
import * as interpolate from './interpolate.js';
import * as loglik from './loglik.js';
import { flagOf, parse } from './options.js';
import * as sample from './sample.js';
import { nearest } from './spelling.js';
import * as straightening from './straightening.js';
import * as train from './train.js';
import * as velocity from './velocity.js';

/**
 * @typedef {object} Verb
 * @property {string} summary
 * @property {string[]} operands
 * @property {string[]} notes
 * @property {(module: WebAssembly.Module) => import('./options.js').Option[]} options
 * @property {(values: import('./options.js').Values, module: WebAssembly.Module) => Promise<number>} run
 */

/** @type {[string, Verb][]} */
const known = [
  ['train', train],
  ['sample', sample],
  ['velocity', velocity],
  ['interpolate', interpolate],
  ['reflow', straightening],
  ['eval', evaluate],
  ['loglik', loglik],
  ['export', exporting],
];
const verbs = new Map(known);

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * @param {string[]} words  what follows the command's name
 * @returns {Promise<number>} the exit code
 */
export async function moonflow(words) {
  try {
    return await dispatch(words);
  } catch (error) {
    process.stderr.write(`moonflow: ${explain(/** @type {Error} */ (error))}\n`);
    const usage = error instanceof MoonflowError && error.code === 'argument';
    return usage ? EXIT_USAGE : EXIT_FAILED;
  }
}

/** @param {string[]} words */
async function dispatch([name, ...words]) {
  if (name === '--help' || name === '-h') return print(overview(verbs));
  if (name === '--version') return print(`${version()}\n`);
  if (name === undefined) {
    process.stderr.write(overview(verbs));
    return EXIT_USAGE;
  }
  const verb = verbs.get(name);
  if (!verb) throw unknownVerb(name);
  const module = compileSync();
  const options = verb.options(module);
  const values = parse(words, options, verb.operands);
  if (values.help) return print(details(name, verb, options));
  return verb.run(values, module);
}

/** @param {string} name */
function unknownVerb(name) {
  const names = [...verbs.keys()];
  const near = nearest(name, names);
  const hint = near ? `; ${near} is nearest` : '';
  return refusal('verb', name, `one of ${names.join(', ')}${hint}`);
}

/** @param {string} text */
function print(text) {
  process.stdout.write(text);
  return 0;
}

function version() {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return JSON.parse(text).version;
}

/** What the library and the command call differently. @type {Record<string, string>} */
const FLAGS = {
  grid: '--time-grid',
  t_start: '--t-start',
  t_end: '--t-end',
  weights: '--weights',
  refresh: '--refresh',
  distill: '--distill',
  pairs: '--pairs',
  rounds: '--rounds',
  steps: '--steps',
  n: '-n',
};

/** @param {string} words of the library, which counts times from 0 */
const timeWords = (words) =>
  words.replace(/grid\[(\d+)\]/g, (_, i) => `--time-grid, time ${Number(i) + 1}`);

/**
 * The library names a parameter as configurations write it; whoever typed a command knows it by its flag.
 * @param {Error} error
 */
function explain(error) {
  if (!(error instanceof MoonflowError)) {
    // What is neither a refusal nor a file that cannot be read is a defect, and its place helps to find it.
    const defect = error instanceof TypeError || error instanceof ReferenceError;
    return defect ? String(error.stack) : error.message;
  }
  const { code, message } = error;
  if (code !== 'argument') return message;
  const name = message.slice(0, message.indexOf(':'));
  const place = name.startsWith('grid[') ? timeWords(name) : FLAGS[name];
  if (place)
    return place + timeWords(message.slice(name.length)).replace('x0 gives', '--from gives');
  const isRow = parameters(compileSync()).some((row) => row.name === name);
  return isRow || GUIDANCE_NAMES.includes(name)
    ? flagOf(name) + message.slice(name.length)
    : message;
}
