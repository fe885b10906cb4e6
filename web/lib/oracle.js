/**
 * @file The exact field of the model's data and path (fm_oracle_size in fm.h), and what it says of a loss: how much of it no
 * network can remove (the irreducible loss), and how far the model's own field is from the best one (the field error). The
 * expected loss is the sum of the two. Where a network knows classes, each point is held against the field of its class. All of these are means over batches that no training draws, so they are the same
 * whenever they are asked for.
 */

import { integer, POINTS_MAX, points, real, times } from './argument.js';
import { FIELD_NEEDS } from './batch.js';
import { MoonflowError, refusal } from './errors.js';
import { guideOf } from './guidance.js';
import { isOfPairs } from './pairs.js';
import { parameters } from './parameters.js';
import { piecePoints } from './slice.js';
import { slotOf } from './slots.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {import('./batch.js').Batch} Batch */
/** @typedef {import('./flow.js').Weights} Weights */

/**
 * One t, or one for each point; x within 1e6. Of all data, or of the class of a `label`, one or one for each point.
 * @typedef {{t: number | Float32Array, x: Float32Array, label?: number, labels?: Int32Array}} FieldOptions
 *
 * @typedef {{n?: number}} FloorOptions points to average over, at least 64; unless given as many as take a fraction of a second
 * @typedef {{n?: number, weights?: Weights}} ErrorOptions weights are 'ema' unless given
 * @typedef {{loss_floor: number, standard_error: number, n: number}} Floor
 * @typedef {{field_error: number, standard_error: number, n: number}} FieldError
 * @typedef {{excess: number, standard_error: number, steps: number}} Excess
 * @typedef {{t: number, cells?: number, extent?: number, weights?: Weights, label?: number}} MapOptions cells along a side, 64 unless
 *   given; the square reaches from -extent to extent, 5 unless given
 * @typedef {{t: number, cells: number, extent: number, error: Float32Array}} FieldMap
 */

/** Steps of a round end at 2^30; batches from here on are nobody's. */
const FIRST_BATCH = 2 ** 30;
const BATCHES_MIN = 8;
const POINTS_LEAST = 64;
const POINTS_FEW = 1024;
const POINTS_MANY = 65536;
/** Gaussians weighed for one answer: tens of milliseconds. */
const BUDGET = 2 ** 25;
/** Multiply-adds that take as long as weighing one Gaussian, and each of its coordinates. */
const GAUSSIAN_WORK = 10;
const COORDINATE_WORK = 3;
/** Losses an excess is the mean of. */
export const EXCESS_STEPS = 100;
const CELLS_MAX = 1024;

/** Least noise and largest coordinate, as src/oracle.h has them. */
const LEAST_NOISE = 0.0125;
const LARGEST = 1e6;
/** Data whose law is an integral over curves. */
const ARCS = ['moons-iid', 'circles', 'spirals'];
/** Data whose law is not known here: moons with noise that is uniform along a line. */
const SMEARED = ['moons-torchcfm', 'moons-iid-torchcfm'];

/** @param {Model} model */
const sizeOf = ({ instance, handle }) => instance.call('fm_oracle_size', handle);

/**
 * Why a model has no oracle, and what has one; undefined when it has.
 * @param {Model} model
 */
function lack(model) {
  if (sizeOf(model) > 0) return undefined;
  const { coupling, source, data, noise, classes, batch } = model.config;
  if (coupling !== 'independent') {
    const pairs = isOfPairs(coupling) ? 'kept from a reflow' : 'chosen within a batch';
    return `got coupling '${coupling}', whose pairs are ${pairs}; allowed is 'independent'`;
  }
  if (source !== 'gaussian') {
    return `got source '${source}'; allowed is 'gaussian': what leads from another source to a place is not summed here`;
  }
  if (data === 'points') {
    const labels = Number(classes) > 0 ? ' and their labels' : '';
    return `got no points${labels}, or some beyond ${LARGEST}; call setPoints with points within that${labels}`;
  }
  if (data === 'moons' && Number(batch) < 2 && Number(classes) > 0) {
    return 'got a batch of 1, which holds one of the two moons; allowed is 2 or more, or classes 0';
  }
  if (ARCS.includes(String(data)) && Number(noise) < LEAST_NOISE) {
    return `got noise ${noise} on ${data}; allowed is ${LEAST_NOISE} or more there, or data 'moons'`;
  }
  if (SMEARED.includes(String(data))) {
    return `got data '${data}', whose noise is uniform along a line; allowed is any other, and 'moons' is nearest`;
  }
  return `got no field yet; ${FIELD_NEEDS}`;
}

/**
 * Gaussians that one velocity sums over.
 * @param {Model} model
 * @param {string} operation
 */
function requireOracle(model, operation) {
  const why = lack(model);
  if (why) throw new MoonflowError('state', `${operation}: ${why}`, { operation });
  return sizeOf(model);
}

/**
 * What `model.oracle` is.
 * @param {Model} model
 */
