/** @file Averages of the weights beside the first: chosen, saved, loaded and restored by name, and refused when they are off. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { read, write } from '../../web/lib/safetensors.js';
import { readSlots, savedSlots } from '../../web/lib/slots.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { module, small } from './small.js';

const SEVERAL = { ema_decay: 0.9, ema2_decay: 0.6, ema3_decay: 0.3, ema_warmup: false };

describe('a run with three averages', () => {
  const model = small(SEVERAL);
  model.train(20);

  test('samples and answers by each of them', () => {
    const names = /** @type {const} */ (['raw', 'ema', 'ema2', 'ema3']);
    const x = model.noise({ n: 8 });
    for (const ask of [
      (/** @type {any} */ weights) => model.velocity({ t: 0.5, x, weights }),
      (/** @type {any} */ weights) => model.sample({ n: 8, steps: 3, weights }),
    ]) {
      assert.equal(new Set(names.map((name) => ask(name).join())).size, names.length);
    }
  });

  test('is saved with them and goes on to the same bits', () => {
    const bytes = save(model);
    const { tensors } = read(bytes);
    for (const { name, ema2 } of model.tensors()) {
      assert.deepEqual(tensors.get(`ema2.${name}`)?.data, ema2);
      assert.ok(tensors.has(`ema3.${name}`));
    }
    const loaded = loadSync(bytes, { module });
    const whole = loadSync(bytes, { module });
    loaded.train(5);
    const middle = loadSync(save(loaded), { module });
    middle.train(5);
    whole.train(10);
    const names = savedSlots(whole);
    assert.deepEqual(names, ['raw', 'ema', 'moment', 'variance', 'ema2', 'ema3']);
    assert.deepEqual(readSlots(middle, ...names), readSlots(whole, ...names));
  });

  test('is refused from a file that lacks one, and when one to restore is missing or not finite', () => {
    const { tensors, metadata } = read(save(model));
    tensors.delete('ema3.net.0.bias');
    assert.throws(
      () => loadSync(write({ tensors, metadata }), { module }),
      /tensor ema3.net.0.bias: got none/,
    );
    const slots = savedSlots(model).map((name) => [name, readSlots(model, name)]);
    const { ema2, ...rest } = Object.fromEntries(slots);
    const before = save(model);
    const counts = { step: 1, round: 0 };
    assert.throws(
      () => model.restore({ ...rest, ...counts }),
      /ema2: got undefined; allowed is a F/,
    );
    const broken = ema2.slice().fill(Number.NaN, 2, 3);
    assert.throws(() => model.restore({ ...rest, ...counts, ema2: broken }), /ema2\[2\]: got NaN/);
    assert.deepEqual(save(model), before);
  });
});

test('without them a run is saved as before, and asking for one says which row is 0', () => {
  const model = small();
  assert.ok([...read(save(model)).tensors.keys()].every((name) => !/^ema[23]/.test(name)));
  const x = model.noise({ n: 2 });
  assert.throws(
    () => model.velocity({ t: 0.5, x, weights: 'ema2' }),
    /weights: got "ema2"; allowed is raw or ema: ema2_decay of this run is 0/,
  );
  const other = /** @type {any} */ ('moment');
  assert.throws(() => model.sample({ n: 2, weights: other }), /weights: got "moment"; allowed is/);
});

test('bare weights begin every average', () => {
  const { tensors } = read(save(small()));
  const bare = new Map([...tensors].filter(([name]) => /^(net|t_embed)\./.test(name)));
  const config = { ...small(SEVERAL).config };
  const model = loadSync(write({ tensors: bare, metadata: {} }), { module, config });
  assert.deepEqual(readSlots(model, 'ema2'), readSlots(model, 'raw'));
  assert.deepEqual(readSlots(model, 'ema3'), readSlots(model, 'raw'));
});

test('the decay that a step used follows ema_late_decay from its share of the run on', () => {
  const late = { ema_late_decay: 0.5, ema_late_from: 0.5, steps: 10, ema_decay: 0.2 };
  const model = small({ ...late, ema_warmup: false });
  const seen = Array.from({ length: 10 }, () => {
    model.train(1);
    return model.stats.ema_decay;
  });
  assert.deepEqual(seen, [...Array(5).fill(0.2), ...Array(5).fill(0.5)]);
});
