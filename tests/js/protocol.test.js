/** Requests and replies over a MessageChannel: what is said, in which order, and what a fault does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../web/lib/client.js';
import { Model } from '../../web/lib/model.js';
import { serve } from '../../web/lib/server.js';
import { load } from '../../web/lib/weights.js';
import { connected, rejects } from './channel.js';
import { module, poison, SMALL, small, until } from './small.js';

test('a client gives the bits of a model in place, for every call', () =>
  connected(async (client) => {
    const model = small();
    const info = await client.create(SMALL);
    assert.deepEqual(info, {
      config: model.config,
      parameters: model.parameterCount,
      threads: 1,
      dataDiffers: false,
      step: 0,
      round: 0,
    });
    const { losses } = await client.stepOnce();
    assert.deepEqual(losses, model.train(1));
    const seen = /** @type {number[]} */ ([]);
    const summary = await client.train({
      steps: 49,
      onFrame: (frame) => void seen.push(...frame.losses),
    });
    assert.deepEqual(Float64Array.from(seen), model.train(49));
    assert.deepEqual([summary.step, summary.loss, summary.stopped], [50, seen.at(-1), false]);
    assert.ok(summary.seconds > 0);
    assert.equal(await client.digest(), model.digest());
    const x = model.noise({ n: 40, seed: 2 });
    assert.deepEqual(await client.noise({ n: 40, seed: 2 }), x);
    assert.deepEqual(await client.data({ n: 40 }), model.data({ n: 40 }));
    assert.deepEqual(await client.sample({ n: 200 }), model.sample({ n: 200 }));
    assert.deepEqual(await client.trajectory({ n: 20 }), model.trajectory({ n: 20 }));
    const ends = { a: model.data({ n: 5 }), b: model.data({ n: 5, seed: 2 }), count: 4 };
    assert.deepEqual(await client.interpolate(ends), model.interpolate(ends));
    assert.deepEqual(await client.velocity({ t: 0.5, x }), model.velocity({ t: 0.5, x }));
    assert.deepEqual(await client.batch(3), model.batch(3));
    assert.deepEqual(
      await client.assign(x, model.data({ n: 40 })),
      model.assign(x, model.data({ n: 40 })),
    );
    assert.deepEqual(
      await client.sw2(x, model.data({ n: 40 })),
      model.sw2(x, model.data({ n: 40 })),
    );
    assert.deepEqual(await client.quality({ n: 300 }), model.quality({ n: 300 }));
    assert.deepEqual(await client.straightness({ n: 30 }), model.straightness({ n: 30 }));
    assert.deepEqual(await client.loglik({ x }), model.loglik({ x }));
    assert.deepEqual(await client.nll({ n: 300 }), model.nll({ n: 300 }));
    assert.deepEqual(await client.density({ size: 9 }), model.density({ size: 9 }));
    const t = 0.5;
    assert.deepEqual(await client.oracle.velocity({ t, x }), model.oracle.velocity({ t, x }));
    assert.deepEqual(await client.irreducibleLoss({ n: 200 }), model.irreducibleLoss({ n: 200 }));
    assert.deepEqual(await client.fieldError({ n: 200 }), model.fieldError({ n: 200 }));
    assert.deepEqual(await client.floor(), model.floor());
    const last = Float64Array.from(seen).subarray(-9);
    assert.deepEqual(await client.excess(last), model.excess(last));
    assert.deepEqual(await client.fieldMap({ t, cells: 3 }), model.fieldMap({ t, cells: 3 }));
    assert.deepEqual(await client.stats(), model.stats);
    assert.equal((await client.set({ lr: 0.5 })).config.lr, 0.5);
    const file = await client.save();
    assert.equal((await load(file, { module })).digest(), model.digest());
    assert.equal((await client.reset()).step, 0);
    assert.equal(await client.digest(), small().digest());
    assert.equal((await client.load(file)).step, 50);
    assert.equal(file.length > 0, true, 'load leaves the caller its bytes');
    assert.equal((await client.info()).config.lr, 0.5);
  }));

