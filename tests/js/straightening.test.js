/** The command's verb reflow: rounds, online pairs, distillation, and going on with a round. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { setImmediate as breath } from 'node:timers/promises';
import { moonflow } from '../../web/cli/command.js';
import * as csv from '../../web/lib/csv.js';
import { compileSync } from '../../web/lib/loader.js';
import { State } from '../../web/lib/state.js';
import { load } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { run, succeed } from './typed.js';

const { at } = scratch('straightening');

const trained = at('trained.safetensors');
const network = ['--hidden', '8', '--layers', '1', '--features', '8', '--batch', '32'];
const travel = ['--solver', 'euler', '--solver-steps', '2', '--schedule', 'constant'];
const fewer = ['-n', '500'];
const short = ['--pairs', '64', '--steps', '5'];

before(() => succeed('train', ...network, ...travel, '--steps', '30', '--out', trained));

test('reflow --json reports every round before and after, and its run can be sampled', async () => {
  const out = at('straight.safetensors');
  const words = [...fewer, '--rounds', '2', ...short, '--out', out, '--json'];
  const result = JSON.parse(await succeed('reflow', trained, ...words));
  assert.deepEqual(Object.keys(result), ['rounds', 'sw2_floor', 'seconds', 'hash']);
  assert.deepEqual(
    result.rounds.map((/** @type {{round: number}} */ { round }) => round),
    [0, 1, 2],
  );
  for (const row of result.rounds) {
    assert.ok(row.cost > 0 && row.straightness >= 0);
    assert.equal(row.one_step, false);
    for (const steps of [1, 2, 4, 50]) assert.ok(row.quality[steps].sw2 > 0, `${steps} steps`);
  }
  const points = csv.read(await succeed('sample', out, '-n', '4'));
  assert.equal(points.n, 4);
  const again = await run('train', '--resume', out);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /reflow/);
});

test('reflow --distill leaves a run that says so, takes one step, and refuses more', async () => {
  const out = at('one.safetensors');
  const words = ['reflow', trained, ...fewer, '--distill', ...short, '--out', out];
  const table = await succeed(...words);
  const [heading, before, after, note] = table.split('\n').map((line) => line.trim());
  assert.deepEqual(heading.split(/ {2,}/), [
    ...['round', 'cost', 'straightness', 'SW2 1 step', '2 steps', '4 steps', '50 steps', 'floor'],
  ]);
  assert.ok(
    before.split(/ +/).every((cell) => Number(cell) >= 0),
    before,
  );
  const [round, cost, straightness, one, ...rest] = after.split(/ +/);
  assert.ok(round === '1' && Number(cost) > 0 && straightness === '-' && Number(one) > 0, after);
  assert.deepEqual(rest.slice(0, 3), ['-', '-', '-']);
  assert.ok(Number(rest[3]) > 0, after);
  assert.equal(note, 'round 1 is a distillation: a one-step model');
  assert.equal(csv.read(await succeed('sample', out, '-n', '4')).n, 4);
  const { nfe } = JSON.parse(await succeed('eval', out, '-n', '100', '--json'));
  assert.equal(nfe, 1);
  const more = await run('sample', out, '-n', '4', '--steps', '50');
  assert.equal(more.code, 2);
  assert.match(more.stderr, /steps: got 50; allowed is 1, since the coupling is 'distilled'/);
});

test('Ctrl-C inside a round exits with 130, and --resume with its RUN goes on to the same bits', async (t) => {
  const [stopped, heard] = [at('inside.safetensors'), process.listenerCount('SIGINT')];
  const begun = t.mock.method(State.prototype, 'reflowBegin');
  const online = [...fewer, '--pairs-from', 'online', '--pairs', '40', '--refresh', '7'];
  const words = ['reflow', trained, ...online, '--seed', '4'];
  const recipe = ['--time', 'power', '--time-exponent', '0.5', '--solver', 'midpoint'];
  const endless = ['--steps', '1000000', '--out', stopped];
  const running = moonflow([...words, ...recipe, ...endless]);
  while (begun.mock.callCount() === 0) await breath();
  for (let i = 0; i < 5; i++) await breath();
  process.emit('SIGINT', 'SIGINT');
  assert.equal(await running, 130);
  assert.equal(process.listenerCount('SIGINT'), heard, 'the signal is given back');
  const { step, round, config } = await load(readFileSync(stopped), { module: compileSync() });
  assert.ok(step > 0 && step < 1000000 && round === 1, `step ${step} of round ${round}`);
  assert.deepEqual([config.time, config.time_exponent], ['power', 0.5]);
  const ending = ['--steps', String(step + 10), '--json'];
  const whole = [...words, ...recipe, ...ending];
  const texts = [
    await succeed(...whole, '--resume', stopped),
    await succeed(...whole),
    await succeed(...words, ...ending),
    await succeed('reflow', trained, ...online, ...recipe, ...ending),
  ];
  const [a, b, ...others] = texts.map((text) => JSON.parse(text));
  assert.equal(a.hash, b.hash);
  assert.deepEqual(a.rounds, b.rounds);
  for (const { hash } of others) assert.notEqual(hash, b.hash, 'recipe and seed count');
  const wrong = await run('reflow', stopped, '--resume', stopped);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /teacher: got "round 1 before a model in round 1"; allowed is the/);
});
