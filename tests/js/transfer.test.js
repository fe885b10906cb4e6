/** The program that compares by the protocol of C2OT: its words, its numbers, and what it refuses. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bench/transfer.js', import.meta.url));

/** @param {...string} words */
function run(...words) {
  return spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
}

const QUICK = ['--steps', '100', '--seeds', '2', '--points', '300', '--couplings', 'independent'];

test('a short run prints W2^2 of every seed beside its floors and the published values', () => {
  const { status, stdout, stderr } = run(...QUICK, '--json');
  assert.equal(status, 0, stderr);
  assert.match(stderr, /independent, seed 2: 100 of 100 steps/);
  const { steps, seeds, points, floor, rows } = JSON.parse(stdout);
  assert.deepEqual([steps, seeds, points, rows.length], [100, 2, 300, 1]);
  const [{ coupling, euler, adaptive, nfe, published }] = rows;
  assert.equal(coupling, 'independent');
  assert.deepEqual(published, { euler: [6.232, 0.186], adaptive: [0.12, 0.045] });
  for (const { mean, sd, values } of [euler, adaptive, nfe]) {
    assert.equal(values.length, 2);
    assert.ok(Math.abs(mean - (values[0] + values[1]) / 2) < 1e-12, `${mean}`);
    assert.ok(Math.abs(sd - Math.abs(values[0] - values[1]) / 2) < 1e-12, `${sd}`);
  }
  assert.ok(floor.data.mean < floor.independent.mean, 'even angles are nearer to each other');
  assert.ok(floor.independent.mean < adaptive.mean && adaptive.mean < euler.mean);
  assert.ok(
    euler.mean > 2 * adaptive.mean && nfe.mean > 13,
    'one step cannot follow independent pairs',
  );
});

test('the table has the published values beside ours, and what differs below', () => {
  const { stdout } = run('--quick', '--couplings', 'independent', '--steps', '5', '--points', '50');
  assert.match(stdout, /\| independent \| \*\*.+ ± .+\*\* \| 6\.232 ± 0\.186 \|/);
  assert.match(stdout, /floor: two sets of the data/);
  assert.match(stdout, /\n- Their network: /);
});

test('--help prints the options, and what is not one is refused by name', () => {
  const { status, stdout } = run('--help');
  assert.equal(status, 0);
  for (const flag of ['steps', 'seeds', 'couplings', 'points', 'quick', 'json']) {
    assert.match(stdout, new RegExp(`--${flag} `));
  }
  /** @type {[string[], RegExp][]} */
  const wrong = [
    [['--steps', '0'], /^--steps: got "0"; allowed is a whole number from 1 to 1000000$/m],
    [['--seeds', '1.5'], /^--seeds: got "1.5"; allowed is a whole number from 1 to 100$/m],
    [['--points', '20000'], /^--points: got "20000"; allowed is .* 2 to 16384$/m],
    [['--couplings', 'ot,best'], /^--couplings: got "best"; allowed is any of independent, ot/m],
    [['--fast'], /--fast/],
  ];
  for (const [words, message] of wrong) {
    const { status, stdout, stderr } = run(...words);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
});
