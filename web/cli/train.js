/** @file `moonflow train`: trains a new model or continues one, measures it, saves it, draws it. */

import { MoonflowError, refusal } from '../lib/errors.js';
import { classesOf } from '../lib/guidance.js';
import { Model } from '../lib/model.js';
import { EXCESS_STEPS, excessSlices, floorSlices } from '../lib/oracle.js';
import { isOfPairs } from '../lib/pairs.js';
import { parameters, preset, presets, resolve } from '../lib/parameters.js';
import { checkpointOptions, checkpointsOf } from './checkpoint.js';
import { requireEffect } from './effect.js';
import { requireWritable } from './file.js';
import { classLines, warn } from './guiding.js';
import { DIGITS, latentOption } from './imagery.js';
import { Interruption } from './interruption.js';
import { materialOf } from './material.js';
import { choice, file, flagOf, fromTable, json, threads, toggle } from './options.js';
import { perform, trainSlices } from './pace.js';
import { drawPicture, requireCanvas, writePicture } from './picture.js';
import { ENDINGS, isPointsFile } from './pointfile.js';
import { Progress } from './progress.js';
import { ENDING, openRunWithData, rescued, saveRun } from './runfile.js';
import { requireTries } from './tries.js';

/** @typedef {import('./options.js').Option} Option */
/** @typedef {import('./options.js').Values} Values */
/** @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo */

export const summary = 'Train a model on a data set or on your own points.';

/** @type {string[]} */
export const operands = [];

export const notes = [
  'In parentheses: the default, which is that of the preset `default`.',
  'Ctrl-C ends training at the step at hand, saves to --out and as a checkpoint when these are given, and exits with 130.',
  'A run that diverges, loses a thread or meets a batch that --sinkhorn-reg is too small for is saved to --out as it was after its ' +
    'last step; --resume goes on with other values.',
  'A resumed run reaches --steps in all; interrupted and resumed, it gives the bits of a whole run.',
  'In a latent space the measures are of its coordinates; files for --data, and --source beside it, keep the columns of the data.',
  'A file for --source has the columns of the data, one point a line: flows start at its points, which are saved in the run.',
  'A file for --path has two columns, alpha and sigma, evenly spaced from t = 0 (noise) to t = 1 (data); it is saved in the run.',
  'JSON: steps, loss (of the last step; null when none was taken), seconds, ms_per_step, sw2, sw2_floor, hash, ' +
    'loss_floor (what no network removes of the expected loss), excess (of the last hundred losses over the floors of ' +
    'their own batches: what training can still gain; both null where the data and coupling have no exact field), ' +
    'loss_by_time (of the last hundred steps or so, in twentieths of t, and of this call alone: --resume starts it anew; null where no point was), conditional (of a run with ' +
    'classes, as of eval), warnings (when there are some).',
];

/**
 * @param {WebAssembly.Module} module
 * @returns {Option[]}
 */
export function options(module) {
  return [
    choice(
      '--preset',
      'preset',
      presets(module),
      'Where every option that is not given starts; digits with --data digits, by class.',
    ),
    file('--out', 'out', [ENDING], 'Save the run here.'),
    file('--resume', 'resume', [ENDING], 'Continue this run with its own options.'),
    ...checkpointOptions(),
    file('--png', 'png', ['.png'], 'Draw real and generated points here.'),
    threads,
    labels,
    latentOption,
    json(),
    ...parameters(module).map(toOption),
  ];
}

const labels = toggle(
  '--labels',
  'Teach the classes of the data set, or those that the last column of the file of --data numbers from 0; see --classes.',
);

/** @param {ParameterInfo} row */
function toOption(row) {
  if (row.name === 'data') return nameOrFile(row, 'points', [DIGITS]);
  if (row.name === 'path') return nameOrFile(row, 'custom');
  if (row.name === 'source') return nameOrFile(row, 'points');
  if (row.name !== 'coupling') return fromTable(row);
  // Pairs are made by moonflow reflow, and no file has them.
  return fromTable({ ...row, choices: row.choices.filter((name) => !isOfPairs(name)) });
}

/**
 * One of the engine's own, or what the engine's choice `own` stands for: a file, or one of `more`.
 * @param {ParameterInfo} row
 * @param {string} own
 * @param {string[]} [more]
 * @returns {Option}
 */
