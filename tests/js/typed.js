/** @file The command as somebody types it: a process of its own, whose words come back. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../web/cli/moonflow.js', import.meta.url));
// As on a server: a picture has to bring its own font.
const env = { ...process.env, DISABLE_SYSTEM_FONTS_LOAD: '1' };

/**
 * @param {...string} words
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export function run(...words) {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** @param {...string} words */
export async function succeed(...words) {
  const result = await run(...words);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stderr, '', 'stderr is no terminal here, so nothing may be on it');
  return result.stdout;
}
