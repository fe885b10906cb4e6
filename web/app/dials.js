/**
 * What the controls are set to: a value for every row of the engine's table, always one that the engine takes. What the model was
 * made from may differ, until a reset.
 */

import { read, write } from '../lib/address.js';
import { countClasses } from '../lib/classes.js';
import { MoonflowError, refusal } from '../lib/errors.js';
import { give } from '../lib/extras.js';
import { Model } from '../lib/model.js';
import { isOfPairs } from '../lib/pairs.js';
import { parameters, preset, presetsWithoutPoints, resolve } from '../lib/parameters.js';
import { rehearse } from '../lib/rehearsal.js';
import { varied } from './flock.js';

/**
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo
 * @typedef {import('../lib/path.js').PathSamples} PathSamples
 *
 * Points of the reader's own, where they come from, and what their classes are called.
 * @typedef {{data: Float32Array, n: number, dim: number, name: string, labels?: Int32Array, names?: string[]}} Points
 */

export class Dials {
  /** The reader's own points. @type {Points | null} */
  points = null;
  /** A path of the reader's own. @type {PathSamples | null} */
  curve = null;
  /** Points that the flow starts at, the reader's own or those of a file of weights. @type {{data: Float32Array, dim: number} | null} */
  source = null;
  #module;
  #ruler;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#module = module;
    this.table = parameters(module);
    // One for points would have none here: those are the reader's own.
    this.presets = presetsWithoutPoints(module);
    this.config = preset(module, this.presets[0]);
    // Too small to learn, and asked only what a solver costs: the engine knows, and nothing else should.
    this.#ruler = Model.createSync({ hidden: 1, layers: 1 }, module);
  }

  /** Network evaluations a sample costs with this solver and these steps. */
  get nfe() {
    return this.cost(this.config);
  }

  /** Network evaluations a sample costs in another configuration. @param {Config} config */
  cost({ solver, solver_steps }) {
    return this.#ruler.nfe(String(solver), Number(solver_steps));
  }

  /**
   * Another configuration with other values of some rows. Throws when the engine refuses them.
   * @param {Config} config
   * @param {import('../lib/parameters.js').PartialConfig} values
   */
  vary(config, values) {
    return resolve(this.#module, { ...config, ...values });
  }

  /**
   * What can be drawn before any worker is there: points of the data and of the noise, to the bits that a model of these dials
   * draws.
   * @param {{n: number, data: number, noise: number}} draw  points, and the seeds of both
   */
  sketch({ n, data, noise }) {
    const model = Model.createSync({ ...this.config, hidden: 1, layers: 1 }, this.#module);
    try {
      give(model, this.extras());
      return { data: model.data({ n, seed: data }), noise: model.noise({ n, seed: noise }) };
    } finally {
      model.dispose();
    }
  }

  /** Normal points of the plane from the engine's own generator. @param {number} n */
  noise(n) {
    return this.#ruler.noise({ n });
  }

  /** The preset that these dials spell, or null. */
  get presetName() {
    const spelt = (/** @type {string} */ name) =>
      Object.entries(preset(this.#module, name)).every(
        ([row, value]) => this.config[row] === value,
      );
    return this.presets.find(spelt) ?? null;
  }

  /**
   * @param {string} name
   * @returns {ParameterInfo}
   */
  row(name) {
    return /** @type {ParameterInfo} */ (this.table.find((row) => row.name === name));
  }

  /**
   * Takes a value; throws when the engine refuses it, and then nothing has changed.
   * @param {string} name
   * @param {Value} value
   * @returns {boolean} whether it is another value than before
   */
  set(name, value) {
    if (name === 'path' && value === 'custom' && !this.curve) throw lacking('path');
    const tied = name === 'data' ? this.#tiedTo(value) : {};
    const config = resolve(this.#module, { ...this.config, [name]: value, ...tied });
    this.#start(config);
    if (name === 'classes') rehearse(this.#module, config, this.extras(config));
    const changed = this.config[name] !== config[name];
    this.config = config;
    return changed;
  }

  /**
   * Throws when the engine would not take a value beside those of another configuration.
   * @param {Config} config
   * @param {string} name
   * @param {Value} value
   */
  check(config, name, value) {
    this.vary(config, { [name]: value });
  }

  /**
   * The live rows that differ from another configuration.
   * @param {Config} config
   */
  since(config) {
    const rows = this.table.filter(({ name, live }) => live && this.config[name] !== config[name]);
    return Object.fromEntries(rows.map(({ name }) => [name, this.config[name]]));
  }

  /** @param {string} name */
  usePreset(name) {
    this.config = preset(this.#module, name);
  }

  /**
   * Learns the reader's own points from now on. Throws when no model could, and then nothing has changed.
   * @param {Points} points
   */
  usePoints(points) {
    const { dim, labels } = points;
    const rows = { data: 'points', dim, classes: labels ? countClasses(labels) : 0 };
    const config = resolve(this.#module, { ...this.config, ...rows });
    this.#start(config);
    rehearse(this.#module, config, { ...this.extras(config), points: points.data, labels });
    Object.assign(this, { config, points });
  }

  /**
   * Starts the flow at the reader's own points from now on. Throws when no model could, and then nothing has changed.
   * @param {{data: Float32Array, dim: number}} source
   */
  useSource({ data, dim }) {
    const config = resolve(this.#module, { ...this.config, source: 'points' });
    const source = { data, dim };
    this.#start(config, source);
    rehearse(this.#module, config, { ...this.extras(config), source: data });
    Object.assign(this, { config, source });
  }

  /**
   * Throws when a configuration starts at points that are not there, or not where its data are.
   * @param {Config} config
   * @param {{dim: number} | null} [source]
   */
  #start({ source: kind, dim }, source = this.source) {
    if (kind !== 'points') return;
    if (!source) throw lacking('source');
    if (source.dim === dim) return;
    const allowed = `points of ${dim}, as the data have, or another source`;
    throw refusal('source', `points of ${source.dim} coordinates`, allowed);
  }

  /**
   * Takes the reader's own path. Throws when the engine refuses it, and then nothing has changed.
   * @param {PathSamples} curve
   */
  useCurve(curve) {
    const config = resolve(this.#module, { ...this.config, path: 'custom' });
    rehearse(this.#module, config, { ...this.extras(config), path: curve });
    Object.assign(this, { config, curve });
  }

  /**
   * Takes settings by name, those of the default preset where there are none. Throws when no model could have them, and then
   * nothing has changed.
   * @param {unknown} settings
   */
  useConfig(settings) {
    const partial = /** @type {import('../lib/parameters.js').PartialConfig} */ (settings);
    const config = resolve(this.#module, partial);
    if (isOfPairs(String(config.coupling))) {
      throw refusal('coupling', config.coupling, 'any that a new model can have; reflow sets it');
    }
    if (config.data === 'points' && !this.points) throw lacking('points');
    if (config.path === 'custom' && !this.curve) throw lacking('path');
    this.#start(config);
    rehearse(this.#module, config, this.extras(config));
    this.config = config;
  }

  /**
   * What a model of this configuration needs beside it.
   * @param {Config} [config]
   */
  extras({ data, classes, path, source } = this.config) {
    const own = data === 'points' ? this.points : null;
    return {
      points: own?.data,
      labels: Number(classes) > 0 ? own?.labels : undefined,
      path: path === 'custom' ? (this.curve ?? undefined) : undefined,
      source: source === 'points' ? this.source?.data : undefined,
    };
  }

  /** These settings as the fragment of a link, and what it has no room for. */
  address() {
    const { config, points, curve } = this;
    const own = points && { points: points.data, dim: points.dim, labels: points.labels };
    return write(this.#module, { config, own, path: curve });
  }

  /**
   * Takes what a link says.
   * @param {string} text
   * @param {string} name  of points that come with it
   * @returns {string[]} a sentence for each thing in it that was left out
   */
  follow(text, name) {
    const { config, own, path, faults } = read(this.#module, text);
    try {
      if (own) varied(own.points, own.dim);
    } catch (error) {
      const rest = text.split('&').filter((part) => !OF_POINTS.test(part));
      return [...this.follow(rest.join('&'), name), /** @type {Error} */ (error).message];
    }
    this.config = config;
    this.curve = path ?? this.curve;
    if (own) {
      const { points: data, dim, labels } = own;
      this.points = { data, dim, labels, n: data.length / dim, name };
    }
    return faults;
  }

  /**
   * Learning rates a tenth of those that stand, to two digits and within their ranges: what a diverged run is offered. Under
   * Muon two rates move the weights, since the matrices between hidden layers have their own.
   * @returns {{name: string, value: number}[]}
   */
  gentlerRates() {
    const names = this.config.optimiser === 'muon' ? ['lr', 'muon_lr'] : ['lr'];
    return names.map((name) => {
      const { min, max } = this.row(name);
      const value = Number((Number(this.config[name]) * 0.1).toPrecision(2));
      return { name, value: Math.min(max, Math.max(min, value)) };
    });
  }

  /** Rows that belong to a data set, and go with it. @param {Value} data */
  #tiedTo(data) {
    if (data === 'points') {
      if (!this.points) throw lacking('points');
      const { dim, labels } = this.points;
      return { dim, classes: labels ? countClasses(labels) : 0 };
    }
    if (this.config.data !== 'points') return {};
    return { dim: preset(this.#module, this.presets[0]).dim, classes: 0 };
  }
}

/** What in a link belongs to own points. */
const OF_POINTS = /^#?(points|data|dim|classes)=/;

const LACKING = {
  points: 'No points are loaded: go to Your data first.',
  path: 'No path of your own is loaded: go to Your data first.',
  source:
    'No points to start at are loaded: choose them in Your data, or load weights that have some.',
};

/** @param {keyof typeof LACKING} what */
function lacking(what) {
  return new MoonflowError('state', LACKING[what]);
}
