/** What the command does when there is nothing sound to write, or nowhere to write it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { save } from '../../web/lib/weights.js';
import { small } from './small.js';

const program = fileURLToPath(new URL('../../web/cli/moonflow.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'moonflow-outcome-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const at = (name) => join(folder, name);

/**
 * @param {string[]} words
 * @param {number | 'pipe'} [stdout]
 */
function run(words, stdout = 'pipe') {
  return spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'pipe'],
  });
}

test('a model that throws its points out of range is refused by name and writes none', () => {
  const model = small();
  const far = new Float32Array(model.parameterCount).fill(1e30);
  const zero = new Float32Array(model.parameterCount);
  model.restore({ raw: far, ema: far, moment: zero, variance: zero, step: 1, round: 0 });
  const wild = at('wild.safetensors');
  writeFileSync(wild, save(model));
  writeFileSync(at('one.csv'), '1,2\n');
  for (const words of [
    ['sample', wild, '-n', '3'],
    ['sample', wild, '-n', '3', '--out', at('x.csv')],
    ['velocity', wild, '--points', at('one.csv'), '--t', '0.5'],
  ]) {
    const { status, stdout, stderr } = run(words);
    assert.deepEqual([status, stdout], [1, ''], words.join(' '));
    assert.match(
      stderr,
      /RUN .*wild.safetensors: (sample|velocity) 0 is -?(NaN|Infinity); allowed/,
    );
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
  assert.equal(existsSync(at('x.csv')), false);
});

test('an output that takes no more is said in one line', () => {
  const sound = at('sound.safetensors');
  writeFileSync(sound, save(small()));
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = run(['sample', sound, '-n', '5'], full);
  closeSync(full);
  assert.equal(status, 1);
  assert.match(stderr, /^moonflow: cannot write the output: no space left on device\n$/);
});

test('a faulty file is a failure, one that does not fit is bad usage, whatever the verb', () => {
  const text = '1,2,3\n4,5,6\n';
  /** @type {[string, string, number][]} */
  const faults = [
    ['absent.csv', '', 1],
    ['heading.csv', 'a,b\n', 1],
    ['magic.npy', 'not an array', 1],
    ['three.csv', text, 2],
  ];
  const sound = at('sound.safetensors');
  writeFileSync(sound, save(small()));
  let asked = 0;
  for (const [name, content, status] of faults) {
    if (content) writeFileSync(at(name), content);
    for (const words of [
      ['velocity', sound, '--t', '0.5', '--points', at(name)],
      ['loglik', sound, '--points', at(name)],
      ['sample', sound, '--from', at(name)],
    ]) {
      const found = run(words);
      assert.equal(found.status, status, `${words.join(' ')}: ${found.stderr}`);
      assert.ok(found.stderr.includes(name), found.stderr);
      asked++;
    }
  }
  writeFileSync(at('noise.safetensors'), 'x'.repeat(200));
  for (const verb of ['sample', 'eval', 'loglik']) {
    for (const name of ['absent.safetensors', 'noise.safetensors']) {
      const more = verb === 'loglik' ? ['--grid', '4'] : [];
      const found = run([verb, at(name), ...more]);
      assert.equal(found.status, 1, `${verb} ${name}: ${found.stderr}`);
      asked++;
    }
  }
  assert.equal(asked, 18);
});

test('a training whose measure needs more steps has saved its run, and says how to measure it', () => {
  const out = at('short.safetensors');
  const words = 'train --steps 3 --hidden 16 --layers 2 --features 16 --batch 64 --solver dopri5';
  const found = run([...words.split(' '), '--solver-steps', '2', '--out', out]);
  assert.equal(found.status, 2, found.stderr);
  assert.match(
    found.stderr,
    /--solver-steps: got 2; allowed is more.*; the run is saved: moonflow eval /,
  );
  assert.equal(run(['eval', out, '--steps', '100', '-n', '100']).status, 0);
});
