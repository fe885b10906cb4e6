/**
 * A contest of solvers: what each costs and how far its samples end from where the flow of the same network takes the same
 * noise, which dopri5 finds at its finest tolerance.
 */

/**
 * @typedef {import('../lib/client.js').Client} Client
 * @typedef {import('../lib/course.js').Try} Try
 *
 * @typedef {{nfe: number, error: number, steps: number}} Mark  of a solver with this many steps
 * @typedef {{nfe: number, nfe_max: number, error: number, tolerance: number, accepted: number, rejected: number}} Adaptive
 *   steps accepted and rejected, in the mean of all points
 *
 * @typedef {object} Verdict
 * @property {number} n  points
 * @property {{solver: string, marks: Mark[]}[]} fixed
 * @property {Adaptive[]} adaptive
 * @property {{tolerance: number, steps: Try[], points: number}} trace  the steps of some points
 * @property {number} nfe  what the reference took, in the mean
 */

/** The solvers whose steps are given, the cheapest first. */
export const FIXED = ['euler', 'midpoint', 'heun', 'rk4', 'ab2'];
/** What a point may cost each of them. */
export const COSTS = [4, 8, 16, 32, 64];
/** Both tolerances of dopri5, and which of them is traced. */
const TOLERANCES = [1e-2, 1e-3, 1e-4, 1e-5];
const TRACED = 1e-3;
const TRACED_POINTS = 24;
const FINEST = 1e-6;
/** Steps that a point may try. */
const TRIES = 5000;
/** Multiply-adds of a contest, a second or two; evaluations a point takes in it, about; and points. */
const WORK = 6e9;
const EVALUATIONS = 1500;
const POINTS_MIN = 16;
const POINTS_MAX = 512;

/**
 * Points that a contest of a network may use; 0 when it would take too long with any.
 * @param {number} parameters
 */
export function contestPoints(parameters) {
  const n = Math.min(POINTS_MAX, Math.floor(WORK / (EVALUATIONS * parameters)));
  return n < POINTS_MIN ? 0 : n;
}

/**
 * @param {Client} client
 * @param {{n: number, seed: number, signal?: AbortSignal, onProgress?: (fraction: number) => void}} options
 * @returns {Promise<Verdict>}
 */
export async function contest(client, { n, seed, signal, onProgress }) {
  const total = FIXED.length * COSTS.length + TOLERANCES.length + 2;
  let done = 0;
  const told = () => onProgress?.(++done / total);
  const start = { n, seed, signal, sde: 'none' };
  const adaptive = { ...start, solver: 'dopri5', steps: TRIES, grid: [0, 1] };
  const finest = await client.trajectory({ ...adaptive, rtol: FINEST, atol: FINEST });
  told();
  const fixed = [];
  for (const solver of FIXED) {
    const marks = [];
    for (const cost of COSTS) {
      const { steps, nfe } = await stepsFor(client, solver, cost);
      const x = await client.sample({ ...start, solver, steps });
      marks.push({ steps, nfe, error: distance(x, finest.x, n) });
      told();
    }
    fixed.push({ solver, marks });
  }
  const tolerant = [];
  for (const tolerance of TOLERANCES) {
    const way = await client.trajectory({ ...adaptive, rtol: tolerance, atol: tolerance });
    const effort = /** @type {import('../lib/course.js').Effort} */ (way.effort);
    const [accepted, rejected] = [mean(effort.accepted), mean(effort.rejected)];
    const { nfe, nfe_max } = way;
    const error = distance(way.x, finest.x, n);
    tolerant.push({ nfe, nfe_max, error, tolerance, accepted, rejected });
    told();
  }
  const points = Math.min(n, TRACED_POINTS);
  const traced = { ...adaptive, n: points, rtol: TRACED, atol: TRACED, trace: true };
  const { trace: steps = [] } = await client.trajectory(traced);
  told();
  const trace = { tolerance: TRACED, steps, points };
  return { n, fixed, adaptive: tolerant, trace, nfe: finest.nfe };
}

/**
 * Steps of a solver that cost about so many evaluations, one step at the least.
 * @param {Client} client
 * @param {string} solver
 * @param {number} cost
 */
async function stepsFor(client, solver, cost) {
  const [one, two] = [await client.nfe(solver, 1), await client.nfe(solver, 2)];
  const steps = Math.max(1, 1 + Math.floor((cost - one) / (two - one)));
  return { steps, nfe: await client.nfe(solver, steps) };
}

/**
 * Root of the mean square distance of n points.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} n
 */
function distance(a, b, n) {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / n);
}

/** @param {Int32Array} counts */
const mean = (counts) => counts.reduce((sum, count) => sum + count, 0) / counts.length;

/**
 * What reaches an error at the least cost; undefined when nothing does.
 * @param {Verdict} verdict
 * @param {number} goal
 */
export function cheapest({ fixed, adaptive }, goal) {
  const marks = fixed.flatMap(({ solver, marks }) => marks.map((mark) => ({ solver, ...mark })));
  const all = [...marks, ...adaptive.map((mark) => ({ solver: 'dopri5', ...mark }))];
  const good = all.filter(({ error }) => error <= goal);
  return good.sort((a, b) => a.nfe - b.nfe || a.error - b.error)[0];
}

/**
 * The solver that is nearest to the flow at a cost of COSTS.
 * @param {Verdict} verdict
 * @param {number} cost
 */
export function nearest({ fixed }, cost) {
  const at = COSTS.indexOf(cost);
  const marks = fixed.map(({ solver, marks }) => ({ solver, ...marks[at] }));
  return marks.filter(({ nfe }) => nfe <= cost).sort((a, b) => a.error - b.error)[0];
}
