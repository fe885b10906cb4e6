/**
 * @file The contenders of a race: each a process of its own with one thread, asked in turn, one line of JSON a question.
 *
 *     {do: 'version'}                  -> {version, ...}
 *     {do: 'train', steps}             -> {losses, ms}    the next batches, each followed by an optimiser step
 *     {do: 'differentiate', steps}     -> {losses, ms}    forward and backward on the next batches; nothing moves
 *     {do: 'sample', count, steps}     -> {points, ms}    Euler from the given start points, with the raw weights
 *
 * Batches and start points are made before the clock starts. scipy_side.py answers other questions, see there.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PYTHON = '/usr/bin/python3';

export class Contender {
  #child;
  #lines;

  /**
   * @param {string} name
   * @param {string} script beside this file
   */
  constructor(name, script) {
    this.name = name;
    const command = script.endsWith('.py') ? PYTHON : process.execPath;
    const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.#child = spawn(command, [path], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * @param {{do: string, [argument: string]: unknown}} request
   * @returns {Promise<any>}
   */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error(`${this.name} ended while asked to ${request.do}; its message is above`);
    }
    return JSON.parse(value);
  }

  end() {
    this.#child.stdin.end();
  }
}

export const MOONFLOW = 'Moonflow';
export const PYTORCH = 'PyTorch';
export const TFJS = 'TF.js wasm';
export const JAXJS = 'jax-js wasm';
export const SCIPY = 'SciPy';

/** @type {Record<string, string>} */
const SCRIPTS = {
  [MOONFLOW]: 'moonflow_side.js',
  [PYTORCH]: 'torch_side.py',
  [TFJS]: 'tfjs_side.js',
  [JAXJS]: 'jax_side.js',
  [SCIPY]: 'scipy_side.py',
};

/**
 * Runs `work` with the named contenders and ends them afterwards.
 * @template T
 * @param {string[]} names
 * @param {(contenders: Contender[]) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withContenders(names, work) {
  const contenders = names.map((name) => new Contender(name, SCRIPTS[name]));
  try {
    return await work(contenders);
  } finally {
    for (const contender of contenders) contender.end();
  }
}
