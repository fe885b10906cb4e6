/** Noise g(t) from a file, against the same as a name and as an array of the library. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { save } from '../../web/lib/weights.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-curve-'));
after(() => rmSync(folder, { recursive: true }));
const runfile = join(folder, 'run.safetensors');
const model = small();
writeFileSync(runfile, save(model));

/** @param {string} text  @returns {string} its file */
function written(text) {
  const path = join(folder, 'g.csv');
  writeFileSync(path, text);
  return path;
}

const sample = ['sample', runfile, '-n', '20', '--solver', 'euler', '--steps', '4'];

test('a constant curve gives the bits of the constant, and eval takes it too', async () => {
  const flat = written('0,0.5\n1,0.5\n');
  const constant = ['--sde', 'constant', '--sde-strength', '0.5'];
  assert.equal(await succeed(...sample, '--sde-file', flat), await succeed(...sample, ...constant));
  const words = ['eval', runfile, '-n', '200', '--steps', '4', '--json'];
  const own = JSON.parse(await succeed(...words, '--sde-file', flat));
  const named = JSON.parse(await succeed(...words, ...constant));
  assert.equal(own.sw2, named.sw2);
});

test('between its rows a curve is straight', async () => {
  const bent = written('0,1\n0.5,0\n1,2\n');
  const stdout = await succeed(...sample, '--sde-file', bent);
  const x = model.sample({ n: 20, seed: 1, solver: 'euler', steps: 4, sde: [1, 0.5, 0, 1, 2] });
  assert.equal(stdout, csv.write(x, 20, 2));
});

test('a curve that is none, and other noise beside it, are refused', async () => {
  /** @type {[string, RegExp][]} */
  const rows = [
    ['0,1,2\n1,1,2\n', /columns: got 3; allowed is 2, t and g/],
    ['0,1\n', /rows: got 1; allowed is 2 or more/],
    ['0.1,1\n1,1\n', /row 1, t: got 0.1.*; allowed is 0/],
    ['0,1\n0.9,1\n', /row 2, t: got 0.89.*; allowed is 1/],
    ['0,1\n0.5,1\n0.5,2\n1,1\n', /row 3, t: got 0.5; allowed is above 0.5/],
    ['0,1\n1,-1\n', /row 2, g: got -1; allowed is a finite number from 0 up/],
  ];
  for (const [text, message] of rows) {
    const { code, stderr } = await run(...sample, '--sde-file', written(text));
    assert.match(stderr, message);
    assert.equal(code, 1, text);
  }
  const flat = ['--sde-file', written('0,1\n1,1\n')];
  for (const more of [
    ['--sde', 'sigma'],
    ['--sde-strength', '2'],
  ]) {
    const { code, stderr } = await run(...sample, ...flat, ...more);
    assert.match(stderr, /left out beside --sde-file/);
    assert.equal(code, 2);
  }
  const remembers = await run('sample', runfile, '-n', '4', '--solver', 'ab2', ...flat);
  assert.match(remembers.stderr, /--solver: got "ab2"; allowed is euler/);
  const adaptive = await run('sample', runfile, '-n', '4', '--solver', 'dopri5', ...flat);
  assert.match(adaptive.stderr, /--solver: got "dopri5"; allowed is euler/);
});
