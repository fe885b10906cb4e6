/**
 * Work one after another, where whatever comes later asks what came before to hurry: each piece gets a signal that tells
 * it so. Long pieces end early on it; short ones ignore it and always finish.
 */

export class Queue {
  /** @type {Promise<unknown>} */
  #tail = Promise.resolve();
  #abort = new AbortController();
  #pending = 0;

  /** Whether nothing runs or waits. */
  get idle() {
    return this.#pending === 0;
  }

  /**
   * @template T
   * @param {(signal: AbortSignal) => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  add(work) {
    this.interrupt();
    const { signal } = this.#abort;
    this.#pending += 1;
    const result = this.#tail
      .then(() => work(signal))
      .finally(() => {
        this.#pending -= 1;
      });
    // Who asked hears of the failure; the queue goes on.
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Tells all work so far to end early. */
  interrupt() {
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}
