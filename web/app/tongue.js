/**
 * The language of the page. Each piece keeps its own sentences, every one in both languages side by side, so that none can be
 * forgotten: `words({ en, zh })` is a function that says the sentence of a key in the language of the moment.
 */

/** @typedef {'en' | 'zh'} Tongue */
/** @typedef {Record<string, string | ((...parts: any[]) => string)>} Sentences */

/** @type {readonly Tongue[]} */
export const TONGUES = ['en', 'zh'];

/** @type {Tongue} */
let current = 'en';

/** @returns {Tongue} */
export function tongue() {
  return current;
}

/** What was said stays as it is: who calls this draws the page again. @param {Tongue} to */
export function speak(to) {
  current = to;
}

/**
 * @template {Sentences} T
 * @param {{en: T, zh: {[K in keyof T]: T[K] extends string ? string : T[K]}}} sentences  a sentence with parts is a function of them
 * @returns {<K extends keyof T>(key: K, ...parts: T[K] extends (...parts: infer P) => string ? P : []) => string}
 */
export function words(sentences) {
  return (key, ...parts) => {
    const sentence = /** @type {Sentences} */ (sentences[current])[/** @type {string} */ (key)];
    return typeof sentence === 'function' ? sentence(...parts) : sentence;
  };
}

/** A format costs some hundred times what it does. @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/** A number as the language writes it. @param {number} number @param {Intl.NumberFormatOptions} [options] */
export function figure(number, options) {
  const key = current + (options ? JSON.stringify(options) : '');
  const format = formats.get(key) ?? new Intl.NumberFormat(current, options);
  formats.set(key, format);
  return format.format(number);
}
