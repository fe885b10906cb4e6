/**
 * @file What goes on behind one element while it is in a document: it waits until it is seen, begins, rests out of sight, and
 * ends with the element. One thing happens after another, until what is agrees with what is wanted.
 */

import { placesAt } from '../view/passage.js';
import { dark, light } from '../view/theme.js';
import { languageOf, schemeAround, still } from './habitat.js';
import { isEnd, Learner } from './learner.js';
import { Mailbox } from './mailbox.js';
import { phrases } from './phrases.js';
import { Vigil } from './vigil.js';
import { configOf, mannerOf } from './wishes.js';

/**
 * @typedef {import('./face.js').Face} Face
 * @typedef {import('./face.js').State} State
 * @typedef {import('./wishes.js').Manner} Manner
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {import('./learner.js').Memory} Memory
 */

/** Milliseconds of the way from noise to data that is shown once the run is done. */
const LAP_MS = 2500;

export class Embed {
  message = '';
  t = 1;
  #element;
  #face;
  #vigil;
  /** @type {Mailbox | null} */
  #mailbox = null;
  /** @type {Manner} */
  #manner = { autostart: 'visible', controls: 'minimal', theme: 'auto', host: null };
  /** Why the attributes of that were refused. @type {unknown} */
  #fault = null;
  /** What the page around a frame said of the theme. @type {Manner['theme']} */
  #told = 'auto';
  /** What is to be learned, and what is: the same object when they agree. @type {Config | null} */
  #wish = null;
  /** @type {Config | null} */
  #had = null;
  #unread = true;
  /** Whether somebody, or the first sight of it, has asked for it to run. @type {boolean | null} */
  #wanted = null;
  /** @type {Learner | null} */
  #learner = null;
  /** @type {Memory | null} */
  #memory;
  #opening = false;
  /** What it failed of; '' while it has not. */
  #failure = '';
  #gone = false;
  #stirred = false;
  /** @type {Promise<void> | null} */
  #acting = null;
  #dirty = false;
  /** When the way from noise to data began to be shown. @type {number | null} */
  #lapAt = null;
  /** @type {Float32Array | null} */
  #samples = null;
  /** @type {unknown} */
  #samplesOf = null;

  /**
   * @param {HTMLElement} element
   * @param {Face} face
   * @param {Memory | null} [memory]  of the same element
   */
  constructor(element, face, memory = null) {
    this.#element = element;
    this.#face = face;
    this.#memory = memory;
    this.#wanted = memory?.wanted ?? null;
    this.#vigil = new Vigil(element, () => this.stir());
    this.reread();
  }

