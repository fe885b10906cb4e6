/** Every export of the engine with every bad argument, below the library that would refuse it first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { THREADS_MAX } from '../../web/lib/loader.js';
import { parameters, rowOf, toNumbers } from '../../web/lib/parameters.js';
import { module, small, state } from './small.js';

const OK = 0;
const [ARG, STATE, MEMORY] = [1, 2, 3];
const N = 8;
const table = parameters(module);
const count = table.length;

/**
 * An argument as it may be, and the values it must not have.
 * @typedef {{good: number, bad: number[]}} Argument
 */

const points = small().data({ n: N });
const model = small({ data: 'points' });
model.setPoints(points);
model.train(3);
const { instance, handle } = model;
const rooms = instance.memory.carve('test', Array(12).fill(65536));
const [p0, p1, p2, p3, p4, p5, t, doubles, room, grid, course, classes] = rooms;
const other = labelledModel();
// Grows the memory now, so that its end stays where it is.
state(model);
const lr = rowOf(table, 'lr');
for (const place of [p1, p2]) instance.memory.floats(place, points.length).set(points);
instance.memory.doubles(doubles, count).set(toNumbers(table, model.config));

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;
/** The last bytes of memory: aligned, but with no room behind them. */
const edge = () => instance.memory.size - 4;

/** @param {number} good @param {number} align @returns {Argument} */
const array = (good, align = 4) => ({ good, bad: [0, good + align / 2, edge(), -4, -16] });
/** @param {number} good @param {number[]} bad @returns {Argument} */
const value = (good, bad = []) => ({ good, bad });
const self = value(handle, [0, 4, handle + 4, handle + 16, -16, edge(), p0]);
const marked = value(other, [0, 4, other + 4, -16, edge(), p0]);
const n = value(N, [0, -1, INT_MIN, INT_MAX]);
const solver = value(2, [-1, rowOf(table, 'solver').choices.length, INT_MAX]);
/** Where steps are given beforehand, dopri5 is none of the solvers. */
const fixed = value(2, [...solver.bad, rowOf(table, 'solver').choices.indexOf('dopri5')]);
const memoryless = value(2, [...fixed.bad, rowOf(table, 'solver').choices.indexOf('ab2')]);
const weights = value(1, [-1, 2, 3, 4, 5, INT_MAX]);
const steps = value(4, [0, -1, INT_MIN, 10001, INT_MAX]);
const seed = value(1);
const time = (/** @type {number} */ good) =>
  value(good, [-1e-9, 1.0001, Number.NaN, Infinity, -Infinity, 1e300]);
const float = (/** @type {number} */ place) => array(place);
instance.call('fm_course_begin', handle, 1e-3, 1e-3, 25, 0, 1, p2, N, course);
instance.memory.doubles(grid, 5).set([0, 0.1, 0.5, 0.8, 1]);
const back = grid + 64;
const noise = grid + 128;
instance.memory.doubles(noise, 5).fill(0.5);
instance.memory.doubles(back, 5).set([1, 0.8, 0.5, 0.1, 0]);
const tolerance = value(1e-3, [0, -1e-3, 2, Number.NaN, Infinity]);
// Coordinates are no labels either. Where none may be given, null is sound.
const labels = { good: classes, bad: [...array(classes).bad, p1] };
const unlabelled = { good: classes, bad: labels.bad.filter((bad) => bad !== 0) };
const block = value(room, [0, room + 4, room + 8, -16]);

/** A second model in the same memory, which knows two classes. */
function labelledModel() {
  const { memory } = instance;
  const config = { ...model.config, classes: 2 };
  memory.floats(p1, points.length).set(points);
  memory.ints(classes, N).set(Int32Array.from({ length: N }, (_, i) => i % 2));
  memory.doubles(doubles, count).set(toNumbers(table, config));
  const size = instance.call('fm_size', doubles);
  const place = memory.reserve('labelled', size);
  assert.equal(instance.call('fm_init', place, size, doubles), OK);
  assert.equal(instance.call('fm_points_set', place, p1, N), OK);
  assert.equal(instance.call('fm_labels_set', place, classes, N), OK);
  assert.equal(instance.call('fm_pairs_set', place, p1, p1, N), OK);
  return place;
}

/**
 * Each export with its arguments; a bad one gives `status` (FM_E_ARG unless it says otherwise).
 * @type {Record<string, {args: Argument[], status?: number, good?: number}>}
 */
