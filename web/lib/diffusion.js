/**
 * @file The noise on the way of a stochastic sample, dx = [v + g^2/2 score] dt + g dW: which g(t), and when there is none.
 */

import { choice, real } from './argument.js';
import { lackOfScore } from './conversion.js';
import { refusal } from './errors.js';
import { parameters, rowOf, toNumber } from './parameters.js';

/** @typedef {import('./model.js').Model} Model */
/** @typedef {string | ArrayLike<number>} Diffusion a choice of the row sde, or g at every time of the grid */

/** The most that g may be, DIFFUSION_MOST of src/travel.c. */
const MOST = 1e6;
/** They remember the steps before, or choose them. */
const UNFIT = ['ab2', 'dopri5'];

/**
 * g at the times, or undefined when there is no noise.
 * @param {Model} model
 * @param {{sde?: unknown, sde_strength?: unknown}} options the configuration's unless given
 * @param {string} solver
 * @param {Float64Array} times
 * @returns {Float64Array | undefined}
 */
export function diffusionOf(model, { sde, sde_strength }, solver, times) {
  const { config, module } = model;
  const [kinds, strengths] = ['sde', 'sde_strength'].map((name) => rowOf(parameters(module), name));
  const chosen = sde ?? config.sde;
  if (chosen === 'none') {
    if (sde_strength === undefined) return undefined;
    throw refusal('sde_strength', sde_strength, 'left out while sde is none');
  }
  if (typeof chosen === 'string') choice('sde', chosen, kinds.choices);
  if (UNFIT.includes(solver)) {
    const allowed = 'euler, midpoint, heun or rk4 beside sde, since noise breaks what it remembers';
    throw refusal('solver', solver, allowed);
  }
  const unscored = lackOfScore(config);
  if (unscored) throw refusal('sde', chosen, `none: it needs a score, which exists ${unscored}`);
  if (typeof chosen !== 'string') return ownStrengths(chosen, sde_strength, times);
  const strength = toNumber(strengths, sde_strength ?? config.sde_strength);
  const { instance, handle } = model;
  const [clock, g] = instance.put('scratch', times, times);
  const kind = kinds.choices.indexOf(chosen);
  const args = [handle, kind, strength, clock, times.length, g];
  instance.check('sample', 'the path or sigma_data is not there yet', 'fm_diffusion', ...args);
  return instance.memory.doubles(g, times.length).slice();
}

/**
 * @param {unknown} given
 * @param {unknown} strength has no say beside them
 * @param {Float64Array} times
 */
function ownStrengths(given, strength, times) {
  if (!Array.isArray(given) && !ArrayBuffer.isView(given)) {
    throw refusal(
      'sde',
      given,
      'none, constant, sigma, or an array of g at every time of the grid',
    );
  }
  if (strength !== undefined) throw refusal('sde_strength', strength, 'left out: sde gives g');
  const g = Float64Array.from(/** @type {ArrayLike<number>} */ (/** @type {unknown} */ (given)));
  if (g.length !== times.length) {
    throw refusal('sde.length', g.length, `${times.length}, one for every time of the grid`);
  }
  g.forEach((each, i) => {
    real(`sde[${i}]`, each, 0, MOST);
  });
  return g;
}
