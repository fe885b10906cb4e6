/** @file The configuration of a living model: reading it from the engine, changing its live rows. */

import { record } from './argument.js';
import { refusal } from './errors.js';
import { OK } from './instance.js';
import { parameters, resolve, rowOf, ruleRefusal, toNumber, toValue } from './parameters.js';

/** @typedef {import('./state.js').State} State */
/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */

/**
 * @param {State} model
 * @returns {Config}
 */
export function readConfig({ module, instance, handle }) {
  /** @type {Config} */
  const config = {};
  const pointer = instance.memory.reserve('parameters', 8);
  for (const row of parameters(module)) {
    instance.check('config', 'report this', 'fm_param_get', handle, row.index, pointer);
    config[row.name] = toValue(row, instance.memory.doubles(pointer, 1)[0]);
  }
  return config;
}

/**
 * Changes live rows, all or none.
 * @param {State} model
 * @param {PartialConfig} partial
 */
export function change({ module, instance, handle, config }, partial) {
  const table = parameters(module);
  const changes = Object.entries(record('set', partial)).map(([name, value]) => {
    const row = rowOf(table, name);
    const number = toNumber(row, value);
    if (row.live) return { row, number };
    const live = table.filter((each) => each.live).map((each) => each.name);
    throw refusal('set', name, `a parameter that may change on a living model: ${live.join(', ')}`);
  });
  resolve(module, { ...config, ...partial });
  for (const { row, number } of changes) {
    const status = instance.call('fm_param_set', handle, row.index, number);
    if (status !== OK) throw ruleRefusal(module, row, partial[row.name], config);
  }
}
