/**
 * @file What a client and a server say to each other. An endpoint is anything with postMessage and
 * addEventListener('message'): a worker, the inside of a worker, a MessagePort.
 *
 * One server holds at most one model. Every message is an object with a `kind`.
 *
 * Client to server
 *   request  {kind, id, operation, options}   asks for an operation; `id` is a positive integer never used before
 *   cancel   {kind, id}                       ends a request, waiting or running; it fails with code 'aborted'
 *   credit   {kind, id, buffers}              gives the buffers of a frame back and allows the next frame
 *
 * Server to client
 *   reply    {kind, id, value}                the request succeeded; its last message
 *   error    {kind, id, error}                the request failed; its last message. `error` is {name, code, message,
 *                                             operation, details}. `id` is 0 when a message could not be understood
 *   progress {kind, id, value}                how far a long request is, sent at most every 50 ms, and only when its
 *                                             options say `progress: true`
 *   frame    {kind, id, frame}                a piece of a stream; its arrays are transferred
 *
 * Order. A request is done in slices of about 8 ms, between which messages are heard. Requests that give one answer are
 * done one after another. Training and reflow are streams: at most one runs, and it gives way, between two slices, to
 * any other request, so replies come in another order than their requests. While a stream runs, the requests that would
 * pull the model or its data from under it (create, load, restore, reset, setPoints and the like, a step by hand,
 * another stream) fail with code 'state'. `stop` ends the
 * stream at the border of a step: training then replies with a summary that says `stopped`, reflow with the rounds it
 * has completed.
 *
 * Threads. With `threads` among their options, create and load wait until the helpers are at work; what is asked after
 * them waits with them, and cancel ends the helpers. A helper that ends later within its work fails the request at hand
 * with code 'worker', but not the server: the model is as it was after a whole step, and goes on with one thread.
 *
 * A worker that is made of text cannot import the engine for threads; `supply` brings it as `core`, before the first model that
 * asks for threads.
 *
 * Credit. A stream starts with one credit. A frame takes it, and `credit` brings it back with the frame's buffers, which
 * the server uses again. So at most one frame is in flight however slow the client is; what happens meanwhile is
 * gathered into the next frame. The last frame comes before the reply.
 *
 * Death. A trap makes every later request fail with code 'trap' until `create` or `load` makes a new model. When the
 * worker itself ends, the client fails everything that is pending with code 'worker'.
 */

import { MoonflowError } from './errors.js';

/** @typedef {import('./errors.js').ErrorCode} ErrorCode */

/**
 * The part of a worker, a port or a worker's inside that both ends use.
 * @typedef {object} Endpoint
 * @property {(message: any, transfer: any[]) => void} postMessage
 * @property {(type: string, listener: (event: any) => void) => void} addEventListener
 * @property {() => void} [start] ports wait for it
 * @property {() => void} [close]
 */

/** @typedef {{name: string, code: ErrorCode, message: string, operation?: string, details?: Record<string, unknown>}} WireError */

/** @typedef {{kind: 'request', id: number, operation: string, options: Record<string, any>}} RequestMessage */
/** @typedef {{kind: 'cancel', id: number}} CancelMessage */
/** @typedef {{kind: 'credit', id: number, buffers: ArrayBuffer[]}} CreditMessage */
/** @typedef {RequestMessage | CancelMessage | CreditMessage} ClientMessage */

/**
 * @typedef {object} Frame
 * @property {number} step
 * @property {number} round
 * @property {Float64Array} losses of all steps since the last frame
 * @property {import('./model.js').Stats} stats
 * @property {Float64Array} loss_by_time [20]; see Model
 * @property {number} steps_per_second since the last frame
 * @property {Float32Array} [samples] [n, D], when they were asked for and have become due
 */

/** @typedef {{kind: 'reply', id: number, value: any} | {kind: 'error', id: number, error: WireError}} LastMessage */
/** @typedef {{kind: 'progress', id: number, value: any}} ProgressMessage */
/** @typedef {{kind: 'frame', id: number, frame: Frame}} FrameMessage */
/** @typedef {LastMessage | ProgressMessage | FrameMessage} ServerMessage */

/** Milliseconds of work between two looks at the messages. */
export const SLICE_MS = 8;
/** Least milliseconds between two progress messages of one request. */
export const PROGRESS_MS = 50;
/** The id of an error that belongs to no request. */
export const NO_REQUEST = 0;

const KINDS = ['request', 'cancel', 'credit'];

/**
 * What of a message is wrong, or undefined when it is a sound message to a server.
 * @param {any} message
 * @returns {string | undefined}
 */
export function fault(message) {
  if (typeof message !== 'object' || message === null) return `message: got ${typeof message}`;
  const { kind, id, operation, options, buffers } = message;
  if (!KINDS.includes(kind)) return `kind: got ${String(kind)}; allowed is ${KINDS.join(', ')}`;
  if (!Number.isSafeInteger(id) || id < 1) return `id: got ${String(id)}; allowed is from 1 up`;
  if (kind === 'request') {
    if (typeof operation !== 'string') return `operation: got ${typeof operation}`;
    if (typeof options !== 'object' || options === null) return `options: got ${typeof options}`;
  }
  if (kind === 'credit' && !isBuffers(buffers))
    return 'buffers: allowed is an array of ArrayBuffer';
  return undefined;
}

/** @param {unknown} buffers */
function isBuffers(buffers) {
  return Array.isArray(buffers) && buffers.every((buffer) => buffer instanceof ArrayBuffer);
}

/**
 * An error as it travels. One that is not ours is a defect of the server, and is told as such.
 * @param {unknown} error
 * @param {string} [operation]
 * @returns {WireError}
 */
export function packError(error, operation) {
  if (error instanceof MoonflowError) {
    const { name, code, message, details } = error;
    return { name, code, message, operation: error.operation ?? operation, details };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { name: 'MoonflowError', code: 'worker', message, operation };
}

/**
 * @param {WireError} wire
 * @returns {MoonflowError}
 */
export function unpackError({ code, message, operation, details }) {
  return new MoonflowError(code, message, { operation, details });
}

/**
 * The buffers of the typed arrays in a value and in the plain objects it holds, each once: what may be transferred.
 * @param {any} value
 * @returns {ArrayBuffer[]}
 */
export function buffersOf(value) {
  /** @type {Set<ArrayBuffer>} */
  const found = new Set();
  collect(value, found);
  return [...found];
}

/**
 * @param {any} value
 * @param {Set<ArrayBuffer>} found
 */
function collect(value, found) {
  if (ArrayBuffer.isView(value)) found.add(/** @type {ArrayBuffer} */ (value.buffer));
  else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) collect(each, found);
  }
}
