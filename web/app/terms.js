/**
 * On what terms the reader's own data become points: how they are scaled, whether the last column is a class, and what of an
 * image is ink.
 */

import { html, nothing } from 'lit';
import { say } from './sayings.js';
import { figure } from './tongue.js';

/**
 * @typedef {import('./points.js').Scaling} Scaling
 * @typedef {'drawn' | 'table' | 'image'} Kind
 */

const SCALINGS = /** @type {const} */ (['columns', 'shape', 'none']);
/** Points of an image: what is asked for at first, at least and at most. */
const INKED = { first: 2000, least: 10, most: 100_000 };

export class Terms {
  /** What is scaled how, as it suits each kind. @type {Record<Kind, Scaling>} */
  scaling = { drawn: 'shape', table: 'columns', image: 'shape' };
  labelled = false;
  /** Whether the ink of an image is light, and how many points it becomes. */
  light = false;
  inked = INKED.first;
  #changed;
  #refuse;

  /**
   * @param {() => void} changed  called after another choice
   * @param {(sentence: string) => void} refuse
   */
  constructor(changed, refuse) {
    this.#changed = changed;
    this.#refuse = refuse;
  }

  /** @param {Kind} kind  of the data at hand */
  view(kind) {
    return html`<div class="options">
      <div class="field">
        <label for="own-scaling">${say('scale')}</label>
        <select
          id="own-scaling"
          aria-describedby="own-scaling-text"
          @change=${(/** @type {Event} */ event) => this.#scale(kind, chosen(event))}
        >
          ${SCALINGS.map(
            (each) =>
              html`<option value=${each} ?selected=${each === this.scaling[kind]}>${say(each)}</option>`,
          )}
        </select>
        <p id="own-scaling-text" class="small">${say('scaleHelp')}</p>
      </div>
      ${this.#box('labelled')} ${kind === 'image' ? this.#ink() : nothing}
    </div>`;
  }

  #ink() {
    return html`<div class="field">
        <label for="own-inked">${say('inked')}</label>
        <input
          type="number"
          id="own-inked"
          min=${INKED.least}
          max=${INKED.most}
          .value=${String(this.inked)}
          @change=${(/** @type {Event} */ event) => this.#count(chosen(event))}
        />
      </div>
      ${this.#box('light')}`;
  }

  /** @param {'labelled' | 'light'} name */
  #box(name) {
    const turn = () => {
      this[name] = !this[name];
      this.#changed();
    };
    return html`<div class="field switch">
      <label for="own-${name}">${say(name)}</label>
      <input type="checkbox" id="own-${name}" .checked=${this[name]} @change=${turn} />
    </div>`;
  }

  /**
   * @param {Kind} kind
   * @param {string} value
   */
  #scale(kind, value) {
    this.scaling[kind] = /** @type {Scaling} */ (value);
    this.#changed();
  }

  /** @param {string} value */
  #count(value) {
    const n = Math.round(Number(value));
    if (!(n >= INKED.least && n <= INKED.most)) {
      return this.#refuse(say('inkedFault', value, figure(INKED.least), figure(INKED.most)));
    }
    this.inked = n;
    this.#changed();
  }
}

/** @param {Event} event */
function chosen(event) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
}
