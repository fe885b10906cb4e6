/** Threads over one memory: the same bits for any number of them, and what happens when one is lost. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { spawn } from '../../web/lib/index.js';
import { Model } from '../../web/lib/model.js';
import { load, save } from '../../web/lib/weights.js';
import { connected, rejects } from './channel.js';
import { crowd } from './crowd.js';
import { SMALL, small, state } from './small.js';
import { allEnded, forget, started } from './started.js';

/** @typedef {import('../../web/lib/parameters.js').PartialConfig} PartialConfig */

beforeEach(forget);

/**
 * @param {number} threads
 * @param {PartialConfig} [config]
 */
const pooled = (threads, config) => Model.create({ ...SMALL, ...config }, { threads });

const RUNS = [
  { name: 'the default shape', config: {} },
  { name: 'a batch of one point', config: { batch: 1 } },
  { name: 'a batch of three points, fewer than shards', config: { batch: 3 } },
  { name: 'a batch that no number of threads divides', config: { batch: 131 } },
  { name: 'a time branch too steep to interpolate', config: { time_scale: 300, batch: 300 } },
  { name: 'optimal transport', config: { coupling: 'ot', data: 'spirals', batch: 97 } },
  { name: 'classes', config: { data: '8gaussians', classes: 8, batch: 97 } },
  { name: 've, an odd width', config: { path: 've', hidden: 37, layers: 3 } },
];

for (const { name, config } of RUNS) {
  test(`1, 2, 3 and 4 threads give the bits of the build without threads: ${name}`, async () => {
    const alone = small(config);
    alone.train(25);
    const batch = alone.batch();
    const loss = alone.loss(batch);
    alone.trainBatch(batch);
    for (const threads of [1, 2, 3, 4]) {
      const model = await pooled(threads, config);
      assert.equal(model.threads, threads);
      // Cut anew for each, since no bit may depend on that either.
      model.train(threads);
      model.train(25 - threads);
      assert.deepEqual(model.batch(), batch);
      assert.deepEqual(model.loss(batch), loss);
      model.trainBatch(batch);
      assert.equal(state(model), state(alone), `${threads} threads`);
      assert.deepEqual(model.sample({ n: 50 }), alone.sample({ n: 50 }));
      model.dispose();
    }
    await allEnded();
    assert.equal(started.size, 1 + 2 + 3);
  });
}

test('growth in the middle of a run reaches the helpers and does not change its bits', async () => {
  const [model, still] = [await pooled(2), small()];
  model.train(5);
  const before = model.instance.memory.size;
  model.noise({ n: 2 ** 20 });
  assert.ok(model.instance.memory.size > before);
  model.train(5);
  still.train(10);
  assert.equal(state(model), state(still));
  model.dispose();
});

test('a worker trains with helpers of its own, and a loaded run has those it asks for', async () => {
  const client = await spawn();
  await client.create(SMALL, { threads: 2 });
  await client.train({ steps: 30 });
  const file = await client.save();
  assert.equal((await client.load(file, { threads: 3 })).threads, 3);
  await client.train({ steps: 30 });
  const model = small();
  model.train(30);
  assert.deepEqual(save(model), file, 'the file says nothing of threads');
  const loaded = await load(file, { threads: 2 });
  assert.equal(loaded.threads, 2);
  for (const each of [model, loaded]) each.train(30);
  assert.equal(loaded.digest(), model.digest());
  assert.equal(await client.digest(), model.digest());
  await client.dispose();
  loaded.dispose();
  await allEnded();
});

test('models made and disposed of 20 times leave no thread behind', async () => {
  for (let i = 0; i < 20; i++) {
    const model = await pooled(2);
    if (i % 2) model.train(2);
    model.dispose();
    model.dispose();
  }
  await allEnded();
  assert.equal(started.size, 20);
});

