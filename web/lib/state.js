/**
 * @file What a model is: its configuration, data, weights and step, laid out in an engine instance of its own. What it does
 * is in model.js.
 */

import { pointsOf } from './argument.js';
import { CLASSES_MAX, countClasses, labelsOf } from './classes.js';
import { change, readConfig } from './configuration.js';
import { refusal } from './errors.js';
import { warningsOf } from './guidance.js';
import { imagesOf, pixelsOf } from './images.js';
import { Instance } from './instance.js';
import { latentOf, latentSpace } from './latent.js';
import { parameters, toNumbers } from './parameters.js';
import { setPath } from './path.js';
import { decode, encode } from './pca.js';
import { digest, digestAt, readSlots, readTensors, restore } from './slots.js';
import { readLossByTime, readStats } from './stats.js';

/** @typedef {import('./parameters.js').Config} Config */
/** @typedef {import('./parameters.js').PartialConfig} PartialConfig */
/** @typedef {import('./stats.js').Stats} Stats */

const POINTS_NEED = "only a model whose data is 'points' takes points";
const SOURCE_NEED = "only a model whose source is 'points' takes points to start at";
const PAIRS_NEED =
  'call setPairs first; and pairs have no score to predict, so create the model with predict v, x1 or noise';

export class State {
  #instance;
  #model = 0;
  #dim = 0;
  #choices;
  #firstCoupling;
  #revision = 0;
  /** @type {import('./path.js').PathSamples | undefined} */
  #path;
  /** Where the user's own source lies. @type {{pointer: number, length: number} | undefined} */
  #source;
  /** Where the user's own points and their labels lie, [pointer, bytes] each. @type {[number, number][]} */
  #data = [];
  /** @type {import('./images.js').Images | undefined} */
  #images;
  /** @type {import('./pca.js').Latent | undefined} */
  #latent;

  /**
   * Prefer Model.create.
   * @param {Config} config complete, as resolve returns it
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Module} [shared] the build for threads, when the model is to have some
   */
  constructor(config, module, shared) {
    /** @readonly */
    this.module = module;
    /** The helpers, for the modules of this folder. @type {import('./pool.js').Pool | undefined} */
    this.pool = undefined;
    /** Of a run loaded from a file: `dataDigest` as it was saved. @type {string | undefined} */
    this.trainedOn = undefined;
    /** Inside a reflow round: the digest of the averaged weights whose pairs it learns from. @type {string | undefined} */
    this.teacher = undefined;
    this.#choices = parameters(module);
    this.#instance = new Instance(shared ?? module, shared !== undefined);
    this.#lay(toNumbers(this.#choices, config));
    this.#dim = Number(config.dim);
    this.#firstCoupling = String(config.coupling);
  }

  /** Threads that share the work of training now: fewer when helpers have ended, 1 after one was lost. */
  get threads() {
    return this.pool?.threads ?? 1;
  }

