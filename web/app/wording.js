/**
 * How settings, their values and distances are written in the panel that compares.
 */

import { helpOf, nameOf } from './glossary.js';
import { GUIDANCE } from './match.js';
import { choiceOf, nameIn } from './meanings.js';
import { figure, words } from './tongue.js';

/** @typedef {import('../lib/parameters.js').Value} Value */

const say = words({
  en: {
    on: 'on',
    off: 'off',
    guidance: 'guidance',
    leads:
      'How strongly the class of a sample leads it: 0 not at all, 1 as it was learned, more away from the other classes.',
  },
  zh: {
    on: '开',
    off: '关',
    guidance: '引导强度',
    leads: '样本的类别引导它有多强：0 完全不引导，1 按学到的样子，更大则远离其他类别。',
  },
});

/** A setting's name. @param {string} name */
export function spoken(name) {
  return name === GUIDANCE ? say('guidance') : nameOf(name);
}

/** What a setting is. @param {import('./match.js').Setting} setting */
export function explained(setting) {
  return setting.name === GUIDANCE ? say('leads') : helpOf(setting);
}

/** A value within a sentence. @param {string} name @param {Value} value */
export function valueWords(name, value) {
  if (typeof value === 'boolean') return say(value ? 'on' : 'off');
  return typeof value === 'string' ? nameIn(name, value) : String(value);
}

/** A value as a list offers it. @param {string} name @param {Value} value */
export function offered(name, value) {
  return typeof value === 'string' ? choiceOf(name, value) : valueWords(name, value);
}

/** A distance or a loss. @param {number} number */
export function short(number) {
  return figure(number, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
