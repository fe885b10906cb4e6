import assert from 'node:assert/strict';
import { test } from 'node:test';
import { write } from '../../web/lib/safetensors.js';
import { load, loadSync, read, save } from '../../web/lib/weights.js';
import { module, SMALL, small, state } from './small.js';

test('a saved file carries the weights under the names of PyTorch, and all that resuming needs', () => {
  const model = small();
  model.train(4);
  const { tensors, metadata } = read(save(model));
  const rows = model.tensors();
  assert.equal(tensors.size, 4 * rows.length);
  for (const { name, shape, raw, ema, moment, variance } of rows) {
    assert.deepEqual(tensors.get(name), { shape, data: raw });
    assert.deepEqual(tensors.get(`ema.${name}`)?.data, ema);
    assert.deepEqual(tensors.get(`adam.m.${name}`)?.data, moment);
    assert.deepEqual(tensors.get(`adam.v.${name}`)?.data, variance);
  }
  const { format, config, step, round } = metadata;
  assert.deepEqual([format, step, round], ['moonflow 1', '4', '0']);
  assert.deepEqual(JSON.parse(config), model.config);
});

test('save, load, continue gives the bits of a run that was never interrupted', async () => {
  for (const config of [
    {},
    { path: 've', coupling: 'ot', schedule: 'constant', optimiser: 'adamw' },
    { optimiser: 'muon' },
    { data: 'points', path: 've' },
  ]) {
    const [whole, first] = [small(config), small(config)];
    const points = config.data ? whole.noise({ n: 90 }) : undefined;
    if (points) for (const model of [whole, first]) model.setPoints(points);
    const losses = whole.train(30);
    first.train(11);
    const resumed = await load(save(first), { module, points });
    assert.equal(resumed.step, 11);
    assert.deepEqual(resumed.train(19), losses.slice(11));
    assert.equal(resumed.digest(), whole.digest());
    assert.deepEqual(resumed.config, whole.config);
    assert.deepEqual(save(resumed), save(whole));
    const sample = { n: 50, seed: 3 };
    assert.deepEqual(resumed.sample(sample), whole.sample(sample));
  }
});

test('a file from before there was a choice of optimiser continues with AdamW', () => {
  const whole = small({ optimiser: 'adamw' });
  whole.train(6);
  const { tensors, metadata } = read(save(whole));
  const { optimiser, muon_lr, muon_momentum, ...config } = JSON.parse(metadata.config);
  assert.deepEqual(
    [optimiser, typeof muon_lr, typeof muon_momentum],
    ['adamw', 'number', 'number'],
  );
  const old = write({ tensors, metadata: { ...metadata, config: JSON.stringify(config) } });
  const resumed = loadSync(old, { module });
  for (const model of [whole, resumed]) model.train(6);
  assert.equal(resumed.config.optimiser, 'adamw');
  assert.equal(resumed.digest(), whole.digest());
});

test('a run inside a reflow round resumes with its pairs, samples without, and says so', () => {
  const [whole, first] = [small(), small()];
  const x0 = whole.noise({ n: 100 });
  const x1 = whole.sample({ x0 });
  for (const model of [whole, first]) {
    model.train(5);
    model.setPairs(x0, x1);
    model.reflowBegin();
  }
  whole.train(20);
  first.train(8);
  const resumed = loadSync(save(first), { module });
  assert.deepEqual([resumed.round, resumed.step, resumed.config.coupling], [1, 8, 'paired']);
  assert.equal(resumed.sample({ n: 4 }).length, 8);
  assert.throws(() => resumed.train(1), { code: 'state', message: /call setPairs first/ });
  resumed.setPairs(x0, x1);
  resumed.train(12);
  assert.equal(resumed.digest(), whole.digest());
});

test('a reflowed run that was saved resets to the coupling of its first round', () => {
  const model = small({ coupling: 'independent' });
  const x0 = model.noise({ n: 100 });
  model.set({ coupling: 'ot' });
  model.setPairs(x0, model.sample({ x0 }));
  model.reflowBegin();
  model.train(3);
  const loaded = loadSync(save(model), { module });
  assert.equal(loaded.config.coupling, 'paired');
  assert.deepEqual(save(loaded), save(model));
  const again = loadSync(save(loaded), { module });
  for (const each of [model, loaded, again]) {
    each.reset();
    assert.deepEqual([each.round, each.config.coupling], [0, 'ot']);
    assert.equal(each.train(2).length, 2);
  }
  assert.equal(loaded.digest(), model.digest());
  assert.equal(again.digest(), model.digest());
});

/** Weights alone, as torch.save of a state_dict would give them. @param {Map<string, any>} [changes] */
function bare(changes = new Map()) {
  const rows = small().tensors();
  /** @type {Map<string, import('../../web/lib/safetensors.js').Entry>} */
  const tensors = new Map(rows.map(({ name, shape, raw }) => [name, { shape, data: raw }]));
  for (const [name, tensor] of changes) {
    if (tensor) tensors.set(name, tensor);
    else tensors.delete(name);
  }
  return write({ tensors, metadata: { format: 'pt' } });
}

test('a file with weights only loads when a configuration is given, and begins a run', () => {
  const model = loadSync(bare(), { module, config: SMALL });
  assert.equal(model.digest(), small().digest());
  assert.equal(model.step, 0);
  assert.equal(model.train(3).length, 3);
  assert.throws(() => loadSync(bare(), { module }), {
    code: 'argument',
    message: /config: got none/,
  });
});

