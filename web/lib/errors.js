/**
 * @file How a refusal reads: every message names the thing, the value got and what is allowed, so that a reader of the message
 * alone can repair the call.
 */

import { MoonflowError } from './exception.js';

export { MoonflowError };

/** @typedef {import('./exception.js').ErrorCode} ErrorCode */

/** Elements of an array that a message has room for. */
const SHOWN = 8;

/**
 * A value as it reads best inside a message: short, on one line, and with its kind visible.
 * @param {unknown} value
 * @returns {string}
 */
export function show(value) {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  if (Array.isArray(value)) {
    const short = value.length <= SHOWN && value.every((each) => typeof each !== 'object');
    return short ? `[${value.map(show).join(', ')}]` : `Array(${value.length})`;
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/**
 * @param {string} thing what was wrong
 * @param {unknown} got the value it had
 * @param {string} allowed what it may be
 * @param {string} [operation]
 */
export function refusal(thing, got, allowed, operation) {
  return new MoonflowError('argument', `${thing}: got ${show(got)}; allowed is ${allowed}`, {
    operation,
  });
}
