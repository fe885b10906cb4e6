/**
 * A short guided tour: a card that does not stand in the way, with a stop at each part of flow matching. Every stop sets the page
 * up and says what to look for; the reader may turn anything meanwhile. At the end the reader's own settings come back, with the
 * model as it was when there was one.
 */

import { html, render } from 'lit';
import { messageOf } from './explanation.js';
import { GUIDE } from './helm.js';
import { STOPS, tell } from './itinerary.js';
import { Sight } from './sight.js';
import { tongue, words } from './tongue.js';

/**
 * @typedef {import('./main.js').Desk} Desk
 * @typedef {import('./session.js').Session} Session
 *
 * What the reader had before the tour.
 * @typedef {{config: import('../lib/parameters.js').Config, waiting: Set<string>, guide: Session['guide'],
 *   bytes: Uint8Array | null, going: boolean}} Own
 */

const say = words({
  en: {
    tour: 'Tour',
    at: (/** @type {number} */ stop, /** @type {number} */ of) => `Tour, ${stop} of ${of}`,
    look: 'What to look for',
    back: 'Back',
    next: 'Next',
    end: 'End tour',
    ends: 'At its end your own settings come back.',
    escape: 'Escape ends the tour.',
    more: 'More',
    less: 'Less',
  },
  zh: {
    tour: '导览',
    at: (stop, of) => `导览，第 ${stop} 站，共 ${of} 站`,
    look: '看什么',
    back: '上一站',
    next: '下一站',
    end: '结束导览',
    ends: '结束后会恢复你自己的设置。',
    escape: '按 Esc 结束导览。',
    more: '更多',
    less: '收起',
  },
});

/** A panel; see main.js. */
export class Tour {
  /** @type {number | null} */
  #at = null;
  /** @type {Own | null} */
  #own = null;
  /** What the model at hand was made from, when the tour made it. */
  #made = '';
  /** Whether a reflow is still to come at this stop. */
  #straighten = false;
  /** Whether all of the story is shown where there is little room. */
  #open = false;
  #fault = '';
  #drawn = '';
  #sight;
  #root;
  #desk;
  #opener;

