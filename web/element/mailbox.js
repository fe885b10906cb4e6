/**
 * @file What an element in a frame and the page around the frame say to each other, by postMessage. Each message is an object:
 *
 *   frame to page  {type: 'moonflow:height', version: 1, height}   pixels that the frame's document takes, a positive integer;
 *                                                                  sent when it has changed
 *   page to frame  {type: 'moonflow:theme', version: 1, theme}     'auto', 'light' or 'dark'
 *
 * The attribute `host` names the origin of that page. Without it nothing is sent and nothing is heard. A message counts only
 * when it comes from the window around this one, from that origin, and is of the form above; any other is left alone, since it
 * may be meant for somebody else.
 */

const VERSION = 1;
const THEMES = ['auto', 'light', 'dark'];

/**
 * The theme of a message from the page around, or null when it is none.
 * @param {{source: unknown, origin: string, data: any}} event
 * @param {{parent: unknown, host: string}} expected
 * @returns {'auto' | 'light' | 'dark' | null}
 */
export function themeIn({ source, origin, data }, { parent, host }) {
  if (source !== parent || origin !== host) return null;
  if (typeof data !== 'object' || data === null) return null;
  if (data.type !== 'moonflow:theme' || data.version !== VERSION) return null;
  return THEMES.includes(data.theme) ? data.theme : null;
}

/**
 * An origin as a browser writes it, or null when the text is none.
 * @param {string} text
 */
export function originOf(text) {
  try {
    const { origin, protocol } = new URL(text);
    return ['http:', 'https:'].includes(protocol) && origin === text ? origin : null;
  } catch {
    return null;
  }
}

export class Mailbox {
  #host;
  #height = 0;
  #observer;
  #hear;

  /**
   * @param {string} host  an origin
   * @param {(theme: 'auto' | 'light' | 'dark') => void} onTheme
   */
  constructor(host, onTheme) {
    this.#host = host;
    this.#hear = (/** @type {MessageEvent} */ event) => {
      const theme = themeIn(event, { parent: window.parent, host });
      if (theme) onTheme(theme);
    };
    window.addEventListener('message', this.#hear);
    this.#observer = new ResizeObserver(() => this.#tell());
    this.#observer.observe(document.documentElement);
  }

  end() {
    window.removeEventListener('message', this.#hear);
    this.#observer.disconnect();
  }

  #tell() {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === this.#height || height < 1 || window.parent === window) return;
    this.#height = height;
    const message = { type: 'moonflow:height', version: VERSION, height };
    window.parent.postMessage(message, this.#host);
  }
}
