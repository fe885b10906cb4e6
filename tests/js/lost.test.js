/** Helpers that end: between two pieces of work they are missed by nobody, within one they cost the call at hand. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { load, save } from '../../web/lib/weights.js';
import { breakHelpers, hurry } from './broken.js';
import { connected } from './channel.js';
import { crowd } from './crowd.js';
import { SMALL, small, state, until } from './small.js';
import { allEnded, forget, helpers, started } from './started.js';

/** @typedef {import('../../web/lib/model.js').Model} Model */

beforeEach(forget);

const begun = small();
begun.train(20);
const file = save(begun);

/** A run at step 20. @param {number} threads */
const pooled = (threads) => load(file, { threads });

/** The same alone, so many steps further. @param {number} steps */
async function alone(steps) {
  const model = await pooled(1);
  model.train(steps);
  return model;
}

test('a helper that ended between two calls is one fewer, and no call fails', async () => {
  const [model, other] = [await pooled(4), await alone(0)];
  const batch = other.batch();
  /** @type {((model: Model) => unknown)[]} */
  const calls = [
    (each) => each.train(10),
    (each) => each.loss(batch),
    (each) => each.trainBatch(batch),
  ];
  for (const [i, call] of calls.entries()) {
    assert.equal(model.threads, 4 - i);
    assert.deepEqual(call(model), call(other));
    assert.equal(state(model), state(other));
    await helpers()[i].terminate();
  }
  assert.equal(model.threads, 1);
  for (const each of [model, other]) each.train(20);
  assert.equal(state(model), state(other));
  model.dispose();
});

test('a helper that ends unseen, just before a call, delays it by nothing', async () => {
  const model = await pooled(2);
  // Its end is told to the event loop, which does not turn before the call below.
  helpers()[0].terminate();
  const start = performance.now();
  model.train(20);
  assert.ok(performance.now() - start < 2000);
  assert.equal(state(model), state(await alone(20)));
  await allEnded();
  await until(() => model.threads === 1);
  model.dispose();
});

/**
 * Trains until a helper is lost, in pieces of a thousand steps.
 * @param {Model} model
 */
function lose(model) {
  const pieces = () => {
    for (let i = 0; i < 100; i++) model.train(1000);
  };
  return assert.throws(pieces, (/** @type {any} */ error) => {
    const { step } = model;
    const which = '(helper 1 of 1|one of the \\d helpers)';
    const rest = `the model is as it was after step ${step} and goes on with one thread, to the same bits`;
    assert.match(
      error.message,
      new RegExp(`^train: ${which} showed no progress .* for 5 seconds; ${rest}$`),
    );
    assert.deepEqual(
      [error.name, error.code, error.operation],
      ['MoonflowError', 'worker', 'train'],
    );
    assert.deepEqual([error.details.step, error.details.losses.length], [step, (step - 20) % 1000]);
    return true;
  });
}

/** As in src/pool.c. */
const NAP_MS = 50;

/**
 * A clock that counts naps as the pool does, on a thread of its own: on a busy machine both are late, so a wait of so many naps
 * has an upper bound where one of so many seconds has none.
 */
async function napping() {
  const count = new Int32Array(new SharedArrayBuffer(4));
  const nap = `const { workerData: count } = require('node:worker_threads');
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (;;) { Atomics.wait(never, 0, 0, ${NAP_MS}); Atomics.add(count, 0, 1); }`;
  const clock = new Worker(nap, { eval: true, workerData: count });
  await until(() => Atomics.load(count, 0) > 0);
  const first = Atomics.load(count, 0);
  return {
    stop: async () => {
      const naps = Atomics.load(count, 0) - first;
      await clock.terminate();
      started.delete(clock);
      return naps;
    },
  };
}

for (const { threads, milliseconds } of [
  { threads: 2, milliseconds: 5000 },
  { threads: 4, milliseconds: 200 },
]) {
  test(`of ${threads} threads, one that ends within its work costs the call and no step before`, async (t) => {
    if (milliseconds < 5000) hurry(milliseconds, t.mock);
    breakHelpers(t.mock);
    const model = await pooled(threads);
    assert.equal(model.threads, threads);
    const clock = await napping();
    const start = performance.now();
    lose(model);
    const waited = performance.now() - start;
    const naps = await clock.stop();
    assert.ok(waited > milliseconds, `${waited} ms`);
    assert.ok(naps < (milliseconds + 5000) / NAP_MS, `${naps} naps, ${waited} ms`);
    assert.equal(model.threads, 1);
    const other = await alone(model.step - 20);
    assert.equal(state(model), state(other));
    for (const each of [model, other]) each.train(30);
    assert.equal(state(model), state(other));
    assert.deepEqual(model.sample({ n: 50 }), other.sample({ n: 50 }));
    await allEnded();
    assert.equal(started.size, threads - 1);
    model.dispose();
  });
}