const EXPORTS = {
  fm_param_count: { args: [], good: count },
  fm_param_info: { args: [value(0, [-1, count, INT_MIN, INT_MAX])], status: 0, good: Number.NaN },
  fm_preset: { args: [value(0, [-1, 3, INT_MIN, INT_MAX]), array(p0, 8)] },
  fm_preset_name: { args: [value(0, [-1, 3, INT_MIN, INT_MAX])], status: 0, good: Number.NaN },
  fm_check: { args: [array(doubles, 8), value(p0, [p0 + 2, edge() + 2, -2])] },
  fm_data_classes: { args: [value(2, [-1, 9, 10, INT_MIN, INT_MAX])], status: 0, good: 8 },
  fm_size: { args: [array(doubles, 8)], status: 0, good: Number.NaN },
  fm_init: {
    args: [block, value(65535, [0, 1, 15]), value(doubles)],
    status: MEMORY,
    good: Number.NaN,
  },
  fm_param_get: { args: [self, value(0, [-1, count, INT_MAX]), array(p0, 8)] },
  fm_param_set: {
    args: [
      self,
      value(lr.index, [-1, count, INT_MAX, 0, 1, 2]),
      value(Number(lr.standard), [0, -1, Number.NaN, Infinity, 1e9]),
    ],
  },
  fm_points_set: { args: [self, float(p1), n] },
  fm_source_set: { args: [self, float(p1), n], good: STATE },
  fm_labels_set: { args: [marked, labels, n] },
  fm_path_set: {
    args: [
      self,
      float(p1),
      float(p2),
      value(2, [0, 1, -1, 65537, INT_MAX]),
      value(p0, [p0 + 2, -2]),
    ],
    good: STATE,
  },
  fm_pairs_set: { args: [self, float(p1), float(p2), n], good: Number.NaN },
  fm_pair_labels_set: { args: [marked, labels, n] },
  fm_reflow_begin: { args: [self], good: STATE },
  fm_stats_get: { args: [self], status: 0, good: Number.NaN },
  fm_loss_by_time: { args: [self, array(doubles, 8)] },
  fm_train: { args: [self, value(0, [-1, INT_MIN]), value(doubles, [doubles + 4, -4])] },
  fm_train_batch: { args: [self, float(t), float(p1), float(p2), n], good: Number.NaN },
  fm_loss: { args: [self, float(t), float(p1), float(p2), n], good: Number.NaN },
  fm_train_labelled: {
    args: [marked, float(t), float(p1), float(p2), labels, n],
    good: Number.NaN,
  },
  fm_loss_labelled: {
    args: [marked, float(t), float(p1), float(p2), labels, n],
    good: Number.NaN,
  },
  fm_batch: { args: [self, value(0, [-1, INT_MIN]), float(p3), float(p4), float(p5)] },
  fm_pairing: { args: [self, value(0, [-1, INT_MIN]), float(p3), float(p4)] },
  fm_batch_labels: { args: [marked, value(0, [-1, INT_MIN]), float(p3)] },
  fm_serve: { args: [self] },
  fm_threads: {
    args: [self, value(1, [0, -1, THREADS_MAX + 1, INT_MIN, INT_MAX]), value(1, [0, -1, INT_MIN])],
  },
  fm_threads_stop: { args: [self] },
  fm_velocity: { args: [self, weights, float(t), float(p1), n, float(p3)] },
  fm_guide_set: {
    args: [
      ...[marked, labels, value(N, [-1, INT_MIN, INT_MAX])],
      ...[value(2, [-1, 101, Number.NaN, Infinity]), time(0.2), time(0.9)],
    ],
  },
  fm_convert: {
    args: [
      ...[self, value(0, [-1, 4, INT_MAX]), value(3, [-1, 4, INT_MIN])],
      ...[float(t), float(p1), float(p2), n, float(p3)],
    ],
  },
  fm_noise: { args: [self, seed, seed, n, float(p3)] },
  fm_data: { args: [self, seed, n, float(p3)] },
  fm_data_labels: { args: [marked, seed, n, float(p3)] },
  fm_sample: {
    args: [self, weights, solver, steps, time(0), time(1), float(p1), n],
  },
  fm_grid: {
    args: [value(1, [-1, 2, INT_MAX]), steps, time(0), time(1), array(p3, 8)],
  },
  fm_sample_grid: {
    args: [
      ...[self, weights, fixed, array(grid, 8), value(5, [1, 0, -1, 10002])],
      ...[float(p1), n, value(0, [p3 + 2, -4, edge()])],
    ],
  },
  fm_sample_sde: {
    args: [
      ...[self, weights, memoryless, array(grid, 8), value(noise, [0, noise + 4, -8, edge()])],
      ...[value(5, [1, 0, -1, 10002]), seed, value(0, [-1]), float(p1), n],
      value(0, [p3 + 2, -4, edge()]),
    ],
  },
  fm_diffusion: {
    args: [
      ...[self, value(1, [-1, 3, INT_MAX]), value(1, [-1e-3, 101, Number.NaN, Infinity])],
      ...[array(grid, 8), value(5, [1, 0, -1, 10002]), array(p3, 8)],
    ],
  },
  fm_blend: {
    args: [
      ...[value(1, [-1, 2, INT_MAX]), time(0.3), float(p1), float(p2), n],
      ...[value(2, [0, -1, 65, INT_MAX]), float(p3)],
    ],
  },
  fm_course_begin: {
    args: [...[self, tolerance, tolerance, steps, time(0), time(1), float(p1), n], array(p3, 8)],
  },
  fm_course_run: {
    args: [
      ...[self, weights, steps, float(p2), float(p4), array(course, 8), n],
      ...[value(0, [p3 + 4, -8, edge()]), array(grid, 8), value(5, [0, -1, 10002])],
      value(p5, [p5 + 2, -4, edge()]),
    ],
  },
  fm_nfe: { args: [solver, value(4, [0, -1, INT_MIN])], status: 0, good: 8 },
  fm_guided_nfe: {
    args: [
      ...[value(0, fixed.bad), array(grid, 8), value(5, [1, 0, -1, 10002])],
      ...[value(3, [-1, 101, Number.NaN]), time(0.25), time(0.5)],
    ],
    status: 0,
    good: 5,
  },
  fm_straightness: { args: [self, weights, steps, float(p1), n, float(p3), float(p4)] },
  fm_loglik: {
    args: [
      // Times that end before 0, of which there are too few, or that rise.
      ...[self, weights, fixed, value(back, [0, back + 4, edge(), -8, back + 8, grid])],
      ...[value(5, [1, 0, -1, 10002, 4]), value(0, [1, -1, 65, INT_MIN]), seed, value(0, [-1])],
      ...[float(p1), n, array(p3, 8), value(p4, [p4 + 4, edge(), -8])],
    ],
  },
  fm_loglik_adaptive: {
    args: [
      ...[self, weights, value(0.5, [0, -1, 1.5, Number.NaN])],
      ...[value(1e-3, [0, -1, Number.NaN]), value(1e-3, [0, -1, Number.NaN])],
      ...[value(100, [0, -1, 10001]), value(0, [1, -1, 65, INT_MIN]), seed, value(0, [-1])],
      ...[float(p1), n, array(p3, 8), value(p4, [p4 + 4, edge(), -8]), array(p5)],
    ],
  },
  fm_oracle_size: { args: [self], status: 0, good: N },
  fm_oracle_velocity: { args: [marked, float(t), float(p1), unlabelled, n, float(p3)] },
  fm_oracle_loss: {
    args: [
      ...[marked, weights, float(t), float(p1), float(p2), unlabelled, n],
      ...[p3, p4].map((p) => value(p, [p + 4, edge(), -8])),
    ],
  },
  fm_sw2: {
    args: [
      ...[float(p1), float(p2), n, value(2, [0, -1, 65, INT_MAX]), seed],
      ...[value(0, [-1, INT_MIN, INT_MAX, INT_MAX - 1]), value(2, [0, -1, INT_MIN])],
      ...[float(p3), array(p4, 8)],
    ],
  },
  fm_pair_means: {
    args: [
      ...[value(1, [-1, 2, INT_MAX]), value(1, [0, -1, Number.NaN, Infinity, 1e-10, 1e19])],
      ...[float(p1), n, float(p2), n, value(2, [0, -1, 65, INT_MAX])],
      ...[value(0, [-1, N, INT_MIN]), value(2, [0, -1, N + 1, INT_MIN]), array(p4, 8)],
    ],
  },
  fm_assign_size: {
    args: [value(N, [0, -1, 16385, INT_MIN, INT_MAX]), value(2, [0, -1, 65, INT_MAX])],
    status: 0,
    good: Number.NaN,
  },
  fm_assign: {
    args: [
      ...[float(p1), float(p2), value(N, [0, -1, 16385, INT_MAX]), value(2, [0, -1, 65, INT_MAX])],
      ...[value(p3, [0, p3 + 4, edge(), -8]), float(p4)],
    ],
  },
  fm_tensor_count: { args: [self], status: 0, good: Number.NaN },
  fm_tensor_info: {
    args: [self, value(0, [-1, 100, INT_MIN, INT_MAX])],
    status: 0,
    good: Number.NaN,
  },
  fm_slot_size: { args: [self], status: 0, good: model.parameterCount },
  fm_slot: { args: [self, value(0, [-1, 5, INT_MIN, INT_MAX])], status: 0, good: Number.NaN },
  fm_restore: { args: [self, value(3, [-1, INT_MIN]), value(0, [-1, INT_MIN])], good: Number.NaN },
  fm_reset: { args: [self], good: Number.NaN },
  fm_digest: { args: [value(p1, [0]), value(64, [-1]), value(p3, [0, edge()])] },
};

