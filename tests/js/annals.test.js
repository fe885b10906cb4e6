/** @file What the graphs of the page are drawn from: readings in bounded memory, and every graph said in words. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readings } from '../../web/app/annals.js';
import { GRAPHS, graphOf } from '../../web/app/graphs.js';
import { Losses } from '../../web/app/losses.js';
import { Run } from '../../web/app/run.js';
import { speak } from '../../web/app/tongue.js';

function trained() {
  const config = { steps: 400, coupling: 'independent', source: 'gaussian', data: 'moons' };
  const run = new Run(config);
  const take = run.clock();
  for (let step = 100; step <= 400; step += 100) {
    take(
      /** @type {any} */ ({
        step,
        round: 0,
        losses: new Float64Array(100).fill(1 + 100 / step),
        loss_by_time: Float64Array.from({ length: 20 }, (_, bin) => (bin === 19 ? 3 : NaN)),
        steps_per_second: 10 * step,
      }),
    );
    run.measured({ sw2: 1 / step, floor: 0.05, n: 1000, nfe: 50, final: false });
  }
  run.annals.excess.add(200, 0.5);
  run.annals.excess.add(400, 0.25);
  return run;
}

test('readings stay bounded, keep the last one, and span the run', () => {
  const readings = new Readings(2);
  for (let step = 1; step <= 100_000; step++) readings.add(step, step / 2, -step);
  const [steps, halves, minus] = readings.columns;
  assert.ok(readings.count <= 512 && readings.count > 200, `${readings.count}`);
  assert.deepEqual(readings.latest, [50_000, -100_000]);
  steps.forEach((step, i) => {
    assert.deepEqual([halves[i], minus[i]], [step / 2, -step]);
    assert.ok(i === 0 || step > steps[i - 1]);
  });
});

test('a reading of an earlier step takes the place of those after it', () => {
  const readings = new Readings(1);
  for (const step of [10, 20, 30]) readings.add(step, step);
  readings.add(20, 7);
  assert.deepEqual(readings.columns, [
    [10, 20],
    [10, 7],
  ]);
});

test('the losses up to a step are those of its steps, or none when they are gone or still to come', () => {
  const losses = new Losses(100);
  losses.append(Float64Array.from({ length: 6000 }, (_, i) => 101 + i));
  assert.deepEqual([...losses.upTo(6100, 3)], [6098, 6099, 6100]);
  assert.deepEqual([...losses.upTo(5000, 2)], [4999, 5000]);
  assert.equal(losses.upTo(6101, 3).length, 0);
  assert.equal(losses.upTo(2000, 3).length, 0);
  const few = new Losses(0);
  few.append([1, 2]);
  assert.deepEqual([...few.upTo(2, 100)], [1, 2]);
  assert.equal(few.upTo(0, 100).length, 0);
});

test('every column of a graph is as long as its x, and each is said in words in both languages', () => {
  for (const tongue of /** @type {const} */ (['en', 'zh'])) {
    speak(tongue);
    for (const run of [new Run(trained().config), trained()]) {
      for (const floor of [undefined, null, 1.25]) {
        for (const name of GRAPHS) {
          const { data, styles, caption } = graphOf(name, run, floor);
          assert.equal(data.length, styles.length + 1);
          assert.ok(
            data.every((column) => column.length === data[0].length),
            name,
          );
          assert.ok(caption.length > 5 && !/NaN|undefined|Infinity/.test(caption), caption);
        }
      }
    }
  }
  speak('en');
});

test('the graphs say the numbers they draw', () => {
  const run = trained();
  const words = (/** @type {import('../../web/app/graphs.js').Name} */ name) =>
    graphOf(name, run, 1.2).caption;
  assert.match(words('loss'), /^Loss over 400 steps: from 2\.000 to 1\.250/);
  assert.match(words('loss'), /dashed line, 1\.200, .* batches by 0\.250/);
  assert.match(words('excess'), /by 0\.250.* was 0\.500 after step 200/);
  assert.match(words('distance'), /is 0\.003\. .*0\.050.* first measure was 0\.010/);
  assert.match(words('time'), /3\.000 near t = 1 .* largest near t = 0\.97/);
  assert.match(words('speed'), /2,500 in the mean, from 1,000 to 4,000/);
});

test('where there is no floor the graph says why, by the row that is to blame', () => {
  const why = (/** @type {Record<string, string>} */ config) =>
    graphOf('excess', new Run({ ...trained().config, ...config }), null).caption;
  assert.match(why({ coupling: 'ot' }), /coupling ot .* for the coupling independent/);
  assert.match(why({ source: 'ring' }), /source is ring/);
  assert.match(why({ data: 'moons-torchcfm' }), /field of moons-torchcfm/);
});

test('a new round begins new annals', () => {
  const run = trained();
  run.clock()(
    /** @type {any} */ ({
      step: 10,
      round: 1,
      losses: Float64Array.of(1),
      loss_by_time: new Float64Array(20),
      steps_per_second: 5,
    }),
  );
  assert.equal(run.annals.quality.count, 0);
  assert.deepEqual(run.annals.speed.columns, [[10], [5]]);
});
