/** Labels and classifier-free guidance: what they make of samples, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { densitySlices } from '../../web/lib/density.js';
import { trajectorySlices } from '../../web/lib/flow.js';
import { Model } from '../../web/lib/model.js';
import { reflow } from '../../web/lib/reflow.js';
import { write } from '../../web/lib/safetensors.js';
import { finish } from '../../web/lib/slice.js';
import { load, loadSync, read, save } from '../../web/lib/weights.js';
import { connected } from './channel.js';
import { module, SMALL, small, state } from './small.js';

const MOONS = { data: 'moons', classes: 2 };
const trained = Model.createSync({ ...MOONS, seed: 1 }, module);
trained.train(1200);

/** @param {Float32Array} points */
function meanOf(points) {
  const mean = [0, 0];
  for (const [i, value] of points.entries()) mean[i % 2] += (2 * value) / points.length;
  return mean;
}

test('guidance 0 has the bits of no label, and 1 those of the label alone', () => {
  const none = trained.sample({ n: 600, seed: 2 });
  assert.deepEqual(trained.sample({ n: 600, seed: 2, label: 1, guidance: 0 }), none);
  const label = trained.sample({ n: 600, seed: 2, label: 1 });
  assert.deepEqual(trained.sample({ n: 600, seed: 2, label: 1, guidance: 1 }), label);
  assert.notDeepEqual(label, none);
  const labels = Int32Array.from({ length: 600 }, (_, i) => i % 3);
  const mixed = trained.sample({ n: 600, seed: 2, labels });
  for (const [i, own] of labels.entries()) {
    const expected = [trained.sample({ n: 600, seed: 2, label: 0 }), label, none][own];
    assert.deepEqual(mixed.subarray(2 * i, 2 * i + 2), expected.subarray(2 * i, 2 * i + 2));
    if (i === 8) break;
  }
  assert.deepEqual(trained.sample({ n: 600, seed: 2 }), none, 'the label was forgotten');
});

test('guidance is v_null + s (v_label - v_null), within its interval of time', () => {
  const x = trained.noise({ n: 50, seed: 3 });
  const v = (/** @type {import('../../web/lib/flow.js').GuidanceOptions} */ options, t = 0.5) =>
    trained.velocity({ t, x, ...options });
  const [none, own] = [v({}), v({ label: 0 })];
  const strong = v({ label: 0, guidance: 3 });
  strong.forEach((got, i) => {
    const expected = none[i] + 3 * (own[i] - none[i]);
    assert.ok(Math.abs(got - expected) < 1e-4 * (1 + Math.abs(expected)), `${got} ${expected}`);
  });
  /** @type {[number, number]} */
  const guidance_interval = [0.1, 0.4];
  assert.deepEqual(v({ label: 0, guidance: 3, guidance_interval }), own);
  assert.deepEqual(
    v({ label: 0, guidance: 3, guidance_interval }, 0.4),
    v({ label: 0, guidance: 3 }, 0.4),
  );
});

test('guidance above 1 moves the samples of a class away from the other class', (t) => {
  const [outer, inner] = [0, 1].map((label) => meanOf(trained.sample({ n: 2000, label })));
  const axis = outer.map((value, i) => value - inner[i]);
  const length = Math.hypot(...axis);
  const along = [1, 1.5, 2, 4].map((guidance) => {
    const mean = meanOf(trained.sample({ n: 2000, label: 0, guidance }));
    return mean.reduce((sum, value, i) => sum + ((value - outer[i]) * axis[i]) / length, 0);
  });
  t.diagnostic(`moved by ${along.map((each) => each.toFixed(3)).join(', ')} at 1, 1.5, 2, 4`);
  assert.deepEqual(along[0], 0);
  for (let i = 1; i < along.length; i++) assert.ok(along[i] > along[i - 1] + 0.1, `${along}`);
});

test('after training on labelled moons each class is near its floor, and so is the whole', (t) => {
  const { sw2, sw2_floor, nfe, conditional } = trained.quality();
  assert.ok(conditional);
  const { guidance, nfe: cost, classes } = conditional;
  t.diagnostic(JSON.stringify({ sw2, sw2_floor, classes }));
  assert.deepEqual([guidance, cost, nfe], [1, 50, 50]);
  assert.deepEqual(
    classes.map(({ label }) => label),
    [0, 1],
  );
  for (const row of classes) {
    assert.ok(row.sw2 !== null && row.sw2_floor !== null);
    assert.ok(row.n > 9500 && row.n < 10_500);
    assert.ok(row.sw2_floor > 0.01 && row.sw2_floor < 0.04, `${row.sw2_floor}`);
    assert.ok(row.sw2 < 0.04, `class ${row.label}: ${row.sw2}`);
  }
  assert.ok(sw2 < 0.05, `${sw2}`);
  const guided = trained.quality({ n: 2000, guidance: 2, guidance_interval: [0, 0.5] });
  // Heun looks at 0 once and at each later time twice, at 0.48 for the last time within: 25 of 50.
  assert.equal(guided.conditional?.nfe, 75);
  assert.ok(Number(guided.conditional?.classes[0].sw2) > 2 * Number(classes[0].sw2));
});