export function oracleOf(model) {
  return {
    /** Whether there is an exact field for this model's data, path and coupling. */
    exists: sizeOf(model) > 0,
    /**
     * v*(t, x), under ve the velocity.
     * @param {FieldOptions} options
     * @returns {Float32Array} [n, D]
     */
    velocity: (options) => velocity(model, options),
  };
}

/**
 * @param {Model} model
 * @param {FieldOptions} options
 */
function velocity(model, options) {
  const { instance, handle, dim } = model;
  const { t, x, label, labels } = optionsOf('oracle.velocity', options);
  const n = points('x', x, dim);
  const far = x.findIndex((coordinate) => Math.abs(coordinate) > LARGEST);
  if (far >= 0) throw refusal(`x, point ${Math.floor(far / dim)}`, x[far], `within ${LARGEST}`);
  const each = typeof t === 'number' ? new Float32Array(n).fill(real('t', t, 0, 1)) : t;
  times('t', each, n);
  const guide = guideOf(model, { label, labels }, n);
  requireOracle(model, 'oracle.velocity');
  const arrays = [guide?.labels ?? new Int32Array(), each, x, new Float32Array(x.length)];
  const [classes, time, place, v] = instance.put('scratch', ...arrays);
  const args = [handle, time, place, guide ? classes : 0, n, v];
  instance.check('oracle.velocity', 'give other points', 'fm_oracle_velocity', ...args);
  return instance.take(v, x.length);
}

/**
 * What of a batch is wanted: its irreducible loss, or the error of the field under some weights.
 * @typedef {'floor' | Weights} Wanted
 */

/**
 * Mean over the rows of a batch, in pieces.
 * @param {Model} model
 * @param {string} operation
 * @param {Batch} batch
 * @param {Wanted} wanted
 * @returns {Generator<void, number, void>}
 */
function* judge(model, operation, { t, x0, x1, labels }, wanted) {
  const { instance, handle, dim } = model;
  const floor = wanted === 'floor';
  const slot = slotOf(model, floor ? 'raw' : wanted);
  const weighing = sizeOf(model) * (GAUSSIAN_WORK + COORDINATE_WORK * dim);
  const piece = piecePoints(weighing + (floor ? 0 : model.parameterCount));
  let sum = 0;
  for (let first = 0; first < t.length; first += piece) {
    const end = Math.min(t.length, first + piece);
    const rows = [
      (labels ?? new Int32Array()).subarray(first, end),
      t.subarray(first, end),
      ...[x0, x1].map((x) => x.subarray(first * dim, end * dim)),
    ];
    const n = end - first;
    const places = instance.put('scratch', ...rows, new Uint8Array(8 * n));
    const [classes, time, source, data, out] = places;
    const batch = [time, source, data, labels ? classes : 0, n];
    const args = [handle, slot, ...batch, floor ? out : 0, floor ? 0 : out];
    instance.check(operation, 'report this', 'fm_oracle_loss', ...args);
    for (const each of instance.memory.doubles(out, n)) sum += each;
    yield;
  }
  return sum / t.length;
}

/**
 * Evenly spaced rows of a batch, so that stratified times stay even.
 * @param {Batch} batch
 * @param {number} count
 * @param {number} dim
 * @returns {Batch}
 */
function thin(batch, count, dim) {
  const n = batch.t.length;
  if (count >= n) return batch;
  const rows = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * n) / count));
  /** @param {Float32Array} x @param {number} width */
  const pick = (x, width) =>
    Float32Array.from({ length: count * width }, (_, i) => {
      return x[rows[Math.floor(i / width)] * width + (i % width)];
    });
  const { t, x0, x1, labels } = batch;
  const thinned = { t: pick(t, 1), x0: pick(x0, dim), x1: pick(x1, dim) };
  return labels ? { ...thinned, labels: Int32Array.from(rows, (row) => labels[row]) } : thinned;
}

/**
 * Mean and standard error of the mean.
 * @param {number[]} values
 */
function meanOf(values) {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standard_error: Math.sqrt(squares / (n * Math.max(1, n - 1))) };
}

/**
 * How many points are worth their time.
 * @param {number} size
 */
const affordable = (size) => Math.max(POINTS_FEW, Math.min(POINTS_MANY, Math.floor(BUDGET / size)));

/**
 * The mean over batches that no training draws. Its error comes from the spread of whole batches, because the times of one
 * batch may be stratified.
 * @param {Model} model
 * @param {string} operation
 * @param {number | undefined} n
 * @param {Wanted} wanted
 */
function* judgeMany(model, operation, n, wanted) {
  const size = requireOracle(model, operation);
  const points = integer('n', n ?? affordable(size), POINTS_LEAST, POINTS_MAX);
  const batch = Number(model.config.batch);
  const batches = Math.max(BATCHES_MIN, Math.ceil(points / batch));
  const rows = Math.min(batch, Math.ceil(points / batches));
  const means = [];
  for (let i = 0; i < batches; i += 1) {
    const drawn = thin(model.batch(FIRST_BATCH + i), rows, model.dim);
    const pieces = judge(model, operation, drawn, wanted);
    let step = pieces.next();
    for (; !step.done; step = pieces.next()) yield i / batches;
    means.push(step.value);
  }
  return { ...meanOf(means), n: batches * rows };
}

