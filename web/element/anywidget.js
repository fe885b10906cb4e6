/**
 * @file The element as an anywidget module, for Jupyter, VS Code, Colab and marimo. A widget's traits `data`, `seed`, `config`,
 * `autostart`, `controls`, `theme` and `poster` are its attributes, then and whenever they change; what the run has come to is
 * written back into `step`, `loss`, `sw2`, `sw2_floor` and `hash`, as far as the widget has such traits.
 */

import { define } from './element.js';

/** @typedef {import('./element.js').MoonFlowElement} MoonFlowElement */

/**
 * The part of an anywidget model that is used.
 * @typedef {object} WidgetModel
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: () => void) => void} on
 * @property {(event: string, listener: () => void) => void} off
 */

const TRAITS = ['data', 'seed', 'config', 'autostart', 'controls', 'theme', 'poster'];

/**
 * @param {{model: WidgetModel, el: HTMLElement}} widget
 * @returns {() => void} ends the run and takes the element away
 */
function render({ model, el }) {
  define();
  const element = /** @type {MoonFlowElement} */ (document.createElement('moon-flow'));
  /** @type {Map<string, () => void>} */
  const listeners = new Map();
  for (const name of TRAITS) {
    const take = () => assign(element, name, model.get(name));
    take();
    model.on(`change:${name}`, take);
    listeners.set(name, take);
  }
  element.addEventListener('moonflow-finish', (event) => {
    report(model, /** @type {CustomEvent} */ (event).detail);
  });
  el.append(element);
  return () => {
    for (const [name, take] of listeners) model.off(`change:${name}`, take);
    element.remove();
  };
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function assign(element, name, value) {
  if (value === undefined || value === null || value === '') element.removeAttribute(name);
  else element.setAttribute(name, typeof value === 'object' ? JSON.stringify(value) : `${value}`);
}

/**
 * @param {WidgetModel} model
 * @param {{step: number, loss: number, quality: {sw2: number, floor: number}, hash: string}} outcome
 */
function report(model, { step, loss, quality, hash }) {
  const outcome = { step, loss, sw2: quality.sw2, sw2_floor: quality.floor, hash };
  for (const [name, value] of Object.entries(outcome)) {
    if (model.get(name) !== undefined) model.set(name, value);
  }
  model.save_changes();
}

export default { render };
