// theme.js — the colours and type of every drawing. A drawing function takes one of these and knows no others,
// so a page can follow its host's dark mode by handing over the other one.

/**
 * @typedef {object} Theme
 * @property {string} background
 * @property {string} ink      text and the frame
 * @property {string} faint    grid lines and axes
 * @property {string} data     points of the data set
 * @property {string} samples  points the model made
 * @property {string} learned  the model's velocities
 * @property {string} exact    those of the best model
 * @property {readonly string[]} classes  points of each class; more classes begin anew
 * @property {import('./ramp.js').Stops} time     from noise to data
 * @property {import('./ramp.js').Stops} density  from none, the background, to much
 * @property {import('./ramp.js').Stops} error    the same for what is wrong
 * @property {number} alpha    opacity of one point, so that dense places read as dense
 * @property {string} font     a CSS font family list
 * @property {number} fontPx   size of the text
 * @property {number} pointPx  radius of one point
 */

const shared = { alpha: 0.3, font: 'system-ui, sans-serif', fontPx: 13, pointPx: 2.5 };

// Along each ramp lightness only rises or only falls, so it is read right without colours too.

/**
 * Blue and orange: told apart under every common colour blindness, and in grey by their lightness. Blue is what is true,
 * orange what was learned.
 * @type {Readonly<Theme>}
 */
export const light = Object.freeze({
  ...shared,
  background: '#ffffff',
  ink: '#1d2433',
  faint: '#dfe3ea',
  data: '#2f6fb5',
  samples: '#e8730c',
  learned: '#a34700',
  exact: '#1f5591',
  classes: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a6a00', '#5b5b5b'],
  time: ['#38308f', '#8a36a6', '#c94a78', '#e8730c'],
  density: ['#ffffff', '#c9e6da', '#7fc0a8', '#3a8f7c', '#145a55'],
  error: ['#ffffff', '#f2d0e3', '#d987bb', '#a0459d', '#531d6b'],
});

/** @type {Readonly<Theme>} */
export const dark = Object.freeze({
  ...shared,
  background: '#10141d',
  ink: '#e6e9f0',
  faint: '#2a3040',
  data: '#6aa9f0',
  samples: '#ffa04a',
  learned: '#ffbe80',
  exact: '#93c5ff',
  classes: ['#4aa8e0', '#f0b429', '#2cc295', '#e39ac4', '#8fd0f5', '#ff8a47', '#c9b84a', '#a9afba'],
  time: ['#5b5fe0', '#a869dd', '#ee7f95', '#ffbb62'],
  density: ['#10141d', '#153c3e', '#20716a', '#52b096', '#c2f0d2'],
  error: ['#10141d', '#3b1f4f', '#84337f', '#d55f98', '#ffcbd9'],
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