function nameOrFile(row, own, more = []) {
  const names = [...row.choices.filter((name) => name !== own), ...more];
  const value = [...names, ...ENDINGS.map((ending) => `FILE${ending}`)].join('|');
  /** @param {string} text */
  const read = (text) => {
    if (names.includes(text) || isPointsFile(text)) return text;
    throw refusal(flagOf(row.name), text, `one of ${value.replaceAll('|', ', ')}`);
  };
  return { ...fromTable(row), value, read };
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 * @returns {Promise<number>} the exit code
 */
export async function run(values, module) {
  requireWritable('--out', values.out);
  requireWritable('--png', values.png);
  if (values.png) await requireCanvas();
  const model = values.resume ? await resumed(values, module) : await fresh(values, module);
  requireEffect(values, model.config);
  const { solver, solver_steps } = model.config;
  requireTries('--solver-steps', String(solver), Number(solver_steps));
  warn(model.warnings);
  const total = Number(model.config.steps);
  const first = model.step;
  if (first > total) {
    throw refusal('--steps', total, `at least the ${first} steps that ${values.resume} has taken`);
  }
  const checkpoints = await checkpointsOf(values);
  const places = { out: values.out, checkpoints };
  const { exitCode, seconds, losses } = await train(model, total, places);
  if (exitCode) return exitCode;
  if (values.out) await saveRun(values.out, model);
  const { sw2, sw2_floor, loss_floor, excess, conditional } = await measure(
    model,
    losses,
    values.out,
  );
  if (values.png) await writePicture(values.png, drawPicture(model, `step ${model.step}`));
  const taken = model.step - first;
  report(values, {
    steps: model.step,
    loss: taken > 0 ? model.stats.loss : null,
    loss_floor,
    excess,
    seconds,
    ms_per_step: taken > 0 ? (1000 * seconds) / taken : null,
    sw2,
    sw2_floor,
    hash: model.digest(),
    loss_by_time: [...model.lossByTime].map((loss) => (Number.isNaN(loss) ? null : loss)),
    ...(conditional && { conditional }),
    ...(model.warnings.length > 0 && { warnings: model.warnings }),
  });
  return 0;
}

/**
 * @param {Values} given
 * @param {WebAssembly.Module} module
 */
async function fresh(given, module) {
  const values = spelt(given, module);
  const rows = parameters(module).filter(({ name }) => values[name] !== undefined);
  const own = Object.fromEntries(rows.map(({ name }) => [name, values[name]]));
  const config = values.preset ? { preset: values.preset, ...own } : own;
  if (values.labels && values.classes === 0) {
    throw refusal(
      '--classes',
      0,
      'the number of classes or left out beside --labels, or no --labels',
    );
  }
  const material = await materialOf(values);
  Object.assign(config, material.config);
  if (config.data !== 'points' && (values.dim ?? 2) !== 2) {
    const why = `--data ${values.data ?? 'moons'} is of the plane`;
    throw refusal(
      '--dim',
      values.dim,
      `2, or left out: ${why}; --data FILE may have other columns`,
    );
  }
  if (values.labels && config.data !== 'points') config.classes ??= classesOf(module, values.data);
  const model = await Model.create(config, { module, threads: values.threads });
  material.give(model);
  return model;
}

/**
 * The preset of the digits spelt out: which data it is for, and that they have classes.
 * @param {Values} values
 * @param {WebAssembly.Module} module
 * @returns {Values}
 */
function spelt(values, module) {
  const { data, classes, preset: name } = values;
  if (name !== DIGITS) return values;
  if (data !== undefined && data !== DIGITS) {
    throw refusal('--data', data, `${DIGITS}, or left out, beside --preset ${DIGITS}`);
  }
  return { ...values, data: DIGITS, classes: classes ?? preset(module, name).classes };
}

/**
 * @param {Values} values
 * @param {WebAssembly.Module} module
 */
async function resumed(values, module) {
  const { labels, latent, preset, resume, threads } = values;
  for (const name of ['path', 'source']) {
    const text = values[name];
    if (!text || !isPointsFile(text)) continue;
    throw refusal(flagOf(name), text, `nothing beside --resume: a run has its ${name}`);
  }
  if (preset) throw refusal('--preset', preset, 'nothing beside --resume: a run has its options');
  const own = values.data === DIGITS || (values.data && isPointsFile(values.data));
  const data = own ? values.data : undefined;
  const model = await openRunWithData('--resume', resume, { module, data, threads });
  if (latent !== undefined && !(model.latent && latent === model.dim)) {
    throw refusal('--latent', latent, `left out beside --resume: a run has its space`);
  }
  const { config } = model;
  if (labels && config.classes === 0) {
    throw refusal('--labels', 'on', `nothing: ${resume} was trained without classes`);
  }
  if (isOfPairs(config.coupling)) {
    const hint = 'its pairs are not in the file; use moonflow reflow for another round';
    throw new MoonflowError('state', `--resume: ${resume} is a reflowed run, and ${hint}`);
  }
  const rows = parameters(module).filter(({ name }) => values[name] !== undefined);
  const changed = rows.filter(({ name }) => values[name] !== config[name] && values[name] !== data);
  for (const { name, live } of changed) {
    if (!live) throw refusal(flagOf(name), values[name], `${config[name]}, as in ${resume}`);
  }
  const changes = Object.fromEntries(changed.map(({ name }) => [name, values[name]]));
  resolve(module, { ...config, ...changes });
  model.set(changes);
  return model;
}

/**
 * @param {Model} model
 * @param {number} total
 * @param {{out?: string, checkpoints?: import('./checkpoint.js').Checkpoints}} places
 * @returns {Promise<{exitCode?: number, seconds: number, losses: Float64Array}>} the last losses
 */
async function train(model, total, { out, checkpoints }) {
  const progress = new Progress('training');
  const floor = progress.visible ? await perform(floorSlices(model)) : null;
  let last = new Float64Array();
  const interruption = new Interruption();
  const started = performance.now();
  try {
    const stopped = () => interruption.exitCode !== undefined;
    /** @param {Float64Array} losses */
    const show = (losses) => {
      last = Float64Array.of(...last, ...losses.slice(-EXCESS_STEPS)).slice(-EXCESS_STEPS);
      progress.show(model.step, total, { unit: 'steps', note: lossWords(last, floor) });
    };
    while (model.step < total && !stopped()) {
      const due = checkpoints?.next(model.step) ?? total;
      await perform(trainSlices(model, Math.min(due, total), stopped), show);
      if (checkpoints && (model.step === due || stopped())) await checkpoints.write(model);
    }
  } catch (error) {
    throw await rescued(error, model, out);
  } finally {
    progress.end();
    interruption.ignore();
  }
  const seconds = (performance.now() - started) / 1000;
  if (interruption.exitCode === undefined || model.step >= total) return { seconds, losses: last };
  process.stderr.write(`moonflow: stopped at step ${model.step} of ${total}; `);
  if (out) await saveRun(out, model);
  const saved = out ?? checkpoints?.last;
  process.stderr.write(saved ? `continue with --resume ${saved}\n` : 'nothing was saved\n');
  return { exitCode: interruption.exitCode, seconds, losses: last };
}

/**
 * The last loss, and how far the mean of the last hundred is above its floor: one alone moves by more than that.
 * @param {Float64Array} losses
 * @param {import('../lib/oracle.js').Floor | null} floor
 */
function lossWords(losses, floor) {
  const loss = losses[losses.length - 1];
  const words = `loss ${loss.toFixed(4)}`;
  if (!floor) return words;
  const mean = losses.reduce((sum, each) => sum + each / losses.length, 0);
  return `${words}  ${(mean - floor.loss_floor).toFixed(4)} above its floor`;
}

/**
 * @param {Model} model
 * @param {Float64Array} losses
 * @param {string} [out] where the run is saved already
 */
async function measure(model, losses, out) {
  const progress = new Progress('measuring');
  try {
    const quality = await perform(model.qualitySlices(), (share) => progress.show(share, 1));
    const floor = await perform(floorSlices(model));
    const beyond = await perform(excessSlices(model, losses));
    return { ...quality, loss_floor: floor?.loss_floor ?? null, excess: beyond?.excess ?? null };
  } catch (error) {
    // What the measures call steps are those of the solver, and --steps of train are others.
    if (!(error instanceof MoonflowError) || !error.message.startsWith('steps:')) throw error;
    const next = out ? `; the run is saved: moonflow eval ${out} --steps N measures it` : '';
    throw new MoonflowError(error.code, `solver_${error.message}${next}`, { cause: error });
  } finally {
    progress.end();
  }
}

/**
 * @param {Values} values
 * @param {{steps: number, loss: number | null, loss_floor: number | null, excess: number | null, seconds: number, ms_per_step: number | null, sw2: number,
 *   sw2_floor: number, hash: string, loss_by_time: (number | null)[],
 *   conditional?: import('../lib/quality.js').Conditional, warnings?: string[]}} result
 */
function report(values, result) {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const { steps, loss, loss_floor, excess, seconds, ms_per_step, sw2, sw2_floor, hash } = result;
  const pace = ms_per_step === null ? '' : `, ${ms_per_step.toFixed(2)} ms a step`;
  const lines = [
    `${steps} steps, ${seconds.toFixed(1)} s${pace}`,
    `loss  ${loss === null ? 'no step was taken' : loss.toFixed(5)}${floorWords(loss_floor, excess)}`,
    `SW2   ${sw2.toFixed(4)} (floor ${sw2_floor.toFixed(4)})`,
    ...classLines(result.conditional),
    `hash  ${hash}`,
  ];
  if (values.out) lines.push(`saved ${values.out}`);
  if (values.png) lines.push(`drew  ${values.png}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}

/**
 * @param {number | null} floor
 * @param {number | null} excess
 */
function floorWords(floor, excess) {
  if (floor === null) return '';
  const above = excess === null ? '' : `, the last ones ${excess.toFixed(5)} above theirs`;
  return ` (floor ${floor.toFixed(5)}${above})`;
}
