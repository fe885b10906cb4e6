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
import { isOfPairs } from '../../web/lib/pairs.js';
import { parameters } from '../../web/lib/parameters.js';
import { read, write } from '../../web/lib/safetensors.js';
import { savedSlots } from '../../web/lib/slots.js';
import { SOURCES, torchFiles } from '../../web/lib/torch.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { spread } from './draw.js';
import { conversionsOf, isSmooth, RUNS, SIZE, STEEP, samplesOf } from './exported.js';
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

/** Rows of the data, points or pairs, of a run that needs some. */
const ROWS = 50;

describe('an exported run gives in PyTorch what it gives here', () => {
  /** @type {Map<string, {data: Float32Array}>[]} */
  let answers = [];
  const rows = RUNS.map((config, i) => {
    const model = Model.createSync({ ...SIZE, ...config }, module);
    const points = config.data === 'points' ? spread(7, ROWS * model.dim, -2, 2) : undefined;
    const pairs = isOfPairs(config.coupling)
      ? { x0: spread(7, ROWS * 2, -2, 2), x1: spread(8, ROWS * 2, -2, 2) }
      : undefined;
    const classes = config.classes ?? 0;
    const labels = classes ? Int32Array.from({ length: ROWS }, (_, k) => k % classes) : undefined;
    if (points) model.setPoints(points, ROWS, labels);
    if (pairs) model.setPairs(pairs.x0, pairs.x1, ROWS, labels);
    if (config.source === 'points') model.setSource(spread(9, ROWS * model.dim, -2, 2));
    if (config.path === 'custom') {
      // Uneven, so that the rule has slopes to cut.
      const alpha = Float32Array.of(0, 0.05, 0.1, 0.7, 0.75, 1);
      model.setPath({ alpha, sigma: Float32Array.of(2, 1.9, 0.8, 0.7, 0.2, 0) });
    }
    model.train(5);
    const files = { run: at(`run${i}.safetensors`), query: at(`query${i}.safetensors`) };
    return { config, model, points, pairs, labels, files, out: at(`answer${i}.safetensors`) };
  });

  const steep = STEEP.map(([config, steps, tolerance], i) => {
    const model = Model.createSync({ ...SIZE, ...config }, module);
    model.train(steps);
    const options = { solver: 'dopri5', rtol: tolerance, atol: tolerance };
    return { model, options, run: at(`steep${i}.safetensors`), out: at(`steps${i}.safetensors`) };
  });

  before(async () => {
    const runs = rows.map(({ config, model, points, pairs, labels, files, out }, i) => {
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
      const own = Object.entries(points ? { points } : (pairs ?? {}));
      const [samples, conversions] = [Object.fromEntries(samplesOf(config)), conversionsOf(config)];
      const asked = { ...files, out, steps: STEPS, samples, conversions };
      if (own.length === 0) return asked;
      const given = new Map(own.map(([name, data]) => [name, { shape: [ROWS, model.dim], data }]));
      if (labels) given.set('labels', { shape: [ROWS], data: Float32Array.from(labels) });
      writeFileSync(at(`own${i}.safetensors`), write({ tensors: given, metadata: {} }));
      return { ...asked, own: at(`own${i}.safetensors`) };
    });
    for (const { model, options, run, out } of steep) {
      writeFileSync(run, save(model));
      const samples = { steep: { ...options, solver_steps: 50 } };
      const query = rows[0].files.query;
      runs.push({ run, query, out, steps: 1, samples, conversions: [] });
    }
    good(await command('export', rows[0].files.run, '--torch', at('exported')));
    good(await python(...questionFile('answer', { runs })));
    answers = rows.map(({ out }) => read(readFileSync(out)).tensors);
  });

  test('dopri5 tries and rejects the steps that it does here', () => {
    const x0 = spread(3, N * 2, -2, 2);
    let rejected = 0;
    for (const { model, options, out } of steep) {
      const { x, effort } = model.trajectory({ x0, ...options, steps: 50 });
      const theirs = read(readFileSync(out)).tensors.get('steep')?.data ?? [];
      assert.ok(gap(theirs, x) <= TOLERANCE, `${JSON.stringify(options)}: ${gap(theirs, x)} off`);
      for (const each of effort?.rejected ?? []) rejected += each;
    }
    assert.ok(rejected > 20, `${rejected} rejected`);
  });

  for (const [i, { config, model, points, pairs, labels }] of rows.entries()) {
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

      /**
       * Where a field has kinks, roundings decide which lengths dopri5 tries; it is to be no further off than here.
       * @param {string} key
       * @param {Float32Array} ours
       * @param {Float32Array} truth
       */
      function holdAround(key, ours, truth) {
        const theirs = /** @type {{data: Float32Array}} */ (answers[i].get(key)).data;
        const [off, own] = [theirs, ours].map((each) => gap(each, truth));
        assert.ok(off <= 2 * own + TOLERANCE, `${key}: ${off} from the truth, ${own} here`);
      }

      test('velocities and samples', () => {
        const saved = savedSlots(model).filter((name) => /raw|ema/.test(name));
        // A one-step model has no velocity at these times; its samples are x0 + v(0, x0).
        const flows = config.coupling !== 'distilled';
        for (const weights of /** @type {Weights[]} */ (flows ? saved : [])) {
          hold(`velocity.${weights}`, model.velocity({ t, x, weights }));
        }
        for (const [name, { solver_steps: steps, time_grid: grid, ...options }] of samplesOf(
          config,
        )) {
          const ours = model.sample({ x0, steps, grid, ...options });
          if (options.solver !== 'dopri5' || isSmooth(config)) hold(name, ours);
          else {
            const finely = { ...options, solver: 'rk4', rtol: undefined, atol: undefined };
            holdAround(name, ours, model.sample({ x0, ...finely, steps: 300 }));
          }
        }
        hold('drawn', model.sample({ n: N, seed: 9 }));
        for (const [from, to] of conversionsOf(config)) {
          hold(`${from}.${to}`, model.convert({ from, to, t, x, value: x0 }));
        }
      });

      test('batches and the steps taken on them', () => {
        const batch = model.batch();
        for (const key of /** @type {const} */ (['t', 'x0', 'x1']))
          hold(`batch.${key}`, batch[key]);
        if (batch.labels) hold('batch.labels', Float32Array.from(batch.labels));
        const twin = loadSync(save(model), { module, points, labels: points && labels });
        if (pairs) twin.setPairs(pairs.x0, pairs.x1, ROWS, labels);
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
      {
        ...SIZE,
        layers: 3,
        batch: 61,
        ema2_decay: 0.5,
        ema3_decay: 0.2,
        classes: 2,
        source: '8gaussians',
        coupling: 'sinkhorn',
        ot_batch: 80,
      },
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

test('the Python file knows every row and choice of the engine, and a run above has each', () => {
  const flow = readFileSync(new URL('../../web/lib/flow.py', import.meta.url), 'utf8');
  const [, text] = /** @type {RegExpMatchArray} */ (flow.match(/^KNOWN = (\{[\s\S]*?^\})/m));
  const known = JSON.parse(text);
  const asked = [
    ...RUNS,
    ...RUNS.flatMap((config) => samplesOf(config).map(([, options]) => options)),
  ];
  let choosing = 0;
  for (const { name, choices, standard } of parameters(module)) {
    assert.deepEqual(known[name], choices, name);
    const held = new Set([standard, ...asked.map((config) => config[name])]);
    for (const choice of choices) assert.ok(held.has(choice), `no run has ${name} ${choice}`);
    if (choices.length > 0) choosing++;
  }
  assert.ok(choosing > 10, `${choosing} rows of choices`);
});

test('what the Python file does not have is refused with the row, its value and what there is', () => {
  const model = Model.createSync({ hidden: 4, layers: 1 }, module);
  const flow = readFileSync(new URL('../../web/lib/flow.py', import.meta.url), 'utf8');
  const others = SOURCES.map((name) => [name, `# ---- ${name}\n`]);
  const sources = { ...Object.fromEntries(others), flow };
  const text = torchFiles(model, sources).get('flow.py');
  assert.doesNotMatch(String(text), /^from (path|batches|optimiser|solver|storage) import/m);
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
  const homeless = Model.createSync({ hidden: 4, layers: 1, source: 'points' }, module);
  assert.throws(() => torchFiles(homeless, sources), {
    code: 'state',
    message: /source: got points without them; call setSource first/,
  });
});

test('a file that is not sound and a sample that is none are refused by the Python file', async () => {
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
  /** @param {[string, number[]][]} more tensors, each with its shape */
  function beside(...more) {
    const contents = read(sound);
    for (const [name, shape] of more) {
      const data = new Float32Array(shape.reduce((size, each) => size * each));
      contents.tensors.set(name, { shape, data });
    }
    return write(contents);
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
    [
      edited((text) => text.replace('\\"clip\\":1', '\\"clip\\":[]')),
      /clip: got \[\]; allowed is a number/,
    ],
    [
      beside(['source.points', [3, 2]]),
      /source.points: got \[3, 2\]; allowed is \[N, 2\] for source points, else none/,
    ],
    [
      edited((text) => text.replace('\\"source\\":\\"gaussian', '\\"source\\":\\"points')),
      /source.points: got None; allowed is \[N, 2\] for source points/,
    ],
    [
      beside(['latent.mean', [5]]),
      /got latent.mean \[5\]; allowed are latent.mean \[W\] and latent.components \[2, W\], or none/,
    ],
    [
      beside(['latent.mean', [5]], ['latent.components', [5, 2]]),
      /got latent.mean \[5\], latent.components \[5, 2\]; allowed are/,
    ],
  ];
  const files = cases.map(([bytes], i) => {
    writeFileSync(at(`case${i}.safetensors`), bytes);
    return at(`case${i}.safetensors`);
  });
  /** @type {[object, RegExp][]} */
  const calls = [
    [{ solver: 'rk5' }, /^solver: got rk5; allowed is euler, midpoint, heun, rk4, ab2, dopri5$/],
    [{ sde: 'white' }, /^sde: got white; allowed is none, constant, sigma$/],
    [{ time_grid: 'cubic' }, /^time_grid: got cubic; allowed is uniform, quadratic$/],
    [{ steps: 3 }, /^steps: got 3; there is no such option of a sample$/],
    [{ weights: 'ema2' }, /^weights: got ema2, and ema2_decay of this run is 0/],
  ];
  const samples = calls.map(([options]) => options);
  const said = JSON.parse(good(await python(...questionFile('refuse', { files, samples }))));
  assert.equal(said.length, cases.length + calls.length);
  for (const [i, [, says]] of [...cases, ...calls].entries()) assert.match(said[i], says);
});
