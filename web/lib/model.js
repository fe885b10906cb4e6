/**
 * @file A flow-matching model: one engine instance with its own memory, called synchronously. Time runs from noise
 * (t = 0) to data (t = 1); arrays of points are row-major Float32Array [n, D]. A refused call has changed nothing.
 */

import { integer } from './argument.js';
import { assign } from './assignment.js';
import { batch, loss, pairing, train, trainBatch } from './batch.js';
import { convert } from './conversion.js';
import { densitySlices } from './density.js';
import { discrepancySlices } from './discrepancy.js';
import { pathEnergySlices } from './energy.js';
import { methodOf, sampleSlices, straightnessSlices, trajectorySlices, velocity } from './flow.js';
import { interpolateSlices } from './interpolation.js';
import { loglikSlices, nllSlices } from './likelihood.js';
import { compile, compileShared } from './loader.js';
import {
  excessSlices,
  fieldErrorSlices,
  fieldMapSlices,
  floorSlices,
  irreducibleLossSlices,
  oracleOf,
} from './oracle.js';
import { resolve } from './parameters.js';
import { hire } from './pool.js';
import { qualitySlices, sw2Slices } from './quality.js';
import { finish, PIECE_POINTS } from './slice.js';
import { State } from './state.js';
import { data, dataLabels, noise } from './supply.js';
import { optionsOf } from './vocabulary.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./batch.js').Batch} Batch */
/** @typedef {import('./flow.js').SampleOptions} SampleOptions */
/** @typedef {import('./flow.js').StraightnessOptions} StraightnessOptions */
/** @typedef {import('./flow.js').Weights} Weights */

/** @typedef {import('./stats.js').Stats} Stats */

export class Model extends State {
  /**
   * With `threads` from 2 to 16, helpers share the work of training, to the same bits, until `dispose` ends them.
   * @param {PartialConfig} [config]
   * @param {{module?: WebAssembly.Module, threads?: number}} [options] 1 thread unless given
   * @returns {Promise<Model>}
   */
  static async create(config = {}, options = {}) {
    const { module, threads = 1 } = optionsOf('create', options);
    const shared = await compileShared(threads);
    const model = Model.createSync(config, module ?? (await compile()), shared);
    return hire(model, threads);
  }

  /**
   * @param {PartialConfig} config
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Module} [shared] the build for threads; see hire in pool.js
   * @returns {Model}
   */
  static createSync(config, module, shared) {
    return new Model(resolve(module, config), module, shared);
  }

  /**
   * @param {number} steps
   * @returns {Float64Array} the loss of each step, before its update
   */
  train(steps) {
    return train(this, steps);
  }

  /**
   * One optimiser step on a given batch, already coupled.
   * @param {Batch} batch
   * @returns {Stats}
   */
  trainBatch(batch) {
    return trainBatch(this, batch);
  }

  /**
   * The loss of a given batch, without an update; the gradients are in the slot 'gradient'.
   * @param {Batch} batch
   */
  loss(batch) {
    return loss(this, batch);
  }

  /**
   * The batch that a step of this round draws, after coupling.
   * @param {number} [step] the next one unless given
   * @returns {Batch}
   */
  batch(step = this.step) {
    return batch(this, step);
  }

  /**
   * The pairs x0 and x1 of a step as they were drawn and coupled, before the stable target.
   * @param {{step?: number}} [options] the next one unless given
   */
  pairing(options) {
    return pairing(this, options);
  }

  /**
   * The field v(t, x).
   * @param {import('./flow.js').VelocityOptions} options
   * @returns {Float32Array} [n, D]
   */
  velocity(options) {
    return velocity(this, options);
  }

  /**
   * Velocity, data, noise or score, given any other of them; exact for every path. At an end of time where the one given
   * says nothing of the other, the answer is finite and no more.
   * @param {import('./conversion.js').ConvertOptions} options
   * @returns {Float32Array} [n, D]
   */
  convert(options) {
    return convert(this, options);
  }

  /**
   * Points first .. first + n - 1 of the endless stream of start points of a seed, unit scale.
   * @param {{n: number, seed?: number, first?: number}} options
   * @returns {Float32Array} [n, D]
   */
  noise(options) {
    return noise(this, options);
  }

  /**
   * Draws of the model's own data set; the whole draw depends on n.
   * @param {{n: number, seed?: number}} options
   * @returns {Float32Array} [n, D]
   */
  data(options) {
    return data(this, options);
  }

  /**
   * The class of each point of the draw that `data` makes of the same options, for a run with classes.
   * @param {{n: number, seed?: number}} options
   * @returns {Int32Array} [n]
   */
  dataLabels(options) {
    return dataLabels(this, options);
  }

  /**
   * Carries start points along the flow.
   * @param {SampleOptions} options
   * @returns {Float32Array} [n, D]
   */
  sample(options) {
    return finish(sampleSlices(this, options, PIECE_POINTS));
  }

  /**
   * `sample` in pieces; yields the fraction done.
   * @param {SampleOptions} options
   */
  sampleSlices(options) {
    return sampleSlices(this, options);
  }

  /**
   * `sample`, and where the points were at every time between.
   * @param {SampleOptions} options
   * @returns {import('./flow.js').Trajectory}
   */
  trajectory(options) {
    return finish(trajectorySlices(this, options));
  }

  /**
   * `trajectory` in pieces; yields the fraction done.
   * @param {SampleOptions} options
   */
  trajectorySlices(options) {
    return trajectorySlices(this, options);
  }