test('evaluations are counted: once for a label, twice where guidance asks both halves', () => {
  const cost = (/** @type {object} */ options) => {
    return finish(trajectorySlices(trained, { n: 1, solver: 'heun', steps: 25, ...options })).nfe;
  };
  assert.equal(cost({}), 50);
  assert.equal(cost({ label: 1 }), 50);
  assert.equal(cost({ label: 1, guidance: 0 }), 50);
  assert.equal(cost({ label: 1, guidance: 2 }), 100);
  const interval = { label: 1, guidance: 2, guidance_interval: [0.35, 0.5] };
  assert.equal(cost({ ...interval, solver: 'euler', steps: 10 }), 12);
  assert.equal(cost({ ...interval, steps: undefined, grid: [0, 0.4, 0.45, 1] }), 6 + 4);
});

test('the density of a class has mass 1, and the classes together make the whole', () => {
  // The whole is learned from the points without a label: from a tenth of them it is 0.24 to 0.39 off, from half 0.13.
  const halved = Model.createSync({ ...MOONS, seed: 1, label_drop: 0.5 }, module);
  halved.train(1200);
  const options = { size: 48, box: [-5, 7, -4, 4.5], solver: 'rk4', steps: 20 };
  const [whole, outer, inner] = [undefined, 0, 1].map((label) =>
    finish(densitySlices(halved, { ...options, label })),
  );
  for (const { mass } of [whole, outer, inner]) assert.ok(Math.abs(mass - 1) < 0.03, `${mass}`);
  const area = (12 / 48) * (8.5 / 48);
  let [apart, overlap, lone] = [0, 0, 0];
  whole.logp.forEach((logp, i) => {
    const [a, b] = [Math.exp(outer.logp[i]), Math.exp(inner.logp[i])];
    apart += Math.abs(Math.exp(logp) - (a + b) / 2) * area;
    overlap += Math.min(a, b) * area;
    lone += Math.abs(Math.exp(logp) - a) * area;
  });
  assert.ok(apart < 0.2 && lone > 0.8, `${apart} apart, ${lone} of one class alone`);
  assert.ok(overlap < 0.02, `${overlap} shared`);
});

test('a guided flow has a density too, of mass 1 and higher than that of the class', () => {
  // Guidance makes the moon thin: its cells are small.
  const options = { label: 0, box: [-3, 3.5, -1.5, 3.5], size: 100, steps: 15 };
  const [plain, guided] = [1, 1.5].map((guidance) =>
    finish(densitySlices(trained, { ...options, guidance })),
  );
  for (const { mass } of [plain, guided]) assert.ok(Math.abs(mass - 1) < 0.02, `${mass}`);
  assert.equal(guided.nfe, 2 * plain.nfe);
  const peaks = [plain, guided].map(({ logp }) => Math.max(...logp));
  assert.ok(peaks[1] > peaks[0] + 0.1, `${peaks}`);
});

test('guided samples do not depend on how the work is cut', () => {
  const labels = Int32Array.from({ length: 1500 }, (_, i) => i % 2);
  const options = { n: 1500, labels, guidance: 1.5, steps: 4 };
  const whole = trained.sample(options);
  const slices = trained.sampleSlices(options);
  let result = slices.next();
  let yields = 0;
  for (; !result.done; yields++) {
    // Other work between two pieces is not guided.
    assert.deepEqual(trained.sample({ n: 3 }), trained.sample({ n: 3, label: 0, guidance: 0 }));
    result = slices.next();
  }
  assert.ok(yields > 2);
  assert.deepEqual(result.value, whole);
});

