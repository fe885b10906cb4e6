/**
 * What went wrong, in sentences.
 */

export const PAIRS_LOST =
  'The pairs this reflow learned from are not in the file. Reflow makes new ones; Reset begins anew.';
export const TOO_DEAR =
  'Reflow draws many samples, and one costs too much here: take fewer solver steps or a smaller network.';

/** @param {Record<string, unknown>} details  of an error 'diverged' */
export function diverged({ step, cause }) {
  const what = cause === 'gradient' ? 'gradient norm' : cause;
  return `The run diverged: in step ${Number(step) + 1} the ${what} left the range of ±1e18. That step was undone, and the model is as it was after step ${step}.`;
}

/** @param {unknown} error */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
