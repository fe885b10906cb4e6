/**
 * @file The standalone page: the attributes of its one element are in its address, after `#`, as in
 * moonflow.html#data=spirals&seed=3&theme=dark&lang=zh. A key that no attribute has is told beside the element.
 */

/** What an address may set. */
export const KEYS = [
  ...['data', 'seed', 'config', 'autostart', 'controls', 'theme'],
  ...['poster', 'lang', 'host'],
];

/**
 * @param {string} hash  with its #
 * @returns {{attributes: [string, string][], unknown: string[]}}
 */
export function addressed(hash) {
  const given = [...new URLSearchParams(hash.replace(/^#/, ''))];
  const attributes = given.filter(([name]) => KEYS.includes(name));
  return {
    attributes,
    unknown: given.map(([name]) => name).filter((name) => !KEYS.includes(name)),
  };
}

/** Gives the page's element what its address says. */
function take() {
  const element = document.querySelector('moon-flow');
  const note = document.querySelector('#note');
  if (!element || !note) return;
  const { attributes, unknown } = addressed(location.hash);
  for (const name of KEYS) {
    const value = attributes.find(([each]) => each === name)?.[1];
    if (value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  const keys = unknown.map((name) => JSON.stringify(name.slice(0, 40))).join(', ');
  note.textContent = keys && `Address: got ${keys}; allowed are ${KEYS.join(', ')}.`;
}

if (typeof document === 'object') {
  take();
  window.addEventListener('hashchange', take);
}
