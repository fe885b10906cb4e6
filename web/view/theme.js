// theme.js — the colours and type of every drawing. A drawing function takes one of these and knows no others,
// so a page can follow its host's dark mode by handing over the other one.

/**
 * @typedef {object} Theme
 * @property {string} background
 * @property {string} ink      text and the frame
 * @property {string} faint    grid lines and axes
 * @property {string} data     points of the data set
 * @property {string} samples  points the model made
 * @property {number} alpha    opacity of one point, so that dense places read as dense
 * @property {string} font     a CSS font family list
 * @property {number} fontPx   size of the text
 * @property {number} pointPx  radius of one point
 */

const shared = { alpha: 0.3, font: 'system-ui, sans-serif', fontPx: 13, pointPx: 2.5 };

/**
 * Blue and orange: told apart under every common colour blindness, and in grey by their lightness.
 * @type {Readonly<Theme>}
 */
export const light = Object.freeze({
  ...shared,
  background: '#ffffff',
  ink: '#1d2433',
  faint: '#dfe3ea',
  data: '#2f6fb5',
  samples: '#e8730c',
});

/** @type {Readonly<Theme>} */
export const dark = Object.freeze({
  ...shared,
  background: '#10141d',
  ink: '#e6e9f0',
  faint: '#2a3040',
  data: '#6aa9f0',
  samples: '#ffa04a',
  alpha: 0.4,
});

/**
 * A colour between two of the theme's, which are written #rrggbb.
 * @param {string} from
 * @param {string} to
 * @param {number} share of the second
 */
export function mix(from, to, share) {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round(a + (b - a) * share);
  });
  return `rgb(${channels.join(', ')})`;
}
