/** @file Links: what is written is read back to the bit, and nothing that a stranger writes breaks the reading. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { read, write } from '../../web/lib/address.js';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { GRID, PACKED_MAX, pack, pointsThatFit, snap, unpack } from '../../web/lib/packing.js';
import { parameters, preset, presets, resolve } from '../../web/lib/parameters.js';

// The same cases each time: a test that fails must fail again.
fc.configureGlobal({ seed: 20261125 });

const module = compileSync();
const table = parameters(module);
const standard = preset(module, 'default');

/** Any value of any row, or undefined to leave the row alone. */
const anyValue = (/** @type {import('../../web/lib/parameters.js').ParameterInfo} */ row) => {
  const { min, max } = row;
  if (row.kind === 'choice') return fc.constantFrom(...row.choices);
  if (row.kind === 'switch') return fc.boolean();
  return row.kind === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
};

/** A preset with some rows changed, as far as the engine takes them together. */
const anyConfig = fc
  .tuple(
    fc.constantFrom(...presets(module)),
    fc.dictionary(fc.constantFrom(...table.map(({ name }) => name)), fc.nat(), { maxKeys: 8 }),
    fc.record(Object.fromEntries(table.map((row) => [row.name, anyValue(row)]))),
  )
  .map(([name, chosen, values]) => {
    let config = preset(module, name);
    for (const row of Object.keys(chosen)) {
      try {
        config = resolve(module, { ...config, [row]: values[row] });
      } catch {
        // This one does not go with the others.
      }
    }
    return config;
  })
  .filter(({ data, path, source }) => data !== 'points' && path !== 'custom' && source !== 'points')
  .map(
    (config) =>
      /** @type {import('../../web/lib/parameters.js').Config} */ ({
        ...config,
        coupling: ['paired', 'distilled'].includes(String(config.coupling))
          ? 'independent'
          : config.coupling,
      }),
  );

const anyPoints = fc.integer({ min: 1, max: 4 }).chain((dim) =>
  fc.record({
    dim: fc.constant(dim),
    points: fc
      .array(
        fc.array(fc.integer({ min: -0x7fff, max: 0x7fff }), { minLength: dim, maxLength: dim }),
        {
          minLength: 1,
          maxLength: 40,
        },
      )
      .map((rows) => Float32Array.from(rows.flat(), (step) => step / GRID)),
  }),
);

test('every configuration comes back from its link as it was, and the default has an empty one', () => {
  assert.deepEqual(write(module, { config: standard }), { text: '', left: [] });
  fc.assert(
    fc.property(anyConfig, (config) => {
      const { text, left } = write(module, { config });
      const back = read(module, `#${text}`);
      assert.deepEqual(back.faults, []);
      assert.deepEqual(left, []);
      for (const { name } of table) assert.ok(Object.is(back.config[name], config[name]), name);
    }),
    { numRuns: 300 },
  );
});

test('a link is short and names what differs', () => {
  const config = resolve(module, { data: '8gaussians', steps: 2000, seed: 7 });
  const { text } = write(module, { config });
  assert.deepEqual([...text.split('&')].sort(), ['data=8gaussians', 'seed=7', 'steps=2000']);
  const seed = write(module, { config: { ...preset(module, 'seed'), lr: 0.001 } });
  assert.match(seed.text, /^preset=seed(&lr=0\.001)?$/);
});

test('own points come back to the bit, with their labels', () => {
  fc.assert(
    fc.property(anyPoints, fc.integer({ min: 0, max: 3 }), ({ points, dim }, classes) => {
      const n = points.length / dim;
      const labels = classes ? Int32Array.from({ length: n }, (_, i) => i % classes) : undefined;
      const named = Math.min(n, classes) > 1 ? Math.min(n, classes) : 0;
      const config = resolve(module, { data: 'points', dim, classes: named });
      const { text, left } = write(module, { config, own: { points, dim, labels } });
      assert.deepEqual(left, []);
      const back = read(module, text);
      assert.deepEqual(back.faults, []);
      assert.deepEqual(back.config, config);
      assert.deepEqual(back.own?.points, points);
      assert.deepEqual(back.own?.labels, labels);
    }),
  );
});

test('points that are too many or off the grid are not in the link, which says so', () => {
  const most = pointsThatFit(2, false);
  const full = snap(Float32Array.from({ length: 2 * most }, (_, i) => Math.sin(i)));
  assert.ok(most > 700 && (pack({ points: full, dim: 2 }) ?? '').length <= PACKED_MAX);
  const over = new Float32Array(2 * (most + 1));
  for (const points of [over, Float32Array.of(0.1, 0.2), Float32Array.of(9, 0)]) {
    assert.equal(pack({ points, dim: 2 }), null);
    const config = resolve(module, { data: 'points', seed: 3 });
    const { text, left } = write(module, { config, own: { points, dim: 2 } });
    assert.deepEqual(left, ['points']);
    const back = read(module, text);
    assert.equal(back.config.seed, 3);
    assert.equal(back.config.data, 'moons');
    assert.match(back.faults.join(), /points are not in the link, so load them/);
  }
});

test('a path of one’s own comes back to the bit; one that the engine refuses is left out', () => {
  const t = Float32Array.from({ length: 65 }, (_, i) => i / 64);
  const path = { alpha: t.map((x) => x * x), sigma: t.map((x) => 1 - x) };
  const config = resolve(module, { path: 'custom', steps: 9 });
  const back = read(module, write(module, { config, path }).text);
  assert.deepEqual(back, { config, own: null, path, faults: [] });
  const turned = { alpha: path.sigma, sigma: path.alpha };
  const refused = read(module, write(module, { config, path: turned }).text);
  assert.equal(refused.config.path, 'linear');
  assert.equal(refused.config.steps, 9);
  assert.match(refused.faults.join(), /path, sample 0: .* allowed is noise at t = 0/);
});

