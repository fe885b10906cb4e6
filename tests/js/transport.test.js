/** Couplings that choose pairs within a batch, in the library and the command. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { write } from '../../web/lib/csv.js';
import { load, save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('transport');
const QUICK = { hidden: 24, layers: 4, features: 32, batch: 128, steps: 600, warmup: 20 };

test('moons are learned under sinkhorn, in classes and with a large ot_batch', (context) => {
  /** @type {any[]} */
  const cases = [
    { coupling: 'sinkhorn', sinkhorn_reg: 0.2 },
    { coupling: 'ot-conditional', classes: 2 },
    { coupling: 'ot', ot_batch: 256 },
  ];
  for (const config of cases) {
    const model = small({ ...QUICK, ...config });
    model.train(QUICK.steps);
    const { sw2, sw2_floor, conditional } = model.quality({ n: 4000 });
    const { coupling } = config;
    context.diagnostic(`${coupling}: SW2 ${sw2.toFixed(3)}, floor ${sw2_floor.toFixed(3)}`);
    assert.ok(sw2 < 0.12, `${coupling}: SW2 ${sw2}`);
    for (const { label, sw2 } of conditional?.classes ?? []) {
      assert.ok(Number(sw2) < 0.2, `${coupling}, class ${label}: SW2 ${sw2}`);
    }
    model.dispose();
  }
});

test('a run under sinkhorn continues to the same bits', async () => {
  const config = { coupling: 'sinkhorn', sinkhorn_reg: 0.3, ot_batch: 80 };
  const whole = small(config);
  whole.train(8);
  const half = small(config);
  half.train(3);
  const again = await load(save(half), { module });
  again.train(5);
  assert.equal(again.digest(), whole.digest());
});

test('transports that cannot be are refused with what can, and one that skews classes warns', () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ coupling: 'ot-conditional' }, /^coupling: got "ot-conditional"; .*with classes, else 'ot'$/],
    [{ ot_batch: 63 }, /^ot_batch: got 63; allowed is 0, or from 64 \(batch\) to 2048$/],
    [
      { coupling: 'sinkhorn', batch: 3000 },
      /^batch: got 3000; allowed is at most 2048 when coupling is 'sinkhorn'$/,
    ],
    [{ sinkhorn_reg: 0 }, /^sinkhorn_reg: got 0; allowed is a number from 0.001/],
    [{ coupling: 'sinkhorn', predict: 'score' }, /^predict: .*only when coupling is 'independent'/],
  ];
  for (const [config, message] of cases) {
    assert.throws(() => small(config), { code: 'argument', message });
  }
  assert.match(small({ coupling: 'sinkhorn', classes: 2 }).warnings[0], /'ot-conditional' and/);
  assert.deepEqual(small({ coupling: 'ot-conditional', classes: 2 }).warnings, []);
  assert.equal(small({ coupling: 'sinkhorn' }).oracle.exists, false);
});

test('a sinkhorn_reg too small for the points is refused with one that works, the model as it was', () => {
  const model = small({ data: 'points', coupling: 'sinkhorn', sinkhorn_reg: 0.5 });
  model.setPoints(Float32Array.of(1e4, 0, 1e4, 1));
  const before = model.digest();
  const calls = [() => model.train(3), () => model.batch(0), () => model.pairing()];
  for (const call of calls) {
    assert.throws(call, {
      code: 'argument',
      message: /^sinkhorn_reg: got 0.5; allowed is from 1100 where .* 'ot' is the limit at 0$/,
    });
  }
  assert.equal(model.digest(), before);
  model.set({ sinkhorn_reg: 1100 });
  assert.equal(model.train(3).length, 3);
});

/** Points of which one in some dozens of batches is so far out that the plan needs more than 0.5. */
const STRAY = Float32Array.from({ length: 6002 }, (_, i) => (i < 6000 ? Math.sin(i * i) : 4000));

test('a sinkhorn_reg that a batch in the middle of a run needs more of: the run says so, is saved and goes on', async () => {
  const own = { data: 'points', coupling: 'sinkhorn', sinkhorn_reg: 0.5, steps: 200 };
  const model = small(own);
  model.setPoints(STRAY);
  /** @type {any} */
  let refused;
  try {
    model.train(200);
  } catch (error) {
    refused = error;
  }
  const { step } = model;
  assert.ok(step > 0 && step < 200, `refused at ${step}`);
  const says = new RegExp(`after step ${step} and goes on with either$`);
  assert.match(refused.message, says);
  assert.equal(refused.code, 'argument');
  assert.equal(refused.details.losses.length, step);
  const [points, out] = [at('stray.csv'), at('stray.safetensors')];
  writeFileSync(points, write(STRAY, STRAY.length / 2, 2));
  const { hidden, layers, features, batch } = model.config;
  const shape = { hidden, layers, features, batch, warmup: model.config.warmup };
  const words = ['train', '--data', points, '--coupling', 'sinkhorn', '--sinkhorn-reg', '0.5'];
  words.push(...Object.entries(shape).flatMap(([name, value]) => [`--${name}`, String(value)]));
  const stopped = await run(...words, '--steps', '200', '--out', out);
  assert.equal(stopped.code, 2);
  assert.match(
    stopped.stderr,
    /^moonflow: --sinkhorn-reg: got 0.5; allowed is from .*; saved to .*stray/,
  );
  const enough = /from (\d+(?:\.\d+)?) /.exec(stopped.stderr)?.[1] ?? '';
  const on = ['train', '--resume', out, '--data', points, '--sinkhorn-reg', enough, '--steps'];
  const { hash } = JSON.parse(await succeed(...on, String(step + 1), '--json'));
  model.set({ sinkhorn_reg: Number(enough), steps: step + 1 });
  model.train(1);
  assert.equal(hash, model.digest());
});

test('the command takes the couplings, their rows and an ot_batch', async () => {
  const quick = ['--hidden', '8', '--layers', '2', '--features', '8', '--batch', '32'];
  const words = ['train', '--steps', '3', ...quick, '--json', '--ot-batch', '48'];
  for (const own of [
    ['--coupling', 'sinkhorn', '--sinkhorn-reg', '0.5'],
    ['--coupling', 'ot-conditional', '--labels', '--ot-class-weight', '100'],
  ]) {
    const report = JSON.parse(await succeed(...words, ...own));
    assert.equal(report.steps, 3);
    assert.equal(report.loss_floor, null);
  }
  const { code, stderr } = await run(...words, '--coupling', 'ot-conditional');
  assert.equal(code, 2);
  assert.match(stderr, /with classes, else 'ot'/);
});