  /** @returns {State} */
  get state() {
    if (this.#failure) return 'failed';
    if (this.#opening) return 'opening';
    if (!this.#learner) return 'waiting';
    if (this.#learner.done) return 'finished';
    if (!this.#wanted) return 'paused';
    return this.#vigil.awake ? 'training' : 'sleeping';
  }

  get learner() {
    return this.#learner;
  }

  start() {
    this.#forgive();
    if (this.#learner?.done) this.#had = null;
    this.#wanted = true;
    this.#unread ||= this.message !== '';
    this.stir();
  }

  pause() {
    this.#wanted = false;
    this.stir();
  }

  /** The button: starts, pauses, goes on or begins anew. */
  toggle() {
    const { state } = this;
    if (state === 'training' || state === 'opening' || state === 'sleeping') this.pause();
    else this.start();
  }

  /** Makes the model anew, which goes on as the one before; after a failure it waits for a start. */
  reset() {
    this.#forgive();
    this.#had = null;
    this.#memory = null;
    this.t = 1;
    this.stir();
  }

  /** @param {number} t */
  seek(t) {
    this.#lapAt = null;
    this.t = Math.min(1, Math.max(0, t));
    this.invalidate();
  }

  /** An attribute has changed. How it shows itself is taken at once, what it learns when it is seen. */
  reread() {
    this.#unread = true;
    this.#fault = null;
    const { host } = this.#manner;
    try {
      this.#manner = mannerOf(this.#element);
      if (this.#manner.host !== host) this.#listen();
    } catch (error) {
      this.#fault = error;
    }
    this.stir();
  }

  /** Hears the page around a frame, if it is named. What another has said counts no longer. */
  #listen() {
    this.#mailbox?.end();
    this.#told = 'auto';
    const { host } = this.#manner;
    this.#mailbox = host === null ? null : new Mailbox(host, (theme) => this.#hear(theme));
  }

  /** @param {Manner['theme']} theme */
  #hear(theme) {
    this.#told = theme;
    this.invalidate();
  }

  /** The element has left the document. @returns {Memory | null} */
  end() {
    this.#gone = true;
    this.#vigil.end();
    this.#mailbox?.end();
    const learner = this.#learner;
    if (!learner) return this.#memory;
    this.#learner = null;
    return { wanted: this.#wanted, wish: JSON.stringify(this.#had), model: learner.leave() };
  }

  /** Something has changed: act until nothing is left to do. */
  stir() {
    this.#stirred = true;
    this.invalidate();
    this.#acting ??= this.#act().finally(() => {
      this.#acting = null;
      if (this.#stirred && !this.#gone) this.stir();
    });
  }

  async #act() {
    while (this.#stirred && !this.#gone) {
      this.#stirred = false;
      try {
        await this.#once();
      } catch (error) {
        this.#fail(error);
      }
      this.invalidate();
    }
  }

  async #once() {
    const { awake, seen } = this.#vigil;
    if (!seen) return;
    if (this.#unread) await this.#read();
    if (this.#failure || this.#gone) return;
    if (this.#wanted === null && this.message === '')
      this.#wanted = this.#manner.autostart === 'visible' && !still();
    if (!awake) return this.#learner?.halt();
    if (!this.#wanted && !this.#learner && !this.#memory) return;
    if (!this.#wish) return;
    await this.#agree();
    if (!this.#wanted) return this.#learner?.halt();
    this.#run();
  }

  /** Reads what is to be learned. What cannot be is told, and changes nothing. */
  async #read() {
    this.#unread = false;
    try {
      const config = await configOf(this.#element);
      if (this.#fault) throw this.#fault;
      if (JSON.stringify(config) !== JSON.stringify(this.#wish)) {
        this.#wish = config;
        // What failed has been mended, and begins as if it were new.
        if (this.#failure) this.#wanted = null;
        this.#forgive();
      }
      this.message = this.#failure;
    } catch (error) {
      this.#say(error);
    }
  }

  /** Opens a worker, and makes the model that is wished for. */
  async #agree() {
    if (!this.#learner) await this.#open();
    const learner = this.#learner;
    if (!learner || this.#had === this.#wish || !this.#wish) return;
    const before = this.#had;
    try {
      this.#had = this.#wish;
      await learner.begin(this.#wish, await this.#kept());
      this.#lapAt = null;
      this.t = 1;
    } catch (error) {
      // The model that runs is as it was.
      if (!before || !learner.config) throw error;
      this.#wish = before;
      this.#had = before;
      this.#say(error);
    }
  }

  /** The model that the element left with, when it is still what is wished for. */
  async #kept() {
    const memory = this.#memory;
    this.#memory = null;
    return memory?.wish === JSON.stringify(this.#wish) ? memory.model : null;
  }

  async #open() {
    this.#opening = true;
    this.#had = null;
    this.invalidate();
    try {
      const learner = await Learner.open({
        workerUrl: this.#element.getAttribute('worker-url') ?? undefined,
        changed: () => this.#learned(),
        onExit: (error) => this.#fail(error),
      });
      if (this.#gone) await learner.dispose();
      else this.#learner = learner;
    } finally {
      this.#opening = false;
    }
  }

  #run() {
    const learner = this.#learner;
    if (!learner || learner.done || learner.running) return;
    this.#emit('start', { step: learner.step, total: learner.total });
    learner.run().then(
      () => this.#rested(learner),
      (error) => this.#fail(error),
    );
  }

  /** @param {Learner} learner */
  async #rested(learner) {
    if (learner !== this.#learner) return;
    if (!learner.done) return this.#emit('pause', learner.figures);
    if (!still()) this.#lapAt = performance.now();
    this.invalidate();
    try {
      this.#emit('finish', { ...learner.figures, hash: await learner.digest() });
    } catch (error) {
      if (!isEnd(error)) this.#fail(error);
    }
  }

  #learned() {
    const learner = this.#learner;
    // A model that is made and waits has taken no step.
    if (learner?.running && !this.#gone) this.#emit('step', learner.figures);
    this.invalidate();
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#gone || isEnd(error)) return;
    this.#wanted = false;
    this.#say(error);
    this.#failure = this.message;
    this.invalidate();
  }

  /** @param {unknown} error */
  #say(error) {
    const message = (error instanceof Error && error.message) || String(error);
    if (message === this.message) return;
    this.message = message;
    this.#emit('error', { message });
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #emit(name, detail) {
    const init = { detail, bubbles: true, composed: true };
    this.#element.dispatchEvent(new CustomEvent(`moonflow-${name}`, init));
  }

  /** After a failure: nothing is left of it, nor of the worker that it was in. */
  #forgive() {
    if (!this.#failure) return;
    this.#learner?.dispose();
    this.#learner = null;
    this.#had = null;
    this.#failure = '';
    this.message = '';
    this.#unread = true;
  }

  /** Asks for a drawing in the next frame; out of sight there is none. */
  invalidate() {
    if (this.#dirty || this.#gone) return;
    this.#dirty = true;
    requestAnimationFrame(() => {
      this.#dirty = false;
      if (!this.#gone) this.#draw();
    });
  }

  #draw() {
    this.#tick();
    const learner = this.#learner;
    const data = learner?.data;
    const lang = languageOf(this.#element);
    const scheme = this.#scheme();
    this.#face.draw({
      state: this.state,
      phrases: phrases(lang),
      lang,
      scheme,
      theme: scheme === 'dark' ? dark : light,
      controls: this.#manner.controls,
      poster: this.#element.getAttribute('poster'),
      message: this.message,
      t: this.t,
      figures: learner ? learner.figures : NOTHING,
      points: learner && data ? { data, samples: this.#at(this.t), dim: learner.dim } : null,
    });
  }

  /** Moves the time of the flow on while the way is shown. */
  #tick() {
    if (this.#lapAt === null || !this.#vigil.awake) return;
    const share = Math.min(1, (performance.now() - this.#lapAt) / LAP_MS);
    this.t = share * share * (3 - 2 * share);
    if (share === 1) this.#lapAt = null;
    else this.invalidate();
  }

  /** @param {number} t */
  #at(t) {
    const way = this.#learner?.way ?? null;
    // The same array for the same moment, so that it is painted once.
    if (this.#samplesOf !== way || this.#sampledAt !== t) {
      this.#samples = way && placesAt({ ...way, dim: this.#learner?.dim ?? 2 }, t);
      this.#samplesOf = way;
      this.#sampledAt = t;
    }
    return this.#samples;
  }

  #sampledAt = Number.NaN;

  /** Of the attribute; else what the page around a frame said; else as the text of the page is light or dark. */
  #scheme() {
    const { theme } = this.#manner;
    if (theme !== 'auto') return theme;
    if (this.#told !== 'auto') return this.#told;
    return schemeAround(this.#face.colour);
  }
}

const NOTHING = { step: 0, total: 0, loss: Number.NaN, quality: null };