test('what does not fit is left out with a sentence, and the rest is used', () => {
  const cases = /** @type {[string, RegExp][]} */ ([
    ['future=1', /^"future": no such setting; allowed are preset, points, curve and the settings/],
    ['__proto__=1', /^"__proto__": no such setting/],
    ['constructor=x', /^"constructor": no such setting/],
    ['%3Cimg%20src=x%20onerror=1%3E', /^"<img src": no such setting/],
    ['lr=1e999', /^lr: got "1e999"; allowed is a number from 1e-7 to 10$/],
    ['lr=NaN', /^lr: got "NaN"; allowed is a number/],
    ['lr=', /^lr: got ""; allowed/],
    ['lr=0x10', /^lr: got "0x10"; allowed/],
    ['lr=11', /^lr: got 11; allowed is a number from 1e-7 to 10$/],
    ['layers=1.5', /^layers: got 1.5; allowed is an integer/],
    ['data=digits', /^data: got "digits"; allowed is one of moons, /],
    ['stratified=yes', /^stratified: got "yes"; allowed is true or false$/],
    [`data=${'m'.repeat(9000)}`, /^data: got "m{57}\.\.\."; allowed is one of moons/],
    ['coupling=paired', /^coupling: got "paired"; allowed is any .* reflow sets this one$/],
    ['features=7', /^features: got 7; allowed is an even number/],
    ['dim=3', /^dim: got 3; allowed is 2 /],
    ['lr=1&lr=2', /^"lr": got it more than once/],
    ['preset=best', /^preset: got "best"; allowed is one of default, seed/],
    ['preset=digits', /^preset: got "digits"; allowed is one of (?!.*digits)/],
    [
      'points=AQ',
      /^points: got some; allowed only|^points: got "AQ"; allowed is one written by Copy/,
    ],
    ['data=points&points=AQ', /cut or changed/],
    ['data=points&points=*', /cut or changed/],
    ['source=points', /^source: got "points"; no link holds them/],
    ['path=custom', /its samples are not in the link/],
  ]);
  for (const [part, said] of cases) {
    const { config, faults } = read(module, `steps=77&${part}&seed=7`);
    assert.ok(faults.length >= 1 && faults.length <= 2, `${part}: ${faults.join(' | ')}`);
    assert.match(faults.join('\n'), said);
    assert.deepEqual(config, { ...standard, steps: 77, seed: 7 }, part);
  }
  assert.equal(/** @type {any} */ ({}).steps, undefined);
});

test('rows that are only right together are right in any order, beside one that is wrong', () => {
  const together = ['ot_batch=600', 'batch=512', 'sigma_min=0.9', 'sigma_max=1'];
  for (const parts of [together, together.toReversed()]) {
    const { config, faults } = read(module, `features=7&${parts.join('&')}&dim=3`);
    assert.equal(faults.length, 2);
    const { ot_batch, batch, sigma_min, sigma_max } = config;
    assert.deepEqual([ot_batch, batch, sigma_min, sigma_max], [600, 512, 0.9, 1]);
  }
});

test('a link of 100 kB is not read, and a thousand faults are told in twenty lines', () => {
  const { config, faults } = read(module, `seed=7&data=${'x'.repeat(100_000)}`);
  assert.deepEqual(config, standard);
  assert.deepEqual(faults, ['link: got 100012 characters; allowed are 16384']);
  const many = Array.from({ length: 1000 }, (_, i) => `k${i}=1`).join('&');
  const lines = read(module, many).faults;
  assert.equal(lines.length, 21);
  assert.equal(lines[20], 'and 980 more that are wrong in the same link');
});

test('whatever a stranger writes, the configuration is one that a model can be made of', () => {
  const key = fc.oneof(
    fc.constantFrom(...table.map(({ name }) => name), 'preset', 'points', 'curve', '__proto__'),
    fc.string(),
  );
  const value = fc.oneof(
    fc.constantFrom('points', 'custom', 'paired', 'NaN', '-1', '1e999', '3', 'true', 'AQIAAQAAAAA'),
    fc.string({ unit: 'binary' }),
    fc.double().map(String),
    fc.base64String().map((text) => text.replaceAll('=', '')),
  );
  const link = fc
    .array(fc.tuple(key, value), { maxLength: 12 })
    .map((parts) => parts.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`))
    .map((parts) => parts.join('&'));
  fc.assert(
    fc.property(fc.oneof(link, fc.string({ unit: 'binary' })), (text) => {
      const { config, own, path } = read(module, text);
      assert.deepEqual(Object.keys(config), Object.keys(standard));
      const small = { ...config, hidden: 1, layers: 1, features: 2, batch: 4, ot_batch: 0 };
      const model = Model.createSync(resolve(module, small), module);
      if (path) model.setPath(path);
      const labels = Number(config.classes) > 0 ? own?.labels : undefined;
      if (own) model.setPoints(own.points, undefined, labels);
      model.dispose();
    }),
    { numRuns: 150 },
  );
});

test('a packed text that lost or changed a letter is refused or is another set of points, never an error', () => {
  const points = snap(Float32Array.from({ length: 60 }, (_, i) => Math.cos(i)));
  const text = pack({ points, dim: 2 }) ?? '';
  let refused = 0;
  for (let end = 0; end < text.length; end++) {
    assert.throws(() => unpack(text.slice(0, end)), { code: 'argument' });
    refused++;
  }
  assert.equal(refused, text.length);
  assert.deepEqual(unpack(text).points, points);
});
