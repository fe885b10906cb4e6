/** @file What the last optimiser step did, and where in time the loss is. */

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

/**
 * The smallest sinkhorn_reg that the last batch under that coupling takes.
 * @param {import('./state.js').State} model
 */
export function readLeastReg({ instance, handle }) {
  return instance.memory.doubles(instance.pointer('fm_stats_get', handle) + 48, 1)[0];
}

const TIME_BINS = 20;

/**
 * See fm_loss_by_time in fm.h.
 * @param {import('./state.js').State} model
 * @returns {Float64Array} [20], NaN where no point has been
 */
export function readLossByTime({ instance, handle }) {
  const pointer = instance.memory.reserve('scratch', 8 * TIME_BINS);
  instance.check('lossByTime', 'report this', 'fm_loss_by_time', handle, pointer);
  return instance.memory
    .copy(instance.memory.doubles(pointer, TIME_BINS))
    .map((loss) => (loss < 0 ? Number.NaN : loss));
}
