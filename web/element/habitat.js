/** @file What an element reads of the page around it: the language, the colour of the ground, whether much may move. */

/** How light the text of a page is that has a dark ground. */
const LIGHT_TEXT = 0.5;

/**
 * The language of an element as browsers know it: an attribute written as systems write it, zh_CN or en_US.UTF-8, counts, and one
 * that is no language is English.
 * @param {Element} element
 */
export function languageOf(element) {
  const near = element.closest('[lang]') ?? document.documentElement;
  return languageIn(near.getAttribute('lang') ?? '');
}

/** @param {string} text */
export function languageIn(text) {
  const tag = text
    .trim()
    .replace(/[.@].*$/s, '')
    .replaceAll('_', '-');
  try {
    return Intl.getCanonicalLocales(tag || 'en')[0];
  } catch {
    const [first] = tag.toLowerCase().split('-');
    return first === 'zh' ? 'zh' : 'en';
  }
}

/** Whether the reader asks for little motion. */
export const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** @param {string} colour  of the text, in sRGB, as getComputedStyle writes it */
export function schemeAround(colour) {
  return lightness(colour) > LIGHT_TEXT ? 'dark' : 'light';
}

/** From 0 to 1, and beyond it outside of sRGB. @param {string} colour  rgb(255, 0, 0), or color(srgb 1 none -2e-7) */
function lightness(colour) {
  const parts = colour.match(/-?[\d.]+(e[+-]?\d+)?|none/g) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number(part) || 0);
  const most = colour.startsWith('rgb') ? 255 : 1;
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / most;
}
