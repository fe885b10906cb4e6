/** The grid of settings: its cells, and how few models fill them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dials } from '../../web/app/dials.js';
import { settingsOf } from '../../web/app/match.js';
import { cellsOf, crewOf, jobsOf, Sweep } from '../../web/app/sweep.js';
import { module } from './small.js';

/** Diverges within its run when lr is 10. */
const WILD = {
  optimiser: 'adamw',
  hidden: 24,
  layers: 8,
  batch: 16,
  clip: 0,
  schedule: 'constant',
  steps: 60,
  solver_steps: 2,
};
const dials = new Dials(module);
dials.config = dials.vary(dials.config, { hidden: 4, layers: 1, batch: 16, steps: 5 });

/**
 * @param {string} name
 * @param {any[]} values
 */
function axis(name, values) {
  const setting = settingsOf(dials).find((each) => each.name === name);
  assert.ok(setting);
  return { setting, values };
}

test('networks that differ only in how they sample are trained once', () => {
  const cells = cellsOf(dials, [
    axis('coupling', ['independent', 'ot']),
    axis('solver_steps', [1, 2, 4]),
  ]);
  assert.deepEqual(
    cells.map(({ row, column, nfe }) => [row, column, nfe]),
    [0, 1].flatMap((row) => [2, 4, 8].map((nfe, column) => [row, column, nfe])),
  );
  const jobs = jobsOf(dials, cells);
  assert.deepEqual(
    jobs.map(({ cells }) => cells.map(({ contender }) => contender?.config.solver_steps)),
    [
      [1, 2, 4],
      [1, 2, 4],
    ],
  );
  const trained = cellsOf(dials, [
    axis('path', ['linear', 've']),
    axis('time', ['uniform', 'power']),
  ]);
  assert.equal(jobsOf(dials, trained).length, 4);
});

test('what the engine does not take says why and is no work', () => {
  const cells = cellsOf(dials, [
    axis('coupling', ['independent', 'ot']),
    axis('predict', ['v', 'score']),
  ]);
  assert.deepEqual(
    cells.map(({ contender }) => contender !== null),
    [true, true, true, false],
  );
  assert.match(cells[3].why, /score only when coupling is 'independent'/);
  assert.equal(jobsOf(dials, cells).length, 3);
});

test('one core is left to the page, and at most three workers come', () => {
  assert.deepEqual(
    [
      [1, 9],
      [2, 9],
      [3, 9],
      [4, 9],
      [64, 9],
      [64, 2],
    ].map(([cores, jobs]) => crewOf(cores, jobs)),
    [1, 1, 2, 3, 3, 2],
  );
});

test('a run that diverges is told in its cells, and the others are filled', async () => {
  const wild = new Dials(module);
  wild.config = wild.vary(wild.config, WILD);
  const sweep = new Sweep(wild, () => {});
  await sweep.run([axis('lr', [0.001, 10]), axis('solver', ['euler', 'heun'])], 3);
  assert.equal(sweep.phase, 'done', sweep.fault);
  assert.equal(sweep.progress, 1);
  const [euler, heun, ...diverged] = sweep.cells;
  assert.deepEqual([euler.nfe, heun.nfe], [2, 4]);
  for (const { samples, quality } of [euler, heun]) {
    assert.equal(samples?.length, 1000);
    assert.ok(quality && quality.sw2 > 0 && quality.floor > 0);
  }
  for (const { samples, quality, why } of diverged) {
    assert.deepEqual([samples, quality], [null, null]);
    assert.match(why, /diverged|range/);
  }
});

test('a sweep that is called off stands still, and can be begun again', async () => {
  const sweep = new Sweep(dials, () => {});
  const axes = /** @type {[any, any]} */ ([
    axis('path', ['linear', 've']),
    axis('solver', ['euler']),
  ]);
  const run = sweep.run(axes, 2);
  sweep.cancel();
  await run;
  assert.equal(sweep.phase, 'stopped');
  assert.equal(sweep.fault, '');
  assert.ok(sweep.cells.every(({ quality }) => quality === null));
  await sweep.run(axes, 2);
  assert.equal(sweep.phase, 'done');
  assert.ok(sweep.cells.every(({ quality }) => quality !== null));
});
