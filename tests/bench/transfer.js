/**
 * @file From eight Gaussians to moons by the protocol of C2OT (Cheng & Schwing 2025, arXiv 2503.10636, its unconditional part),
 * beside the values published there. Prints the table as markdown, progress on standard error; `--help` lists the options.
 *
 * Theirs and ours: the data of torchcfm, 20,000 iterations of Adam at 3e-4, batches of 256, transport over 1,024 points, the raw
 * weights, W2^2 without root between 10,000 samples and as many points of the data, sd over seeds with n in the denominator.
 * What differs is in DIFFERENCES and is printed below the table.
 */

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { exactW2, W2_MOST } from '../../web/lib/discrepancy.js';
import { refusal } from '../../web/lib/errors.js';
import { travelSlices } from '../../web/lib/flow.js';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { finish } from '../../web/lib/slice.js';
import { digits, markdown } from './table.js';

/** @typedef {{steps: number, seeds: number, points: number, couplings: string[], json: boolean}} Options */
/** @typedef {{mean: number, sd: number, values: number[]}} Spread */
/** @typedef {{euler: number, adaptive: number, nfe: number, seconds: number}} Outcome */
/** @typedef {{coupling: string, euler: Spread, adaptive: Spread, nfe: Spread, seconds: Spread}} Row */
/** @typedef {{data: Spread, independent: Spread}} Floor */

const USAGE = `usage: node tests/bench/transfer.js [options]

Trains flows from 8gaussians-torchcfm to moons-torchcfm by the protocol of C2OT (arXiv 2503.10636) and prints W2^2, beside its
floor and the published values.

options:
  --steps N          training steps, 1 to 1000000; 20000 unless given
  --seeds N          runs of each coupling, seeds 1 to N, 1 to 100; 3 unless given
  --couplings A,B    of independent, ot and sinkhorn; independent,ot unless given
  --points N         samples and points of the data, 2 to ${W2_MOST}; 10000 unless given
  --quick            300 steps, one seed and 1000 points, where not given: to see that it works, not to report
  --json             one JSON object in place of the table
  --help             these words
`;

/** The row of C2OT's table that is not conditional: mean and standard deviation over ten seeds. @type {Record<string, any>} */
const PUBLISHED = {
  independent: { euler: [6.232, 0.186], adaptive: [0.12, 0.045] },
  ot: { euler: [0.072, 0.025], adaptive: [0.05, 0.04] },
};
const COUPLINGS = ['independent', 'ot', 'sinkhorn'];
const DIFFERENCES = [
  'Their network: linear maps of x and of t, added; three residual blocks 128 to 512 to 128 with GELU. Ours: three hidden layers of 128 with SiLU on x and on an embedding of 128 sines and cosines of t, a fifth of their weights.',
  'Their transport draws pairs from the plan, with replacement, and spends 1,024 pairs on four steps; ours is a permutation, and each step draws 1,024 points and takes the first 256 pairs.',
  'Their moons come in order, so that under independent pairs a batch of 256 holds one moon alone, each for two steps; ours are shuffled.',
  'Their dopri5 takes its steps for 256 points together, ours for each point; the tolerances, 1e-4, are the same.',
];
const SETS = { source: '8gaussians-torchcfm', data: 'moons-torchcfm' };
const PROTOCOL = {
  ...{ preset: 'seed', ...SETS, path: 'linear', predict: 'v', target: 'pair', weight: 'none' },
  ...{ hidden: 128, layers: 3, batch: 256, time: 'uniform', stratified: false },
  ...{
    optimiser: 'adamw',
    lr: 3e-4,
    beta1: 0.9,
    beta2: 0.999,
    eps: 1e-8,
    weight_decay: 0,
    clip: 0,
  },
  ...{ schedule: 'constant', rtol: 1e-4, atol: 1e-4 },
};
const OT_BATCH = 1024;
/** Steps that a point may try; a field that needs more is no flow. */
const TRIES = 10000;
/** Progress lines of a run. */
const LINES = 4;
/** Far from the seeds of training, whose draws are others than these anyway. */
const TEST_SEED = 1000;

/**
 * @param {string} flag
 * @param {string | undefined} word
 * @param {number} most
 * @param {number} least
 */
function count(flag, word, most, least = 1) {
  const value = Number(word);
  if (/^\d+$/.test(String(word)) && value >= least && value <= most) return value;
  throw refusal(flag, word, `a whole number from ${least} to ${most}`);
}

/** @param {string[]} words */
function readOptions(words) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const { values } = parseArgs({
    args: words,
    options: {
      ...{ steps: text, seeds: text, couplings: text, points: text },
      ...{ quick: flag, json: flag, help: flag },
    },
  });
  const usual = values.quick ? ['300', '1', '1000'] : ['20000', '3', '10000'];
  const couplings = String(values.couplings ?? 'independent,ot').split(',');
  const unknown = couplings.find((name) => !COUPLINGS.includes(name));
  if (unknown !== undefined) {
    throw refusal('--couplings', unknown, `any of ${COUPLINGS.join(', ')}, with commas between`);
  }
  return {
    steps: count('--steps', values.steps ?? usual[0], 1e6),
    seeds: count('--seeds', values.seeds ?? usual[1], 100),
    points: count('--points', values.points ?? usual[2], W2_MOST, 2),
    couplings,
    json: Boolean(values.json),
    help: Boolean(values.help),
  };
}

/**
 * @param {number[]} values
 * @returns {Spread}
 */
function spreadOf(values) {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const square = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / values.length;
  return { mean, sd: Math.sqrt(square), values };
}

/** @param {string} words */
const say = (words) => process.stderr.write(`${words}\n`);

/**
 * @param {Model} model
 * @param {string} what
 * @returns seconds
 */
