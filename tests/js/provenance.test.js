/** What a run was made of: its file knows the points, and the teacher of its reflow round, and others are told. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { reflow } from '../../web/lib/reflow.js';
import { read, write } from '../../web/lib/safetensors.js';
import { finish } from '../../web/lib/slice.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { scratch } from './scratch.js';
import { module, small } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('provenance');
const network = ['--hidden', '8', '--layers', '1', '--features', '8', '--batch', '16'];
const [own, other, relabelled] = ['own.csv', 'other.csv', 'relabelled.csv'].map((name) => at(name));
const trained = at('trained.safetensors');

/** @param {(i: number) => string} row */
const rows = (row) => Array.from({ length: 40 }, (_, i) => row(i)).join('\n');

before(async () => {
  writeFileSync(own, `${rows((i) => `${Math.cos(i)},${Math.sin(i)},${i % 2}`)}\n`);
  writeFileSync(relabelled, `${rows((i) => `${Math.cos(i)},${Math.sin(i)},${i % 2 ? 0 : 1}`)}\n`);
  writeFileSync(other, `${rows((i) => `${Math.cos(i)},${Math.sin(i + 1)},${i % 2}`)}\n`);
  const words = ['--data', own, '--labels', '--steps', '10', '--out', trained];
  await succeed('train', ...network, ...words);
});

test('resume, reflow, velocity --exact and export refuse other points or labels than the run was trained on', async () => {
  const verbs = [
    ['train', '--resume', trained, '--steps', '12'],
    ['reflow', trained, '--steps', '2', '--pairs', '16', '-n', '100'],
  ];
  for (const words of verbs) {
    const cases = /** @type {const} */ ([
      [
        other,
        /other\.csv"; allowed is the file that .*trained\.safetensors was trained on.*: these are other points/,
      ],
      [relabelled, /these are other labels/],
    ]);
    for (const [data, reason] of cases) {
      const { code, stderr } = await run(...words, '--data', data);
      assert.equal(code, 2, stderr);
      assert.match(stderr, reason);
    }
    await succeed(...words, '--data', own);
  }
});

test('eval takes held-out points, and says in words and JSON that they are others', async () => {
  for (const [data, differs] of /** @type {const} */ ([
    [own, false],
    [other, true],
  ])) {
    const words = ['eval', trained, '-n', '50', '--data', data];
    assert.equal(JSON.parse(await succeed(...words, '--json')).data_differs, differs);
    const told = /other points than .*trained\.safetensors was trained on/;
    assert.equal(told.test(await succeed(...words)), differs);
  }
});

test('a file of before takes any points, and a run keeps what its file knows when it is saved without points', async () => {
  const bytes = new Uint8Array(readFileSync(trained));
  const model = loadSync(bytes, { module });
  assert.match(String(model.trainedOn), /^[0-9a-f]{64}:[0-9a-f]{64}$/);
  assert.equal(loadSync(save(model), { module }).trainedOn, model.trainedOn);
  const { tensors, metadata } = read(bytes);
  const { data: _, ...before } = metadata;
  writeFileSync(at('before.safetensors'), write({ tensors, metadata: before }));
  await succeed('train', '--resume', at('before.safetensors'), '--steps', '12', '--data', other);
  const broken = write({ tensors, metadata: { ...metadata, data: 'moons' } });
  assert.throws(
    () => loadSync(broken, { module }),
    /data: got "moons"; allowed is a SHA-256 in hex/,
  );
});

test('a round goes on with its own teacher, and names another of the same shape', () => {
  const model = small();
  model.train(10);
  const teacher = save(model);
  const options = { pairs: 64, n: 100, steps: 20 };
  let asked = 0;
  finish(reflow(model, { ...options, stopped: () => asked++ > 4 }, () => 5));
  assert.ok(model.round === 1 && model.step > 0 && model.step < 20, `step ${model.step}`);
  const [half, wrong] = [save(model), loadSync(teacher, { module })];
  wrong.train(1);
  assert.throws(
    () => finish(reflow(loadSync(half, { module }), { ...options, teacher: wrong })),
    /teacher: got "a model of digest [0-9a-f]{12}"; allowed is that of digest [0-9a-f]{12}/,
  );
  const right = loadSync(teacher, { module });
  assert.equal(
    finish(reflow(loadSync(half, { module }), { ...options, teacher: right })).stopped,
    false,
  );
});
