/** Options that no call takes: refused by name, with the one that was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connected } from './channel.js';
import { SMALL, small } from './small.js';

const model = small();
model.train(2);
const x = new Float32Array(4);

test('an unknown option of sample, trajectory, velocity and straightness is refused with the nearest that is known', () => {
  const misspelt = { guidence: 3, step: 4 };
  /** @type {[string, (more: object) => unknown][]} */
  const calls = [
    ['sample', (more) => model.sample({ n: 4, ...more })],
    ['sample', (more) => model.sampleSlices({ n: 4, ...more })],
    ['trajectory', (more) => model.trajectory({ n: 4, ...more })],
    ['velocity', (more) => model.velocity({ t: 0.5, x, ...more })],
    ['straightness', (more) => model.straightness({ n: 4, ...more })],
  ];
  for (const [name, call] of calls) {
    const wanted = new RegExp(
      `^${name}, option: got "guidence"; allowed is one of .*; guidance is nearest$`,
    );
    assert.throws(() => call(misspelt), { code: 'argument', message: wanted });
    call({});
  }
  const meant = /option: got "steps_"; .*; steps is nearest$/;
  assert.throws(() => model.sample(/** @type {any} */ ({ n: 4, steps_: 3 })), { message: meant });
});

test('a grid of times takes numbers alone', () => {
  const grid = /** @type {any} */ (['0', '1']);
  const message = /^grid\[0\]: got "0"; allowed is a number from 0 to 1$/;
  assert.throws(() => model.sample({ n: 4, grid }), { code: 'argument', message });
  assert.equal(model.sample({ n: 4, grid: [0, 1] }).length, 8);
});

test('the velocity of a one-step model is refused where it has learned none', () => {
  const one = small({ coupling: 'distilled', solver: 'euler', solver_steps: 1 });
  assert.equal(one.velocity({ t: 0, x }).length, 4);
  const message =
    /^t: got 0\.5; allowed is 0, since the coupling is 'distilled': a one-step model$/;
  assert.throws(() => one.velocity({ t: 0.5, x }), { code: 'argument', message });
  assert.throws(() => one.velocity({ t: new Float32Array([0, 0.5]), x }), { message });
});

test('a client refuses unknown options like its model, and takes its own beside the known', () =>
  connected(async (client) => {
    await client.create(SMALL);
    const own = { signal: new AbortController().signal, onProgress: () => {} };
    assert.equal((await client.sample({ n: 4, ...own })).length, 8);
    const message = /^sample, option: got "guidence"; .*guidance is nearest$/;
    const misspelt = /** @type {any} */ ({ n: 4, guidence: 3 });
    await assert.rejects(client.sample(misspelt), { code: 'argument', message });
  }));
