/**
 * One labelled native control for one row of the engine's parameter table: a list for a choice, a box for a switch, a
 * number with a slider for the rest. Knows nothing of the model; hands a chosen value to `onChange`.
 */

import { helpOf, nameOf } from './glossary.js';
import { choiceOf, meaningOf } from './meanings.js';
import { sliderOf } from './slider.js';
import { tongue, words } from './tongue.js';

/** @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo */
/** @typedef {string | number | boolean} Value */

export class Field {
  /** @type {ReturnType<typeof sliderOf>} */
  #slider = null;
  /** @type {HTMLInputElement | null} */
  #range = null;
  #label = document.createElement('label');
  #help = text('help');
  #meaning = text('meaning');
  #fault = text('fault');
  #note = text('note');
  #unavailable;
  /** Why the value is not the reader's to set. @type {(() => string) | null} */
  #locked = null;
  /** Of the words that stand here. @type {import('./tongue.js').Tongue | null} */
  #tongue = null;

  /**
   * @param {ParameterInfo} info
   * @param {{onChange: (name: string, value: Value) => void, unavailable?: Record<string, () => string>}} options
   *   `unavailable` maps a choice that cannot be picked by hand to the reason
   */
  constructor(info, { onChange, unavailable = {} }) {
    this.info = info;
    this.#unavailable = unavailable;
    /** The number in the control was refused and is the reader's to mend; a choice that was goes back by itself. */
    this.refused = false;
    const id = `p-${info.name}`;
    this.input = inputOf(info, Object.keys(unavailable));
    this.input.id = id;
    const told = ['meaning', 'help', 'fault', 'note'].map((part) => `${id}-${part}`);
    this.input.setAttribute('aria-describedby', told.join(' '));
    [this.#meaning, this.#help, this.#fault, this.#note].forEach((part, i) => {
      part.id = told[i];
    });
    this.#fault.setAttribute('role', 'alert');
    this.#help.hidden = false;
    this.#label.htmlFor = id;

