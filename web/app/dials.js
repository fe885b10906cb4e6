/**
 * What the controls are set to: a value for every row of the engine's table, always one that the engine takes. What the model was
 * made from may differ, until a reset.
 */

import { MoonflowError } from '../lib/errors.js';
import { Model } from '../lib/model.js';
import { parameters, preset, presets, resolve } from '../lib/parameters.js';

/**
 * @typedef {import('../lib/parameters.js').Value} Value
 * @typedef {import('../lib/parameters.js').Config} Config
 * @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo
 * @typedef {import('./points.js').Points} Points
 */

export class Dials {
  /** The reader's own points. @type {Points | null} */
  points = null;
  #module;
  #ruler;

  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this.#module = module;
    this.table = parameters(module);
    // One for points would have none here: those are the reader's own.
    this.presets = presets(module).filter((name) => preset(module, name).data !== 'points');
    this.config = preset(module, this.presets[0]);
    // Too small to learn, and asked only what a solver costs: the engine knows, and nothing else should.
    this.#ruler = Model.createSync({ hidden: 1, layers: 1 }, module);
  }

  /** Network evaluations a sample costs with this solver and these steps. */
  get nfe() {
    return this.#ruler.nfe(String(this.config.solver), Number(this.config.solver_steps));
  }

  /**
   * What can be drawn before any worker is there: points of the data and of the noise, to the bits that a model of these dials
   * draws.
   * @param {{n: number, data: number, noise: number}} draw  points, and the seeds of both
   */
  sketch({ n, data, noise }) {
    const model = Model.createSync({ ...this.config, hidden: 1, layers: 1 }, this.#module);
    try {
      return { data: model.data({ n, seed: data }), noise: model.noise({ n, seed: noise }) };
    } finally {
      model.dispose();
    }
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
    const dim = name === 'data' ? { dim: this.#dimOf(value) } : {};
    const config = resolve(this.#module, { ...this.config, [name]: value, ...dim });
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
    resolve(this.#module, { ...config, [name]: value });
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

  /** @param {Points} points */
  usePoints(points) {
    this.config = resolve(this.#module, { ...this.config, data: 'points', dim: points.dim });
    this.points = points;
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

  /** Coordinates of a data set: those of the reader's points, or what the preset has. @param {Value} data */
  #dimOf(data) {
    if (data !== 'points') return preset(this.#module, this.presets[0]).dim;
    if (this.points) return this.points.dim;
    throw new MoonflowError('state', 'No points are loaded: choose a file under Files first.');
  }
}
