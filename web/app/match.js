/**
 * A fair match: two configurations that differ in one setting and cost the same number of network evaluations a sample.
 */

import { ADAPTIVE } from '../lib/flow.js';
import { GUIDANCE_MAX } from '../lib/guidance.js';
import { isOfPairs } from '../lib/pairs.js';

/**
 * @typedef {import('./dials.js').Dials} Dials
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo
 *
 * What can be set differently: a row of the table, or guidance, which is none.
 * @typedef {Omit<ParameterInfo, 'index' | 'standard'>} Setting
 *
 * @typedef {object} Contender
 * @property {Config} config
 * @property {number | null} guidance  of samples of every class; null: samples without a class
 */

/** Both sides have these in common, or they would not learn the same from the same numbers. */
const SHARED = ['seed', 'dim', 'data', 'noise', 'source', 'classes', 'sigma_data'];
/** Choices that nobody makes by hand. */
const UNCHOSEN = ['paired', 'distilled', 'custom'];
/** How far above the cost of the first side a common cost is looked for. */
const REACH = 64;
/** Steps of Euler's method that show what few steps do. */
const FEW = 5;

export const GUIDANCE = 'guidance';

/** @type {Setting} */
const GUIDANCE_ROW = {
  name: GUIDANCE,
  group: 'sampling',
  choices: [],
  help: '',
  min: 0,
  max: GUIDANCE_MAX,
  kind: 'real',
  live: true,
};

/**
 * The settings that may differ.
 * @param {Dials} dials
 * @returns {Setting[]}
 */
export function settingsOf({ table, config }) {
  const rows = table.filter(({ name }) => !SHARED.includes(name));
  return Number(config.classes) > 0 ? [...rows, GUIDANCE_ROW] : rows;
}

/**
 * The values of a list, or none for a number.
 * @param {Setting} setting
 * @returns {Value[]}
 */
export function valuesOf({ kind, choices }) {
  if (kind === 'switch') return [false, true];
  return choices.filter((choice) => !UNCHOSEN.includes(choice));
}

/**
 * What the main run is set to, without the pairs that belong to its own reflow.
 * @param {Dials} dials
 * @returns {Config}
 */
export function baseOf({ config }) {
  return isOfPairs(String(config.coupling)) ? { ...config, coupling: 'independent' } : config;
}

/**
 * The value of the main run and another one that is worth a look.
 * @param {Dials} dials
 * @param {Setting} setting
 * @returns {[Value, Value]}
 */
export function suggest(dials, setting) {
  if (setting.name === GUIDANCE) return [1, 3];
  const base = baseOf(dials)[setting.name];
  // A curve of the reader's own is not on the list.
  const listed = valuesOf(setting);
  const now = listed.length === 0 || listed.includes(base) ? base : listed[0];
  const others = listed.filter((value) => value !== now && takes(dials, setting, value));
  if (listed.length > 0) return [now, others[0] ?? now];
  if (setting.name === 'solver_steps') return [now, Math.max(1, Math.floor(Number(now) / FEW))];
  const twice = 2 * Number(now) || (setting.min + Math.min(setting.max, 1)) / 2;
  const other = twice <= setting.max ? twice : Number(now) / 2;
  return [now, setting.kind === 'integer' ? Math.ceil(other) : other];
}

/**
 * @param {Dials} dials
 * @param {Setting} setting
 * @param {Value} value
 */
function takes(dials, { name }, value) {
  try {
    dials.vary(baseOf(dials), { [name]: value });
    return true;
  } catch {
    return false;
  }
}

/**
 * One side. Throws when the engine does not take the value beside the settings of the main run.
 * @param {Dials} dials
 * @param {Partial<Record<string, Value>>} values
 * @returns {Contender}
 */
export function contender(dials, { [GUIDANCE]: guidance, ...values }) {
  const config = dials.vary(baseOf(dials), values);
  return { config, guidance: guidance === undefined ? null : Number(guidance) };
}

/**
 * Network evaluations a sample costs; where classes lead, the network is asked twice.
 * @param {Dials} dials
 * @param {Contender} contender
 */
export function costOf(dials, { config, guidance }) {
  const twice = guidance !== null && guidance !== 0 && guidance !== 1;
  return dials.cost(config) * (twice ? 2 : 1);
}

/** @param {Contender} contender */
export function adaptive({ config }) {
  return config.solver === ADAPTIVE;
}

/**
 * The solver's steps at which a side costs exactly so many evaluations; null when there are none.
 * @param {Dials} dials
 * @param {Contender} contender
 * @param {number} nfe
 */
export function stepsFor(dials, contender, nfe) {
  const at = (/** @type {number} */ steps) => costOf(dials, withSteps(contender, steps));
  const each = at(3) - at(2);
  const steps = 2 + (nfe - at(2)) / each;
  const { max } = dials.row('solver_steps');
  const possible = Number.isInteger(steps) && steps >= 1 && steps <= max;
  return possible && at(steps) === nfe ? steps : null;
}

/**
 * @param {Contender} contender
 * @param {number} steps
 * @returns {Contender}
 */
export function withSteps({ config, guidance }, steps) {
  return { config: { ...config, solver_steps: steps }, guidance };
}

/**
 * Gives both sides the steps at which they cost the same: what the first one costs as it is, or the nearest below, or else the
 * nearest above. Sides that compare the steps themselves stay as they are, and so does a solver that chooses its own.
 * @param {Dials} dials
 * @param {[Contender, Contender]} sides
 * @param {string} name  of the setting that differs
 * @returns {{sides: [Contender, Contender], nfe: number | null}}  nfe of both, when it is the same
 */
export function level(dials, sides, name) {
  if (sides.some(adaptive)) return { sides, nfe: null };
  const [a, b] = sides.map((side) => costOf(dials, side));
  if (a === b) return { sides, nfe: a };
  if (name === 'solver_steps') return { sides, nfe: null };
  const below = Array.from({ length: a }, (_, i) => a - i);
  const above = Array.from({ length: REACH }, (_, i) => a + i + 1);
  for (const nfe of [...below, ...above]) {
    const [left, right] = sides.map((side) => stepsFor(dials, side, nfe));
    if (left === null || right === null) continue;
    return { sides: [withSteps(sides[0], left), withSteps(sides[1], right)], nfe };
  }
  return { sides, nfe: null };
}

/**
 * Which classes lead the samples of a side: as many of each as may be.
 * @param {Contender} contender
 * @param {number} n  samples
 */
export function leadOf({ config, guidance }, n) {
  if (guidance === null) return {};
  const classes = Number(config.classes);
  return {
    labels: Int32Array.from({ length: n }, (_, i) => Math.floor((i * classes) / n)),
    guidance,
  };
}

/**
 * What is compared of a measure: all samples, or the mean over the classes where these lead.
 * @param {import('../lib/quality.js').Quality} quality
 * @param {Contender} contender
 * @returns {{sw2: number, floor: number, nfe: number}}
 */
export function scoreOf({ sw2, sw2_floor, nfe, conditional }, { guidance }) {
  if (guidance === null || !conditional) return { sw2, floor: sw2_floor, nfe };
  const known = conditional.classes.filter(({ n }) => n > 0);
  const mean = (/** @type {'sw2' | 'sw2_floor'} */ of) =>
    known.reduce((sum, each) => sum + Number(each[of]), 0) / known.length;
  return { sw2: mean('sw2'), floor: mean('sw2_floor'), nfe: conditional.nfe };
}
