/**
 * Where a parameter's value stands on its slider. Ratios matter for a learning rate and for a width, differences for a
 * count of layers, so the spacing follows the row of the engine's table; no range is written here.
 */

/** @typedef {import('../lib/parameters.js').ParameterInfo} ParameterInfo */

/** Positions of a slider whose spacing is not the value's own. */
const POSITIONS = 240;
/** An integer with at most this many values gets one position each. */
const FEW = 64;
/** Wider than this, a slider cannot hit the value one wants (a seed). */
const TOO_WIDE = 1e6;

/**
 * The slider of a row, or null when a slider would not help.
 * @param {ParameterInfo} info
 * @returns {null | {min: number, max: number, step: number, valueAt(position: number): number, positionOf(value: number): number}}
 */
export function sliderOf(info) {
  const span = info.max - info.min;
  if (!['integer', 'real', 'log'].includes(info.kind) || !(span > 0)) return null;
  if (info.kind === 'integer' && span > TOO_WIDE) return null;
  if (info.kind === 'integer' && span <= FEW) {
    const same = (/** @type {number} */ value) => value;
    return { min: info.min, max: info.max, step: 1, valueAt: same, positionOf: same };
  }
  const { forth, back } = spacing(info);
  return {
    min: 0,
    max: POSITIONS,
    step: 1,
    valueAt: (position) => rounded(info, back(position / POSITIONS)),
    positionOf: (value) => Math.round(forth(value) * POSITIONS),
  };
}

/**
 * Maps the range to [0, 1] and back.
 * @param {ParameterInfo} info
 */
function spacing({ kind, min, max }) {
  const span = max - min;
  if (kind === 'log' && min > 0) {
    const ratio = Math.log(max / min);
    return {
      forth: (/** @type {number} */ value) => Math.log(value / min) / ratio,
      back: (/** @type {number} */ share) => min * Math.exp(share * ratio),
    };
  }
  if (kind === 'real') {
    return {
      forth: (/** @type {number} */ value) => (value - min) / span,
      back: (/** @type {number} */ share) => min + share * span,
    };
  }
  // Zero has no logarithm, so the scale is linear up to one unit and logarithmic after it.
  const unit = kind === 'integer' ? 1 : span * 1e-4;
  const ratio = Math.log1p(span / unit);
  return {
    forth: (/** @type {number} */ value) => Math.log1p((value - min) / unit) / ratio,
    back: (/** @type {number} */ share) => min + unit * Math.expm1(share * ratio),
  };
}

/**
 * Two significant digits are as fine as a hand can aim; the ends of the range stay exact.
 * @param {ParameterInfo} info
 * @param {number} value
 */
function rounded({ kind, min, max }, value) {
  const short = kind === 'integer' ? Math.round(value) : Number(value.toPrecision(2));
  return Math.min(max, Math.max(min, short));
}
