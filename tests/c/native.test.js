/** @file Runs the test programs of the native twin, which print a line a promise; `make native` builds them. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = fileURLToPath(new URL('../../wasm_build/native', import.meta.url));
const programs = readdirSync(here)
  .filter((file) => /^test_\w+\.c$/.test(file))
  .map((file) => file.slice(0, -2));

/**
 * @param {string} program
 * @returns {Promise<{code: number | string, output: string}>}
 */
function run(program) {
  return new Promise((resolve) => {
    execFile(`${built}/${program}`, { cwd: root }, (error, stdout, stderr) => {
      resolve({
        code: error ? (error.code ?? error.signal ?? 'unknown') : 0,
        output: stdout + stderr,
      });
    });
  });
}

describe('the native twin keeps its promises under the sanitizers', { concurrency: 2 }, () => {
  test('there are programs for the modules of the engine', () => {
    assert.ok(programs.length >= 17, `only ${programs.join(', ')}`);
  });

  for (const program of programs) {
    test(`${program}.c`, async (context) => {
      assert.ok(existsSync(`${built}/${program}`), `${program} is not built; run \`make native\``);
      const { code, output } = await run(program);
      const lines = output.split('\n').filter((line) => line.startsWith('kept '));
      assert.equal(code, 0, `exit ${code}\n${output}`);
      assert.ok(lines.length > 0 && !output.includes('BROKEN'), output);
      for (const line of lines) {
        assert.match(line, /: [1-9]\d* cases/);
        context.diagnostic(line);
      }
    });
  }
});