test('save, load, continue gives the bits of a labelled run that was never interrupted', async () => {
  const labels = Int32Array.from({ length: 90 }, (_, i) => i % 3);
  for (const config of [
    { data: 'circles', classes: 2 },
    { data: 'points', classes: 3 },
  ]) {
    const [whole, first] = [small(config), small(config)];
    const own = config.data === 'points';
    const points = own ? whole.noise({ n: 90 }) : undefined;
    if (points) for (const model of [whole, first]) model.setPoints(points, 90, labels);
    const losses = whole.train(30);
    first.train(11);
    const file = save(first);
    const rows = read(file).tensors.get('label_embed.weight');
    assert.deepEqual(rows?.shape, [config.classes + 1, SMALL.hidden]);
    const resumed = await load(file, { module, points, labels: own ? labels : undefined });
    assert.deepEqual(resumed.train(19), losses.slice(11));
    assert.equal(state(resumed), state(whole));
    const sample = { n: 50, label: 1, guidance: 2 };
    assert.deepEqual(resumed.sample(sample), whole.sample(sample));
  }
});

test('a file from before there were classes loads as a run without', () => {
  const whole = small();
  whole.train(6);
  const { tensors, metadata } = read(save(whole));
  const { classes, label_drop, ...config } = JSON.parse(metadata.config);
  assert.deepEqual([classes, label_drop], [0, 0.1]);
  assert.ok(!tensors.has('label_embed.weight'));
  const old = { ...metadata, config: JSON.stringify(config) };
  const resumed = loadSync(write({ tensors, metadata: old }), { module });
  for (const model of [whole, resumed]) model.train(6);
  assert.equal(state(resumed), state(whole));
});

test('a batch of a labelled run is learned from as the run does, and has its labels', () => {
  const [run, given] = [small(MOONS), small(MOONS)];
  for (let step = 0; step < 5; step++) given.trainBatch(given.batch());
  run.train(5);
  assert.equal(state(given), state(run));
  const batch = run.batch();
  assert.ok(batch.labels);
  assert.deepEqual([...new Set(batch.labels)].sort(), [0, 1, 2]);
  const { labels, ...bare } = batch;
  assert.notEqual(run.loss(bare).loss, run.loss(batch).loss);
  assert.deepEqual(run.loss({ ...bare, labels: labels.map(() => 2) }), run.loss(bare));
});

test('a client gives the bits of a labelled model in place', () =>
  connected(async (client) => {
    const config = { ...SMALL, data: 'points', classes: 2 };
    const model = Model.createSync(config, module);
    const points = model.noise({ n: 60 });
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 2);
    model.setPoints(points, 60, labels);
    await client.create(config, { points, labels });
    await client.train({ steps: 12 });
    model.train(12);
    assert.equal(await client.digest(), model.digest());
    const options = { n: 300, label: 1, guidance: 1.5 };
    assert.deepEqual(await client.sample(options), model.sample(options));
    assert.deepEqual(await client.quality({ n: 200 }), model.quality({ n: 200 }));
    assert.deepEqual(await client.dataLabels({ n: 9 }), model.dataLabels({ n: 9 }));
    const file = await client.save();
    await assert.rejects(client.create(config, { labels }), { message: /points: got undefined/ });
    await assert.rejects(client.load(file, { labels }), { message: /points: got undefined/ });
    await client.load(file, { points, labels });
    assert.deepEqual(await client.batch(3), model.batch(3));
  }));

test('transport between labelled sets is allowed and warned of', () => {
  const [plain, labelled] = [small({ coupling: 'ot' }), small({ ...MOONS, coupling: 'ot' })];
  assert.deepEqual([plain.warnings, small(MOONS).warnings], [[], []]);
  assert.equal(labelled.warnings.length, 1);
  assert.match(labelled.warnings[0], /coupling: 'ot' .*skewed/);
  labelled.train(2);
  assert.match(small({ ...MOONS, label_drop: 0 }).warnings[0], /label_drop: 0 never teaches/);
});

test('a class too rare for the draw is told as such', () => {
  const model = small({ data: 'points', classes: 2 });
  const n = 500;
  model.setPoints(
    model.noise({ n }),
    n,
    Int32Array.from({ length: n }, (_, i) => Number(i === 7)),
  );
  const { conditional } = model.quality({ n: 20, steps: 2 });
  assert.deepEqual(conditional?.classes[1], { label: 1, n: 0, sw2: null, sw2_floor: null });
  assert.ok(conditional?.classes[0].n > 15);
});

