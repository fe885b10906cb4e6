/**
 * Asks the worker of intake.js, which is started with the first question. A later question takes the place of one that has not
 * been answered.
 */

/**
 * @typedef {import('./intake.js').Options} Options
 * @typedef {import('./intake.js').Answer} Answer
 * @typedef {import('./intake.js').Reading} Reading
 */

export class Reader {
  /** @type {Worker | null} */
  #worker = null;
  #last = 0;
  /** @type {((answer: Answer) => void) | null} */
  #answered = null;

  /**
   * @param {Blob} file
   * @param {Options} options
   * @returns {Promise<Reading | undefined>} undefined when something else was asked meanwhile
   */
  async read(file, options) {
    this.drop();
    this.#worker ??= this.#start();
    this.#last += 1;
    this.#worker.postMessage({ id: this.#last, file, options });
    /** @type {Answer} */
    const { table, fault } = await new Promise((resolve) => {
      this.#answered = resolve;
    });
    if (fault) throw new Error(fault);
    return table;
  }

  /** Gives up what is being read: its question is answered with nothing, and a long file is not read to its end. */
  drop() {
    if (!this.#answered) return;
    this.#worker?.terminate();
    this.#worker = null;
    this.#settle({ id: 0 });
  }

  #start() {
    // Bundlers recognise a worker by exactly this form.
    const worker = new Worker(new URL('./intake.js', import.meta.url), { type: 'module' });
    worker.addEventListener('message', (/** @type {MessageEvent<Answer>} */ { data }) => {
      if (data.id === this.#last) this.#settle(data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      worker.terminate();
      this.#worker = null;
      this.#settle({ id: 0, fault: 'the file is more than this browser has memory for' });
    });
    return worker;
  }

  /** @param {Answer} answer */
  #settle(answer) {
    this.#answered?.(answer);
    this.#answered = null;
  }
}
