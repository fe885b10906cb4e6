/**
 * @file The one error class of the library. It has a file of its own, since each entry of the package that is not the library
 * itself must throw the library's: a copy would be another class.
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
