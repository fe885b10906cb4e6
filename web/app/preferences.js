/**
 * What the reader prefers of the page itself: its language, and whether it is light or dark. The browser's own preferences hold
 * until the reader chooses otherwise; a choice is kept on this machine.
 */

import { translate } from './prose.js';
import { speak, TONGUES, tongue, words } from './tongue.js';

/** @typedef {'auto' | 'light' | 'dark'} Scheme */

/** In the order in which the button goes through them. @type {readonly Scheme[]} */
const SCHEMES = ['auto', 'light', 'dark'];
const LANGUAGE_KEY = 'moonflow.language';
const SCHEME_KEY = 'moonflow.scheme';

const night = matchMedia('(prefers-color-scheme: dark)');

export class Preferences {
  /** @type {Scheme} */
  #scheme = kept(SCHEME_KEY, SCHEMES) ?? 'auto';
  #language;
  #look;

  /**
   * @param {HTMLElement} language  the button that changes the language
   * @param {HTMLElement} look      the button that changes the scheme
   */
  constructor(language, look) {
    /** Asks for a drawing of the page. */
    this.changed = () => {};
    this.#language = language;
    this.#look = look;
    const chinese = navigator.language.toLowerCase().startsWith('zh');
    speak(kept(LANGUAGE_KEY, TONGUES) ?? (chinese ? 'zh' : 'en'));
    language.addEventListener('click', () => {
      speak(tongue() === 'en' ? 'zh' : 'en');
      keep(LANGUAGE_KEY, tongue());
      this.#show();
    });
    look.addEventListener('click', () => {
      this.#scheme = SCHEMES[(SCHEMES.indexOf(this.#scheme) + 1) % SCHEMES.length];
      keep(SCHEME_KEY, this.#scheme);
      this.#show();
    });
    night.addEventListener('change', () => this.changed());
    this.#show();
  }

  get dark() {
    return this.#scheme === 'auto' ? night.matches : this.#scheme === 'dark';
  }

  #show() {
    document.documentElement.dataset.theme = this.#scheme;
    translate(document);
    // Each button names the language it leads to in that language.
    this.#language.textContent = say('other');
    this.#language.lang = tongue() === 'en' ? 'zh-Hans' : 'en';
    this.#look.textContent = say(this.#scheme);
    this.#look.title = say('look');
    this.changed();
  }
}

/**
 * @template {string} T
 * @param {string} key
 * @param {readonly T[]} allowed
 * @returns {T | undefined}
 */
function kept(key, allowed) {
  try {
    const value = localStorage.getItem(key);
    return allowed.find((choice) => choice === value);
  } catch {
    return undefined; // a browser may forbid storage
  }
}

/** @param {string} key @param {string} value */
function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it holds until the page is left.
  }
}

const say = words({
  en: {
    other: '中文',
    auto: 'Theme: auto',
    light: 'Theme: light',
    dark: 'Theme: dark',
    look: 'Colours: as the system, light, or dark',
  },
  zh: {
    other: 'English',
    auto: '主题：自动',
    light: '主题：浅色',
    dark: '主题：深色',
    look: '颜色：跟随系统、浅色或深色',
  },
});
