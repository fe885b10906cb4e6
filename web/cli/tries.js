/** @file The steps that dopri5 may try, refused before the work where they cannot be enough, by the flag they were typed as. */

import { MoonflowError, refusal } from '../lib/errors.js';
import { ADAPTIVE } from '../lib/flow.js';

/** Its first step is a guess that moves a point by a little, so one never leads from noise to data. */
const LEAST = 2;

/**
 * @param {string} flag  that the steps are typed as
 * @param {string} solver
 * @param {number} steps
 */
export function requireTries(flag, solver, steps) {
  if (solver !== ADAPTIVE || steps >= LEAST) return;
  const why = `${LEAST} or more beside ${ADAPTIVE}, whose first step is a short guess; 25 and more suit most runs`;
  throw refusal(flag, steps, why);
}

/**
 * What the library calls steps of a solver, where --steps of the verb are those of the optimiser.
 * @param {unknown} error
 */
export function ofSolver(error) {
  if (!(error instanceof MoonflowError) || !/^steps: .*tried/.test(error.message)) return error;
  return new MoonflowError(error.code, `solver_${error.message}`, { cause: error });
}
