/**
 * The standing sentences of index.html. The document is written in English; `data-zh` holds an element's words in Chinese, and
 * `data-zh-title`, `data-zh-aria-label` and `data-zh-content` those of its attributes. An element with `data-zh` holds words alone.
 */

import { tongue } from './tongue.js';

const ATTRIBUTES = ['title', 'aria-label', 'content'];
const LANGUAGE = { en: 'en', zh: 'zh-Hans' };

/** The English of what was put into Chinese. @type {WeakMap<Element, Record<string, string>>} */
const english = new WeakMap();

/** Says the document, from its head to its foot, in the language of the moment. @param {Document} document */
export function translate(document) {
  document.documentElement.lang = LANGUAGE[tongue()];
  for (const element of document.querySelectorAll('[data-zh]')) {
    write(element, 'zh', (words) => {
      if (words !== undefined) element.textContent = words;
      return element.textContent ?? '';
    });
  }
  for (const name of ATTRIBUTES) {
    for (const element of document.querySelectorAll(`[data-zh-${name}]`)) {
      write(element, `zh-${name}`, (words) => {
        if (words !== undefined) element.setAttribute(name, words);
        return element.getAttribute(name) ?? '';
      });
    }
  }
}

/**
 * @param {Element} element
 * @param {string} key  of the Chinese among the data attributes
 * @param {(words?: string) => string} say  writes the words when there are any, and reads what stands there
 */
function write(element, key, say) {
  const kept = english.get(element) ?? {};
  kept[key] ??= say();
  english.set(element, kept);
  say(tongue() === 'zh' ? (element.getAttribute(`data-${key}`) ?? undefined) : kept[key]);
}
