/**
 * The way through the page: a line of links to its sections that stays at the top. A section that has nothing to show has no
 * link, and the one that is read is marked.
 */

/** The section that is read is the last one that begins above this share of the window's height. */
const EYE = 0.3;

export class Bearings {
  /** @type {{link: HTMLAnchorElement, target: HTMLElement}[]} */
  #ways = [];
  /** @type {{link: HTMLAnchorElement, target: HTMLElement} | undefined} */
  #read;

  /**
   * @param {HTMLElement} nav
   * @param {HTMLElement} skip  the link past all that stands above the first section
   */
  constructor(nav, skip) {
    for (const link of [
      .../** @type {NodeListOf<HTMLAnchorElement>} */ (nav.querySelectorAll('a')),
      /** @type {HTMLAnchorElement} */ (skip),
    ]) {
      const target = document.getElementById(link.hash.slice(1));
      if (!target) continue;
      if (link !== skip) this.#ways.push({ link, target });
      // The address stays as it is: it may hold the settings.
      link.addEventListener('click', (event) => {
        event.preventDefault();
        goTo(target);
      });
    }
    addEventListener('scroll', () => this.#mark(), { passive: true });
    this.#mark();
  }

  draw() {
    for (const { link, target } of this.#ways) {
      const gone = target.childElementCount === 0 || target.hidden;
      const item = /** @type {HTMLElement} */ (link.parentElement);
      if (item.hidden !== gone) item.hidden = gone;
    }
  }

  #mark() {
    const { scrollTop, scrollHeight } = document.documentElement;
    const eye = scrollTop + innerHeight >= scrollHeight - 1 ? innerHeight : EYE * innerHeight;
    const above = this.#ways.filter(({ target }) => isSeen(target) && topOf(target) <= eye);
    const read = above.at(-1) ?? this.#ways[0];
    if (read === this.#read) return;
    this.#read?.link.removeAttribute('aria-current');
    read?.link.setAttribute('aria-current', 'true');
    this.#read = read;
  }
}

/** @param {HTMLElement} target */
const topOf = (target) => target.getBoundingClientRect().top;

/** A section that is empty takes no room. @param {HTMLElement} target */
const isSeen = (target) => target.offsetParent !== null;

/** Shows a section, and lets the keyboard go on from there. @param {HTMLElement} target */
function goTo(target) {
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}