test('replies come out of order: training gives way to what is asked after it', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 4000 });
    /** @type {string[]} */
    const order = [];
    const note = (/** @type {string} */ name) => () => void order.push(name);
    const train = client.train({ steps: 4000 }).then(note('train'));
    await Promise.all([
      client.sample({ n: 20 }).then(note('sample')),
      client.set({ lr: 1e-3 }).then(note('set')),
      train,
    ]);
    assert.deepEqual(order, ['sample', 'set', 'train']);
  }));

test('an aborted request rejects at once with its reason, and the server goes on', () =>
  connected(async (client) => {
    await client.create(SMALL);
    const digest = await client.digest();
    const controller = new AbortController();
    const { signal } = controller;
    const all = [
      client.quality({ n: 20_000, signal }),
      client.sample({ n: 100_000, steps: 1000, signal }),
      client.straightness({ n: 100_000, steps: 1000, signal }),
      client.reflow({ pairs: 100_000, solver_steps: 1000, signal }),
      client.loglik({ x: new Float32Array(200_000), steps: 1000, signal }),
      client.nll({ n: 100_000, steps: 1000, signal }),
      client.density({ size: 1000, steps: 1000, signal }),
    ];
    controller.abort(new Error('no longer wanted'));
    for (const promise of all) {
      await assert.rejects(promise, (/** @type {any} */ error) => {
        assert.equal(error.code, 'aborted');
        assert.equal(error.cause.message, 'no longer wanted');
        return true;
      });
    }
    await rejects(client.train({ signal }), 'aborted', /^train: aborted/);
    assert.equal(await client.digest(), digest);
  }));

test('errors keep name, code, message, operation and details on their way', () =>
  connected(async (client) => {
    await rejects(client.train(), 'state', /^model: got none yet; call create or load first$/);
    await rejects(
      client.create({ hidden: 0 }),
      'argument',
      /^hidden: got 0; allowed is an integer from 1 to 512$/,
    );
    await client.create({ ...SMALL, data: 'points' }, { points: new Float32Array(8).fill(1e30) });
    await assert.rejects(client.train({ steps: 5 }), (/** @type {any} */ error) => {
      const { name, code, operation, details } = error;
      assert.deepEqual([name, code, operation], ['MoonflowError', 'diverged', 'train']);
      assert.deepEqual([details.step, details.losses.length], [0, 0]);
      return true;
    });
    await rejects(client.load(new Uint8Array(3)), 'format', /file: got 3 bytes/);
    assert.equal((await client.info()).config.data, 'points', 'a refused load keeps the model');
    await rejects(
      client.create({ ...SMALL, data: 'points' }, { points: new Float32Array(3) }),
      'argument',
      /points/,
    );
    await rejects(
      client.set(/** @type {any} */ ({ lr: () => 1 })),
      'argument',
      /set options: got .*could not be cloned/,
    );
  }));

test('a call without its arguments rejects, naming what is missing, and never throws at once', () =>
  connected(async (client) => {
    await client.create(SMALL);
    const lacking = /** @type {any} */ (client);
    await rejects(lacking.sample(), 'argument', /^n: got undefined/);
    await rejects(lacking.sample(null), 'argument', /^sample: got null; allowed is an object/);
    await rejects(lacking.data(), 'argument', /^n: got undefined/);
    await rejects(lacking.noise(), 'argument', /^n: got undefined/);
    await rejects(lacking.velocity(), 'argument', /^x: got undefined/);
    await rejects(lacking.set(), 'argument', /^set: got null; allowed is an object/);
    await rejects(lacking.load(), 'format');
    await rejects(lacking.train(5), 'argument', /^train: got 5; allowed is an object/);
    assert.equal((await client.info()).step, 0);
  }));

