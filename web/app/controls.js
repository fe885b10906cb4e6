/**
 * The settings, made from the engine's parameter table: the rows a reader reaches for first, by group, and every other row
 * under "more". A new row of the table appears here without a change.
 */

import { ADAPTIVE } from '../lib/flow.js';
import { Field } from './field.js';
import { group } from './glossary.js';
import { write } from './status.js';
import { figure, tongue, words } from './tongue.js';

/**
 * @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo
 * @typedef {import('./field.js').Value} Value
 * @typedef {import('./dials.js').Dials} Dials
 */

/** Rows shown at once; the others wait under "more". */
const FIRST = [
  'data',
  'path',
  'coupling',
  'time',
  'batch',
  'hidden',
  'layers',
  'seed',
  'lr',
  'steps',
  'solver',
  'solver_steps',
];

/** Groups in the order they stand in. */
const GROUPS = /** @type {const} */ (['data', 'batch', 'network', 'optimiser', 'sampling']);

const say = words({
  en: {
    byReflow: 'by reflow',
    byData: 'set by the data',
    more: 'More settings',
    preset: 'Preset',
    custom: 'custom',
    nextReset: 'Takes effect at the next reset.',
    nfe: (/** @type {string} */ nfe) => `${nfe} network evaluations a sample (NFE)`,
    nfeMost: (/** @type {string} */ nfe) => `up to ${nfe} network evaluations a sample (NFE)`,
  },
  zh: {
    byReflow: '由回流设定',
    byData: '由数据决定',
    more: '更多设置',
    preset: '预设',
    custom: '自定义',
    nextReset: '下次重置后生效。',
    nfe: (nfe) => `每个样本求值网络 ${nfe} 次（NFE）`,
    nfeMost: (nfe) => `每个样本最多求值网络 ${nfe} 次（NFE）`,
  },
});

/**
 * Choices that a reader cannot make by hand, and who makes them.
 * @type {Record<string, Record<string, () => string>>}
 */
const UNAVAILABLE = {
  coupling: { paired: () => say('byReflow'), distilled: () => say('byReflow') },
};

const CUSTOM = 'custom';

export class Controls {
  /** @type {Map<string, Field>} */
  #fields = new Map();
  #presets = document.createElement('select');
  #nfe = document.createElement('output');
  /** What says the same until the language changes. @type {[element: HTMLElement, sentence: () => string][]} */
  #said = [];
  /** @type {import('./tongue.js').Tongue | null} */
  #tongue = null;

  /**
   * @param {HTMLFormElement} form
   * @param {Dials} dials
   * @param {{onChange: (name: string, value: Value) => void, onPreset: (name: string) => void}} handlers
   */
  constructor(form, { table, presets }, { onChange, onPreset }) {
    for (const info of table) {
      const unavailable = UNAVAILABLE[info.name];
      this.#fields.set(info.name, new Field(info, { onChange, unavailable }));
    }
    // The points decide how many coordinates there are.
    this.#fields.get('dim')?.lock(() => say('byData'));
    const first = this.#groups(table.filter(({ name }) => FIRST.includes(name)));
    const rest = this.#groups(table.filter(({ name }) => !FIRST.includes(name)));
    form.replaceChildren(this.#presetRow(presets, onPreset), first, this.#disclosure(rest));
    // Enter in a field would otherwise submit the form and load the page anew.
    form.addEventListener('submit', (event) => event.preventDefault());
    this.#addNfe();
  }

  /**
   * @param {Dials} dials
   * @param {Set<string>} waiting  rows that take effect at the next reset
   */
  show({ config, presetName, nfe }, waiting) {
    this.#speak();
    for (const [name, field] of this.#fields) {
      if (!field.refused && !field.typing) field.value = config[name];
      field.note(waiting.has(name) ? say('nextReset') : '');
    }
    this.#presets.value = presetName ?? CUSTOM;
    write(this.#nfe, say(config.solver === ADAPTIVE ? 'nfeMost' : 'nfe', figure(nfe)));
  }

  /** @param {string} name @param {string} message '' when the value is fine */
  fault(name, message) {
    this.#fields.get(name)?.fault(message);
  }

  /** Takes away what was said about refused values. */
  clear() {
    for (const field of this.#fields.values()) field.fault('');
  }

  #speak() {
    if (this.#tongue === tongue()) return;
    this.#tongue = tongue();
    for (const [element, sentence] of this.#said) element.textContent = sentence();
    for (const field of this.#fields.values()) field.speak();
  }

  /** @param {ParameterInfo[]} table */
  #groups(table) {
    const grid = document.createElement('div');
    grid.className = 'groups';
    for (const name of GROUPS) {
      const rows = table.filter((info) => info.group === name);
      if (rows.length > 0) grid.append(this.#group(() => group(name), rows));
    }
    return grid;
  }

  /**
   * @param {() => string} title
   * @param {ParameterInfo[]} rows
   */
  #group(title, rows) {
    const set = document.createElement('fieldset');
    const legend = document.createElement('legend');
    this.#said.push([legend, title]);
    set.append(legend);
    for (const { name } of rows) {
      const field = this.#fields.get(name);
      if (field) set.append(field.element);
    }
    return set;
  }

  /**
   * @param {string[]} presets
   * @param {(name: string) => void} onPreset
   */
  #presetRow(presets, onPreset) {
    const row = document.createElement('div');
    row.className = 'preset';
    const label = document.createElement('label');
    label.htmlFor = 'preset';
    this.#said.push([label, () => say('preset')]);
    const custom = new Option(CUSTOM, CUSTOM);
    custom.disabled = true;
    this.#said.push([custom, () => say('custom')]);
    this.#presets.id = 'preset';
    this.#presets.append(...presets.map((name) => new Option(name, name)), custom);
    this.#presets.addEventListener('change', () => onPreset(this.#presets.value));
    row.append(label, this.#presets);
    return row;
  }

  #addNfe() {
    this.#nfe.id = 'nfe';
    this.#nfe.className = 'small';
    this.#fields.get('solver_steps')?.element.append(this.#nfe);
  }

  /** @param {HTMLElement} content */
  #disclosure(content) {
    const details = document.createElement('details');
    const summary = document.createElement('summary');
    this.#said.push([summary, () => say('more')]);
    details.append(summary, content);
    return details;
  }
}
