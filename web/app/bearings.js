/**
 * The way through the page: a line of links to its sections that stays at the top. A section that has nothing to show has no
 * link, and the one that is read is marked.
 */

/** What lies within this band of the window's height is what is read. */
const BAND = '-25% 0px -65% 0px';

export class Bearings {
  /** @type {{link: HTMLAnchorElement, target: HTMLElement}[]} */
  #ways = [];

  /** @param {HTMLElement} nav */
  constructor(nav) {
    for (const link of nav.querySelectorAll('a')) {
      const target = document.getElementById(link.hash.slice(1));
      if (target) this.#ways.push({ link, target });
      // The address stays as it is: it may hold the settings.
      link.addEventListener('click', (event) => {
        event.preventDefault();
        if (target) goTo(target);
      });
    }
    const seen = new IntersectionObserver((entries) => this.#mark(entries), { rootMargin: BAND });
    for (const { target } of this.#ways) seen.observe(target);
    this.draw();
  }

  draw() {
    for (const { link, target } of this.#ways) {
      const gone = target.childElementCount === 0 || target.hidden;
      const item = /** @type {HTMLElement} */ (link.parentElement);
      if (item.hidden !== gone) item.hidden = gone;
    }
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #mark(entries) {
    const entry = entries.find(({ isIntersecting }) => isIntersecting);
    if (!entry) return;
    for (const { link, target } of this.#ways) {
      if (target === entry.target) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }
}

/** Shows a section, and lets the keyboard go on from there. @param {HTMLElement} target */
function goTo(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}