    this.element = document.createElement('div');
    this.element.className = `field ${info.kind}`;
    this.element.append(this.#label, this.input);
    this.#addSlider((name, value) => this.#hand(onChange, name, value));
    this.element.append(this.#meaning, this.#help, this.#fault, this.#note);
    this.input.addEventListener('change', () => this.#hand(onChange, info.name, this.value));
    this.speak();
  }

  /** Says what stands here in the language of the moment. */
  speak() {
    if (this.#tongue === tongue()) return;
    this.#tongue = tongue();
    const { name } = this.info;
    this.#label.textContent = nameOf(name);
    this.#label.title = `${name}: ${helpOf(this.info)}`;
    this.#help.textContent = helpOf(this.info);
    this.#range?.setAttribute('aria-label', sentence('slider', nameOf(name)));
    if (this.#locked) this.input.title = this.#locked();
    if (this.input instanceof HTMLSelectElement) this.#speakChoices(this.input);
  }

  /** @param {HTMLSelectElement} list */
  #speakChoices(list) {
    const { name } = this.info;
    for (const option of list.options) {
      const reason = this.#unavailable[option.value];
      const shown = choiceOf(name, option.value);
      option.textContent = reason ? sentence('unavailable', shown, reason()) : shown;
    }
    this.#mean();
  }

  #mean() {
    if (this.info.kind === 'choice')
      say(this.#meaning, meaningOf(this.info.name, this.input.value));
  }

  /**
   * A box without a number, or with one outside its range, has no value to hand on, and says so itself.
   * @param {(name: string, value: Value) => void} onChange
   * @param {string} name
   * @param {Value} value
   */
  #hand(onChange, name, value) {
    const { min, max } = this.info;
    const { rangeOverflow, rangeUnderflow } = this.input.validity;
    if (rangeOverflow || rangeUnderflow) {
      return this.fault(sentence('refused', name, sentence('outside', String(value)), min, max));
    }
    if (!Number.isNaN(value)) return onChange(name, value);
    const what = sentence(this.input.validity.badInput ? 'noNumber' : 'empty');
    this.fault(sentence('refused', name, what, min, max));
  }

  /** @returns {Value} NaN when the number box holds no number */
  get value() {
    if (this.info.kind === 'choice') return this.input.value;
    if (this.info.kind === 'switch') return /** @type {HTMLInputElement} */ (this.input).checked;
    return this.input.value.trim() === '' ? Number.NaN : Number(this.input.value);
  }

  set value(value) {
    // Writing what stands there already would throw the slider back to the rounded position.
    if (Object.is(value, this.value)) return;
    if (this.info.kind === 'switch') {
      /** @type {HTMLInputElement} */ (this.input).checked = Boolean(value);
      return;
    }
    this.input.value = String(value);
    this.#mean();
    this.#place(Number(value));
  }

  /** Whether the reader is in the middle of a number. */
  get typing() {
    return document.activeElement === this.input && this.input.type === 'number';
  }

  /** A sentence at the control about a value that was refused; '' takes it away. @param {string} message */
  fault(message) {
    this.refused = message !== '' && this.input.type === 'number';
    say(this.#fault, message);
    this.input.setAttribute('aria-invalid', String(message !== ''));
  }

  /** Keeps the reader's hands off a value that something else decides. @param {() => string} reason */
  lock(reason) {
    this.#locked = reason;
    this.input.disabled = true;
    this.input.title = reason();
    if (this.#range) this.#range.disabled = true;
  }

  /** A quiet remark at the control; '' takes it away. @param {string} message */
  note(message) {
    say(this.#note, message);
  }

  /** @param {(name: string, value: Value) => void} onChange */
  #addSlider(onChange) {
    const slider = sliderOf(this.info);
    if (!slider) return;
    const range = document.createElement('input');
    range.type = 'range';
    range.min = String(slider.min);
    range.max = String(slider.max);
    range.step = String(slider.step);
    this.#slider = slider;
    this.#range = range;
    range.addEventListener('input', () => {
      this.input.value = String(slider.valueAt(Number(range.value)));
      range.setAttribute('aria-valuetext', this.input.value);
      if (this.info.live) onChange(this.info.name, this.value);
    });
    range.addEventListener('change', () => onChange(this.info.name, this.value));
    this.element.append(range);
  }

  /** @param {number} value */
  #place(value) {
    if (!this.#slider || !this.#range || !Number.isFinite(value)) return;
    this.#range.value = String(this.#slider.positionOf(value));
    this.#range.setAttribute('aria-valuetext', String(value));
  }
}

const sentence = words({
  en: {
    slider: (/** @type {string} */ name) => `${name}, slider`,
    unavailable: (/** @type {string} */ choice, /** @type {string} */ reason) =>
      `${choice} (${reason})`,
    noNumber: 'the text is no number',
    empty: 'the field is empty',
    outside: (/** @type {string} */ value) => `got ${value}`,
    refused: (
      /** @type {string} */ name,
      /** @type {string} */ what,
      /** @type {number} */ min,
      /** @type {number} */ max,
    ) => `${name}: ${what}; allowed is a number from ${min} to ${max}`,
  },
  zh: {
    slider: (name) => `${name}，滑块`,
    unavailable: (choice, reason) => `${choice}（${reason}）`,
    noNumber: '输入的不是数',
    empty: '没有输入',
    outside: (value) => `${value} 超出了范围`,
    refused: (name, what, min, max) => `${name}：${what}；可以填 ${min} 到 ${max} 之间的数`,
  },
});

/**
 * @param {ParameterInfo} info
 * @param {string[]} unavailable
 * @returns {HTMLInputElement | HTMLSelectElement}
 */
function inputOf(info, unavailable) {
  if (info.kind === 'choice') {
    const list = document.createElement('select');
    for (const choice of info.choices) {
      const option = new Option(choice, choice);
      option.disabled = unavailable.includes(choice);
      list.append(option);
    }
    return list;
  }
  const input = document.createElement('input');
  if (info.kind === 'switch') {
    input.type = 'checkbox';
    return input;
  }
  input.type = 'number';
  input.min = String(info.min);
  input.max = String(info.max);
  input.step = info.kind === 'integer' ? '1' : 'any';
  input.inputMode = info.kind === 'integer' ? 'numeric' : 'decimal';
  return input;
}

/**
 * @param {string} className
 * @param {string} [content]
 */
function text(className, content = '') {
  const paragraph = document.createElement('p');
  paragraph.className = className;
  paragraph.textContent = content;
  paragraph.hidden = content === '';
  return paragraph;
}

/**
 * @param {HTMLElement} paragraph
 * @param {string} message
 */
function say(paragraph, message) {
  if (paragraph.textContent !== message) paragraph.textContent = message;
  paragraph.hidden = message === '';
}
