/**
 * Single keys for the run: Space starts and pauses, S takes one step, R resets, U undoes that, P plays the flow. They are heard
 * only outside fields, so typing a number or opening a list never starts a run.
 */

/** A slider takes arrows and no letters. */
const FIELDS = 'input:not([type="range"]), select, textarea, [contenteditable]';
/** Space presses these by itself; hearing it here as well would press twice. */
const PRESSED_BY_SPACE = 'button, summary, a';

/** @typedef {Record<'start' | 'step' | 'reset' | 'undo' | 'play', () => void>} Actions */

/**
 * @param {Document} document
 * @param {Actions} actions
 */
export function listen(document, actions) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = actionOf(event, actions);
    if (!action) return;
    event.preventDefault();
    if (!event.repeat) action();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 */
function actionOf(event, actions) {
  const target = /** @type {Element} */ (event.target);
  if (target.closest(FIELDS)) return null;
  if (event.key === ' ') return target.closest(PRESSED_BY_SPACE) ? null : actions.start;
  if (event.key === 's' || event.key === 'S') return actions.step;
  if (event.key === 'r' || event.key === 'R') return actions.reset;
  if (event.key === 'u' || event.key === 'U') return actions.undo;
  if (event.key === 'p' || event.key === 'P') return actions.play;
  return null;
}