  /** @param {Float64Array} numbers */
  #lay(numbers) {
    const { memory } = this.#instance;
    const pointer = memory.reserve('parameters', numbers.byteLength);
    memory.doubles(pointer, numbers.length).set(numbers);
    const size = this.#instance.pointer('fm_size', pointer);
    const block = memory.reserve('model', size);
    const hint = 'give a configuration from resolve';
    this.#instance.check('create', hint, 'fm_init', block, size, pointer);
    this.#model = block;
  }

  /**
   * The engine's instance, for the modules of this folder.
   * @returns {Instance}
   */
  get instance() {
    return this.#instance;
  }

  /** Where the engine laid the model out, for the modules of this folder. */
  get handle() {
    return this.#model;
  }

  /** The complete configuration as it stands in the engine now. */
  get config() {
    return readConfig(this);
  }

  /** What of the configuration is allowed and yet seldom meant, in words. */
  get warnings() {
    return warningsOf(this.config);
  }

  /** Coordinates of a point. */
  get dim() {
    return this.#dim;
  }

  /** @returns {Stats} */
  get stats() {
    return readStats(this);
  }

  /** The mean loss of the last hundred steps or so in each twentieth of time, without weights; NaN where no point has been. */
  get lossByTime() {
    return readLossByTime(this);
  }

  /** Steps taken in this round. */
  get step() {
    return this.stats.step;
  }

  /** Reflow rounds begun. */
  get round() {
    return this.stats.round;
  }

  /** The coupling before the first reflow, which reset returns to. */
  get firstCoupling() {
    return this.round > 0 ? this.#firstCoupling : String(this.config.coupling);
  }

  /**
   * Changes live parameters, all or none.
   * @param {PartialConfig} partial
   */
  set(partial) {
    change(this, partial);
  }

  /**
   * The user's own data, copied; needed before training when data is 'points', with labels when there are classes.
   * @param {Float32Array} data [n, D], all finite
   * @param {number} [n] checked against the array
   * @param {Int32Array} [labels] [n], the class of each point, from 0 without gaps
   */
  setPoints(data, n = data?.length / this.dim, labels) {
    pointsOf('points', data, this.dim, n);
    if (labels !== undefined) this.#checkLabels(labels, n);
    const pointer = this.#instance.put('points', data)[0];
    this.#instance.check('setPoints', POINTS_NEED, 'fm_points_set', this.#model, pointer, n);
    this.#revision += 1;
    this.#data = [[pointer, data.byteLength]];
    if (labels === undefined) return;
    const place = this.#instance.put('labels', labels)[0];
    this.#instance.check('setPoints', POINTS_NEED, 'fm_labels_set', this.#model, place, n);
    this.#data.push([place, labels.byteLength]);
  }

  /** SHA-256, in hex, of the user's own points, and after a colon of their labels; undefined until they are set. */
  get dataDigest() {
    return this.#data.map((place) => digestAt(this, ...place)).join(':') || undefined;
  }

  /** Whether the points are others than the loaded run was trained on; false where either is unknown. */
  get dataDiffers() {
    const { dataDigest, trainedOn } = this;
    return dataDigest !== undefined && trainedOn !== undefined && dataDigest !== trainedOn;
  }

  /**
   * The user's own source, copied: points that every flow starts at; needed before anything starts when source is 'points'. A
   * saved run holds them.
   * @param {Float32Array} points [n, D], all finite
   * @param {number} [n] checked against the array
   */
  setSource(points, n = points?.length / this.dim) {
    pointsOf('source', points, this.dim, n);
    const [pointer] = this.#instance.put('source', points);
    this.#instance.check('setSource', SOURCE_NEED, 'fm_source_set', this.#model, pointer, n);
    this.#source = { pointer, length: points.length };
  }

  /** A copy of the user's own source, once it is set. */
  get source() {
    return this.#source && this.#instance.take(this.#source.pointer, this.#source.length);
  }

  /** How often points or a path were set, for those who keep what depends on them. */
  get revision() {
    return this.#revision;
  }

  /**
   * The user's own path, copied; needed before the field is used when path is 'custom'. See fm_path_set in fm.h.
   * @param {import('./path.js').PathSamples} samples
   */
  setPath(samples) {
    this.#path = setPath(this, samples);
    this.#revision += 1;
  }

  /** The samples of the user's own path, once they are set. */
  get path() {
    return this.#path;
  }

  /**
   * Says that points are coordinates in a latent space, which a saved run then knows; changes nothing of how they are trained.
   * @param {import('./pca.js').Latent} latent as pca gives it
   */
  setLatent(latent) {
    const { width, height } = this.#images ?? {};
    const pixels = width && height ? { width: width * height } : {};
    this.#latent = latentOf(latent, this.dim, pixels);
  }

  /** The latent space that the points lie in, once it is said. */
  get latent() {
    return this.#latent;
  }

  /**
   * Data to points of the model's latent space.
   * @param {Float32Array} data [n, W]
   * @returns {Float32Array} [n, D]
   */
  encode(data) {
    return encode(latentSpace(this, 'encode'), data);
  }

  /**
   * Points of the model's latent space to data.
   * @param {Float32Array} points [n, D]
   * @returns {Float32Array} [n, W]
   */
  decode(points) {
    return decode(latentSpace(this, 'decode'), points);
  }

  /**
   * Says that points, or what they decode to, are images, which a saved run then knows; changes nothing of how they are trained.
   * @param {import('./images.js').Images} images
   */
  setImages(images) {
    const { latent, ...size } = imagesOf(images, this.dim, this.#latent);
    this.#images = size;
    this.#latent = latent;
  }

  /** What the points are images of, once it is said. */
  get images() {
    const latent = this.#latent;
    return this.#images && latent ? { ...this.#images, latent } : this.#images;
  }

  /**
   * The pixels of points that are images.
   * @param {Float32Array} points [n, D]
   * @returns {Float32Array} [n, width * height]
   */
  pixels(points) {
    return pixelsOf(this, points);
  }

  /**
   * @param {Int32Array} labels
   * @param {number} n
   */
  #checkLabels(labels, n) {
    const classes = Number(this.config.classes);
    labelsOf(labels, n, CLASSES_MAX - 1);
    const count = countClasses(labels);
    if (count === classes) return;
    throw refusal('classes', classes, `${count}, as many as the labels speak of`);
  }

  /**
   * Reflow pairs, copied: start points (unit scale) and where the model carried them.
   * @param {Float32Array} x0 [n, D]
   * @param {Float32Array} x1 [n, D]
   * @param {number} [n] checked against the arrays
   * @param {Int32Array} [labels] [n], the class of each pair or `classes` itself for none; needed where there are classes
   */
  setPairs(x0, x1, n = x0?.length / this.dim, labels) {
    pointsOf('x0', x0, this.dim, n);
    pointsOf('x1', x1, this.dim, n);
    this.#checkPairLabels(labels, n);
    const [start, end] = this.#instance.put('pairs', x0, x1);
    this.#instance.check(
      'setPairs',
      'give other pairs',
      'fm_pairs_set',
      this.#model,
      start,
      end,
      n,
    );
    if (labels === undefined) return;
    const [place] = this.#instance.put('pair labels', labels);
    this.#instance.check('setPairs', 'report this', 'fm_pair_labels_set', this.#model, place, n);
  }

  /**
   * @param {Int32Array | undefined} labels
   * @param {number} n
   */
  #checkPairLabels(labels, n) {
    const classes = Number(this.config.classes);
    if (classes > 0) labelsOf(labels, n, classes);
    else if (labels !== undefined) {
      throw refusal('labels', labels, 'left out: this run was trained without classes');
    }
  }

  /** Begins the next reflow round; see fm_reflow_begin in fm.h. */
  reflowBegin() {
    this.#firstCoupling = this.firstCoupling;
    this.#instance.check('reflowBegin', PAIRS_NEED, 'fm_reflow_begin', this.#model);
  }

  /** Draws the weights anew from the seed; points and pairs stay. */
  reset() {
    this.#instance.check('reset', 'report this', 'fm_reset', this.#model);
  }

  /** Every tensor of the network with a copy of each slot, named and shaped as PyTorch does. */
  tensors() {
    return readTensors(this);
  }

  /** Numbers in the network. */
  get parameterCount() {
    return this.#instance.call('fm_slot_size', this.#model);
  }

  /**
   * Replaces the state by a saved one; everything is checked before anything is written.
   * @param {import('./slots.js').SavedState} state
   */
  restore(state) {
    this.#firstCoupling = this.firstCoupling;
    restore(this, state);
  }

  /** SHA-256, in hex, over the weights and then their moving average. */
  digest() {
    return this.digestOf(readSlots(this, 'raw', 'ema'));
  }

  /**
   * SHA-256, in hex, over the bytes of an array, with every NaN written in its one canonical form.
   * @param {Float32Array | Float64Array | Int32Array | Uint8Array} array
   */
  digestOf(array) {
    return digest(this, array);
  }

  /** Drops the instance and its memory, and ends the helpers. Idempotent. */
  dispose() {
    this.pool?.end();
    this.#instance.dispose();
  }
}
