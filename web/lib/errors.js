/**
 * @file The one error class of the library. Every message names the thing, the value got and what is allowed,
 * so that a reader of the message alone can repair the call.
 */

/**
 * What went wrong, for programs:
 * - argument: a value is outside what the call takes
 * - state: the call does not fit what has happened so far
 * - memory: the memory could not grow; the model is intact
 * - diverged: loss or gradient left the finite range; the model is at its last finite step
 * - format: a file is malformed
 * - trap: the engine stopped inside a call; this model can never be used again
 * - aborted: an AbortSignal or a stop ended the request
 * - disposed: the model or the client was disposed of
 * - unsupported: this platform lacks something the engine needs
 * - worker: the worker ended before it answered, or a helper thread of the model was lost within its work
 * @typedef {'argument' | 'state' | 'memory' | 'diverged' | 'format' | 'trap' | 'aborted' | 'disposed'
 *   | 'unsupported' | 'worker'} ErrorCode
 */

export class MoonflowError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} message
   * @param {{operation?: string, details?: Record<string, unknown>, cause?: unknown}} [more]
   */
  constructor(code, message, { operation, details, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MoonflowError';
    this.code = code;
    /** @type {string | undefined} */
    this.operation = operation;
    /** @type {Record<string, unknown> | undefined} */
    this.details = details;
  }
}

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
