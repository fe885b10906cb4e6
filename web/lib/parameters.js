/**
 * @file The engine's parameter table, read from the engine. Every range, default and choice that a page, a command
 * or a document shows comes from here; nothing retypes one.
 */

import { choice, integer, real, record } from './argument.js';
import { refusal } from './errors.js';
import { Instance, OK } from './instance.js';

/** @typedef {number | string | boolean} Value a choice is its name, a switch a boolean, the rest numbers */
/** @typedef {Record<string, Value>} Config a value for every row of the table, by name */
/** @typedef {Partial<Record<string, Value>> & {preset?: string}} PartialConfig */

/**
 * One row of the table.
 * @typedef {object} ParameterInfo
 * @property {number} index
 * @property {string} name
 * @property {string} group network, data, batch, optimiser or sampling
 * @property {string[]} choices
 * @property {string} help
 * @property {number} min
 * @property {number} max
 * @property {Value} standard its value in the default preset, as a configuration writes it
 * @property {'integer' | 'real' | 'log' | 'choice' | 'switch'} kind
 * @property {boolean} live whether it may change on a living model
 */

const KINDS = /** @type {const} */ (['integer', 'real', 'log', 'choice', 'switch']);

/**
 * What fm_check demands beyond the ranges (see fm_check in fm.h), by the row it blames: what applies to the configuration at hand,
 * why, and the nearest that works.
 */
const RULES = new Map(
  /** @type {[string, (config: Config, classes: number) => string][]} */ ([
    ['features', ({ features }) => `an even number: ${Number(features) + 1} is nearest`],
    [
      'dim',
      ({ data }) => `2 when data is '${data}', which is of the plane; any other with 'points'`,
    ],
    [
      'source',
      ({ dim, source }) =>
        dim === 2 || source === 'points'
          ? "gaussian when path is 've', which begins at sigma_max times it; 'vp-cosine' is nearest"
          : `gaussian or 'points', or dim 2: the shapes are of the plane, and dim is ${dim}`,
    ],
    [
      'predict',
      (config) =>
        config.path === 've'
          ? "v when path is 've', which has a preconditioning of its own"
          : `score only ${whereScored(config)}; x1 or noise is nearest`,
    ],
    [
      'sde',
      (config) =>
        config.coupling !== 'independent' || config.source !== 'gaussian'
          ? `none: it needs a score, which is known only ${whereScored(config)}`
          : `none when solver is '${config.solver}', whose steps stand on one another; beside sde it may be euler, midpoint, heun or rk4`,
    ],
    ['sigma_min', ({ sigma_max }) => `a number below ${sigma_max} (sigma_max)`],
    ['batch', ({ coupling }) => `at most 2048 when coupling is '${coupling}'`],
    ['ot_batch', ({ batch }) => `0, or from ${batch} (batch) to 2048`],
    ['classes', ({ data }, classes) => `0, or ${classes} when data is ${data}`],
    [
      'coupling',
      ({ coupling, path, weight }) =>
        coupling === 'ot-conditional'
          ? "'ot-conditional' only with classes, else 'ot'"
          : path !== 'linear'
            ? `'paired' when path is '${path}': only the 'linear' one is straight, so that one step from t = 0 is the whole way`
            : `'paired' when weight is '${weight}': it is of no meaning at t = 0 alone, where 'distilled' learns`,
    ],
    [
      'weight_decay',
      ({ lr, muon_lr }) =>
        `at most ${Math.floor(1e3 / Math.max(Number(lr), Number(muon_lr))) / 1e3} beside lr ${lr} and muon_lr ${muon_lr}: times the larger it may ` +
        'not exceed 1, or weights would grow by it',
    ],
  ]),
);

/**
 * What keeps a configuration from having a score.
 * @param {Config} config
 */
function whereScored({ coupling, source }) {
  return coupling === 'independent'
    ? `when source is 'gaussian', and it is '${source}'`
    : `when coupling is 'independent', and it is '${coupling}'`;
}

/** @typedef {{table: ParameterInfo[], instance: Instance, presets: string[]}} Catalogue */

/** @type {WeakMap<WebAssembly.Module, Catalogue>} */
const catalogues = new WeakMap();

/**
 * @param {WebAssembly.Module} module
 * @returns {ParameterInfo[]}
 */
export function parameters(module) {
  return catalogue(module).table;
}

/**
 * @param {WebAssembly.Module} module
 * @returns {string[]}
 */
export function presets(module) {
  return catalogue(module).presets;
}

/**
 * Those of them that need no points of one's own.
 * @param {WebAssembly.Module} module
 */
export function presetsWithoutPoints(module) {
  return presets(module).filter((name) => preset(module, name).data !== 'points');
}

/**
 * An instance that holds no model, for questions about no model.
 * @param {WebAssembly.Module} module
 */
export function engineOf(module) {
  return catalogue(module).instance;
}

/**
 * The complete configuration of a preset.
 * @param {WebAssembly.Module} module
 * @param {string} name
 * @returns {Config}
 */
export function preset(module, name) {
  const { table, instance, presets } = catalogue(module);
  const index = choice('preset', name, presets);
  const pointer = instance.memory.reserve('parameters', table.length * 8);
  instance.check('preset', 'give a preset of the table', 'fm_preset', index, pointer);
  return toConfig(table, instance.memory.doubles(pointer, table.length));
}

