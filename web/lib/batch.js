/** @file Optimiser steps: on batches the engine draws, and on batches the caller gives. */

import { integer, points, pointsOf, times } from './argument.js';
import { labelsOf } from './classes.js';
import { MoonflowError, refusal } from './errors.js';
import { DIVERGED, LOST, OK, REG_TOO_SMALL } from './instance.js';
import { readLeastReg } from './stats.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./model.js').Model} Model */
/**
 * t [n], x0 and x1 [n, D], and for a run with classes the label [n] of each point, `classes` itself meaning none.
 * @typedef {{t: Float32Array, x0: Float32Array, x1: Float32Array, labels?: Int32Array}} Batch
 */

/** What to do when a call needs data that is not there. */
export const NEEDS =
  "when data is 'points' call setPoints first, with labels when there are classes; when coupling is " +
  "'paired' or 'distilled' call setPairs first, " +
  "when path is 'custom' call setPath first, when source is 'points' call setSource first";

/** What to do when a model has no field yet. */
export const FIELD_NEEDS =
  "when path is 'custom' call setPath first, when it is 've' and data is 'points' call setPoints first";

/** What left the range that LARGEST of src/learn.c sets, by the cause in the stats. */
const WHAT = { none: 'loss', loss: 'loss', gradient: 'gradient norm' };

/**
 * @param {Model} model
 * @param {number} steps
 * @returns {Float64Array}
 */
export function train(model, steps) {
  const { instance } = model;
  const pointer = instance.memory.reserve('scratch', integer('steps', steps, 0) * 8);
  const before = model.step;
  const status = instance.call('fm_train', model.handle, steps, pointer);
  const losses = instance.memory.copy(instance.memory.doubles(pointer, model.step - before));
  refuse(model, 'train', status, losses);
  return losses;
}

/**
 * @param {Model} model
 * @param {Batch} batch
 */
export function trainBatch(model, batch) {
  const args = put(model, batch);
  const name = batch.labels ? 'fm_train_labelled' : 'fm_train_batch';
  const status = model.instance.call(name, model.handle, ...args);
  refuse(model, 'trainBatch', status);
  return model.stats;
}

/**
 * @param {Model} model
 * @param {Batch} batch
 */
export function loss(model, batch) {
  const args = put(model, batch);
  const name = batch.labels ? 'fm_loss_labelled' : 'fm_loss';
  const status = model.instance.call(name, model.handle, ...args);
  if (status === LOST && model.pool) throw model.pool.lost('loss');
  if (status !== OK) throw model.instance.failure('loss', 'give another batch', status);
  const { loss, v_norm, u_norm } = model.stats;
  return { loss, v_norm, u_norm };
}

/**
 * @param {Model} model
 * @param {number} step
 * @returns {Batch}
 */
export function batch(model, step) {
  const { instance, dim } = model;
  const n = Number(model.config.batch);
  const counts = [n, n * dim, n * dim];
  const sizes = counts.map((count) => count * 4);
  const pointers = instance.memory.carve('scratch', sizes);
  const args = [model.handle, integer('step', step, 0), ...pointers];
  refuse(model, 'batch', instance.call('fm_batch', ...args));
  const [t, x0, x1] = pointers.map((pointer, i) => instance.take(pointer, counts[i]));
  if (Number(model.config.classes) === 0) return { t, x0, x1 };
  instance.check('batch', NEEDS, 'fm_batch_labels', model.handle, step, pointers[0]);
  return { t, x0, x1, labels: instance.takeInts(pointers[0], n) };
}

/**
 * Checks a batch and copies it; returns what the engine takes after the model.
 * @param {Model} model
 * @param {Batch} batch
 */
function put({ instance, dim, config }, batch) {
  const { t, x0, x1, labels } = optionsOf('batch', batch);
  const n = points('x0', x0, dim);
  pointsOf('x1', x1, dim, n);
  times('t', t, n);
  if (labels !== undefined) {
    const classes = Number(config.classes);
    if (classes === 0) throw refusal('labels', labels, 'left out: this run has no classes');
    return [...instance.put('scratch', t, x0, x1, labelsOf(labels, n, classes)), n];
  }
  return [...instance.put('scratch', t, x0, x1), n];
}

/**
 * @param {Model} model
 * @param {string} operation
 * @param {number} status
 * @param {Float64Array} [losses] of the steps that were taken
 */
function refuse(model, operation, status, losses = new Float64Array()) {
  const { instance, stats, pool } = model;
  if (status === OK) return;
  if (status === REG_TOO_SMALL) throw tooSmall(model, operation, losses);
  if (status === LOST && pool) throw pool.lost(operation, losses);
  if (status !== DIVERGED) throw instance.failure(operation, NEEDS, status);
  const { step, cause } = stats;
  const message =
    `${operation}: the ${WHAT[cause]} of step ${step + 1} left the range of +-1e18; the model is as ` +
    `it was after step ${step}, continue with a smaller lr or tamer data`;
  throw new MoonflowError('diverged', message, { operation, details: { step, cause, losses } });
}

/**
 * The value named is a tenth above the least of this batch, since the next one is of other points: which is also why a run
 * may be refused in its middle, where it goes on with that value.
 * @param {Model} model
 * @param {string} operation
 * @param {Float64Array} losses of the steps that were taken
 */
function tooSmall(model, operation, losses) {
  const enough = Number((1.1 * readLeastReg(model)).toPrecision(2));
  const { step } = model;
  const begun = step > 0 && (operation === 'train' || operation === 'trainBatch');
  const error = refusal(
    'sinkhorn_reg',
    model.config.sinkhorn_reg,
    `from ${enough} where squared distances are so large (1e-5 of their mean at least); ` +
      "coupling 'ot' is the limit at 0" +
      (begun ? `; the model is as it was after step ${step} and goes on with either` : ''),
    operation,
  );
  if (operation === 'train') error.details = { step, losses };
  return error;
}

/**
 * The pairs of a step as they were drawn and coupled, before the stable target.
 * @param {import('./model.js').Model} model
 * @param {{step?: number}} [options] the next one unless given
 * @returns {{x0: Float32Array, x1: Float32Array}}
 */
export function pairing(model, options) {
  const { step = model.step } = optionsOf('pairing', options);
  const { instance, dim, handle, config } = model;
  const reals = Number(config.batch) * dim;
  const pointers = instance.memory.carve('scratch', [reals * 4, reals * 4]);
  const args = [handle, integer('step', step, 0), ...pointers];
  refuse(model, 'pairing', instance.call('fm_pairing', ...args));
  const [x0, x1] = pointers.map((pointer) => instance.take(pointer, reals));
  return { x0, x1 };
}
