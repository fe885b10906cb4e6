/**
 * The settings, made from the engine's parameter table: the rows a reader reaches for first, by group, and every other row
 * under "more". A new row of the table appears here without a change.
 */

import { ADAPTIVE } from '../lib/flow.js';
import { Field } from './field.js';

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

/** @type {Record<string, string>} */
const TITLES = {
  data: 'What it learns',
  batch: 'How a batch is drawn',
  network: 'The network',
  optimiser: 'How weights move',
  sampling: 'How it samples',
};

/** Choices that a reader cannot make by hand, and who makes them. */
const UNAVAILABLE = {
  coupling: { paired: 'by reflow', distilled: 'by reflow' },
  source: { points: 'by the command' },
};

const CUSTOM = 'custom';

export class Controls {
  /** @type {Map<string, Field>} */
  #fields = new Map();
  #presets = document.createElement('select');
  #nfe = document.createElement('output');

  /**
   * @param {HTMLFormElement} form
   * @param {Dials} dials
   * @param {{onChange: (name: string, value: Value) => void, onPreset: (name: string) => void}} handlers
   */
  constructor(form, { table, presets }, { onChange, onPreset }) {
    for (const info of table) {
      const unavailable = /** @type {Record<string, Record<string, string>>} */ (UNAVAILABLE)[
        info.name
      ];
      this.#fields.set(info.name, new Field(info, { onChange, unavailable }));
    }
    // The points decide how many coordinates there are.
    this.#fields.get('dim')?.lock('set by the data');
    const first = this.#groups(table.filter(({ name }) => FIRST.includes(name)));
    const rest = this.#groups(table.filter(({ name }) => !FIRST.includes(name)));
    form.replaceChildren(this.#presetRow(presets, onPreset), first, disclosure('More', rest));
    // Enter in a field would otherwise submit the form and load the page anew.
    form.addEventListener('submit', (event) => event.preventDefault());
    this.#addNfe();
  }

  /**
   * @param {Dials} dials
   * @param {Set<string>} waiting  rows that take effect at the next reset
   */
  show({ config, presetName, nfe }, waiting) {
    for (const [name, field] of this.#fields) {
      if (!field.refused && !field.typing) field.value = config[name];
      field.note(waiting.has(name) ? 'Takes effect at the next reset.' : '');
    }
    this.#presets.value = presetName ?? CUSTOM;
    const most = config.solver === ADAPTIVE ? 'up to ' : '';
    this.#nfe.textContent = `${most}${nfe.toLocaleString('en')} network evaluations a sample (NFE)`;
  }

  /** @param {string} name @param {string} message '' when the value is fine */
  fault(name, message) {
    this.#fields.get(name)?.fault(message);
  }

  /** Takes away what was said about refused values. */
  clear() {
    for (const field of this.#fields.values()) field.fault('');
  }

  /** @param {ParameterInfo[]} table */
  #groups(table) {
    const grid = document.createElement('div');
    grid.className = 'groups';
    const names = [...Object.keys(TITLES), ...table.map(({ group }) => group)];
    for (const group of new Set(names)) {
      const rows = table.filter((info) => info.group === group);
      if (rows.length > 0) grid.append(this.#group(TITLES[group] ?? group, rows));
    }
    return grid;
  }

  /**
   * @param {string} title
   * @param {ParameterInfo[]} rows
   */
  #group(title, rows) {
    const set = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = title;
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
    label.textContent = 'Preset';
    const custom = new Option(CUSTOM, CUSTOM);
    custom.disabled = true;
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
}

/**
 * @param {string} title
 * @param {HTMLElement} content
 */
function disclosure(title, content) {
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = title;
  details.append(summary, content);
  return details;
}