test('the table of this test names every export of the engine', () => {
  const names = WebAssembly.Module.exports(module)
    .map(({ name }) => name)
    .filter((name) => name.startsWith('fm_'));
  assert.deepEqual(Object.keys(EXPORTS).sort(), names.sort());
});

test('every export refuses every bad argument with its documented status and leaves the state', () => {
  const before = state(model);
  let cases = 0;
  for (const [name, { args, status = ARG, good = OK }] of Object.entries(EXPORTS)) {
    const sound = args.map((argument) => argument.good);
    args.forEach(({ bad }, position) => {
      for (const wrong of bad) {
        const call = sound.map((each, i) => (i === position ? wrong : each));
        const got = instance.call(name, ...call);
        assert.equal(got, status, `${name}(${call}), argument ${position}`);
        cases++;
      }
    });
    assert.equal(state(model), before, name);
    // Where a sound call leaves the state alone, it must not be refused either.
    if (!Number.isNaN(good)) assert.equal(instance.call(name, ...sound), good, `${name}(${sound})`);
    assert.equal(state(model), before, `${name} as it should be called`);
  }
  assert.ok(cases > 250, `${cases} cases`);
});

test('the build without threads knows no helper', () => {
  for (const threads of [2, THREADS_MAX]) {
    assert.equal(instance.call('fm_threads', handle, threads, 1), STATE);
  }
});

