/** The real worker, as a thread of Node. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { spawn } from '../../web/lib/spawn.js';
import { SMALL, small } from './small.js';

test('a worker trains to the bits of a model in place', async () => {
  const client = await spawn();
  await client.create(SMALL);
  let losses = 0;
  const { step } = await client.train({
    onFrame: (frame) => {
      losses += frame.losses.length;
    },
  });
  assert.deepEqual([step, losses], [SMALL.steps, SMALL.steps]);
  const model = small();
  model.train(SMALL.steps);
  assert.equal(await client.digest(), model.digest());
  assert.deepEqual(await client.sample({ n: 100 }), model.sample({ n: 100 }));
  await client.dispose();
});

test('own points and a saved run reach a worker whole', async () => {
  const client = await spawn();
  const config = { ...SMALL, data: 'points', dim: 3 };
  const points = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * i));
  await client.create(config, { points });
  assert.equal(points.length, 300);
  await client.train({ steps: 9 });
  const file = await client.save();
  await client.load(file, { points });
  await client.train({ steps: 11 });
  const model = small({ data: 'points', dim: 3 });
  model.setPoints(points);
  model.train(20);
  assert.equal(await client.digest(), model.digest());
  await client.dispose();
});

test('the end of a worker rejects everything pending, and a new one resumes to the same bits', async (t) => {
  /** @type {Worker[]} */
  const threads = [];
  const { on } = Worker.prototype;
  t.mock.method(
    Worker.prototype,
    'on',
    /** @this {Worker} @param {any} type @param {any} listener */ function (type, listener) {
      threads.push(this);
      return on.call(this, type, listener);
    },
  );
  /** @type {any[]} */
  const exits = [];
  const client = await spawn({ onExit: (error) => exits.push(error) });
  await client.create({ ...SMALL, steps: 100_000 });
  await client.train({ steps: 30 });
  const checkpoint = await client.save();
  const pending = Promise.allSettled([client.train(), client.quality({ n: 100_000 })]);
  await threads[0].terminate();
  for (const outcome of await pending) {
    assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'worker');
  }
  await assert.rejects(client.info(), { code: 'worker', message: /worker: got its end \(exit\)/ });
  assert.deepEqual(
    exits.map(({ code }) => code),
    ['worker'],
  );

  const second = await spawn();
  assert.equal((await second.load(checkpoint)).step, 30);
  await second.train({ steps: 20 });
  const model = small({ steps: 100_000 });
  model.train(50);
  assert.equal(await second.digest(), model.digest());
  await second.dispose();
});

test('a disposed worker lets the process end, and importing the library does nothing', () => {
  const index = fileURLToPath(new URL('../../web/lib/index.js', import.meta.url));
  const script = `
    const before = Object.getOwnPropertyNames(globalThis).join();
    const { spawn, Model } = await import(${JSON.stringify(index)});
    if (Object.getOwnPropertyNames(globalThis).join() !== before) throw new Error('a global changed');
    if (process.argv.includes('spawn')) await (await spawn()).dispose();
    console.log(typeof Model.create);`;
  for (const argument of ['import', 'spawn']) {
    const args = ['--input-type=module', '-e', script, argument];
    const out = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    assert.equal(out, 'function\n');
  }
});
