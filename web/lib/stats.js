/** @file What the last optimiser step did. */

/**
 * See fm_stats in fm.h.
 * @typedef {object} Stats
 * @property {number} loss
 * @property {number} v_norm
 * @property {number} u_norm
 * @property {number} gradient_norm
 * @property {number} lr
 * @property {number} ema_decay
 * @property {number} step steps taken in this round
 * @property {number} round reflow rounds begun
 * @property {'none' | 'loss' | 'gradient'} cause what left the finite range when the last step diverged
 */

const CAUSES = /** @type {const} */ (['none', 'loss', 'gradient']);

/**
 * Reads struct fm_stats as fm.h lays it out.
 * @param {import('./state.js').State} model
 * @returns {Stats}
 */
export function readStats({ instance, handle }) {
  const pointer = instance.pointer('fm_stats_get', handle);
  const [loss, v_norm, u_norm, gradient_norm, lr, ema_decay] = instance.memory.doubles(pointer, 6);
  const [step, round, cause] = instance.memory.ints(pointer + 56, 3);
  const name = CAUSES[cause];
  return { loss, v_norm, u_norm, gradient_norm, lr, ema_decay, step, round, cause: name };
}
