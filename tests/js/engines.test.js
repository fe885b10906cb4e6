/** @file Same bits everywhere: the golden runs in V8, JavaScriptCore, SpiderMonkey and the native twin. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compileSync } from '../../web/lib/loader.js';
import { hashes, RUNS } from './golden.js';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const native = fileURLToPath(new URL('../../wasm_build/native/golden', import.meta.url));
/** @type {{name: string, weights: string, samples: string}[]} */
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/golden.json', import.meta.url), 'utf8'),
);

/** @param {{weights: string, samples: string}[]} got */
function expectGolden(got) {
  assert.equal(got.length, RUNS.length);
  assert.deepEqual(
    got.map((each, i) => ({ name: RUNS[i].name, ...each })),
    golden,
  );
}

/** @param {string} shell */
async function inShell(shell) {
  const { stdout } = await run(shell, ['-m', 'shell.js'], { cwd: here });
  return JSON.parse(stdout);
}

/** @param {{steps: number, config: object}} golden */
async function inNative({ steps, config }) {
  const values = Object.entries(config).map(([name, value]) => {
    return `${name}=${typeof value === 'boolean' ? Number(value) : value}`;
  });
  const { stdout } = await run(native, [String(steps), ...values]);
  const [weights, samples] = stdout.trim().split('\n');
  return { weights, samples };
}

describe('the golden runs have the same bits', { concurrency: 2 }, () => {
  test('in V8', () => {
    const module = compileSync();
    expectGolden(RUNS.map((each) => hashes(each, module)));
  });

  test('in JavaScriptCore', async () => expectGolden(await inShell('jsc')));

  test('in SpiderMonkey', async () => expectGolden(await inShell('js102')));

  test('in the native twin', async () => {
    const got = [];
    for (const each of RUNS) got.push(await inNative(each));
    expectGolden(got);
  });
});
