/**
 * Questions beside the run, by name: asking one again ends the one before, and an answer that comes too late is none. So a
 * control may ask at every move of a hand.
 */

/** Codes of an end that is nobody's fault and is told elsewhere. */
const ENDED = ['aborted', 'disposed', 'worker'];

export class Inquiry {
  /** @type {Map<string, AbortController>} */
  #asked = new Map();

  /**
   * @template T
   * @param {string} name
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | undefined>} undefined when it was asked again, dropped, or the worker ended
   */
  async ask(name, work) {
    this.#asked.get(name)?.abort();
    const abort = new AbortController();
    this.#asked.set(name, abort);
    try {
      const answer = await work(abort.signal);
      return abort.signal.aborted ? undefined : answer;
    } catch (error) {
      const { code } = /** @type {{code?: string}} */ (error);
      if (abort.signal.aborted || (code && ENDED.includes(code))) return undefined;
      throw error;
    } finally {
      if (this.#asked.get(name) === abort) this.#asked.delete(name);
    }
  }

  /** Whether nothing is being asked. */
  get idle() {
    return this.#asked.size === 0;
  }

  /** Ends all questions. */
  drop() {
    for (const abort of this.#asked.values()) abort.abort();
    this.#asked.clear();
  }
}
