/**
 * @file `moonflow export --torch`: the Python file gives the engine's velocities and samples, draws its batches, takes its
 * steps, shares them between processes, and what it saves loads here. Fails when python3-torch is missing.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MoonflowError } from '../../web/lib/errors.js';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { read, write } from '../../web/lib/safetensors.js';
import { savedSlots } from '../../web/lib/slots.js';
import { torchFiles } from '../../web/lib/torch.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { spread } from './draw.js';
import { command, gap, good, python, TOLERANCE, torchrun } from './python.js';

/** @typedef {import('../../web/lib/flow.js').Weights} Weights */

const module = compileSync();
const script = fileURLToPath(new URL('../fixtures/exported.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'moonflow-export-'));
after(() => rmSync(folder, { recursive: true }));
const N = 100;
const STEPS = 10;

/** @param {...string} names */
const at = (...names) => join(folder, ...names);

/**
 * @param {string} verb
 * @param {object} question
 */
function questionFile(verb, question) {
  const path = at(`${verb}.json`);
  writeFileSync(path, JSON.stringify(question));
  return [script, at('exported', 'flow.py'), verb, path];
}

const SIZE = { hidden: 16, features: 16, batch: 60, steps: 40, seed: 5 };
const adamw = { optimiser: 'adamw', lr: 0.003, ema_decay: 0.9 };

/** Every choice that the Python file knows is in one of them. */
const RUNS = [
  { layers: 3 },
  {
    ...adamw,
    layers: 2,
    data: 'moons-iid',
    path: 'vp-cosine',
    time: 'logit-normal',
    target: 'pair',
  },
  {
    ...adamw,
    layers: 1,
    data: 'spirals',
    path: 've',
    time_scale: 3,
    stratified: false,
    ema_late_decay: 0.4,
    ema_late_from: 0.25,
  },
  {
    ...adamw,
    layers: 2,
    data: '8gaussians',
    coupling: 'ot',
    time: 'logit-normal',
    stratified: false,
  },
  { layers: 3, data: 'circles', path: 've', weight_decay: 0.1, clip: 0.05, ema_warmup: false },
  {
    ...adamw,
    layers: 1,
    data: 'checkerboard',
    schedule: 'constant',
    batch: 700,
    clip: 0,
    ema2_decay: 0.5,
  },
  {
    ...adamw,
    layers: 2,
    path: 'vp-linear',
    predict: 'noise',
    weight: 'min-snr',
    time: 'power',
    time_grid: 'quadratic',
  },
  { ...adamw, layers: 2, path: 'polynomial', predict: 'x1', weight: 'snr', time: 'u-shaped' },
  { layers: 2, path: 'vp-cosine', predict: 'score', data: 'spirals' },
  { layers: 2, predict: 'x1', weight: 'edm', time: 'power', stratified: false },
  { layers: 2, path: 'custom' },
  { layers: 2, data: '8gaussians', classes: 8 },
  { ...adamw, layers: 2, classes: 2, label_drop: 0.4, coupling: 'ot' },
  { layers: 2, data: 'points', dim: 3, classes: 3 },
  { layers: 2, data: 'moons-torchcfm', classes: 2, batch: 61 },
  { ...adamw, layers: 2, data: 'moons-iid-torchcfm', noise: 0.7 },
  { ...adamw, layers: 2, data: '8gaussians-torchcfm', noise: 0 },
  { ...adamw, layers: 2, data: 'points', dim: 3, beta1: 0.8, beta2: 0.9, eps: 1e-4 },
];

describe('an exported run gives in PyTorch what it gives here', () => {
  /** @type {Map<string, {data: Float32Array}>[]} */
  let answers = [];
  const rows = RUNS.map((config, i) => {
    const model = Model.createSync({ ...SIZE, ...config }, module);
    const points = config.data === 'points' ? spread(7, 50 * model.dim, -2, 2) : undefined;
    const labels = config.classes ? Int32Array.from({ length: 50 }, (_, k) => k % 3) : undefined;
    if (points) model.setPoints(points, 50, labels);
    if (config.path === 'custom') {
      // Uneven, so that the rule has slopes to cut.
      const alpha = Float32Array.of(0, 0.05, 0.1, 0.7, 0.75, 1);
      model.setPath({ alpha, sigma: Float32Array.of(2, 1.9, 0.8, 0.7, 0.2, 0) });
    }
    model.train(5);
    const files = { run: at(`run${i}.safetensors`), query: at(`query${i}.safetensors`) };
    return { config, model, points, labels, files, out: at(`answer${i}.safetensors`) };
  });

  before(async () => {
    const runs = rows.map(({ model, points, labels, files, out }, i) => {
      const tensor = (/** @type {number} */ stream, /** @type {number} */ far) => {
        return { shape: [N, model.dim], data: spread(stream, N * model.dim, -far, far) };
      };
      const tensors = new Map([
        ['t', { shape: [N], data: spread(1, N, 0, 1) }],
        ['x', tensor(2, 4)],
        ['x0', tensor(3, 2)],
      ]);
      writeFileSync(files.run, save(model));
      writeFileSync(files.query, write({ tensors, metadata: {} }));
      if (!points) return { ...files, out, steps: STEPS };
      const given = new Map([['points', { shape: [50, model.dim], data: points }]]);
      if (labels) given.set('labels', { shape: [50], data: Float32Array.from(labels) });
      writeFileSync(at(`points${i}.safetensors`), write({ tensors: given, metadata: {} }));
      return { ...files, out, steps: STEPS, points: at(`points${i}.safetensors`) };
    });
    good(await command('export', rows[0].files.run, '--torch', at('exported')));
    good(await python(...questionFile('answer', { runs })));
    answers = rows.map(({ out }) => read(readFileSync(out)).tensors);
  });

  for (const [i, { config, model }] of rows.entries()) {
    describe(JSON.stringify(config), () => {
      const t = spread(1, N, 0, 1);
      const x = spread(2, N * model.dim, -4, 4);
      const x0 = spread(3, N * model.dim, -2, 2);
      /**
       * @param {string} key
       * @param {Float32Array | Float64Array} wanted
       */
      function hold(key, wanted) {
        const off = gap(/** @type {{data: Float32Array}} */ (answers[i].get(key)).data, wanted);
        assert.ok(off <= TOLERANCE, `${key}: ${off} off, ${TOLERANCE} is allowed`);
      }

      test('velocities and samples', () => {
        const saved = savedSlots(model).filter((name) => /raw|ema/.test(name));
        for (const weights of /** @type {Weights[]} */ (saved)) {
          hold(`velocity.${weights}`, model.velocity({ t, x, weights }));
        }
        for (const solver of ['euler', 'midpoint', 'heun', 'rk4', 'ab2']) {
          hold(`sample.${solver}`, model.sample({ x0, solver, steps: 7 }));
        }
        hold('drawn', model.sample({ n: N, seed: 9 }));
        if (!config.classes) return;
        hold('class', model.sample({ x0, label: 1 }));
        hold('guided', model.sample({ x0, label: 1, guidance: 2.5 }));
      });

      test('batches and the steps taken on them', () => {
        const batch = model.batch();
        for (const key of /** @type {const} */ (['t', 'x0', 'x1']))
          hold(`batch.${key}`, batch[key]);
        if (batch.labels) hold('batch.labels', Float32Array.from(batch.labels));
        const twin = loadSync(save(model), {
          module,
          points: rows[i].points,
          labels: rows[i].points && rows[i].labels,
        });
        hold('losses', twin.train(STEPS));
        for (const tensor of twin.tensors()) {
          for (const slot of savedSlots(twin)) {
            hold(`${slot}.${tensor.name}`, tensor[slot] ?? new Float32Array());
          }
        }
      });
    });
  }
});

describe('on two processes', () => {
  const whole = at('shared.safetensors');
  /** @type {Map<string, {data: Float32Array}>[]} */
  let answers = [];

  before(async () => {
    // An odd batch, so that the processes have shares of different sizes.
    const model = Model.createSync(
      { ...SIZE, layers: 3, batch: 61, ema2_decay: 0.5, ema3_decay: 0.2 },
      module,
    );
    model.train(5);
    writeFileSync(whole, save(model));
    const words = questionFile('share', { run: whole, steps: 8, out: at('share{}.safetensors') });
    good(await torchrun(...words));
    good(await python(...words));
    answers = ['0of1', '0of2', '1of2'].map((name) => {
      return read(readFileSync(at(`share${name}.safetensors`))).tensors;
    });
  });

  test('the gradient and the loss are those of one process on the whole batch', () => {
    const keys = [...answers[0].keys()].filter((key) => /^(gradient|losses)/.test(key));
    assert.ok(keys.length > 10, `${keys.length} keys`);
    for (const key of keys) {
      const [one, ...two] = answers.map((answer) => answer.get(key)?.data ?? new Float32Array());
      for (const each of two)
        assert.ok(gap(each, one) <= TOLERANCE, `${key}: ${gap(each, one)} off`);
    }
  });

  test('both end with the same weights to the bit, and with those of one process to rounding', () => {
    let moved = 0;
    for (const [key, { data }] of answers[1]) {
      assert.deepEqual(data, answers[2].get(key)?.data, key);
      const one = answers[0].get(key)?.data ?? new Float32Array();
      assert.ok(gap(data, one) <= TOLERANCE, `${key}: ${gap(data, one)} off`);
      if (key.startsWith('raw.')) moved++;
    }
    assert.ok(moved > 10, `${moved} tensors`);
  });
});

test('what the Python file does not have is refused with the row, its value and what there is', () => {
  const model = Model.createSync({ hidden: 4, layers: 1 }, module);
  const flow = readFileSync(new URL('../../web/lib/flow.py', import.meta.url), 'utf8');
  const sources = { flow, batches: '# ---- B\n', storage: '# ---- S\n', path: '# ---- P\n' };
  const text = torchFiles(model, sources).get('flow.py');
  assert.doesNotMatch(String(text), /^from (path|batches|storage) import/m);
  /** @type {[string, RegExp][]} */
  const cases = [
    [flow.replace('"moons", ', ''), /^data: got moons, .* it has moons-iid, 8gaussians, /],
    [
      flow.replace('"muon_lr": [], ', ''),
      /^muon_lr: got 0.5, .* it has 0.06, and a run may change it/,
    ],
  ];
  model.set({ muon_lr: 0.5 });
  for (const [shorter, says] of cases) {
    assert.notEqual(shorter, flow);
    assert.throws(
      () => torchFiles(model, { ...sources, flow: shorter }),
      (error) =>
        error instanceof MoonflowError && error.code === 'unsupported' && says.test(error.message),
    );
  }
  const waiting = Model.createSync({ hidden: 4, layers: 1, path: 've', data: 'points' }, module);
  assert.throws(() => torchFiles(waiting, sources), /sigma_data: got 0/);
  const shapeless = Model.createSync({ hidden: 4, layers: 1, path: 'custom' }, module);
  assert.throws(() => torchFiles(shapeless, sources), /path: got custom without its samples/);
});

test('a file that is not sound is refused by the Python reader', async () => {
  const sound = save(Model.createSync({ hidden: 4, layers: 1, batch: 8 }, module));
  const size = Number(new DataView(sound.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(sound.subarray(8, 8 + size));
  /** @param {(text: string) => string} edit @param {Uint8Array} [body] */
  function edited(edit, body = sound.subarray(8 + size)) {
    const text = new TextEncoder().encode(edit(header));
    const bytes = new Uint8Array(8 + text.length + body.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    bytes.set(body, 8 + text.length);
    return bytes;
  }
  const nan = sound.slice(8 + size);
  new DataView(nan.buffer).setFloat32(0, Number.NaN, true);
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [sound, /^nothing$/],
    [sound.subarray(0, 5), /no sound safetensors/],
    [sound.subarray(0, sound.length - 1), /no sound safetensors/],
    [edited((text) => text, new Uint8Array([...nan, 0])), /not finite|bytes where the header/],
    [edited((text) => text, nan), /t_embed.1.weight: got a number that is not finite/],
    [edited((text) => text.replace('"F32"', '"F16"')), /t_embed.1.weight: got no float32/],
    [edited((text) => text.replace('"t_embed.1.bias"', '"t_embed.1.weight"')), /stands twice/],
    [
      edited((text) => text.replace('"net.0.bias"', '"net.0.other"')),
      /other tensors than the network/,
    ],
    [edited((text) => text.replace('[0,', '[4,')), /t_embed.1.weight: got no float32/],
    [
      edited((text) => text.replace('moonflow 1', 'moonflow 2')),
      /format: got moonflow 2; allowed is moonflow 1/,
    ],
    [
      edited((text) => text.replace('\\"path\\":\\"linear', '\\"path\\":\\"curve')),
      /path: got curve; allowed is linear,/,
    ],
    [
      edited((text) => text.replace('\\"clip\\"', '\\"clap\\"')),
      /clip: got None; allowed is a number/,
    ],
  ];
  const files = cases.map(([bytes], i) => {
    writeFileSync(at(`case${i}.safetensors`), bytes);
    return at(`case${i}.safetensors`);
  });
  const said = JSON.parse(good(await python(...questionFile('refuse', { files }))));
  assert.equal(said.length, cases.length);
  for (const [i, [, says]] of cases.entries()) assert.match(said[i], says);
});
