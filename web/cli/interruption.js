/**
 * @file Ctrl-C during training. The first one ends the run after the slice at hand, so that it can be saved; a second
 * one ends the process at once.
 */

/** Exit codes as shells give them: 128 and the number of the signal. */
const EXIT_CODES = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143 });

export class Interruption {
  constructor() {
    /** @type {number | undefined} set once a signal has come */
    this.exitCode = undefined;
    this.signals = /** @type {(keyof typeof EXIT_CODES)[]} */ (Object.keys(EXIT_CODES));
    /** @param {NodeJS.Signals} signal */
    this.hear = (signal) => {
      this.exitCode = EXIT_CODES[/** @type {keyof typeof EXIT_CODES} */ (signal)];
      this.ignore();
    };
    for (const signal of this.signals) process.on(signal, this.hear);
  }

  /** Gives the signals back to the system. */
  ignore() {
    for (const signal of this.signals) process.off(signal, this.hear);
  }
}
