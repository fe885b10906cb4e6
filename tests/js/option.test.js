/** Options that no call takes: refused by name, with the one that was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { load, save } from '../../web/lib/weights.js';
import { connected } from './channel.js';
import { SMALL, small } from './small.js';

const model = small();
model.train(2);
const x = new Float32Array(4);

/** A call of each name, complete but for what is misspelt. @type {[string, Record<string, unknown>][]} */
const CALLS = [
  ['sample', { n: 4 }],
  ['trajectory', { n: 4 }],
  ['velocity', { t: 0.5, x }],
  ['straightness', { n: 4 }],
  ['loglik', { x, steps: 2 }],
  ['nll', { n: 4, steps: 2 }],
  ['density', { size: 2, box: [-1, 1], steps: 2 }],
  ['quality', { n: 4 }],
  ['discrepancy', { n: 4 }],
  ['pathEnergy', { n: 4 }],
  ['interpolate', { a: x, b: x, steps: 2 }],
  ['convert', { from: 'v', to: 'x1', t: 0.5, x, value: x }],
  ['noise', { n: 4 }],
  ['data', { n: 4 }],
  ['pairing', {}],
  ['trainBatch', { t: new Float32Array(2), x0: x, x1: x }],
  ['loss', { t: new Float32Array(2), x0: x, x1: x }],
  ['irreducibleLoss', { n: 64 }],
  ['fieldError', { n: 64 }],
  ['fieldMap', { t: 0.5, cells: 2 }],
];

/** @param {string} name as the refusal says it */
const refused = (name) => ({
  code: 'argument',
  message: new RegExp(`^${name}, option: got "sead"; allowed is one of .*; [a-z0-9_]+ is nearest$`),
});

/** @param {string} call */
const said = (call) => (['trainBatch', 'loss'].includes(call) ? 'batch' : call);

test('an unknown option of any call is refused with the nearest that is known, and the call does without it', () => {
  /** @type {any} */
  const any = model;
  for (const [name, options] of CALLS) {
    assert.throws(() => any[name]({ ...options, sead: 3 }), refused(said(name)), name);
    any[name](options);
    const slices = any[`${name}Slices`]?.({ ...options, sead: 3 });
    if (slices) assert.throws(() => slices.next(), refused(name), `${name}Slices`);
  }
  assert.throws(() => any.sw2(x, x, { sead: 3 }), refused('sw2'));
  assert.throws(() => any.oracle.velocity({ t: 0.5, x, sead: 3 }), refused('oracle.velocity'));
  const meant = /option: got "steps_"; .*; steps is nearest$/;
  assert.throws(() => any.sample({ n: 4, steps_: 3 }), { message: meant });
});

test('what a call would overrule is refused too: no end of time for a way there and back, no class for all of the data', () => {
  /** @type {any} */
  const any = model;
  assert.throws(
    () => any.interpolate({ a: x, b: x, t_end: 0.5 }),
    /^MoonflowError: interpolate, op/,
  );
  assert.throws(() => any.nll({ n: 4, label: 0 }), /^MoonflowError: nll, option: got "label"/);
  assert.throws(() => any.quality({ n: 4, x0: x }), /^MoonflowError: quality, option: got "x0"/);
});

test('an unknown option of create and load is refused', async () => {
  /** @type {any} */
  const wrong = { thread: 2 };
  const message = /, option: got "thread"; .*; threads is nearest$/;
  await assert.rejects(Model.create(SMALL, wrong), { code: 'argument', message });
  await assert.rejects(load(save(model), wrong), { code: 'argument', message });
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
    /** @type {any} */
    const any = client;
    for (const [name, options] of CALLS) {
      await assert.rejects(any[name]({ ...options, ...own, sead: 3 }), refused(said(name)), name);
      await any[name]({ ...options, ...own });
    }
    await assert.rejects(any.sw2(x, x, { sead: 3 }), refused('sw2'));
    await assert.rejects(any.train({ steps: 1, sead: 3 }), refused('train'));
    const sample = { n: 4, sead: 3 };
    await assert.rejects(any.train({ steps: 1, sample }), refused('train.sample'));
    await assert.rejects(any.reflow({ steps: 1, sead: 3 }), refused('reflow'));
    await assert.rejects(any.create(SMALL, { sead: 3 }), refused('create'));
    await assert.rejects(any.load(await client.save(), { sead: 3 }), refused('load'));
  }));