  /**
   * @param {HTMLElement} root
   * @param {Desk} desk
   */
  constructor(root, desk) {
    this.#root = root;
    this.#desk = desk;
    this.#sight = new Sight(root);
    this.#opener = /** @type {HTMLButtonElement} */ (document.getElementById('tour-start'));
    this.#opener.addEventListener('click', () => this.#begin());
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.#at === null || event.defaultPrevented) return;
      event.preventDefault();
      this.#end();
    });
  }

  draw() {
    const { run } = this.#desk.session;
    const alive = run.phase !== 'starting' && run.phase !== 'dead';
    if (this.#opener.disabled !== (!alive || this.#at !== null)) {
      this.#opener.disabled = !alive || this.#at !== null;
    }
    if (this.#straighten && run.phase === 'finished') {
      this.#straighten = false;
      // What comes out of a reflow is no model for another stop.
      this.#made = '';
      this.#desk.session.straighten();
    }
    const drawn = [this.#at, this.#open, this.#fault, tongue()].join();
    if (this.#at !== null) this.#sight.look();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#opener.textContent = say('tour');
    this.#root.hidden = this.#at === null;
    if (this.#at !== null) render(this.#card(this.#at), this.#root);
  }

  async #begin() {
    const { session } = this.#desk;
    const trained = session.run.step > 0 || session.run.round > 0;
    const own = {
      config: session.dials.config,
      waiting: new Set(session.waiting),
      guide: session.guide,
      going: session.run.phase === 'training',
    };
    // A worker that ends meanwhile leaves nothing to bring back but the settings.
    const bytes = (trained && (await session.save().catch(() => null))) || null;
    this.#own = { ...own, bytes };
    this.#made = '';
    this.#go(0);
  }

  /** @param {number} at */
  async #go(at) {
    this.#at = at;
    this.#open = false;
    this.#fault = '';
    this.draw();
    const stop = STOPS[at];
    this.#show(stop.see);
    /** @type {HTMLElement | null} */ (this.#root.querySelector('#tour-title'))?.focus();
    try {
      await this.#setUp(stop);
      if (this.#at === at) this.#straighten = stop.straighten ?? false;
    } catch (error) {
      this.#fault = messageOf(error);
    }
    this.#desk.changed();
  }

  /** @param {import('./itinerary.js').Stop} stop */
  async #setUp({ model, live, guide = GUIDE }) {
    const { session } = this.#desk;
    session.guide = guide;
    this.#straighten = false;
    const wanted = JSON.stringify(model);
    if (wanted === this.#made) {
      for (const [name, value] of Object.entries(live)) session.set(name, value);
      if (session.run.phase === 'paused') session.start();
      return;
    }
    this.#made = wanted;
    await session.use((dials) => dials.useConfig({ ...model, ...live }));
    if (this.#made === wanted && this.#at !== null) session.start();
  }

  /** Brings one of the sections into view. @param {string[]} ids */
  #show(ids) {
    this.#unmark();
    const sections = ids.map((id) => document.getElementById(id));
    const section = sections.find((found) => found && found.childElementCount > 0);
    if (!section) return;
    section.classList.add('toured');
    this.#sight.take(section);
  }

  #unmark() {
    for (const section of document.querySelectorAll('.toured')) section.classList.remove('toured');
  }

  async #end() {
    const { session } = this.#desk;
    const own = this.#own;
    this.#at = null;
    this.#straighten = false;
    this.#own = null;
    this.#unmark();
    this.#sight.drop();
    this.draw();
    this.#opener.disabled = false;
    this.#opener.focus();
    if (!own) return;
    session.guide = own.guide;
    try {
      if (own.bytes) await this.#bringBack(own, own.bytes);
      else await session.use((dials) => dials.useConfig(own.config));
      if (own.going && ['ready', 'paused'].includes(session.run.phase)) session.start();
    } catch (error) {
      session.run.notice = { text: messageOf(error) };
    }
    this.#desk.changed();
  }

  /**
   * @param {Own} own
   * @param {Uint8Array} bytes
   */
  async #bringBack({ config, waiting }, bytes) {
    const { session } = this.#desk;
    await session.load(bytes);
    // Rows that waited for a reset were not in the model, and wait again.
    session.dials.config = config;
    session.waiting = waiting;
  }

  /** @param {number} at */
  #card(at) {
    const { name } = STOPS[at];
    const last = at === STOPS.length - 1;
    const turn = () => {
      this.#open = !this.#open;
      this.#desk.changed();
    };
    return html`<div class="head">
        <p class="small">${say('at', at + 1, STOPS.length)}</p>
        <h2 id="tour-title" tabindex="-1">${tell(name)}</h2>
      </div>
      <div id="tour-story" class="story" data-open=${this.#open} tabindex=${this.#open ? 0 : -1}>
        <p>${tell(`${name}Set`)}</p>
        <p><strong>${say('look')}</strong> ${tell(`${name}See`)}</p>
        <p class="small">${say('ends')} <span class="by-key">${say('escape')}</span></p>
      </div>
      <p class="fault" role="alert" ?hidden=${this.#fault === ''}>${this.#fault}</p>
      <div class="transport">
        <button type="button" id="tour-back" ?disabled=${at === 0} @click=${() => this.#go(at - 1)}>${say('back')}</button>
        <button type="button" id="tour-next" class="primary" ?hidden=${last} @click=${() => this.#go(at + 1)}>${say('next')}</button>
        <button type="button" id="tour-end" @click=${() => this.#end()}>${say('end')}</button>
        <button type="button" id="tour-more" aria-expanded=${this.#open} aria-controls="tour-story" @click=${turn}>${say(this.#open ? 'less' : 'more')}</button>
      </div>`;
  }
}