/**
 * @param {Model} model
 * @param {FloorOptions} [options]
 * @returns {import('./slice.js').Work<number, Floor>}
 */
export function* irreducibleLossSlices(model, options) {
  const { n: points } = optionsOf('irreducibleLoss', options);
  const { mean, standard_error, n } = yield* judgeMany(model, 'irreducibleLoss', points, 'floor');
  return { loss_floor: mean, standard_error, n };
}

/**
 * @param {Model} model
 * @param {ErrorOptions} [options]
 * @returns {import('./slice.js').Work<number, FieldError>}
 */
export function* fieldErrorSlices(model, options) {
  const { n: points, weights = 'ema' } = optionsOf('fieldError', options);
  slotOf(model, weights);
  const { mean, standard_error, n } = yield* judgeMany(model, 'fieldError', points, weights);
  if (!Number.isFinite(mean)) {
    const message = `fieldError: is ${mean}; the weights throw their field out of range`;
    throw new MoonflowError('diverged', message, { operation: 'fieldError' });
  }
  return { field_error: mean, standard_error, n };
}

/** The floors found so far, by what they depend on. @type {WeakMap<Model, {key: string, floor: Floor}>} */
const floors = new WeakMap();

/**
 * The irreducible loss, found once for a configuration; null where there is none.
 * @param {Model} model
 * @returns {import('./slice.js').Work<number, Floor | null>}
 */
export function* floorSlices(model) {
  if (lack(model)) return null;
  const known = floors.get(model);
  const key = keyOf(model);
  if (known?.key === key) return known.floor;
  const floor = yield* irreducibleLossSlices(model);
  floors.set(model, { key, floor });
  return floor;
}

/**
 * What a floor depends on: the rows that say what is learned and how a batch is drawn, the points and the path.
 * @param {Model} model
 */
function keyOf({ module, config, revision }) {
  const rows = parameters(module).filter(({ group }) => group === 'data' || group === 'batch');
  return JSON.stringify([config.seed, revision, ...rows.map(({ name }) => config[name])]);
}

/**
 * By how much the last losses exceed the floors of their very batches, which moves far less from step to step than the loss:
 * what training can still gain. Null where there is no floor or no loss.
 * @param {Model} model
 * @param {Float64Array} losses of the steps just taken; the configuration has not changed since. Of many, the last 100 count
 * @returns {import('./slice.js').Work<number, Excess | null>}
 */
export function* excessSlices(model, losses) {
  if (!(losses instanceof Float64Array)) throw refusal('losses', losses, 'a Float64Array');
  const last = model.step;
  if (losses.length > last) throw refusal('losses.length', losses.length, `up to ${last} (steps)`);
  if (losses.length === 0 || lack(model)) return null;
  const most = Math.floor((4 * BUDGET) / (sizeOf(model) * Number(model.config.batch)));
  const steps = Math.min(losses.length, EXCESS_STEPS, Math.max(1, most));
  const differences = [];
  for (let i = 1; i <= steps; i += 1) {
    const pieces = judge(model, 'excess', model.batch(last - i), 'floor');
    let step = pieces.next();
    for (; !step.done; step = pieces.next()) yield i / steps;
    differences.push(losses[losses.length - i] - step.value);
  }
  const { mean, standard_error } = meanOf(differences);
  return { excess: mean, standard_error, steps };
}

/**
 * |v - v*|^2, as a mean over coordinates, at the middle of every cell of a square; row by row from the lowest.
 * @param {Model} model
 * @param {MapOptions} options
 * @returns {import('./slice.js').Work<number, FieldMap>}
 */
export function* fieldMapSlices(model, options) {
  const { t, cells = 64, extent = 5, weights = 'ema', label } = optionsOf('fieldMap', options);
  if (model.dim !== 2) throw refusal('fieldMap, dim', model.dim, '2: a map is of a plane');
  integer('cells', cells, 1, CELLS_MAX);
  real('extent', extent, 1e-3, LARGEST);
  real('t', t, 0, 1);
  requireOracle(model, 'fieldMap');
  const error = new Float32Array(cells * cells);
  const middle = (/** @type {number} */ i) => extent * ((2 * i + 1) / cells - 1);
  for (let row = 0; row < cells; row += 1) {
    const x = Float32Array.from({ length: 2 * cells }, (_, i) =>
      i % 2 ? middle(row) : middle(i >> 1),
    );
    const v = model.velocity({ t, x, weights, label });
    const best = velocity(model, { t, x, label });
    for (let i = 0; i < cells; i += 1) {
      const gap = [v[2 * i] - best[2 * i], v[2 * i + 1] - best[2 * i + 1]];
      error[row * cells + i] = (gap[0] ** 2 + gap[1] ** 2) / 2;
    }
    yield (row + 1) / cells;
  }
  return { t, cells, extent, error };
}
