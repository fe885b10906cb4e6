/** Training and reflow as streams over a MessageChannel: credit, frames, stopping, aborting. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLICE_MS } from '../../web/lib/protocol.js';
import { connected, rejects } from './channel.js';
import { SMALL, small } from './small.js';

test('training without a number of steps goes to the end of the run', () =>
  connected(async (client) => {
    await client.create(SMALL);
    assert.equal((await client.train({ steps: 0 })).step, 0);
    assert.equal((await client.train()).step, SMALL.steps);
    assert.equal((await client.train()).step, SMALL.steps);
  }));

test('sampling and measuring between the slices of training does not move its bits', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 400 });
    const train = client.train({ sample: { n: 30, every_ms: 1 } });
    for (let i = 0; i < 5; i++) await client.quality({ n: 100, steps: 3 });
    await train;
    const model = small({ steps: 400 });
    model.train(400);
    assert.equal(await client.digest(), model.digest());
  }));

test('at most one frame is in flight, and no loss is lost to a slow reader', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 2000 });
    let [inside, frames, losses, last] = [0, 0, 0, 0];
    const onFrame = async (/** @type {import('../../web/lib/protocol.js').Frame} */ frame) => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      inside--;
      frames++;
      losses += frame.losses.length;
      assert.equal(frame.step, losses);
      assert.ok(frame.steps_per_second > 0 && frame.stats.step === frame.step);
      last = frame.losses[frame.losses.length - 1];
    };
    const { step, loss } = await client.train({ steps: 2000, onFrame });
    assert.deepEqual([step, losses, last], [2000, 2000, loss]);
    assert.ok(frames > 2 && frames < 200, `${frames} frames`);
  }));

test('the arrays of a frame go back to the sender once the listener is done', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 300 });
    /** @type {Float64Array[]} */
    const kept = [];
    await client.train({ onFrame: ({ losses }) => void kept.push(losses) });
    assert.ok(kept.length > 1);
    assert.ok(kept.slice(0, -1).every((losses) => losses.length === 0));
  }));

test('frames carry samples when they are due, and the last one those of the last step', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 600 });
    /** @type {Float32Array[]} */
    const pictures = [];
    const sample = { n: 25, every_ms: 1, solver: 'heun', steps: 4, seed: 7 };
    await client.train({
      sample,
      onFrame: (frame) => void (frame.samples && pictures.push(frame.samples.slice())),
    });
    assert.ok(pictures.length > 1);
    const { every_ms: _, ...options } = sample;
    assert.deepEqual(pictures.at(-1), await client.sample(options));
    const { step } = await client.stats();
    for (const [plan, message] of /** @type {[any, RegExp][]} */ ([
      [{ n: 0 }, /sample.n: got 0/],
      [{ n: 5, every_ms: -1 }, /sample.every_ms: got -1/],
      [{ n: 5, seed: 'a' }, /sample.seed: got "a"/],
      [{ n: 5, solver: 'rk5' }, /solver: got "rk5"/],
      [{ n: 5, steps: 0 }, /steps: got 0/],
      [7, /sample: got 7; allowed is an object/],
    ])) {
      await rejects(client.train({ steps: 1, sample: plan }), 'argument', message);
    }
    assert.equal((await client.stats()).step, step, 'a plan is refused before the first step');
  }));

test('stop ends training at the border of a step, and the next training is not stopped', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 100_000 });
    const train = client.train();
    await client.stats();
    assert.deepEqual(await client.stop(), { stopped: true });
    const { step, stopped } = await train;
    assert.equal(stopped, true);
    assert.ok(step > 0 && step < 100_000);
    const model = small({ steps: 100_000 });
    model.train(step);
    assert.equal(await client.digest(), model.digest());
    assert.deepEqual(await client.stop(), { stopped: false });
    assert.deepEqual((await client.train({ steps: 5 })).step, step + 5);
  }));

test('a stop that overtakes its stream still stops it', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 100_000 });
    const train = client.train();
    await client.stop();
    assert.equal((await train).stopped, true);
  }));

test('stop is heard within a few slices, also while a large model trains', () =>
  connected(async (client) => {
    await client.create({ hidden: 128, layers: 3, batch: 512, steps: 100_000 });
    const train = client.train();
    await client.stats();
    const asked = performance.now();
    await client.stop();
    await train;
    const took = performance.now() - asked;
    assert.ok(took < 60 * SLICE_MS, `${took} ms`);
  }));

test('aborting a running stream leaves the model after a whole step', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 100_000 });
    const controller = new AbortController();
    const onFrame = () => controller.abort();
    await rejects(client.train({ signal: controller.signal, onFrame }), 'aborted');
    const { step } = await client.stats();
    const model = small({ steps: 100_000 });
    model.train(step);
    assert.equal(await client.digest(), model.digest());
    assert.equal((await client.train({ steps: 2 })).step, step + 2);
  }));

test('a frame listener that fails ends its request with its own error', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 100_000 });
    const onFrame = () => {
      throw new TypeError('drawing failed');
    };
    await assert.rejects(client.train({ onFrame }), {
      name: 'TypeError',
      message: 'drawing failed',
    });
    assert.equal((await client.train({ steps: 0 })).stopped, false);
  }));

test('what would pull the model from under a stream is refused while it runs', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 100_000 });
    const file = await client.save();
    const train = client.train();
    for (const call of [
      () => client.create(SMALL),
      () => client.load(file),
      () => client.reset(),
      () => client.stepOnce(),
      () => client.train({ steps: 1 }),
      () => client.reflow(),
    ]) {
      await rejects(call(), 'state', /got called while train runs; stop it first/);
    }
    await client.stop();
    assert.equal((await train).stopped, true);
  }));

test('reflow over the wire gives the report of reflow in place, with frames and progress', () =>
  connected(async (client) => {
    await client.create({ ...SMALL, steps: 40 });
    await client.train();
    let losses = 0;
    /** @type {Set<string>} */
    const phases = new Set();
    const options = { pairs: 500, n: 400, solver_steps: 10 };
    const report = await client.reflow({
      ...options,
      onFrame: (frame) => {
        losses += frame.losses.length;
      },
      onProgress: ({ phase }) => void phases.add(phase),
    });
    assert.equal(losses, 40);
    assert.ok(phases.size >= 1);
    assert.deepEqual(
      report.rounds.map(({ round }) => round),
      [0, 1],
    );
    const [before, after] = report.rounds;
    assert.ok(Number(after.straightness) < Number(before.straightness));
    const { step, round } = await client.info();
    assert.deepEqual([step, round], [40, 1]);
  }));

test('a stopped reflow reports the rounds it completed', () =>
  connected(async (client) => {
    await client.create(SMALL);
    const reflow = client.reflow({ pairs: 200, n: 100, rounds: 50, steps: 1000 });
    await client.stats();
    await client.stop();
    const { rounds, stopped } = await reflow;
    assert.equal(stopped, true);
    assert.ok(rounds.length >= 1 && rounds.length < 50);
  }));