test('a client that is disposed of while its helpers start leaves no thread behind', async () => {
  await connected(async (client) => {
    const created = client.create(SMALL, { threads: 4 });
    while (started.size < 3) await new Promise((resolve) => setImmediate(resolve));
    await client.dispose();
    await rejects(created, 'disposed');
  });
  await allEnded();
});

test('a helper that ends before it is at work is an error, and nothing is left running', async (t) => {
  let sent = 0;
  t.mock.method(
    Worker.prototype,
    'postMessage',
    /** @this {Worker} */ function () {
      sent++;
      if (sent === 3) this.terminate();
    },
  );
  const message = /^threads: helper \d of 3 ended \(exit\) before all were at work; threads: 1 /;
  await rejects(pooled(4), 'worker', message);
  await allEnded();
  assert.equal(started.size, 3);
});

test('a helper that never gets to work is an error after ten seconds', async (t) => {
  t.mock.method(Worker.prototype, 'postMessage', () => {});
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const refused = rejects(
    pooled(3),
    'worker',
    /^threads: helper 1 of 2 was not at work after 10 s/,
  );
  while (started.size < 2) await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(10_000);
  await refused;
  t.mock.timers.reset();
  await allEnded();
});

test('a number of threads that is not from 1 to 16 is refused, and starts nothing', async () => {
  const file = save(small());
  const wrong = [0, 17, -1, 1.5, Number.NaN, '2', null, true];
  await connected(async (client) => {
    for (const threads of /** @type {any[]} */ (wrong)) {
      const message = /^threads: got .*; allowed is an integer from 1 to 16$/;
      await rejects(pooled(threads), 'argument', message);
      await rejects(load(file, { threads }), 'argument', message);
      await rejects(client.create(SMALL, { threads }), 'argument', message);
      await rejects(client.load(file, { threads }), 'argument', message);
    }
    await rejects(client.create({ ...SMALL, hidden: 0 }, { threads: 2 }), 'argument', /^hidden: /);
  });
  await rejects(pooled(2, { hidden: 0 }), 'argument', /^hidden: /);
  assert.equal(started.size, 0);
});

test('16 threads work, although four do all there is to do', async () => {
  const model = await pooled(16);
  const alone = small();
  for (const each of [model, alone]) each.train(3);
  assert.equal(model.threads, 16);
  assert.equal(state(model), state(alone));
  model.dispose();
  await allEnded();
});

test('where memory cannot be shared or a thread may not wait, threads are refused in one sentence', async (t) => {
  const host = /** @type {any} */ (globalThis);
  /** @param {RegExp} message @param {string} missing */
  const refuses = async (message, missing) => {
    await assert.rejects(pooled(2), {
      code: 'unsupported',
      message,
      details: { missing: [missing] },
    });
    const model = await pooled(1);
    assert.equal(model.train(1).length, 1);
  };
  host.crossOriginIsolated = false;
  t.after(() => delete host.crossOriginIsolated);
  const headers =
    /^threads: got 2, but memory .* \(headers Cross-Origin-.*\); threads: 1 works everywhere\.$/;
  await refuses(headers, 'SharedArrayBuffer');
  delete host.crossOriginIsolated;
  t.mock.method(Atomics, 'wait', () => {
    throw new TypeError('Atomics.wait cannot be called in this context');
  });
  await refuses(
    /^threads: got 2, but a page's own thread .*; threads: 1 works everywhere\.$/,
    'Atomics.wait',
  );
  assert.equal(started.size, 0);
});

test('a shared memory ends at 1 GiB with error memory, and the model is intact', async () => {
  const config = { data: 'points', dim: 64 };
  const [model, alone] = [await pooled(2, config), small(config)];
  const points = Float32Array.from({ length: 6400 }, (_, i) => Math.cos(i));
  for (const each of [model, alone]) {
    each.setPoints(points);
    each.train(3);
  }
  const message = /^memory: got a request for 2147483648 bytes more; .* threads may share, 1 GiB/;
  assert.throws(() => model.noise({ n: 2 ** 23 }), { code: 'memory', message });
  for (const each of [model, alone]) each.train(3);
  assert.equal(state(model), state(alone));
  model.dispose();
});