test('tensors that do not fit the model are named with the shape got and the shape expected', () => {
  const data = new Float32Array(32);
  /** @type {[string, any, RegExp][]} */
  const cases = [
    ['net.0.bias', { shape: [32], data }, /tensor net.0.bias: got shape \[32\], expected \[16\]/],
    [
      'net.4.weight',
      { shape: [16, 2], data },
      /tensor net.4.weight: got shape \[16, 2\], expected \[2, 16\]/,
    ],
    ['net.2.weight', undefined, /tensor net.2.weight: got none/],
    ['net.6.weight', { shape: [32], data }, /tensor "net.6.weight": got one; allowed are t_embed/],
  ];
  for (const [name, tensor, message] of cases) {
    const bytes = bare(new Map([[name, tensor]]));
    assert.throws(() => loadSync(bytes, { module, config: SMALL }), { code: 'format', message });
  }
});

test('a run’s file with a wrong metadata entry is refused by the entry’s name', () => {
  const { tensors, metadata } = read(save(small()));
  const config = JSON.parse(metadata.config);
  /** @param {Record<string, unknown>} change */
  const configured = (change) => ({ config: JSON.stringify({ ...config, ...change }) });
  /** @type {[Record<string, string>, RegExp, string?][]} */
  const cases = [
    [{ format: 'moonflow 2' }, /format: got "moonflow 2"; allowed is "moonflow 1"/],
    [{ step: '-1' }, /step: got "-1"/],
    [{ step: '1e3' }, /step: got "1e3"/],
    [{ step: '2147483648' }, /step: got "2147483648"/],
    [{ round: '' }, /round: got ""/],
    [{ config: '{' }, /config: got text that is not strict JSON/],
    [{ config: '{"lr":1,"lr":1}' }, /the key "lr" appears twice/],
    [{ config: '[]' }, /config: got \[\]; allowed is an object/, 'argument'],
    [{ config: 'null' }, /config: got null/, 'argument'],
    [{ round: '1', first_coupling: 'none' }, /coupling: got "none"/, 'argument'],
    [configured({ lr: -1 }), /lr: got -1/, 'argument'],
    [configured({ hidden: 1e9 }), /hidden: got 1000000000/, 'argument'],
    [configured({ colour: 1 }), /parameter: got "colour"/, 'argument'],
    [{ config: '{"__proto__":{"polluted":1}}' }, /parameter: got "__proto__"/, 'argument'],
    [configured({ hidden: 17 }), /got shape \[16, 16\], expected \[17, 16\]/],
  ];
  for (const [change, message, code = 'format'] of cases) {
    const bytes = write({ tensors, metadata: { ...metadata, ...change } });
    assert.throws(() => loadSync(bytes, { module }), { code, message });
  }
  for (const key of ['config', 'step', 'round']) {
    const { [key]: _, ...rest } = metadata;
    const bytes = write({ tensors, metadata: rest });
    assert.throws(() => loadSync(bytes, { module }), { code: 'format', message: new RegExp(key) });
  }
  const whole = write({ tensors, metadata });
  assert.throws(() => loadSync(whole, { module, config: { lr: 1 } }), {
    code: 'argument',
    message: /config: got one/,
  });
  assert.throws(() => loadSync(whole, { module, points: new Float32Array(4) }), { code: 'state' });
});

test('a negative second moment is refused', () => {
  const { tensors, metadata } = read(save(small()));
  const name = 'adam.v.net.0.bias';
  const data = new Float32Array(16).fill(-1);
  const bytes = write({ tensors: new Map([...tensors, [name, { shape: [16], data }]]), metadata });
  assert.throws(() => loadSync(bytes, { module }), {
    code: 'format',
    message: /variance\[\d+\]: got -1/,
  });
});

test('restoring a wrong state changes nothing', () => {
  const model = small();
  model.train(3);
  const before = state(model);
  const sound = new Float32Array(model.parameterCount);
  const slots = { raw: sound, ema: sound, moment: sound, variance: sound };
  const broken = sound.slice().fill(Number.NaN, 5, 6);
  for (const slot of ['raw', 'ema', 'moment', 'variance']) {
    const wrong = { ...slots, [slot]: broken, step: 0, round: 0 };
    assert.throws(() => model.restore(wrong), {
      code: 'format',
      message: `${slot}[5]: got NaN; allowed is a finite number${slot === 'variance' ? ' from 0 up' : ''}`,
    });
    const short = { ...slots, [slot]: sound.slice(1), step: 0, round: 0 };
    assert.throws(() => model.restore(short), { code: 'argument' });
    assert.equal(state(model), before);
  }
});

test('a restore that the engine refuses leaves the model as it was, whatever it is refused for', () => {
  const model = small();
  model.train(3);
  const before = model.digest();
  const [raw, ema, moment, variance] = ['raw', 'ema', 'moment', 'variance'].map(
    () => new Float32Array(model.parameterCount),
  );
  const sound = { step: 1, round: 0, raw, ema, moment, variance };
  const beyond = raw.slice().fill(2e38, 0, 1);
  for (const wrong of [
    { step: 2 ** 30 + 1 },
    { round: 2 ** 20 + 1 },
    { raw: beyond },
    { moment: beyond },
  ]) {
    assert.throws(() => model.restore({ ...sound, ...wrong }));
    assert.equal(model.digest(), before);
    assert.equal(model.step, 3);
  }
  model.restore(sound);
  assert.notEqual(model.digest(), before);
});
