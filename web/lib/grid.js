/** @file The times a solver steps between: a grid of the engine by its name, or the caller's own. */

import { choice, real } from './argument.js';
import { refusal } from './errors.js';
import { parameters, rowOf } from './parameters.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {string | ArrayLike<number>} Grid the name of a grid, or times from t_start to t_end that go one way */

/**
 * @param {unknown} from
 * @param {unknown} to
 */
export function spanOf(from, to) {
  const span = [real('t_start', from, 0, 1), real('t_end', to, 0, 1)];
  if (span[0] !== span[1]) return span;
  throw refusal('t_end', to, `from 0 to 1, other than t_start (${from})`);
}

/**
 * @param {Model} model
 * @param {{grid?: unknown, steps?: number, t_start?: number, t_end?: number}} options
 * @param {number} steps as resolved
 * @returns {Float64Array} [steps + 1]
 */
export function timesOf(model, { grid = model.config.time_grid, ...options }, steps) {
  if (typeof grid !== 'string') return ownTimes(model, grid, options);
  const kind = gridOf(model, grid);
  const { t_start = 0, t_end = 1 } = options;
  const { instance } = model;
  const pointer = instance.memory.reserve('scratch', 8 * (steps + 1));
  const [from, to] = spanOf(t_start, t_end);
  instance.check('grid', 'give another span', 'fm_grid', kind, steps, from, to, pointer);
  return instance.memory.doubles(pointer, steps + 1).slice();
}

/**
 * What is measured against data has to begin as noise and arrive at data.
 * @param {unknown} grid
 */
export function requireWhole(grid) {
  if (!Array.isArray(grid) && !ArrayBuffer.isView(grid)) return;
  const list = Array.from(/** @type {ArrayLike<number>} */ (grid));
  if (list.length > 1 && list[0] === 0 && list[list.length - 1] === 1) return;
  throw refusal(
    'grid',
    list.join(),
    'times from 0 to 1: what is measured against data arrives at it',
  );
}

/**
 * @param {Model} model
 * @param {unknown} grid
 */
function gridOf(model, grid) {
  return choice('grid', grid, rowOf(parameters(model.module), 'time_grid').choices);
}

/**
 * @param {Model} model
 * @param {unknown} grid
 * @param {{steps?: number, t_start?: number, t_end?: number}} options they have no say beside the caller's own times
 */
function ownTimes({ module }, grid, options) {
  const { max } = rowOf(parameters(module), 'solver_steps');
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) throw refusal(name, value, 'left out: grid gives every time');
  }
  const list = Array.isArray(grid) || ArrayBuffer.isView(grid);
  const times = list ? Float64Array.from(/** @type {ArrayLike<number>} */ (grid)) : undefined;
  if (!times) throw refusal('grid', grid, 'the name of a grid, or an array of times');
  Array.from(/** @type {ArrayLike<unknown>} */ (grid), (t, i) => real(`grid[${i}]`, t, 0, 1));
  if (times.length < 2 || times.length > max + 1) {
    throw refusal('grid.length', times.length, `from 2 to ${max + 1} times`);
  }
  times.forEach((t, i) => {
    const rising = times[1] > times[0];
    if (i === 0 || (rising ? t > times[i - 1] : t < times[i - 1])) return;
    const way = i === 1 ? 'other than' : rising ? 'above' : 'below';
    const allowed = `a time ${way} grid[${i - 1}] (${times[i - 1]}), since a grid goes one way`;
    throw refusal(`grid[${i}]`, t, allowed);
  });
  return times;
}