test('messages that no server understands are refused with an error, and the server goes on', () =>
  connected(async (client, port) => {
    await client.create(SMALL);
    /** @type {any[]} */
    const heard = [];
    port.addEventListener('message', ({ data }) => heard.push(data));
    const wrong = [
      ...['text', 7, null, undefined, [], {}, { kind: 'hello', id: 1 }, { kind: 'request' }],
      ...[
        { kind: 'request', id: 0, operation: 'info', options: {} },
        { kind: 'request', id: 1.5 },
      ],
      ...[
        { kind: 'request', id: 901 },
        { kind: 'request', id: 902, operation: 'info' },
      ],
      ...[
        { kind: 'credit', id: 903 },
        { kind: 'credit', id: 904, buffers: [1] },
        { kind: 'toString', id: 905 },
      ],
      ...['constructor', '__proto__', 'toString', 'dance'].map((operation, i) => ({
        ...{ kind: 'request', id: 910 + i, operation, options: {} },
      })),
    ];
    for (const message of wrong) port.postMessage(message);
    await until(() => heard.length === wrong.length);
    assert.ok(heard.every(({ kind, error }) => kind === 'error' && error.code === 'argument'));
    const ids = heard.map(({ id }) => id).sort();
    assert.deepEqual(
      ids.filter((id) => id > 900),
      [901, 902, 903, 904, 905, 910, 911, 912, 913],
    );
    assert.match(
      heard.at(-1).error.message,
      /operation: got "\w+"; allowed is one of hello, info, create/,
    );
    port.postMessage({ kind: 'cancel', id: 999 });
    port.postMessage({ kind: 'credit', id: 999, buffers: [] });
    assert.equal((await client.info()).step, 0);
  }));

test('progress rises and comes only when somebody listens', () =>
  connected(async (client, port) => {
    await client.create(SMALL);
    /** @type {number[]} */
    const seen = [];
    let messages = 0;
    port.addEventListener('message', ({ data }) => {
      if (data.kind === 'progress') messages++;
    });
    await client.quality({ n: 5000, steps: 50 });
    assert.equal(messages, 0);
    await client.quality({
      n: 5000,
      steps: 50,
      onProgress: (fraction) => void seen.push(fraction),
    });
    assert.ok(seen.length >= 1 && messages === seen.length);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.ok(seen.every((fraction) => fraction > 0 && fraction <= 1));
  }));

test('a trap fails that model’s requests with code trap until another is created', async (t) => {
  const { train } = Model.prototype;
  t.mock.method(
    Model.prototype,
    'train',
    /** @this {Model} @param {number} steps */ function (steps) {
      if (this.step > 0) poison(this);
      return train.call(this, steps);
    },
  );
  await connected(async (client) => {
    await client.create(SMALL);
    await client.stepOnce();
    const later = [
      client.train({ steps: 3 }),
      client.sample({ n: 5 }),
      client.digest(),
      client.save(),
    ];
    const outcomes = await Promise.allSettled(later);
    // What was asked after training goes before it, while the model is still sound.
    assert.equal(outcomes[0].status === 'rejected' && outcomes[0].reason.code, 'trap');
    await rejects(client.digest(), 'trap', /this model is lost, create another/);
    assert.equal((await client.create(SMALL)).step, 0);
    assert.equal(await client.digest(), small().digest());
  });
});

test('disposing of a client rejects what is pending and what comes after, twice is fine', async () => {
  const { port1, port2 } = new MessageChannel();
  serve(port1);
  const client = connect(port2);
  const pending = [client.create(SMALL), client.train(), client.digest()];
  const settled = Promise.allSettled(pending);
  await client.dispose();
  await client.dispose();
  for (const outcome of await settled) {
    assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'disposed');
  }
  await rejects(client.info(), 'disposed');
});

test('an endpoint that closes rejects everything pending with code worker, once', async () => {
  const { port1, port2 } = new MessageChannel();
  /** @type {any[]} */
  const exits = [];
  const client = connect(port2, { onExit: (error) => exits.push(error) });
  const pending = Promise.allSettled([client.create(SMALL), client.digest()]);
  port1.close();
  for (const outcome of await pending) {
    assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'worker');
  }
  await rejects(client.info(), 'worker', /got its end/);
  assert.deepEqual(
    exits.map(({ code }) => code),
    ['worker'],
  );
});
