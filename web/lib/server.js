/** @file The server of protocol.js: owns one model, works in slices, hears messages between them. */

import { MoonflowError, refusal } from './errors.js';
import { give } from './extras.js';
import { compile, compileShared } from './loader.js';
import { Model } from './model.js';
import { EXCLUSIVE, OPERATIONS, STREAMS } from './operations.js';
import { hire } from './pool.js';
import { buffersOf, fault, NO_REQUEST, PROGRESS_MS, packError, SLICE_MS } from './protocol.js';
import { turn } from './slice.js';
import { Stream } from './stream.js';
import { loadSync } from './weights.js';

/** @typedef {import('./protocol.js').Endpoint} Endpoint */

/**
 * A request on its way; `work` appears when it starts.
 * @typedef {object} Task
 * @property {number} id
 * @property {string} operation
 * @property {Record<string, any>} options
 * @property {Generator<any, any, void>} [work]
 * @property {Stream} [stream]
 * @property {boolean} stopped before it started
 * @property {boolean} waiting for credit, or for what the platform promised
 * @property {number} toldAt when progress was last sent
 */

export class Server {
  #endpoint;
  /** @type {WebAssembly.Module | undefined} */
  #module;
  /** @type {Model | undefined} */
  #model;
  /** @type {Task[]} */
  #queue = [];
  /** @type {Task | undefined} */
  #streaming;
  #running = false;
  /** Wakes a run that has nothing to do until the next message. */
  #wake = () => {};

  /** @param {Endpoint} endpoint */
  constructor(endpoint) {
    this.#endpoint = endpoint;
  }

