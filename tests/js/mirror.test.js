/** A client offers what a model does: nothing is missing, and what is set through it is set. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../../web/lib/client.js';
import { Model } from '../../web/lib/model.js';
import { Remote } from '../../web/lib/remote.js';
import { State } from '../../web/lib/state.js';
import { load, save } from '../../web/lib/weights.js';
import { connected, rejects } from './channel.js';
import { module, SMALL, small } from './small.js';

/** What a client says by another name, and what only the same thread can have. */
const SAID_BY = {
  info: ['config', 'dataDiffers', 'dim', 'parameterCount', 'round', 'step', 'threads'],
  nobody: ['constructor', 'dataDigest', 'firstCoupling', 'handle', 'instance', 'revision', 'twin'],
};

/** @param {Function} kind */
const namesOf = ({ prototype }) => Object.getOwnPropertyNames(prototype);

test('every call of a model is one of a client', () => {
  const offered = [...namesOf(Client), ...namesOf(Remote)];
  const elsewhere = Object.values(SAID_BY).flat();
  const calls = [...namesOf(Model), ...namesOf(State)].filter((name) => !name.endsWith('Slices'));
  const missing = calls.filter((name) => !offered.includes(name) && !elsewhere.includes(name));
  assert.deepEqual(missing, []);
  assert.ok(calls.length > 50, `${calls.length} calls`);
  const stale = elsewhere.filter((name) => !calls.includes(name));
  assert.deepEqual(stale, [], 'names that no model has');
});

const latent = {
  mean: Float32Array.from({ length: 6 }, (_, i) => i),
  components: Float32Array.from({ length: 18 }, (_, i) => Number(Math.floor(i / 6) === i % 6)),
};
const images = { width: 2, height: 3, name: 'dice' };
const points = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i));
const source = Float32Array.from({ length: 12 }, (_, i) => 0.5 * i - 3);
const labels = Int32Array.from({ length: 10 }, (_, i) => i % 2);
const samples = { alpha: Float32Array.of(0, 0.4, 1), sigma: Float32Array.of(1, 0.7, 0) };
const config = { data: 'points', dim: 3, classes: 2, source: 'points', path: 'custom' };

/** A model to hold the client against. */
function own() {
  const model = small(config);
  model.setPoints(points, 10, labels);
  model.setSource(source);
  model.setPath(samples);
  model.setLatent(latent);
  model.setImages(images);
  return model;
}

test('data, source, path, latent space and images are set through a client, one by one or at once', () =>
  connected(async (client) => {
    const model = own();
    await client.create({ ...SMALL, ...config });
    assert.deepEqual([await client.images(), await client.latent()], [undefined, undefined]);
    await client.setPoints(points, 10, labels);
    await client.setSource(source, 4);
    await client.setPath(samples);
    await client.setLatent(latent);
    const info = await client.setImages(images);
    assert.deepEqual(info.config, model.config);
    const x = model.noise({ n: 4 });
    const check = async () => {
      assert.deepEqual(await client.images(), model.images);
      assert.deepEqual(await client.images(), model.images, 'asked twice, it is still there');
      assert.deepEqual(await client.latent(), latent);
      assert.deepEqual(await client.source(), source);
      assert.deepEqual(await client.path(), samples);
      assert.deepEqual(await client.pixels(x), model.pixels(x));
      assert.deepEqual(await client.decode(x), model.decode(x));
      assert.deepEqual(await client.encode(model.decode(x)), model.encode(model.decode(x)));
      assert.deepEqual(await client.save(), save(model));
    };
    await check();
    await client.train({ steps: 3 });
    model.train(3);
    await check();
    const extras = { points, labels, source, path: samples, latent, images };
    await client.create({ ...SMALL, ...config }, extras);
    await client.train({ steps: 3 });
    await check();
  }));

test('steps by hand, tensors and their restoring are those of a model', () =>
  connected(async (client) => {
    const model = small();
    await client.create(SMALL);
    const batch = model.batch(2);
    assert.deepEqual(await client.trainBatch(batch), model.trainBatch(batch));
    assert.deepEqual(await client.loss(batch), model.loss(batch));
    assert.deepEqual(await client.tensors(), model.tensors());
    assert.deepEqual(await client.warnings(), model.warnings);
    assert.equal(await client.nfe('rk4', 6), model.nfe('rk4', 6));
    assert.equal(await client.digestOf(batch.x1), model.digestOf(batch.x1));
    assert.equal(await client.oracle.exists(), true);
    assert.deepEqual(await client.pairing(), model.pairing());
    const [x0, x1] = [model.noise({ n: 20 }), model.data({ n: 20 })];
    await client.setPairs(x0, x1, 20);
    assert.equal((await client.reflowBegin()).round, 1);
    await client.train({ steps: 2 });
    model.setPairs(x0, x1);
    model.reflowBegin();
    model.train(2);
    assert.equal(await client.digest(), model.digest());
    const slots = Object.fromEntries(
      /** @type {const} */ (['raw', 'ema', 'moment', 'variance']).map((name) => [
        name,
        Float32Array.from(model.tensors().flatMap((tensor) => [...tensor[name]])),
      ]),
    );
    await client.create(SMALL);
    await client.restore({ .../** @type {any} */ (slots), step: 2, round: 1 });
    assert.equal(await client.digest(), model.digest());
  }));

test('what a model refuses a client refuses with the same words, and nothing is set while it trains', () =>
  connected(async (client) => {
    await rejects(client.setImages(images), 'state', /call create or load first/);
    await client.create(SMALL);
    await rejects(
      client.setImages({ width: 3, height: 3 }),
      'argument',
      /^images\.width \* images\.height: got 9; allowed is 2/,
    );
    await rejects(client.setSource(source), 'state', /whose source is 'points'/);
    await rejects(client.pixels(source), 'state', /call setImages first/);
    await rejects(
      client.setLatent({ ...latent, mean: source }),
      'argument',
      /^latent\.components\.length: got 18; allowed is exactly 24/,
    );
    const training = client.train({ steps: 4000 });
    await rejects(client.setPoints(source), 'state', /setPoints: got called while train runs/);
    await client.stop();
    await training;
  }));

test('a file beside which its own latent space or images are given is refused', async () => {
  const bytes = save(own());
  for (const extras of [{ latent }, { images }, { path: samples }, { source }]) {
    const [name] = Object.keys(extras);
    const message = new RegExp(`^${name}: got one beside a file that has its own; allowed is none`);
    await assert.rejects(load(bytes, { module, ...extras }), { code: 'argument', message });
  }
});
