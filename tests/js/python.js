/** @file Programs beside this one: the command, Python, and two processes under torchrun; and how far two answers are apart. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../web/cli/moonflow.js', import.meta.url));

/** Largest difference relative to the largest number: some roundings of a float, gathered over a solver or ten steps. */
export const TOLERANCE = 2e-5;

/**
 * @param {string} name
 * @param {string[]} words
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
function run(name, words) {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve) => {
    execFile(name, words, { env, timeout: 180_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** @param {string[]} words */
export const command = (...words) => run(process.execPath, [program, ...words]);

/** @param {string[]} words */
export const python = (...words) => run('/usr/bin/python3', words);

/**
 * Two processes of this machine. PyTorch 1.13 cannot read its own default of redirects under Python 3.11, so they are given;
 * and its --standalone takes one fixed port, which another run may hold, so they meet at one that is free.
 * @param {string[]} words
 */
export function torchrun(...words) {
  const meeting = ['--rdzv_backend', 'c10d', '--rdzv_endpoint', 'localhost:0'];
  const launch = ['-m', 'torch.distributed.run', ...meeting, '-r', '2', '-t', '2'];
  return python(...launch, '--nproc_per_node', '2', ...words);
}

/**
 * What a program that succeeded printed.
 * @param {{code: number, stdout: string, stderr: string}} result
 */
export function good({ code, stdout, stderr }) {
  assert.equal(code, 0, stderr);
  return stdout;
}

/**
 * Largest difference relative to the largest number.
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} wanted
 */
export function gap(got, wanted) {
  assert.equal(got.length, wanted.length);
  const all = Array.from(wanted);
  const most = all.reduce((least, value) => Math.max(least, Math.abs(value)), 0);
  const off = all.reduce((least, value, i) => Math.max(least, Math.abs(value - got[i])), 0);
  return off / (most || 1);
}
