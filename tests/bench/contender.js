/** @file PyTorch as a child process that answers one JSON line with another, so that runs can be paired in turn. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('torch_step.py', import.meta.url));

export class Rival {
  #child;
  #lines;

  constructor() {
    const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const stdio = /** @type {const} */ (['pipe', 'pipe', 'inherit']);
    this.#child = spawn('/usr/bin/python3', [script], { env, stdio });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * @param {{do: string, [argument: string]: unknown}} request
   * @returns {Promise<any>}
   */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`PyTorch ended while asked to ${request.do}; its message is above`);
    return JSON.parse(value);
  }

  end() {
    this.#child.stdin.end();
  }
}
