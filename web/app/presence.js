/**
 * Whether an element is on the screen or near it: what nobody looks at is not worked out.
 */
export class Presence {
  near = false;

  /**
   * @param {Element} element
   * @param {() => void} changed  called when it has come near
   */
  constructor(element, changed) {
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.near = isIntersecting;
      if (isIntersecting) changed();
    }).observe(element);
  }
}
