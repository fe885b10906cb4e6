/**
 * How settings, their values and distances are written.
 */

import { figure, words } from './tongue.js';

const say = words({ en: { on: 'on', off: 'off' }, zh: { on: '开', off: '关' } });

/** A setting's name. @param {string} name */
export function spoken(name) {
  return name.replaceAll('_', ' ');
}

/** A setting's value. @param {import('../lib/parameters.js').Value} value */
export function valueWords(value) {
  return typeof value === 'boolean' ? say(value ? 'on' : 'off') : String(value);
}

/** A distance or a loss. @param {number} number */
export function short(number) {
  return figure(number, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
