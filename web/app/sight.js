/**
 * Keeps a picture in sight beside a card that lies along the lower edge of a phone: the page is scrolled so that the picture stands
 * above it, now or when it is first there, unless the reader has begun to move the page.
 */

/** Where the card lies along the edge; as in tour.css. */
const LOW = matchMedia('(max-width: 40rem), (max-height: 30rem)');
const PICTURES = 'canvas, .uplot';
/** What a reader moves the page with. */
const HANDS = ['wheel', 'touchmove', 'pointerdown', 'keydown'];
/** Pixels kept free above and below. */
const AIR = 8;
/** Milliseconds during which a picture is kept where it was brought, while the words around it settle. */
const CARE_MS = 1500;

export class Sight {
  /** What is to be brought into sight yet. @type {Element | null} */
  #section = null;
  /** When it is left to itself; null before there is a picture. @type {number | null} */
  #until = null;
  #card;

  /** @param {HTMLElement} card */
  constructor(card) {
    this.#card = card;
    for (const hand of HANDS) {
      addEventListener(hand, () => this.drop(), { capture: true, passive: true });
    }
  }

  /** Brings a section into view, and its picture. @param {Element} section */
  take(section) {
    const low = LOW.matches;
    section.scrollIntoView({ block: 'start', behavior: low ? 'instant' : 'auto' });
    this.#section = low ? section : null;
    this.#until = null;
    this.look();
  }

  /** The picture may be there by now, or what stands above it may have grown. */
  look() {
    const picture = this.#section?.querySelector(PICTURES);
    if (!picture) return;
    const { top, bottom, height } = picture.getBoundingClientRect();
    if (height === 0) return;
    this.#until ??= performance.now() + CARE_MS;
    if (performance.now() > this.#until) this.drop();
    const above = (document.querySelector('.bearings')?.clientHeight ?? 0) + AIR;
    const below = this.#card.getBoundingClientRect().top - AIR;
    const way = height > below - above ? top - above : bottom - below;
    if (Math.abs(way) > 1) scrollBy({ top: way, behavior: 'instant' });
  }

  drop() {
    this.#section = null;
  }
}