test('the build for threads imports its memory and nothing else, the other one nothing', () => {
  /** @param {string} name */
  const importsOf = (name) => {
    const file = new URL(`../../wasm_build/${name}`, import.meta.url);
    return WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file)));
  };
  assert.deepEqual(importsOf('core.wasm'), []);
  assert.deepEqual(importsOf('core_threads.wasm'), [
    { module: 'env', name: 'memory', kind: 'memory' },
  ]);
});

test('an engine for threads that a page forbids to compile is refused with what to allow', async (t) => {
  const fresh = '../../web/lib/loader.js?fresh';
  const { compileShared } = await import(fresh);
  t.mock.method(WebAssembly, 'compile', async () => {
    throw new WebAssembly.CompileError('blocked by policy');
  });
  await rejects(compileShared(2), 'unsupported', /blocked by policy.*'wasm-unsafe-eval'/);
  t.mock.reset();
  assert.ok((await compileShared(2)) instanceof WebAssembly.Module, 'a refusal is not remembered');
});

test('a model whose memory the platform refuses is told what to do, with threads and without', async (t) => {
  (await pooled(2)).dispose();
  const why = '\\(WebAssembly.*memory.*\\); dispose of a model that is no longer needed';
  const alone = new RegExp(`^memory: this platform refused the memory of another model ${why}$`);
  const sharing = new RegExp(
    `^memory: this platform refused the memory that threads share ${why}, or try threads: 1$`,
  );
  crowd(t);
  await rejects(pooled(2), 'memory', sharing);
  await rejects(pooled(1), 'memory', alone);
  t.mock.reset();
  assert.equal(small().train(1).length, 1);
  const model = await pooled(2);
  model.train(1);
  model.dispose();
  await allEnded();
});

/** @param {string} body */
function inProcess(body) {
  const index = fileURLToPath(new URL('../../web/lib/index.js', import.meta.url));
  const script = `import { Model } from ${JSON.stringify(index)};\n${body}`;
  const args = ['--input-type=module', '-e', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
}

test('the bytes of the build for threads are loaded only when threads are asked for', () => {
  const out = inProcess(`
    import { register } from 'node:module';
    const hook = "export const resolve = (name, context, next) => {" +
      "if (name.includes('core_threads')) throw new Error('it was asked for'); return next(name, context); };";
    register('data:text/javascript,' + encodeURIComponent(hook));
    const config = ${JSON.stringify(SMALL)};
    for (const threads of [undefined, 1]) (await Model.create(config, { threads })).train(1);
    await Model.create(config, { threads: 2 }).catch(({ message }) => console.log(message));`);
  const message =
    /^threads: the file core_threads.js, .* could not be loaded \(it was asked for\); .*; threads: 1 works without it\.$/m;
  assert.match(out, message);
  assert.doesNotMatch(out, /Content-Security-Policy/);
});

test('helpers that have nothing to do sleep: they wake up for no clock', async () => {
  const model = await pooled(16);
  model.train(3);
  const pause = (/** @type {number} */ milliseconds) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  await pause(200);
  const before = process.resourceUsage().voluntaryContextSwitches;
  await pause(400);
  const wakes = process.resourceUsage().voluntaryContextSwitches - before;
  assert.ok(wakes < 60, `${wakes} wakes of 15 helpers and a thread that waits`);
  model.train(3);
  assert.equal(model.step, 6);
  model.dispose();
  await allEnded();
});

test('a model that nobody disposed of does not hold the process', () => {
  const out = inProcess(`
    const model = await Model.create(${JSON.stringify(SMALL)}, { threads: 3 });
    console.log(model.train(2).length);`);
  assert.equal(out, '2\n');
});