test('a lost helper is an error of every call that shares its work', async (t) => {
  hurry(100, t.mock);
  breakHelpers(t.mock);
  const batch = small().batch();
  /** @type {[string, (model: Model) => unknown][]} */
  const calls = [
    ['loss', (model) => model.loss(batch)],
    ['trainBatch', (model) => model.trainBatch(batch)],
  ];
  for (const [name, call] of calls) {
    const [model, other] = [await pooled(3), await alone(0)];
    const message = new RegExp(`^${name}: one of the 2 helpers showed`);
    let done = 0;
    const often = () => {
      for (; done < 10_000; done++) call(model);
    };
    assert.throws(often, { code: 'worker', message });
    for (; done > 0; done--) call(other);
    assert.deepEqual(call(model), call(other));
    assert.equal(state(model), state(other));
    model.dispose();
  }
});

test('a lost helper reaches a client as an error of its request, and the server goes on', async (t) => {
  hurry(100, t.mock);
  breakHelpers(t.mock);
  await connected(async (client) => {
    const info = await client.create({ ...SMALL, steps: 100_000 }, { threads: 3 });
    assert.equal(info.threads, 3);
    const error = await client.train({ steps: 100_000 }).catch((/** @type {any} */ each) => each);
    const { step, threads } = await client.info();
    assert.equal(error.code, 'worker');
    assert.match(error.message, new RegExp(`^train: one of the 2 helpers .* after step ${step} `));
    assert.equal(threads, 1);
    await client.train({ steps: 10 });
    const model = small({ steps: 100_000 });
    model.train(step + 10);
    assert.equal(await client.digest(), model.digest());
  });
});

test('where the memory to go on in is refused, the model is lost, and the error says why', async (t) => {
  hurry(100, t.mock);
  breakHelpers(t.mock);
  const model = await pooled(2);
  const message =
    /^train: helper 1 of 1 showed .*, and this platform refused the memory to go on in .*could not allocate memory\); this model is lost, create another$/;
  crowd(t);
  assert.throws(() => model.train(100_000), { name: 'MoonflowError', code: 'trap', message });
  assert.throws(() => model.train(1), {
    code: 'trap',
    message: /this model is lost, create another$/,
  });
  model.dispose();
  await allEnded();
});

const folder = mkdtempSync(join(tmpdir(), 'moonflow-lost-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * Runs the command with helpers that break.
 * @param {...string} words
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
function command(...words) {
  const program = fileURLToPath(new URL('../../web/cli/moonflow.js', import.meta.url));
  const broken = JSON.stringify(new URL('./broken.js', import.meta.url).href);
  const script = `import { breakHelpers, hurry } from ${broken}; breakHelpers(); hurry(100);`;
  const hook = `data:text/javascript,${encodeURIComponent(script)}`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', hook, program, ...words], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test('train and reflow that lose a helper save the run as it was after its last step', async () => {
  const [start, out] = [join(folder, 'start.safetensors'), join(folder, 'out.safetensors')];
  writeFileSync(start, file);
  const steps = ['--steps', '100000', '--threads', '2', '--out', out];
  for (const { words, round } of [
    { words: ['train', '--resume', start, ...steps], round: 0 },
    { words: ['reflow', start, '--pairs', '64', ...steps], round: 1 },
  ]) {
    const { code, stdout, stderr } = await command(...words);
    assert.deepEqual([code, stdout], [1, '']);
    const said =
      /^moonflow: train: helper 1 of 1 showed .* after step (\d+) .*; saved to (.*)\n$/.exec(
        stderr,
      );
    assert.ok(said, stderr);
    assert.equal(said[2], out);
    const model = await load(readFileSync(out));
    assert.deepEqual([model.round, model.step], [round, Number(said[1])]);
    rmSync(out);
  }
});