test('points that are not finite are refused wherever points are read', () => {
  const before = state(model);
  const readers = /** @type {[string, number][]} */ ([
    ...[
      ['fm_pairs_set', 1],
      ['fm_pairs_set', 2],
      ['fm_train_batch', 1],
      ['fm_train_batch', 2],
    ],
    ...[
      ['fm_train_batch', 3],
      ['fm_loss', 1],
      ['fm_loss', 2],
      ['fm_loss', 3],
      ['fm_velocity', 2],
      ['fm_convert', 3],
      ['fm_convert', 4],
      ['fm_convert', 5],
    ],
    ...[
      ['fm_velocity', 3],
      ['fm_sample', 6],
      ['fm_sample_grid', 5],
      ['fm_course_begin', 6],
      ['fm_blend', 2],
      ['fm_blend', 3],
      ['fm_sample_sde', 8],
      ['fm_straightness', 3],
      ['fm_loglik', 8],
      ['fm_loglik_adaptive', 9],
      ['fm_sw2', 0],
      ['fm_sw2', 1],
      ['fm_pair_means', 2],
      ['fm_pair_means', 4],
    ],
    ...[
      ['fm_oracle_velocity', 1],
      ['fm_oracle_velocity', 2],
      ['fm_oracle_loss', 2],
      ['fm_oracle_loss', 3],
      ['fm_oracle_loss', 4],
    ],
    ...[
      ['fm_assign', 0],
      ['fm_assign', 1],
    ],
  ]);
  for (const [name, position] of readers) {
    for (const wrong of [Number.NaN, Infinity, -Infinity]) {
      const { args } = EXPORTS[name];
      instance.memory.floats(room, 2 * N).set(points.map(() => 0.5));
      instance.memory.floats(room, 2 * N)[N - 1] = wrong;
      const call = args.map(({ good }, i) => (i === position ? room : good));
      assert.equal(instance.call(name, ...call), ARG, `${name}, argument ${position}, ${wrong}`);
      assert.equal(state(model), before, name);
    }
  }
  assert.equal(readers.length, 33);
});

test('every row of the table is refused outside its range, by its index', () => {
  const base = toNumbers(table, small().config);
  let cases = 0;
  for (const row of table) {
    const outside = [
      row.min - 1,
      row.max + Math.max(1, row.max * 1e-3),
      Number.NaN,
      Infinity,
      -Infinity,
    ];
    if (row.kind !== 'real' && row.kind !== 'log') outside.push(row.min + 0.5);
    for (const wrong of outside) {
      instance.memory.doubles(doubles, count).set(base);
      instance.memory.doubles(doubles, count)[row.index] = wrong;
      assert.equal(instance.call('fm_check', doubles, p0), ARG, `${row.name} = ${wrong}`);
      assert.equal(instance.memory.ints(p0, 1)[0], row.index, `${row.name} = ${wrong}`);
      assert.equal(instance.call('fm_size', doubles), 0);
      cases++;
    }
  }
  assert.ok(cases >= 5 * count, `${cases} cases`);
});

test('a block that is too small by one byte is refused', () => {
  instance.memory.doubles(doubles, count).set(toNumbers(table, small().config));
  const size = instance.pointer('fm_size', doubles);
  const place = instance.memory.reserve('second', size);
  assert.equal(instance.call('fm_init', place, size - 1, doubles), MEMORY);
  assert.equal(instance.call('fm_init', place, size, doubles), OK);
});
