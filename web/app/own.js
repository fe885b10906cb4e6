/**
 * The reader's own data: drawn, pasted, dropped or chosen; shown and counted before the model learns them. What is refused is
 * answered here, and the running model is as it was.
 */

import { html, nothing, render } from 'lit';
import { countClasses } from '../lib/classes.js';
import { DRAWN_MAX } from '../lib/strokes.js';
import { captionOf, classNames } from './caption.js';
import { colourSpots, keyOf } from './categories.js';
import { Curve } from './curve.js';
import { messageOf } from './explanation.js';
import { chosenFile, sized } from './files.js';
import { varied } from './flock.js';
import { scaled } from './points.js';
import { Reader } from './reader.js';
import { say } from './sayings.js';
import { Surface } from './surface.js';
import { Terms } from './terms.js';
import { figure } from './tongue.js';

/** @typedef {'surface' | 'paste' | 'file' | 'terms'} Place where something was asked, and is refused */

const RADIUS = { min: 0.01, max: 0.3, step: 0.01 };

export class Own {
  #terms = new Terms(
    () => this.#again(),
    (sentence) => this.#refuse(sentence, 'terms'),
  );
  /** What was read last, to be read again when an option changes. @type {File | null} */
  #file = null;
  /** @type {import('./intake.js').Reading | null} */
  #table = null;
  #fault = '';
  /** @type {Place} */
  #place = 'surface';
  /** What was last done, read aloud. */
  #done = '';
  #reading = false;
  #reader = new Reader();
  /** @type {Surface | null} */
  #brush = null;
  /** What the section was last drawn from. */
  #drawn = '';
  #curve;
  #root;
  #desk;

  /**
   * @param {HTMLElement} root
   * @param {import('./main.js').Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#curve = new Curve(desk);
    // A file that misses the section would otherwise take the page's place.
    document.addEventListener('dragover', (event) => this.#over(event));
    document.addEventListener('dragleave', () => root.classList.remove('dropping'));
    document.addEventListener('drop', (event) => this.#drop(event));
    root.addEventListener('paste', (event) => {
      const file = event.clipboardData?.files[0];
      if (file) this.#take(file, 'paste');
    });
  }

  draw() {
    const brush = this.#brush;
    const look = JSON.stringify([
      say('title'),
      this.#kind,
      this.#count,
      [this.#terms, brush?.radius],
      [this.#fault, this.#place, this.#done, this.#reading, this.#curve.fault, this.#curve.done],
      this.#desk.session.run.phase === 'starting',
    ]);
    if (look !== this.#drawn) render(this.#view(), this.#root);
    this.#drawn = look;
    this.#brush ??= this.#takeUp();
    this.#brush.draw(this.#desk.theme());
    colourSpots(this.#root, this.#desk.theme());
  }

  #takeUp() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.#root.querySelector('canvas'));
    return new Surface(canvas, this.#desk.session.dials.noise(DRAWN_MAX), {
      begun: () => this.#begun(),
      changed: () => this.#desk.changed(),
    });
  }

  /** @returns {import('./terms.js').Kind} */
  get #kind() {
    return this.#table?.kind ?? 'drawn';
  }

  get #count() {
    return this.#table?.n ?? this.#brush?.strokes.n ?? 0;
  }

  #view() {
    return html`<h2 id="own-title">${say('title')}</h2>
      <p class="prose">${say('intro')}</p>
      <div class="own">
        ${this.#surface()}
        <div class="sources">${this.#paste()} ${this.#choose()}
          ${this.#terms.view(this.#kind)} ${this.#faultAt('terms')} ${this.#curve.view()}</div>
      </div>`;
  }

  #surface() {
    const { radius } = this.#brush ?? { radius: 0.08 };
    const turn = (/** @type {Event} */ event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      if (this.#brush) this.#brush.radius = Number(value);
      this.#desk.changed();
    };
    const empty = this.#count === 0;
    return html`<figure>
      <canvas id="surface" role="img" aria-label=${this.#caption()}></canvas>
      <figcaption id="own-text" class="small">${this.#caption()}</figcaption>
      ${keyOf(classNames(this.#table))}
      <div class="field brush">
        <label for="own-radius">${say('brush')}</label>
        <input
          type="range"
          id="own-radius"
          min=${RADIUS.min}
          max=${RADIUS.max}
          step=${RADIUS.step}
          .value=${String(radius)}
          @input=${turn}
        />
      </div>
      <div class="transport">
        <button type="button" id="own-undo" ?disabled=${empty || this.#kind !== 'drawn'} @click=${() => this.#undo()}>
          ${say('undo')}
        </button>
        <button type="button" id="own-clear" ?disabled=${empty} @click=${() => this.#clear()}>
          ${say('clear')}
        </button>
        <button
          type="button"
          id="own-learn"
          class="primary"
          ?disabled=${this.#idle}
          @click=${() => this.#use('usePoints', 'learned')}
        >
          ${say('learn')}
        </button>
        <button
          type="button"
          id="own-depart"
          ?disabled=${this.#idle}
          @click=${() => this.#use('useSource', 'departed')}
        >
          ${say('depart')}
        </button>
      </div>
      ${this.#faultAt('surface')}
      <p class="small" role="status">${this.#done}</p>
    </figure>`;
  }

  /** What was refused, beside what it was asked with. @param {Place} place */
  #faultAt(place) {
    if (this.#fault === '' || place !== this.#place) return nothing;
    return html`<p id="load-points-fault" class="fault" role="alert">${this.#fault}</p>`;
  }

  #paste() {
    const read = () => {
      const area = /** @type {HTMLTextAreaElement} */ (this.#root.querySelector('textarea'));
      this.#take(new File([area.value], say('pasted'), { type: 'text/csv' }), 'paste');
    };
    return html`<div class="field">
      <h3><label for="own-paste">${say('paste')}</label></h3>
      <textarea
        id="own-paste"
        rows="4"
        spellcheck="false"
        placeholder="0.5, 1.2&#10;-0.3, 0.8"
        aria-describedby="own-paste-text load-points-fault"
      ></textarea>
      <p id="own-paste-text" class="small">${say('pasteHelp')}</p>
      <button type="button" id="own-read" @click=${read}>${say('read')}</button>
      ${this.#faultAt('paste')}
    </div>`;
  }

  #choose() {
    return html`<div class="field">
      <h3><label for="load-points">${say('file')}</label></h3>
      <input
        type="file"
        id="load-points"
        accept=".csv,.tsv,.txt,.npy,image/png,image/jpeg,image/webp,image/gif"
        aria-describedby="load-points-text load-points-fault"
        @change=${(/** @type {Event} */ event) => chosenFile(event, (file) => this.#take(file, 'file'))}
      />
      <p id="load-points-text" class="small">${say('fileHelp')}</p>
      ${this.#faultAt('file')}
    </div>`;
  }

  /** What the surface shows, in words. */
  #caption() {
    if (this.#reading) return say('reading');
    const fits = this.#terms.scaling[this.#kind] !== 'none';
    const { full = false } = this.#brush?.strokes ?? {};
    return captionOf(this.#table, { name: this.#file?.name ?? '', n: this.#count, full, fits });
  }

  /** The brush has gone down: a drawing takes the place of what was read. */
  #begun() {
    this.#reader.drop();
    this.#reading = false;
    this.#table = null;
    this.#file = null;
    this.#fault = this.#done = '';
  }

  #undo() {
    this.#brush?.undo();
  }

  #clear() {
    this.#begun();
    this.#brush?.clear();
  }

  /**
   * @param {File} file
   * @param {Place} place  where it came in
   */
  async #take(file, place) {
    // One that is refused takes the place of what is being read too.
    this.#reader.drop();
    this.#fault = this.#done = '';
    this.#reading = true;
    this.#desk.changed();
    try {
      if (/\.safetensors$/i.test(file.name)) throw new Error(say('weights'));
      const { scaling, labelled, light, inked: n } = this.#terms;
      const { table, image } = scaling;
      const terms = { table, image, labelled, light, n };
      const reading = await this.#reader.read(sized(file), terms);
      if (!reading) return;
      if (reading.labels) countClasses(reading.labels);
      this.#file = file;
      this.#show(reading);
    } catch (error) {
      this.#refuse(`${file.name}: ${messageOf(error)}`, place);
    }
    this.#reading = false;
    this.#desk.changed();
  }

  /** @param {import('./intake.js').Reading} reading */
  #show(reading) {
    this.#table = reading;
    if (this.#brush) this.#brush.shown = reading;
  }

  /** Reads the same file again, as the options now say. */
  #again() {
    if (this.#file) this.#take(this.#file, 'terms');
    else this.#desk.changed();
  }

  /**
   * @param {string} sentence
   * @param {Place} place
   */
  #refuse(sentence, place) {
    this.#fault = sentence;
    this.#place = place;
    this.#desk.changed();
  }

  /** Whether there is nothing yet that a model could take. */
  get #idle() {
    return this.#count === 0 || this.#reading || this.#desk.session.run.phase === 'starting';
  }

  /**
   * @param {'usePoints' | 'useSource'} how  a model takes the points
   * @param {'learned' | 'departed'} done
   */
  #use(how, done) {
    this.#fault = this.#done = '';
    try {
      const points = this.#points();
      const work = this.#desk.session.use((dials) => dials[how](points));
      this.#done = say(done, figure(points.n));
      work.catch(() => {});
    } catch (error) {
      this.#refuse(messageOf(error), 'surface');
    }
    this.#desk.changed();
  }

  /** @returns {import('./dials.js').Points} */
  #points() {
    if (this.#table) {
      const { data, n, dim, labels, names } = this.#table;
      return { data, n, dim, labels, names, name: this.#file?.name ?? '' };
    }
    const drawn = /** @type {Surface} */ (this.#brush).strokes.points;
    varied(drawn, 2);
    const data = scaled(drawn, 2, this.#terms.scaling.drawn);
    return { data, n: data.length / 2, dim: 2, name: say('byHand') };
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#root.classList.add('dropping');
  }

  /** @param {DragEvent} event */
  #drop(event) {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    this.#root.classList.remove('dropping');
    this.#root.scrollIntoView({ block: 'nearest' });
    this.#take(file, 'surface');
  }
}