function train(model, what) {
  const total = Number(model.config.steps);
  const begin = performance.now();
  for (let line = 1; line <= LINES; line++) {
    const until = Math.round((line * total) / LINES);
    while (model.step < until) model.train(Math.min(100, until - model.step));
    const seconds = (performance.now() - begin) / 1000;
    say(`  ${what}: ${model.step} of ${total} steps, ${seconds.toFixed(1)} s`);
  }
  return (performance.now() - begin) / 1000;
}

/**
 * @param {WebAssembly.Module} module
 * @param {string} coupling
 * @param {number} seed
 * @param {Options} options
 * @returns {Outcome}
 */
function outcomeOf(module, coupling, seed, { steps, points: n }) {
  const ot_batch = coupling === 'independent' ? 0 : OT_BATCH;
  const model = Model.createSync({ ...PROTOCOL, coupling, ot_batch, seed, steps }, module);
  const what = `${coupling}, seed ${seed}`;
  const seconds = train(model, what);
  const from = /** @type {const} */ ({ n, seed: TEST_SEED + seed, weights: 'raw' });
  const real = model.data({ n, seed: TEST_SEED + seed });
  const euler = exactW2(model, model.sample({ ...from, solver: 'euler', steps: 1 }), real) ** 2;
  const { x, nfe } = finish(travelSlices(model, { ...from, solver: 'dopri5', steps: TRIES }));
  const adaptive = exactW2(model, x, real) ** 2;
  say(`  ${what}: W2^2 ${digits(euler)} at 1 step, ${digits(adaptive)} at ${nfe.toFixed(1)} NFE`);
  model.dispose();
  return { euler, adaptive, nfe, seconds };
}

/**
 * W2^2 of sets of real points: two of the data, whose angles are evenly spaced; and independent draws against the data, which
 * is what samples without any error would have, since their start points are independent.
 * @param {WebAssembly.Module} module
 * @param {Options} options
 * @returns {Floor}
 */
function floorOf(module, { seeds, points: n }) {
  const [even, iid] = [SETS.data, 'moons-iid-torchcfm'].map((data) =>
    Model.createSync({ data, hidden: 1 }, module),
  );
  const each = Array.from({ length: seeds }, (_, i) => {
    const [seed, other] = [TEST_SEED + 1 + i, 2 * TEST_SEED + 1 + i];
    const real = even.data({ n, seed });
    const sets = [even.data({ n, seed: other }), iid.data({ n, seed: other })];
    return sets.map((set) => exactW2(even, set, real) ** 2);
  });
  return {
    data: spreadOf(each.map(([data]) => data)),
    independent: spreadOf(each.map(([, independent]) => independent)),
  };
}

/**
 * @param {WebAssembly.Module} module
 * @param {string} coupling
 * @param {Options} options
 * @returns {Row}
 */
function rowOf(module, coupling, options) {
  const runs = Array.from({ length: options.seeds }, (_, i) =>
    outcomeOf(module, coupling, i + 1, options),
  );
  const of = (/** @type {keyof Outcome} */ key) => spreadOf(runs.map((run) => run[key]));
  return {
    coupling,
    euler: of('euler'),
    adaptive: of('adaptive'),
    nfe: of('nfe'),
    seconds: of('seconds'),
  };
}

/** @param {Spread} spread @param {number} places */
const cell = ({ mean, sd }, places = 3) => `${mean.toFixed(places)} ± ${sd.toFixed(places)}`;

/** @param {[number, number] | undefined} pair */
const theirs = (pair) => (pair ? `${pair[0].toFixed(3)} ± ${pair[1].toFixed(3)}` : '');

/**
 * @param {Row[]} rows
 * @param {Floor} floor
 * @param {Options} options
 */
function tableOf(rows, floor, { steps, seeds, points }) {
  const head = ['W2², no root', '1 Euler step', 'published', 'dopri5', 'published', 'NFE', 'train'];
  const lines = rows.map(({ coupling, euler, adaptive, nfe, seconds }) => [
    coupling,
    `**${cell(euler)}**`,
    theirs(PUBLISHED[coupling]?.euler),
    `**${cell(adaptive)}**`,
    theirs(PUBLISHED[coupling]?.adaptive),
    cell(nfe, 1),
    `${seconds.mean.toFixed(0)} s`,
  ]);
  const floors = [
    ['floor: two sets of the data', cell(floor.data)],
    ['floor: independent draws', cell(floor.independent)],
  ].map(([name, value]) => [name, value, '', value, '', '', '']);
  return [
    `${cpus()[0].model.trim()}, Node ${process.versions.node}. ${steps} steps, ${seeds} seeds, ${points} points.`,
    '',
    markdown(head, [...lines, ...floors]),
    '',
    ...DIFFERENCES.map((each) => `- ${each}`),
  ].join('\n');
}

/** @param {string[]} words */
function run(words) {
  const options = readOptions(words);
  if (options.help) return USAGE.trimEnd();
  const module = compileSync();
  say('floor');
  const floor = floorOf(module, options);
  const rows = options.couplings.map((coupling) => rowOf(module, coupling, options));
  if (!options.json) return tableOf(rows, floor, options);
  const { steps, seeds, points } = options;
  const found = rows.map((row) => ({ ...row, published: PUBLISHED[row.coupling] ?? null }));
  return JSON.stringify({ steps, seeds, points, floor, rows: found, differences: DIFFERENCES });
}

try {
  console.log(run(process.argv.slice(2)));
} catch (error) {
  const { message, code } = /** @type {any} */ (error);
  if (code !== 'argument' && !String(code).startsWith('ERR_PARSE_ARGS')) throw error;
  say(message);
  process.exitCode = 2;
}
