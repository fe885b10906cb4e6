/**
 * What each layer of the stage asks the viewer, and what its answer depends on besides the moment that is held.
 */

import { centres } from '../lib/density.js';
import { arrowPlaces } from '../view/arrows.js';
import { latticePoints } from '../view/lattice.js';
import { SAMPLE_SEED } from './portrait.js';
import { DATA_SEED } from './session.js';

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('../view/scale.js').Extent} Extent
 * @typedef {import('../lib/density.js').DensityBox} DensityBox
 *
 * @typedef {'trails' | 'learned' | 'exact' | 'error' | 'density' | 'lattice' | 'strands' | 'crowd'} Name
 *
 * What is looked at.
 * @typedef {object} Outlook
 * @property {number} t
 * @property {DensityBox} box   what the stage shows
 * @property {number} cells     along a side of a map of velocities
 * @property {number} grain     along a side of a map of density
 * @property {number} columns   of arrows
 * @property {number} across    points of a line of the lattice
 * @property {number} crowd     samples of the crowd
 * @property {string} settings  how samples travel
 * @property {Float32Array | null} here  places of samples at t, [n, 2]
 *
 * @typedef {object} Survey
 * @property {(keyof Outlook)[]} uses
 * @property {number} least      the fewest coordinates that a picture of it needs
 * @property {boolean} planar   whether it is of a plane, and so of runs in two coordinates alone
 * @property {boolean} exact    whether it needs the exact field
 * @property {(client: Client, outlook: Outlook, signal: AbortSignal) => Promise<any>} ask
 */

/** Ways that are drawn: more would cover each other. */
const WAYS = 160;
/** The lattice covers noise to this many standard deviations, with so many lines in each direction. */
const REACH = 2.4;
const LINES = 17;
/** Points of the crowd. */
export const CROWD = 20_000;
/** The log-density is asked for from here on: at t = 0 it is that of the source, and no path leads there. */
const FIRST_T = 0.001;
/** Pairs that are drawn of a batch. */
const PAIRS = 256;

/** @type {Record<Name, Survey>} */
export const SURVEYS = {
  trails: {
    uses: ['settings'],
    least: 2,
    planar: false,
    exact: false,
    ask: (client, _, signal) => client.trajectory({ n: WAYS, seed: SAMPLE_SEED, signal }),
  },
  learned: {
    uses: ['t', 'box', 'columns'],
    least: 2,
    planar: true,
    exact: false,
    ask: (client, outlook, signal) => arrows(outlook, (ask) => client.velocity({ ...ask, signal })),
  },
  exact: {
    uses: ['t', 'box', 'columns'],
    least: 2,
    planar: true,
    exact: true,
    ask: (client, outlook, signal) =>
      arrows(outlook, (ask) => client.oracle.velocity({ ...ask, signal })),
  },
  error: {
    uses: ['t', 'box', 'cells'],
    least: 2,
    planar: true,
    exact: true,
    ask: async (client, { t, box, cells, here }, signal) => {
      const x = Float32Array.of(...centres(box, cells), ...(here ?? []));
      const ask = { t, x, signal };
      const [v, best] = await Promise.all([client.velocity(ask), client.oracle.velocity(ask)]);
      const gaps = Float32Array.from({ length: x.length / 2 }, (_, i) =>
        Math.hypot(v[2 * i] - best[2 * i], v[2 * i + 1] - best[2 * i + 1]),
      );
      const values = gaps.subarray(0, cells * cells);
      return { values, size: cells, extent: extentOfBox(box), here: gaps.subarray(cells * cells) };
    },
  },
  density: {
    uses: ['t', 'box', 'grain', 'settings'],
    least: 2,
    planar: true,
    exact: false,
    ask: async (client, { t, box, grain }, signal) => {
      const at = Math.max(FIRST_T, t);
      const { logp, mass } = await client.density({ t: at, size: grain, box, signal });
      return { values: logp, size: grain, extent: extentOfBox(box), mass, t };
    },
  },
  lattice: {
    uses: ['across', 'settings'],
    least: 2,
    planar: true,
    exact: false,
    ask: async (client, { across }, signal) => {
      const x0 = latticePoints(REACH, LINES, across);
      // The grid is of the flow itself: noise on the way would tear its lines.
      const passage = await client.trajectory({ x0, sde: 'none', signal });
      return { passage, across };
    },
  },
  strands: {
    uses: [],
    least: 2,
    planar: false,
    exact: false,
    ask: async (client) => {
      const { x0, x1 } = await client.pairing({});
      return { x0, x1 };
    },
  },
  crowd: {
    uses: ['crowd', 'settings'],
    least: 1,
    planar: false,
    exact: false,
    ask: async (client, { crowd }, signal) => {
      const data = await client.data({ n: CROWD, seed: DATA_SEED, signal });
      const passage = await client.trajectory({ n: crowd, seed: SAMPLE_SEED, signal });
      return { data, passage };
    },
  },
};

/**
 * The pairs of a batch that are drawn.
 * @param {{x0: Float32Array, x1: Float32Array}} pairs
 * @param {number} dim
 */
export function drawnPairs({ x0, x1 }, dim) {
  const most = PAIRS * dim;
  return { x0: x0.subarray(0, most), x1: x1.subarray(0, most), dim };
}

/**
 * @param {Outlook} outlook
 * @param {(options: {t: number, x: Float32Array}) => Promise<Float32Array>} ask
 */
async function arrows({ t, box, columns }, ask) {
  const { points, gap } = arrowPlaces(extentOfBox(box), columns);
  return { points, gap, velocity: await ask({ t, x: points }) };
}

/** @param {DensityBox} box @returns {Extent} */
function extentOfBox([xMin, xMax, yMin, yMax]) {
  return { xMin, xMax, yMin, yMax };
}
