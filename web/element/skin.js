/**
 * @file The element's style sheet: adopted, so that a policy without inline styles allows it. Colours are those of
 * web/view/theme.js, by the attribute `scheme` of the frame. The sentinel has the colour of the text around, in sRGB however the
 * page writes it.
 */

import { dark, light } from '../view/theme.js';

/** Quiet text at 4.5:1 or more, edges of controls at 3:1 or more, on each background. */
const MORE = {
  light: { quiet: '#5a6274', edge: '#808794', focus: '#2f6fb5', warn: '#a3290e' },
  dark: { quiet: '#a2aabb', edge: '#6f7889', focus: '#6aa9f0', warn: '#ffae94' },
};

/**
 * @param {import('../view/theme.js').Theme} theme
 * @param {typeof MORE['light']} more
 * @param {string} scheme
 */
const colours = (theme, { quiet, edge, focus, warn }, scheme) => `
  .frame[data-scheme="${scheme}"] {
    --paper: ${theme.background}; --ink: ${theme.ink}; --line: ${theme.faint}; --accent: ${theme.samples};
    --quiet: ${quiet}; --edge: ${edge}; --focus: ${focus}; --warn: ${warn};
    color-scheme: ${scheme};
  }`;

const SHEET = `
  :host { display: block; container-type: inline-size; max-width: 100%; }
  :host([hidden]) { display: none; }
  .sentinel { position: absolute; visibility: hidden; transition: color 1ms; color: color-mix(in srgb, currentColor, currentColor); }
  ${colours(light, MORE.light, 'light')}
  ${colours(dark, MORE.dark, 'dark')}
  .frame {
    box-sizing: border-box; margin: 0; overflow: hidden; background: var(--paper); color: var(--ink);
    border: 1px solid var(--line); border-radius: var(--moonflow-radius, 8px);
    font: 400 14px/1.45 system-ui, sans-serif; text-align: start; letter-spacing: normal;
  }
  .frame *, .frame *::before { box-sizing: border-box; }
  .stage { position: relative; aspect-ratio: var(--moonflow-ratio, 4 / 3); }
  canvas, .poster { display: block; position: absolute; inset: 0; width: 100%; height: 100%; }
  .poster { display: grid; place-items: center; background: var(--paper); }
  .poster img, .poster svg, ::slotted([slot="poster"]) {
    display: block; width: 100%; height: 100%; object-fit: contain; margin: 0;
  }
  .poster svg { width: min(60%, 18rem); fill: none; stroke-width: 9; stroke-linecap: round; opacity: 0.5; }
  .poster .upper { stroke: var(--focus); }
  .poster .lower { stroke: var(--accent); }
  [hidden] { display: none !important; }
  .panel { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 10px 12px 0; }
  button {
    min-height: 32px; padding: 4px 14px; border: 1px solid var(--edge); border-radius: 6px;
    background: var(--paper); color: var(--ink); font: inherit; cursor: pointer;
  }
  button.start { min-width: 7em; border-color: var(--ink); background: var(--ink); color: var(--paper); }
  button:focus-visible, input:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
  .flow { display: flex; flex: 1 1 13rem; align-items: center; gap: 8px; min-width: 0; color: var(--quiet); }
  .flow input { flex: 1 1 auto; min-width: 0; height: 24px; margin: 0; accent-color: var(--focus); }
  .status {
    display: flex; flex-wrap: wrap; gap: 0 14px; min-height: 1.45em; margin: 0; padding: 8px 12px 10px;
    color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums;
  }
  .status span:empty { display: none; }
  .message { margin: 0; padding: 8px 12px; border-top: 1px solid var(--line); color: var(--warn); overflow-wrap: anywhere; }
  .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @container (max-width: 420px) { .stage { aspect-ratio: var(--moonflow-ratio, 1); } .flow { flex-basis: 100%; } }
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** One sheet for all elements of a page. */
export function skin() {
  if (sheet) return sheet;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  return sheet;
}