/**
 * The complete, checked configuration that `partial` asks for on top of its preset (`default` when it names none).
 * @param {WebAssembly.Module} module
 * @param {PartialConfig} partial
 * @returns {Config}
 */
export function resolve(module, partial) {
  const { table } = catalogue(module);
  const given = Object.entries(record('config', partial));
  const named = given.find(([name]) => name === 'preset')?.[1] ?? 'default';
  const config = preset(module, /** @type {string} */ (named));
  for (const [name, value] of given) {
    if (name === 'preset' || value === undefined) continue;
    const row = rowOf(table, name);
    config[name] = toValue(row, toNumber(row, value));
  }
  checkTogether(module, config);
  return config;
}

/**
 * @param {ParameterInfo[]} table
 * @param {string} name
 * @returns {ParameterInfo}
 */
export function rowOf(table, name) {
  const row = table.find((candidate) => candidate.name === name);
  if (row) return row;
  throw refusal('parameter', name, `one of ${table.map((each) => each.name).join(', ')}`);
}

/**
 * The number the engine takes for a value of a configuration.
 * @param {ParameterInfo} row
 * @param {unknown} value
 * @returns {number}
 */
export function toNumber(row, value) {
  if (row.kind === 'choice') return choice(row.name, value, row.choices);
  if (row.kind === 'switch') {
    if (typeof value !== 'boolean') throw refusal(row.name, value, 'true or false');
    return Number(value);
  }
  const check = row.kind === 'integer' ? integer : real;
  return check(row.name, value, row.min, row.max);
}

/**
 * The value a configuration has for the engine's number.
 * @param {{kind: string, choices: string[]}} row
 * @param {number} number
 * @returns {Value}
 */
export function toValue(row, number) {
  if (row.kind === 'choice') return row.choices[number];
  return row.kind === 'switch' ? number !== 0 : number;
}

/**
 * @param {ParameterInfo[]} table
 * @param {Config} config
 * @returns {Float64Array}
 */
export function toNumbers(table, config) {
  return Float64Array.from(table, (row) => toNumber(row, config[row.name]));
}

/**
 * Why the engine may refuse a row although its own range allows the value.
 * @param {WebAssembly.Module} module
 * @param {ParameterInfo} row
 * @param {unknown} value
 * @param {Config} config that was refused
 */
export function ruleRefusal(module, row, value, config) {
  const { table, instance } = catalogue(module);
  const rule = RULES.get(row.name) ?? (() => `from ${row.min} to ${row.max}`);
  const data = rowOf(table, 'data').choices.indexOf(String(config.data));
  const classes = instance.call('fm_data_classes', data);
  return refusal(row.name, value, rule(config, classes));
}

/**
 * @param {ParameterInfo[]} table
 * @param {Float64Array} numbers
 * @returns {Config}
 */
function toConfig(table, numbers) {
  return Object.fromEntries(table.map((row) => [row.name, toValue(row, numbers[row.index])]));
}

/**
 * Asks the engine about the rules that tie rows to each other.
 * @param {WebAssembly.Module} module
 * @param {Config} config
 */
function checkTogether(module, config) {
  const { table, instance } = catalogue(module);
  const { memory } = instance;
  const [pointer, bad] = memory.carve('parameters', [table.length * 8, 4]);
  memory.doubles(pointer, table.length).set(toNumbers(table, config));
  if (instance.call('fm_check', pointer, bad) === OK) return;
  const row = table[memory.ints(bad, 1)[0]];
  throw ruleRefusal(module, row, config[row.name], config);
}

/**
 * The table of a module, read once with an instance that holds no model.
 * @param {WebAssembly.Module} module
 * @returns {Catalogue}
 */
function catalogue(module) {
  const known = catalogues.get(module);
  if (known) return known;
  // By its tag and not by instanceof, which refuses a module that another frame compiled.
  if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {
    throw refusal('module', module, 'a WebAssembly.Module, as compile() gives it');
  }
  const instance = new Instance(module);
  const count = instance.call('fm_param_count');
  const table = Array.from({ length: count }, (_, index) => readRow(instance, index));
  const fresh = { table, instance, presets: readPresets(instance) };
  catalogues.set(module, fresh);
  return fresh;
}

/**
 * Reads struct fm_param as fm.h lays it out.
 * @param {Instance} instance
 * @param {number} index
 * @returns {ParameterInfo}
 */
function readRow(instance, index) {
  const { memory } = instance;
  const pointer = instance.pointer('fm_param_info', index);
  const [name, group, choices, help] = Array.from(memory.ints(pointer, 4), (text) =>
    memory.text(text >>> 0),
  );
  const [min, max, standard] = memory.doubles(pointer + 16, 3);
  const [kind, live] = memory.ints(pointer + 40, 2);
  const row = { index, name, group, choices: choices ? choices.split('|') : [], help, min, max };
  const shape = { ...row, kind: KINDS[kind], live: live !== 0 };
  return { ...shape, standard: toValue(shape, standard) };
}

/**
 * @param {Instance} instance
 * @returns {string[]}
 */
function readPresets(instance) {
  /** @type {string[]} */
  const names = [];
  for (;;) {
    const name = instance.pointer('fm_preset_name', names.length);
    if (name === 0) return names;
    names.push(instance.memory.text(name));
  }
}
