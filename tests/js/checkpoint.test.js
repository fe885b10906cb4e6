/** @file Checkpoints of `moonflow train`: written whole every so many steps, kept as told, and each resumed to the same bits. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as breath, setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { moonflow } from '../../web/cli/command.js';
import { loadSync } from '../../web/lib/weights.js';
import { command, good } from './python.js';
import { module } from './small.js';

const program = fileURLToPath(new URL('../../web/cli/moonflow.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'moonflow-checkpoint-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {...string} names */
const at = (...names) => join(folder, ...names);

const network = ['--hidden', '8', '--layers', '2', '--features', '8', '--batch', '32'];
const travel = ['--solver', 'euler', '--solver-steps', '2'];
const small = [...network, ...travel, '--seed', '7', '--ema2-decay', '0.5'];
const whole = at('whole.safetensors');

/** @param {number} step */
const nameOf = (step) => `step-${String(step).padStart(8, '0')}.safetensors`;

before(async () => {
  const words = ['--checkpoint-every', '20', '--checkpoint-dir', at('all')];
  good(await command('train', ...small, '--steps', '70', ...words, '--out', at('cut.safetensors')));
  good(await command('train', ...small, '--steps', '70', '--out', whole));
});

test('there is one at every multiple, and taking them changes no bit of the run', () => {
  assert.deepEqual(readdirSync(at('all')).sort(), [20, 40, 60].map(nameOf));
  assert.ok(readFileSync(at('cut.safetensors')).equals(readFileSync(whole)));
});

test('each of them goes on to the bits of the uninterrupted run', async () => {
  const names = readdirSync(at('all'));
  const ends = names.map(async (name) => {
    const out = at(`from-${name}`);
    good(await command('train', '--resume', at('all', name), '--out', out));
    return readFileSync(out).equals(readFileSync(whole));
  });
  assert.deepEqual(await Promise.all(ends), [true, true, true]);
});

test('--keep leaves the latest, and a resumed run goes on in its own folder', async () => {
  const words = ['--checkpoint-every', '10', '--checkpoint-dir', at('few'), '--keep', '2'];
  good(await command('train', ...small, '--steps', '45', ...words));
  assert.deepEqual(readdirSync(at('few')).sort(), [30, 40].map(nameOf));
  good(await command('train', '--resume', at('few', nameOf(30)), '--steps', '55', ...words));
  assert.deepEqual(readdirSync(at('few')).sort(), [40, 50].map(nameOf));
});

test('Ctrl-C leaves one at the step at hand, which goes on to the same bits', async () => {
  const words = ['--checkpoint-every', '1000000', '--checkpoint-dir', at('stopped')];
  // A cosine would end elsewhere in a run of other length.
  const steady = [...small, '--schedule', 'constant'];
  const heard = process.listenerCount('SIGINT');
  const running = moonflow(['train', ...steady, '--steps', '1000000', ...words]);
  while (process.listenerCount('SIGINT') === heard) await breath();
  for (let i = 0; i < 5; i++) await breath();
  process.emit('SIGINT', 'SIGINT');
  assert.equal(await running, 130);
  const [name, ...more] = readdirSync(at('stopped'));
  assert.deepEqual(more, []);
  const { step } = loadSync(readFileSync(at('stopped', name)), { module });
  assert.ok(step > 0 && step % 1000000 > 0 && name === nameOf(step), name);
  const steps = ['--steps', String(step + 10), '--json'];
  const [a, b] = await Promise.all([
    command('train', '--resume', at('stopped', name), ...steps),
    command('train', ...steady, ...steps),
  ]);
  assert.equal(JSON.parse(good(a)).hash, JSON.parse(good(b)).hash);
});

test('a process killed while it writes leaves only whole ones', async () => {
  const words = ['--checkpoint-every', '1', '--checkpoint-dir', at('killed')];
  const child = spawn(process.execPath, [
    program,
    'train',
    ...small,
    '--steps',
    '100000',
    ...words,
  ]);
  while (!existsSync(at('killed', nameOf(20)))) await pause(5);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const names = readdirSync(at('killed')).filter((name) => name.endsWith('.safetensors'));
  assert.ok(names.length >= 20, `${names.length} checkpoints`);
  for (const name of names) {
    const { step } = loadSync(readFileSync(at('killed', name)), { module });
    assert.equal(name, nameOf(step));
  }
});

test('options that do not go together, and folders that cannot be used, are refused before a step', async () => {
  writeFileSync(at('file'), '');
  const every = ['--checkpoint-every', '10'];
  const into = (/** @type {string[]} */ ...names) => ['--checkpoint-dir', at(...names)];
  /** @type {[string[], number, RegExp][]} */
  const cases = [
    [every, 2, /--checkpoint-dir: got nothing; allowed is a folder, beside --checkpoint-every/],
    [into('new'), 2, /--checkpoint-every: got nothing; allowed is a number of steps/],
    [['--keep', '3'], 2, /--keep: got 3; allowed is left out without --checkpoint-every/],
    [
      ['--checkpoint-every', '0', ...into('new')],
      2,
      /--checkpoint-every: got 0; allowed is .*from 1/,
    ],
    [
      [...every, ...into('all')],
      2,
      /got ".*all"; allowed is a folder without .* it holds step-00000060/,
    ],
    [[...every, ...into('all'), '--resume', whole], 2, /it holds step-00000060/],
    [[...every, ...into('file')], 1, /--checkpoint-dir: cannot use .*file: not a directory/],
    [[...every, ...into('no', 'where')], 1, /--checkpoint-dir: cannot use .*: no such file/],
  ];
  for (const [words, code, says] of cases) {
    const base = words.includes('--resume') ? ['--steps', '80'] : [...small, '--steps', '20'];
    const result = await command('train', ...base, ...words);
    assert.equal(result.code, code, `${words}: ${result.stderr}`);
    assert.match(result.stderr, says);
  }
  assert.equal(existsSync(at('new')), false, 'nothing was made');
  assert.deepEqual(readdirSync(at('all')).sort(), [20, 40, 60].map(nameOf));
});
