/**
 * A path of the reader's own, from a table of alpha and sigma.
 */

import { html } from 'lit';
import { messageOf } from './explanation.js';
import { chosenFile, sized } from './files.js';
import { Reader } from './reader.js';
import { say } from './sayings.js';
import { figure } from './tongue.js';

/** A path is read as it stands. */
const PLAIN = /** @type {const} */ ({
  table: 'none',
  image: 'none',
  labelled: false,
  light: false,
  n: 1,
});

export class Curve {
  fault = '';
  /** What was last done, read aloud. */
  done = '';
  #reader = new Reader();
  #desk;

  /** @param {import('./main.js').Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  view() {
    return html`<details>
      <summary>${say('path')}</summary>
      <div class="field">
        <p id="load-path-text" class="small">${say('pathHelp')}</p>
        <label for="load-path">${say('pathFile')}</label>
        <input
          type="file"
          id="load-path"
          accept=".csv,.tsv,.txt,.npy"
          aria-describedby="load-path-text load-path-fault"
          @change=${(/** @type {Event} */ event) => chosenFile(event, (file) => this.#take(file))}
        />
        <p id="load-path-fault" class="fault" role="alert" ?hidden=${!this.fault}>${this.fault}</p>
        <p class="small" role="status">${this.done}</p>
      </div>
    </details>`;
  }

  /** @param {File} file */
  async #take(file) {
    this.fault = this.done = '';
    try {
      const reading = await this.#reader.read(sized(file), PLAIN);
      if (!reading) return;
      const { kind, dim, n, data } = reading;
      if (kind === 'image') throw new Error(say('pathKind'));
      if (dim !== 2) throw new Error(say('pathColumns', dim));
      const alpha = data.filter((_, i) => i % 2 === 0);
      const sigma = data.filter((_, i) => i % 2 === 1);
      this.#desk.session.use((dials) => dials.useCurve({ alpha, sigma }));
      this.done = say('pathDone', file.name, figure(n));
    } catch (error) {
      this.fault = `${file.name}: ${messageOf(error)}`;
    }
    this.#desk.changed();
  }
}
