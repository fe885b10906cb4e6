/**
 * @file Whether anybody could see an element: it is on the screen, in a tab that is shown. Off-screen and hidden, nothing is
 * computed and nothing is drawn.
 */

/** The least share of the element on the screen. */
const SHARE = 0.1;

export class Vigil {
  /** Whether it can be seen now, and whether it ever could. */
  awake = false;
  seen = false;
  #inside = false;
  #observer;
  #changed;
  #heed = () => this.#look();

  /**
   * @param {Element} element
   * @param {() => void} changed  called when `awake` has changed
   */
  constructor(element, changed) {
    this.#changed = changed;
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.#inside = entries[entries.length - 1].isIntersecting;
        this.#look();
      },
      { threshold: SHARE },
    );
    this.#observer.observe(element);
    document.addEventListener('visibilitychange', this.#heed);
  }

  end() {
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#heed);
  }

  #look() {
    const awake = this.#inside && document.visibilityState === 'visible';
    if (awake === this.awake) return;
    this.awake = awake;
    this.seen ||= awake;
    this.#changed();
  }
}
