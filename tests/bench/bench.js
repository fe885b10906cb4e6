/**
 * @file Speed against PyTorch, sizes and quality, as one markdown table.
 *
 *     node tests/bench/bench.js [--write]     --write puts the table between the bench marks of README.md
 *
 * The contenders train the same network on the same batches from the same weights, in turn within one run, each on one
 * thread. Times are medians of rounds. When the two disagree about a loss or a sample, no time is printed.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { gzipSync } from 'node:zlib';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { spread } from '../js/draw.js';
import { batchOf, modelOf } from '../js/given.js';
import { Rival } from './rival.js';

const ROUNDS = 9;
const STEPS = 40;
const POINTS = { count: 2000, steps: 50 };
const SEED = { preset: 'seed', dim: 2, batch: 512 };
/** Largest relative difference of a loss, or of a sample from the largest: float rounding over all the steps. */
const AGREEMENT = 1e-3;
const QUALITY_SEEDS = [1, 2, 3];

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** @param {() => void} work */
function timed(work) {
  const begin = performance.now();
  work();
  return performance.now() - begin;
}

/**
 * @param {string} what
 * @param {number[]} ours
 * @param {number[]} theirs
 */
function requireAgreement(what, ours, theirs) {
  const size = Math.max(...theirs.map(Math.abs));
  const gap = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
  if (ours.length === theirs.length && gap <= AGREEMENT * size) return;
  throw new Error(
    `${what}: Moonflow and PyTorch are ${gap} apart at size ${size}; no time is told`,
  );
}

/** @param {Model} model */
function trainRound(model) {
  const batches = Array.from({ length: STEPS }, (_, i) => batchOf(SEED, model.step + i));
  /** @type {number[]} */
  const losses = [];
  const ms = timed(() => {
    for (const batch of batches) losses.push(model.trainBatch(batch).loss);
  });
  return { losses, ms };
}

/** @param {Model} model */
function sampleRound(model) {
  const x0 = spread(9000, POINTS.count * 2, -2, 2);
  const options = {
    x0,
    solver: 'euler',
    steps: POINTS.steps,
    weights: /** @type {const} */ ('raw'),
  };
  let points = new Float32Array();
  const ms = timed(() => {
    points = model.sample(options);
  });
  return { points: [...points], ms };
}

/**
 * Pairs the two in turn; the first round of each warms up and is not counted.
 * @param {Model} model
 * @param {Rival} rival
 */
async function race(model, rival) {
  /** @type {Record<'train' | 'sample', {ours: number[], theirs: number[]}>} */
  const times = { train: { ours: [], theirs: [] }, sample: { ours: [], theirs: [] } };
  for (let round = 0; round <= ROUNDS; round++) {
    const train = trainRound(model);
    const rivalTrain = await rival.ask({ do: 'train', steps: STEPS });
    requireAgreement('training losses', train.losses, rivalTrain.losses);
    const sample = sampleRound(model);
    const rivalSample = await rival.ask({ do: 'sample', ...POINTS });
    requireAgreement('samples', sample.points, rivalSample.points);
    if (round === 0) continue;
    times.train.ours.push(train.ms / STEPS);
    times.train.theirs.push(rivalTrain.ms / STEPS);
    times.sample.ours.push(sample.ms);
    times.sample.theirs.push(rivalSample.ms);
  }
  return times;
}

/**
 * @param {string} what
 * @param {{ours: number[], theirs: number[]}} times
 */
function raceRow(what, { ours, theirs }) {
  const ratio = median(ours.map((ms, i) => ms / theirs[i]));
  const [mine, yours] = [ours, theirs].map((list) => median(list).toPrecision(3));
  return `| ${what} | ${mine} ms | ${yours} ms | **${ratio.toFixed(2)}** |`;
}

/** A whole run of the default preset from a cold start, Heun 25: the mean over seeds. */
function defaultQuality() {
  const runs = QUALITY_SEEDS.map((seed) => {
    const model = Model.createSync({ preset: 'default', seed }, compileSync());
    const seconds = timed(() => model.train(Number(model.config.steps))) / 1000;
    const { sw2, sw2_floor } = model.quality({ n: 20000, seed, solver: 'heun', steps: 25 });
    model.dispose();
    return { seconds, sw2, sw2_floor };
  });
  /** @param {'seconds' | 'sw2' | 'sw2_floor'} key */
  const mean = (key) => runs.reduce((sum, run) => sum + run[key] / runs.length, 0);
  return { seconds: mean('seconds'), sw2: mean('sw2'), floor: mean('sw2_floor') };
}

function kilobytes() {
  const wasm = readFileSync(new URL('../../wasm_build/core.wasm', import.meta.url));
  return (gzipSync(wasm, { level: 9 }).length / 1000).toFixed(1);
}

async function table() {
  const rival = new Rival();
  const version = await rival.ask({ do: 'version' });
  const times = await race(modelOf(SEED, compileSync()), rival);
  rival.end();
  const quality = defaultQuality();
  return [
    `Made by \`make bench\` on ${cpus()[0].model.trim()}: Node ${process.versions.node} (V8 ${process.versions.v8}) against ` +
      `PyTorch ${version.torch} (Python ${version.python}), one thread each, in turn, medians of ${ROUNDS} rounds.`,
    '',
    '| the published model: D = 2, H = 128, T = 128, two hidden layers | Moonflow | PyTorch | ratio |',
    '|---|---|---|---|',
    raceRow('one training step, batch 512, AdamW + clip + EMA', times.train),
    raceRow('2,000 samples, Euler 50', times.sample),
    '',
    '| | |',
    '|---|---|',
    `| engine, gzip | ${kilobytes()} kB |`,
    `| SW2 of a whole run of the default preset, Heun 25, n = 20,000, mean of three seeds | ${quality.sw2.toFixed(4)} |`,
    `| its floor: the same metric between two sets of real points | ${quality.floor.toFixed(4)} |`,
    `| that run, from a cold start | ${quality.seconds.toFixed(1)} s |`,
  ].join('\n');
}

/** @param {string} text */
function writeReadme(text) {
  const file = new URL('../../README.md', import.meta.url);
  const readme = readFileSync(file, 'utf8');
  const marks = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
  if (!marks.test(readme)) throw new Error('README.md has no <!-- bench --> and <!-- /bench -->');
  writeFileSync(
    file,
    readme.replace(marks, (_, open, close) => `${open}${text}\n${close}`),
  );
}

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--write');
if (unknown !== undefined) throw new Error(`option ${unknown}: allowed is --write`);
const text = await table();
console.log(text);
if (options.includes('--write')) writeReadme(text);