  get model() {
    if (this.#model) return this.#model;
    throw new MoonflowError('state', 'model: got none yet; call create or load first');
  }

  info() {
    const { config, parameterCount, stats, threads, dataDiffers } = this.model;
    const { step, round } = stats;
    return { config, parameters: parameterCount, threads, step, round, dataDiffers };
  }

  /** @param {(model: Model) => void} act */
  change(act) {
    act(this.model);
    return this.info();
  }

  /** @param {import('./weights.js').LoadOptions & {weights?: Uint8Array, threads?: number}} options */
  create({ config = {}, weights, threads, ...extras }) {
    if (weights) return this.load({ bytes: weights, config, threads, ...extras });
    return this.#adopt(threads, (module, shared) => {
      const model = Model.createSync(config, module, shared);
      try {
        give(model, extras);
        return model;
      } catch (error) {
        model.dispose();
        throw error;
      }
    });
  }

  /** @param {{bytes: Uint8Array, threads?: number} & import('./weights.js').LoadOptions} options */
  load({ bytes, threads, ...options }) {
    return this.#adopt(threads, (module, shared) =>
      loadSync(bytes, { ...options, module, shared }),
    );
  }

  /**
   * Puts a complete new model in the place of the old one, as soon as its helpers are at work.
   * @param {number | undefined} threads
   * @param {(module: WebAssembly.Module, shared?: WebAssembly.Module) => Model} make
   */
  *#adopt(threads = 1, make) {
    const shared = threads === 1 ? undefined : yield* settled(compileShared(threads));
    const model = make(/** @type {WebAssembly.Module} */ (this.#module), shared);
    let adopted = false;
    try {
      if (shared) yield* settled(hire(model, threads));
      this.#model?.dispose();
      this.#model = model;
      adopted = true;
      return this.info();
    } finally {
      if (!adopted) model.dispose();
    }
  }

  /** @param {Task} task */
  stream(task) {
    const post = (/** @type {any} */ frame, /** @type {ArrayBuffer[]} */ transfer) =>
      this.#post({ kind: 'frame', id: task.id, frame }, transfer);
    task.stream = new Stream(this.model, post);
    task.stream.stopped = task.stopped;
    return task.stream;
  }

  /** @param {any} message */
  hear(message) {
    const wrong = fault(message);
    if (wrong) this.#refuse(message, wrong);
    else if (message.kind === 'request') this.#request(message);
    else if (message.kind === 'cancel') this.#cancel(message.id);
    else if (this.#streaming?.id === message.id) {
      this.#streaming?.stream?.giveBack(message.buffers);
      if (this.#streaming) this.#streaming.waiting = false;
    }
    this.#wake();
    this.#run();
  }

  /**
   * @param {any} message
   * @param {string} wrong
   */
  #refuse(message, wrong) {
    const id = Number.isSafeInteger(message?.id) && message.id > 0 ? message.id : NO_REQUEST;
    this.#fail(id, new MoonflowError('argument', wrong), 'message');
  }

  /** @param {import('./protocol.js').RequestMessage} message */
  #request({ id, operation, options }) {
    if (operation === 'stop') {
      this.#post({ kind: 'reply', id, value: { stopped: this.#stop() } });
    } else if (operation === 'dispose') {
      this.#dispose();
    } else {
      this.#queue.push({ id, operation, options, stopped: false, waiting: false, toldAt: 0 });
    }
  }

  /** Stops the running stream and the ones that were asked for before; whether there was any. */
  #stop() {
    const streams = this.#queue.filter(({ operation }) => STREAMS.includes(operation));
    for (const task of streams) task.stopped = true;
    const running = this.#streaming?.stream;
    if (running) running.stopped = true;
    return running !== undefined || streams.length > 0;
  }

  /** @param {number} id */
  #cancel(id) {
    const task = [this.#streaming, ...this.#queue].find((each) => each?.id === id);
    if (!task) return;
    this.#forget(task);
    task.work?.return(undefined);
    const message = `${task.operation}: cancelled; the model stands as the last slice left it`;
    this.#fail(id, new MoonflowError('aborted', message), task.operation);
  }

  #dispose() {
    for (const task of [this.#streaming, ...this.#queue]) task?.work?.return(undefined);
    this.#queue = [];
    this.#streaming = undefined;
    this.#model?.dispose();
    this.#model = undefined;
    this.#endpoint.close?.();
  }

  /** One loop for all tasks; it ends when there is nothing left to do. */
  async #run() {
    if (this.#running) return;
    this.#running = true;
    try {
      this.#module ??= await compile();
    } catch (error) {
      for (const { id, operation } of this.#queue.splice(0)) this.#fail(id, error, operation);
    }
    for (let task = this.#next(); task; task = this.#next()) {
      if (task.waiting) {
        await new Promise((resolve) => {
          this.#wake = () => resolve(undefined);
        });
      } else {
        this.#slice(task);
        await turn();
      }
    }
    this.#running = false;
  }

  #next() {
    return this.#queue[0] ?? this.#streaming;
  }

  /**
   * Works on a task until the slice is over, it waits, or it is done.
   * @param {Task} task
   */
  #slice(task) {
    const end = performance.now() + SLICE_MS;
    try {
      if (!task.work && !this.#start(task)) return;
      while (performance.now() < end && !task.waiting) {
        const { done, value } = /** @type {Generator<any, any, void>} */ (task.work).next();
        if (done) return this.#succeed(task, value);
        if (value === 'credit') task.waiting = true;
        else if (value instanceof Promise) this.#await(task, value);
        else this.#tell(task, value);
      }
    } catch (error) {
      this.#forget(task);
      this.#fail(task.id, error, task.operation);
    }
  }

  /**
   * Lets a task wait for a promise that never rejects.
   * @param {Task} task
   * @param {Promise<void>} promise
   */
  async #await(task, promise) {
    task.waiting = true;
    await promise;
    task.waiting = false;
    this.#wake();
  }

  /**
   * Starts a task; false when it is done with that, or has become the stream and gives way.
   * @param {Task} task
   */
  #start(task) {
    const { operation } = task;
    const { progress: _, ...options } = task.options; // the server's own: no call takes it
    if (!Object.hasOwn(OPERATIONS, operation)) {
      throw refusal('operation', operation, `one of ${Object.keys(OPERATIONS).join(', ')}, stop`);
    }
    if (this.#streaming && EXCLUSIVE.includes(operation)) {
      const message = `${operation}: got called while ${this.#streaming.operation} runs; stop it first`;
      throw new MoonflowError('state', message, { operation });
    }
    const result = OPERATIONS[operation](this, options, task);
    if (typeof result?.next !== 'function') {
      this.#succeed(task, result);
      return false;
    }
    task.work = result;
    if (!task.stream) return true;
    this.#queue.shift();
    this.#streaming = task;
    return false;
  }

  /**
   * @param {Task} task
   * @param {any} value
   */
  #succeed(task, value) {
    this.#forget(task);
    this.#post({ kind: 'reply', id: task.id, value }, buffersOf(value));
  }

  /** @param {Task} task */
  #forget(task) {
    this.#queue = this.#queue.filter((each) => each !== task);
    if (this.#streaming === task) this.#streaming = undefined;
  }

  /**
   * @param {Task} task
   * @param {any} value
   */
  #tell(task, value) {
    const now = performance.now();
    if (!task.options.progress || now - task.toldAt < PROGRESS_MS) return;
    task.toldAt = now;
    this.#post({ kind: 'progress', id: task.id, value });
  }

  /**
   * @param {number} id
   * @param {unknown} error
   * @param {string} operation
   */
  #fail(id, error, operation) {
    this.#post({ kind: 'error', id, error: packError(error, operation) });
  }

  /**
   * @param {import('./protocol.js').ServerMessage} message
   * @param {ArrayBuffer[]} [transfer]
   */
  #post(message, transfer = []) {
    this.#endpoint.postMessage(message, transfer);
  }
}

/**
 * Serves one model to the other side of an endpoint.
 * @param {Endpoint} endpoint
 */
export function serve(endpoint) {
  const server = new Server(endpoint);
  endpoint.addEventListener('message', ({ data }) => server.hear(data));
  endpoint.start?.();
}

/**
 * Waits inside of work: yields a promise that resolves when the given one has settled, and then takes its value or throws.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Generator<Promise<void>, T, void>}
 */
function* settled(promise) {
  /** @type {{value: T} | {error: unknown} | undefined} */
  let outcome;
  yield promise.then(
    (value) => {
      outcome = { value };
    },
    (error) => {
      outcome = { error };
    },
  );
  const end = /** @type {{value: T} | {error: unknown}} */ (/** @type {unknown} */ (outcome));
  if ('error' in end) throw end.error;
  return end.value;
}
