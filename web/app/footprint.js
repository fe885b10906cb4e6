/**
 * @file How large an element lies on the page, in CSS pixels. To ask the element itself in the midst of a drawing would have
 * the page laid out there and then; here the browser tells, once a frame, when it has laid it out anyway.
 */

/** @typedef {{width: number, height: number}} Footprint */

/** @type {Footprint} */
const NONE = { width: 0, height: 0 };

/** @type {WeakMap<Element, Footprint>} */
const known = new WeakMap();

/** Who draws the page again when a size has changed. @type {() => void} */
let redraw = () => {};

/** @type {ResizeObserver | undefined} */
let observer;

/** @param {ResizeObserverEntry[]} entries */
function tell(entries) {
  for (const { target, contentRect } of entries) {
    known.set(target, { width: contentRect.width, height: contentRect.height });
  }
  redraw();
}

/** @param {() => void} changed called after each change of a size that somebody has asked for */
export function onResize(changed) {
  redraw = changed;
}

/**
 * Without padding; nothing in the frame in which it is asked for the first time.
 * @param {Element} element
 */
export function footprint(element) {
  const found = known.get(element);
  if (found) return found;
  known.set(element, NONE);
  observer ??= new ResizeObserver(tell);
  observer.observe(element);
  return NONE;
}