test('reflow straightens the flow of each class and keeps the classes apart', (t) => {
  const model = small({ ...MOONS, hidden: 32, batch: 256, steps: 500 });
  model.train(500);
  const one = (/** @type {number} */ label) => model.sample({ n: 500, label, steps: 1 });
  const apart = () => Math.abs(meanOf(one(0))[0] - meanOf(one(1))[0]);
  const before = model.straightness({ n: 400, label: 1 });
  const { rounds } = finish(reflow(model, { pairs: 3000, n: 1500, steps: 300 }));
  const after = model.straightness({ n: 400, label: 1 });
  t.diagnostic(JSON.stringify([rounds, before, after, apart()]));
  assert.ok(after.straightness < 0.5 * before.straightness);
  assert.ok(Number(rounds[1].straightness) < 0.5 * Number(rounds[0].straightness));
  assert.ok(rounds[1].quality[1].sw2 < 0.5 * rounds[0].quality[1].sw2);
  assert.ok(apart() > 1.5, `${apart()}`);
  assert.equal(model.config.coupling, 'paired');
});

test('labels and guidance are refused with the reason, and nothing changes', () => {
  const [plain, labelled] = [small(), small(MOONS)];
  const own = small({ data: 'points', classes: 3 });
  const [points, ints] = [
    own.noise({ n: 6 }),
    (/** @type {number[]} */ ...all) => Int32Array.of(...all),
  ];
  const before = [plain, labelled, own].map(state);
  /** @type {[() => unknown, RegExp][]} */
  const cases = [
    [() => plain.sample({ n: 5, label: 0 }), /label: got 0; .*trained without classes/],
    [() => plain.sample({ n: 5, guidance: 2 }), /guidance: got 2; .*trained without classes/],
    [() => plain.quality({ n: 5, guidance: 2 }), /guidance: got 2; .*trained without classes/],
    [() => plain.velocity({ t: 0, x: points, label: 1 }), /label: got 1/],
    [() => plain.loss({ ...plain.batch(), labels: ints(0) }), /labels: .*no classes/],
    [() => labelled.sample({ n: 5, guidance: 2 }), /guidance: got 2; .*give a label from 0 to 1/],
    [() => labelled.sample({ n: 5, label: 2 }), /label: got 2; allowed is an integer from 0 to 1/],
    [() => labelled.sample({ n: 5, label: 0.5 }), /label: got 0.5/],
    [() => labelled.sample({ n: 2, label: 0, labels: ints(0, 1) }), /labels: .*beside label/],
    [() => labelled.sample({ n: 2, labels: ints(0, 3) }), /labels\[1\]: got 3; .*from 0 to 2/],
    [() => labelled.sample({ n: 2, labels: ints(0) }), /labels.length: got 1; .*exactly 2/],
    [() => labelled.sample({ n: 1, labels: /** @type {any} */ ([0]) }), /labels: .*Int32Array/],
    [() => labelled.sample({ n: 5, label: 0, guidance: -1 }), /guidance: got -1; .*from 0 to 100/],
    [() => labelled.sample({ n: 5, label: 0, guidance: Number.NaN }), /guidance: got NaN/],
    [
      () => labelled.sample({ n: 5, label: 0, guidance_interval: [0.6, 0.5] }),
      /guidance_interval: got "0.6, 0.5"; allowed is two times from 0 to 1/,
    ],
    [() => small({ data: 'moons', classes: 3 }), /classes: got 3; .*0, or 2 when data is moons/],
    [() => small({ data: '8gaussians', classes: 2 }), /classes: got 2; .*0, or 8 when data is 8ga/],
    [
      () => own.setPoints(points, 6, ints(0, 1, 0, 1, 0, 1)),
      /classes: got 3; allowed is 2, as many/,
    ],
    [() => own.setPoints(points, 6, ints(0, 1, 3, 1, 0, 1)), /labels: got "none of class 2"/],
    [() => own.setPoints(points, 6, ints(0, 1, -2, 1, 0, 1)), /labels\[2\]: got -2/],
    [() => own.setPoints(points, 6, ints(0, 1, 2)), /labels.length: got 3; .*exactly 6/],
    [() => labelled.setPairs(points, points), /labels: got undefined; allowed is an Int32Array/],
    [() => labelled.setPairs(points, points, 6, ints(0, 1, 2, 3, 0, 1)), /labels\[3\]: got 3/],
    [() => plain.setPairs(points, points, 6, ints(0, 1, 2, 1, 0, 1)), /labels: .*without classes/],
  ];
  for (const [act, message] of cases) {
    assert.throws(act, { name: 'MoonflowError', code: 'argument', message }, String(act));
  }
  assert.deepEqual([plain, labelled, own].map(state), before);
  own.setPoints(points);
  assert.throws(() => own.train(1), { code: 'state', message: /setPoints.*with labels/ });
  assert.throws(() => plain.dataLabels({ n: 3 }), { code: 'state', message: /without classes/ });
});
