/**
 * How the page comes to its reader: into a browser that has what it takes or not, out of what that has stored, and perhaps in a
 * tab behind another.
 */

import { support } from '../lib/loader.js';
import { words } from './tongue.js';

const say = words({
  en: {
    noWorkers:
      'Moonflow needs Web Workers, which this browser does not have; a current Chrome, Edge, Firefox or Safari has them.',
  },
  zh: {
    noWorkers:
      'Moonflow 需要 Web Worker，而这个浏览器没有；较新的 Chrome、Edge、Firefox 或 Safari 都有。',
  },
});

/** What the page cannot do without, said in a sentence; '' when all is there. */
export function lack() {
  const { ok, message } = support();
  if (!ok) return message;
  return typeof Worker === 'function' ? '' : say('noWorkers');
}

/** Keeps the page for a time without a network. The sources as they are have no such worker: it is a file of the built page. */
export function store() {
  if (!import.meta.env.PROD) return;
  // Without a secure context there is none, and the page does without.
  navigator.serviceWorker?.register('./offline.js').catch(() => {});
}

/** What a reader does who wants to see more. */
const STIRRINGS = ['scroll', 'pointerdown', 'keydown', 'wheel'];
/** Whoever looks on for so long finds the rest of the page when looking for it. */
const PATIENCE_MS = 5000;

/**
 * Until what moves on the page needs its thread no more, or the reader stirs, or has waited.
 * @param {() => boolean} moving
 */
export async function leisure(moving) {
  const end = performance.now() + PATIENCE_MS;
  const stirred = new AbortController();
  const { signal } = stirred;
  for (const kind of STIRRINGS) {
    addEventListener(kind, () => stirred.abort(), { signal, passive: true });
  }
  while (moving() && !signal.aborted && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stirred.abort();
}

/**
 * Acts at once, or when a tab that was opened behind another is first looked at.
 * @param {() => void} act
 */
export function onceSeen(act) {
  if (!document.hidden) act();
  else document.addEventListener('visibilitychange', () => onceSeen(act), { once: true });
}
