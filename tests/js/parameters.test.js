import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parameters, preset, presets, resolve } from '../../web/lib/parameters.js';
import { module, small } from './small.js';

test('every row has a name, a group, a sentence of help and a standard inside its range', () => {
  const table = parameters(module);
  assert.ok(table.length >= 34);
  assert.equal(new Set(table.map(({ name }) => name)).size, table.length);
  for (const row of table) {
    assert.match(row.name, /^[a-z][a-z0-9_]*$/);
    assert.ok(['network', 'data', 'batch', 'optimiser', 'sampling'].includes(row.group), row.name);
    assert.match(row.help, /^\S.*\.$/, row.name);
    assert.ok(row.min < row.max, row.name);
    assert.equal(resolve(module, { [row.name]: row.standard })[row.name], row.standard);
    assert.equal(row.choices.length, row.kind === 'choice' ? row.max + 1 : 0, row.name);
  }
});

test('the texts of the table are ASCII, as the reader of texts expects', () => {
  const texts = parameters(module).flatMap(({ name, group, help, choices }) => [
    name,
    group,
    help,
    ...choices,
  ]);
  assert.ok(texts.length > 100);
  for (const text of texts) assert.match(text, /^[\x20-\x7e]+$/);
});

test('the presets are default, seed and digits, and the table carries default', () => {
  assert.deepEqual(presets(module), ['default', 'seed', 'digits']);
  const standard = Object.fromEntries(parameters(module).map((row) => [row.name, row.standard]));
  assert.deepEqual(preset(module, 'default'), standard);
  assert.deepEqual(resolve(module, {}), standard);
});

test('the preset seed is, row by row, what the PyTorch program it is named for does', () => {
  const fixed = {
    ...{ hidden: 128, layers: 2, features: 128, time_scale: 1 },
    ...{ lr: 3e-4, batch: 512, clip: 1, ema_decay: 0.9999, ema_warmup: false },
    ...{ weight_decay: 0, beta1: 0.9, beta2: 0.999, eps: 1e-8, schedule: 'constant' },
    ...{ time: 'logit-normal', time_mean: 0, time_std: 1, stratified: false },
    ...{ coupling: 'independent', path: 'linear', data: 'moons', noise: 0.05 },
    ...{ steps: 2000, optimiser: 'adamw', solver: 'euler', solver_steps: 50 },
  };
  const seed = preset(module, 'seed');
  const got = Object.fromEntries(Object.keys(fixed).map((name) => [name, seed[name]]));
  assert.deepEqual(got, fixed);
});

test('the preset digits is of small images by class', () => {
  const { data, dim, classes } = preset(module, 'digits');
  assert.deepEqual({ data, dim, classes }, { data: 'points', dim: 64, classes: 10 });
});

test('a partial configuration lies on top of the preset it names', () => {
  const config = resolve(module, { preset: 'seed', lr: 0.25, seed: undefined });
  assert.deepEqual(config, { ...preset(module, 'seed'), lr: 0.25 });
  assert.deepEqual(small({ preset: 'seed', hidden: 16 }).config.lr, 3e-4);
});

test('every row refuses what lies outside its range, naming itself, the value and the range', () => {
  let cases = 0;
  for (const row of parameters(module)) {
    const wrong = [
      Number.NaN,
      Infinity,
      null,
      [],
      {},
      Symbol.iterator,
      row.max + 1e9,
      -1e9,
      'nothing',
      '1',
    ];
    for (const value of row.kind === 'switch' ? [...wrong, 0, 1] : [...wrong, true]) {
      const partial = /** @type {any} */ ({ [row.name]: value });
      assert.throws(
        () => resolve(module, partial),
        (/** @type {any} */ error) => {
          assert.equal(error.code, 'argument', `${row.name} = ${String(value)}`);
          assert.ok(error.message.startsWith(`${row.name}: got `), error.message);
          assert.match(error.message, /; allowed is ./);
          return true;
        },
      );
      cases++;
    }
  }
  assert.ok(cases > 300, `${cases} cases`);
});

test('rules that tie rows together name the row and the rule', () => {
  /** @type {[any, RegExp][]} */
  const cases = [
    [{ features: 17 }, /^features: got 17; allowed is an even number: 18 is nearest$/],
    [
      { dim: 3 },
      /^dim: got 3; allowed is 2 when data is 'moons', which is of the plane; any other with 'points'$/,
    ],
    [
      { sigma_min: 1, sigma_max: 1 },
      /^sigma_min: got 1; allowed is a number below 1 \(sigma_max\)$/,
    ],
    [
      { coupling: 'ot', batch: 2049 },
      /^batch: got 2049; allowed is at most 2048 when coupling is 'ot'$/,
    ],
    [
      { coupling: 'distilled', path: 've' },
      /^coupling: got "distilled"; allowed is 'paired' when path is 've': only the 'linear' one is straight/,
    ],
    [
      { coupling: 'distilled', weight: 'min-snr' },
      /^coupling: got "distilled"; allowed is 'paired' when weight is 'min-snr': (?!.*path)/,
    ],
    [
      { predict: 'score', path: 've' },
      /^predict: got "score"; allowed is v when path is 've', which has a preconditioning of its own$/,
    ],
    [
      { predict: 'score', source: 'circles' },
      /allowed is score only when source is 'gaussian', and it is 'circles'; x1 or noise is nearest$/,
    ],
    [
      { sde: 'sigma', coupling: 'ot' },
      /^sde: got "sigma"; allowed is none: it .* only when coupling is 'independent', and it is 'ot'$/,
    ],
    [{ sde: 'sigma', solver: 'ab2' }, /^sde: .* none when solver is 'ab2'(?!.*(coupling|source))/],
    [
      { weight_decay: 1, lr: 0.02, muon_lr: 3 },
      /^weight_decay: got 1; allowed is at most 0.333 beside lr 0.02 and muon_lr 3: /,
    ],
  ];
  for (const [partial, message] of cases) {
    assert.throws(() => resolve(module, partial), { code: 'argument', message });
  }
});

test('an unknown name, also one of Object’s own, is refused with the names there are', () => {
  for (const name of ['learning_rate', 'toString', 'constructor', '__proto__', 'LR', '']) {
    const partial = JSON.parse(`{${JSON.stringify(name)}: 1}`);
    assert.throws(() => resolve(module, partial), {
      code: 'argument',
      message: /allowed is one of seed, /,
    });
  }
  assert.equal(/** @type {any} */ ({}).lr, undefined);
  for (const partial of /** @type {any[]} */ ([null, [], 7, 'lr', new Float32Array(2)])) {
    assert.throws(() => resolve(module, partial), { code: 'argument', message: /^config: got / });
  }
  assert.throws(() => resolve(module, { preset: 'fast' }), {
    message: /^preset: got "fast"; allowed is one of default, seed, digits$/,
  });
});

test('weight decay may not make weights grow: times the larger rate it is at most 1', () => {
  assert.throws(
    () => resolve(module, { weight_decay: 1, lr: 10 }),
    /weight_decay: got 1; allowed is at most 0.1 beside lr 10/,
  );
  assert.throws(() => resolve(module, { weight_decay: 0.5, muon_lr: 3 }), /weight_decay/);
  assert.equal(resolve(module, { weight_decay: 0.1, lr: 10 }).weight_decay, 0.1);
});