  /**
   * The way between data points through noise.
   * @param {import('./interpolation.js').InterpolateOptions} options
   * @returns {import('./interpolation.js').Interpolation}
   */
  interpolate(options) {
    return finish(interpolateSlices(this, options));
  }

  /**
   * `interpolate` in pieces; yields the fraction done.
   * @param {import('./interpolation.js').InterpolateOptions} options
   */
  interpolateSlices(options) {
    return interpolateSlices(this, options);
  }

  /**
   * Mean straightness (0 is straight) and transport cost of the flow over n start points.
   * @param {StraightnessOptions} [options]
   * @returns {{straightness: number, cost: number}}
   */
  straightness(options) {
    return finish(straightnessSlices(this, options));
  }

  /**
   * `straightness` in pieces; yields the fraction done.
   * @param {StraightnessOptions} [options]
   */
  straightnessSlices(options) {
    return straightnessSlices(this, options);
  }

  /**
   * The log-density of points under the flow, in nats; see fm_loglik in fm.h.
   * @param {import('./likelihood.js').LoglikOptions} options
   */
  loglik(options) {
    return finish(loglikSlices(this, options, PIECE_POINTS));
  }

  /**
   * `loglik` in pieces; yields the fraction done.
   * @param {import('./likelihood.js').LoglikOptions} options
   */
  loglikSlices(options) {
    return loglikSlices(this, options);
  }

  /**
   * The negative log-likelihood of points that no training has drawn.
   * @param {Parameters<typeof nllSlices>[1]} [options]
   */
  nll(options) {
    return finish(nllSlices(this, options));
  }

  /**
   * `nll` in pieces; yields the fraction done.
   * @param {Parameters<typeof nllSlices>[1]} [options]
   */
  nllSlices(options) {
    return nllSlices(this, options);
  }

  /**
   * The log-density on a grid in the plane, with its mass; see density.js.
   * @param {import('./density.js').DensityOptions} [options]
   */
  density(options) {
    return finish(densitySlices(this, options));
  }

  /**
   * `density` in pieces; yields the fraction done.
   * @param {import('./density.js').DensityOptions} [options]
   */
  densitySlices(options) {
    return densitySlices(this, options);
  }

  /**
   * Sliced Wasserstein-2 distance between two sets of the same size.
   * @param {Float32Array} a [n, D]
   * @param {Float32Array} b [n, D]
   * @param {{seed?: number, directions?: number}} [options]
   * @returns {number}
   */
  sw2(a, b, options) {
    return finish(sw2Slices(this, a, b, options));
  }

  /**
   * Quality of the samples beside its floor; see quality.js.
   * @param {import('./quality.js').QualityOptions} [options]
   */
  quality(options) {
    return finish(qualitySlices(this, options));
  }

  /**
   * `quality` in pieces; yields the fraction done.
   * @param {import('./quality.js').QualityOptions} [options]
   */
  qualitySlices(options) {
    return qualitySlices(this, options);
  }

  /** The exact field of the data: whether it `exists`, and its `velocity`. */
  get oracle() {
    return oracleOf(this);
  }

  /**
   * The part of the expected loss that no network removes, under the configuration's law of time and target.
   * @param {import('./oracle.js').FloorOptions} [options]
   */
  irreducibleLoss(options) {
    return finish(irreducibleLossSlices(this, options));
  }

  /**
   * The rest of the expected loss: the mean square of v - v* over the places that training looks at, under ve of F.
   * @param {import('./oracle.js').ErrorOptions} [options]
   */
  fieldError(options) {
    return finish(fieldErrorSlices(this, options));
  }

  /** The irreducible loss, found once for a configuration, or null where there is no exact field. */
  floor() {
    return finish(floorSlices(this));
  }

  /**
   * By how much the losses of the last steps exceed the floors of their own batches; see oracle.js.
   * @param {Float64Array} losses
   */
  excess(losses) {
    return finish(excessSlices(this, losses));
  }

  /**
   * The square of v - v* over a square of the plane, at one time.
   * @param {import('./oracle.js').MapOptions} options
   */
  fieldMap(options) {
    return finish(fieldMapSlices(this, options));
  }

  /**
   * Exact W2, energy distance and MMD of the samples, each beside its floor; see discrepancy.js.
   * @param {import('./quality.js').QualityOptions} [options]
   */
  discrepancy(options) {
    return finish(discrepancySlices(this, options));
  }

  /**
   * How much the flow moves its points, beside the least that it must; see energy.js.
   * @param {import('./energy.js').EnergyOptions} [options]
   */
  pathEnergy(options) {
    return finish(pathEnergySlices(this, options));
  }

  /**
   * The exact optimal assignment under squared distance.
   * @param {Float32Array} x0 [n, D], n <= 16,384
   * @param {Float32Array} x1 [n, D]
   * @returns {Int32Array} x0[i] goes to x1[match[i]]
   */
  assign(x0, x1) {
    return assign(this, x0, x1);
  }

  /**
   * Evaluations of the network a point costs; guidance other than 0 and 1 asks twice, see trajectory.
   * @param {string} solver
   * @param {number} steps
   */
  nfe(solver, steps) {
    return this.instance.call('fm_nfe', methodOf(this, solver), integer('steps', steps, 1));
  }

  /**
   * Another model of the same module whose configuration differs only by `partial`.
   * @param {PartialConfig} partial
   */
  twin(partial) {
    return Model.createSync({ ...this.config, ...partial }, this.module);
  }
}
