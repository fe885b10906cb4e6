/** @file A contest of solvers on a network that a worker has trained, and the pictures of what they cost. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { COSTS, cheapest, contest, contestPoints, FIXED, nearest } from '../../web/app/tourney.js';
import { spawn } from '../../web/lib/spawn.js';
import { drawPrecision, precisionBox } from '../../web/view/precision.js';
import { drawStrides } from '../../web/view/stride.js';
import { light } from '../../web/view/theme.js';

/** @type {import('../../web/lib/client.js').Client} */
let client;
/** @type {import('../../web/app/tourney.js').Verdict} */
let verdict;

before(async () => {
  client = await spawn();
  await client.create({ hidden: 16, layers: 3, batch: 128, steps: 300 });
  await client.train();
  verdict = await contest(client, { n: 64, seed: 1 });
});

after(() => client?.dispose());

test('no solver takes more than it may, and each error falls as its order says', () => {
  assert.deepEqual(
    verdict.fixed.map(({ solver }) => solver),
    FIXED,
  );
  const falls = Object.fromEntries(
    verdict.fixed.map(({ solver, marks }) => {
      for (const [i, { nfe }] of marks.entries()) {
        assert.ok(nfe <= COSTS[i] && nfe > COSTS[i] / 2, solver);
      }
      const [coarse, fine] = [marks[2], marks[4]];
      return [solver, Math.log(coarse.error / fine.error) / Math.log(fine.nfe / coarse.nfe)];
    }),
  );
  assert.ok(falls.euler > 0.6 && falls.euler < 1.6, JSON.stringify(falls));
  for (const solver of ['midpoint', 'heun', 'ab2', 'rk4']) {
    assert.ok(falls[solver] > 1.2, JSON.stringify(falls));
  }
});

test('dopri5 errs less and takes more with a smaller tolerance', () => {
  const { adaptive } = verdict;
  adaptive.slice(1).forEach((mark, i) => {
    assert.ok(mark.error < adaptive[i].error && mark.nfe > adaptive[i].nfe);
    assert.ok(mark.nfe_max >= mark.nfe && mark.accepted > 1 && mark.rejected >= 0);
  });
  assert.ok(adaptive[3].error < 1e-3 && verdict.nfe > adaptive[3].nfe);
});

test('the steps that were traced lead each point from 0 to 1, and only accepted ones go on', () => {
  const { steps, points } = verdict.trace;
  for (let point = 0; point < points; point++) {
    let t = 0;
    for (const step of steps.filter((each) => each.point === point)) {
      assert.ok(Math.abs(step.t - t) < 1e-9, `${step.t}, ${t}`);
      if (step.accepted) t += step.h;
    }
    assert.ok(Math.abs(t - 1) < 1e-9, `${t}`);
  }
});

test('the cheapest and the nearest are those of the numbers', () => {
  const best = cheapest(verdict, 0.05);
  assert.ok(best && best.error <= 0.05);
  for (const { marks } of verdict.fixed) {
    for (const { nfe, error } of marks) assert.ok(error > 0.05 || nfe >= best.nfe);
  }
  assert.equal(cheapest(verdict, 0), undefined);
  const few = nearest(verdict, 8);
  assert.ok(verdict.fixed.every(({ marks }) => marks[1].error >= few.error));
});

test('a contest says how far it is, and ends when it is told to', async () => {
  const abort = new AbortController();
  /** @type {number[]} */
  const heard = [];
  const onProgress = (/** @type {number} */ fraction) => {
    heard.push(fraction);
    if (heard.length === 3) abort.abort();
  };
  const work = contest(client, { n: 16, seed: 1, signal: abort.signal, onProgress });
  await assert.rejects(work, { code: 'aborted' });
  assert.equal(heard.length, 3);
});

test('a larger network is tried with fewer points, and a vast one not at all', () => {
  assert.equal(contestPoints(1000), 512);
  assert.ok(contestPoints(50_000) < 512 && contestPoints(50_000) >= 16);
  assert.equal(contestPoints(1e7), 0);
});

/** Calls of a drawing, with the colour each was made in. */
function recorder() {
  /** @type {{name: string, args: any[], stroke: string}[]} */
  const calls = [];
  const state = { fillStyle: '', strokeStyle: '', globalAlpha: 1, lineWidth: 1, font: '' };
  /** @type {any} */
  const ctx = new Proxy(state, {
    get: (target, name) =>
      name in target
        ? target[/** @type {keyof typeof state} */ (name)]
        : (/** @type {any[]} */ ...args) => {
            calls.push({ name: String(name), args, stroke: target.strokeStyle });
            return { width: 40 };
          },
  });
  return { ctx, calls };
}

const box = precisionBox(500, 300);
const inside = (/** @type {{args: any[]}} */ { args: [x, y] }) =>
  x >= box.left - 1 &&
  x <= box.left + box.width + 1 &&
  y >= box.top - 1 &&
  y <= box.top + box.height + 1;

test('on logarithmic axes twice the cost is one step right, and a tenth of the error one step down', () => {
  const { ctx, calls } = recorder();
  const points = [
    { nfe: 4, error: 0.1 },
    { nfe: 8, error: 0.01 },
    { nfe: 16, error: 0.001 },
    { nfe: 32, error: 0 },
  ];
  const picture = { curves: [{ label: 'a', points }], xLabel: 'x', yLabel: 'y', goal: 0.01 };
  drawPrecision(ctx, picture, box, light);
  const dots = calls.filter(({ name }) => name === 'arc');
  assert.equal(dots.length, 3, 'an error of 0 has no place');
  assert.ok(dots.every(inside));
  const [a, b, c] = dots.map(({ args: [x, y] }) => ({ x, y }));
  assert.ok(b.x - a.x > 10 && Math.abs(c.x - b.x - (b.x - a.x)) < 1e-6);
  assert.ok(b.y - a.y > 10 && Math.abs(c.y - b.y - (b.y - a.y)) < 1e-6);
  const words = calls.filter(({ name }) => name === 'fillText').map(({ args }) => args[0]);
  for (const word of ['4', '16', '10⁻³', 'a']) assert.ok(words.includes(word), `${words}`);
});

test('curves are told apart without colour: marks of their own, names at their ends that do not lie over each other', () => {
  const { ctx, calls } = recorder();
  const labels = ['euler', 'midpoint', 'heun', 'rk4', 'ab2', 'dopri5'];
  const curves = labels.map((label, i) => ({
    label,
    points: [4, 8].map((nfe) => ({ nfe, error: 0.1 / nfe + 1e-5 * i })),
  }));
  const room = precisionBox(500, 300, true);
  drawPrecision(ctx, { curves, xLabel: 'x', yLabel: 'y' }, room, light);
  /** Where each path that was filled went, from its first place. */
  const shapes = new Set();
  let path = /** @type {number[][]} */ ([]);
  for (const { name, args } of calls) {
    if (name === 'beginPath') path = [];
    if (name === 'lineTo' || name === 'arc') path.push(args);
    if (name !== 'fill') continue;
    const [[x, y]] = path;
    shapes.add(JSON.stringify(path.map(([a, b]) => [(a - x).toFixed(2), (b - y).toFixed(2)])));
  }
  assert.equal(shapes.size, 6, [...shapes].join(' '));
  const names = calls.filter(({ name, args }) => name === 'fillText' && labels.includes(args[0]));
  assert.deepEqual(names.map(({ args }) => args[0]).sort(), [...labels].sort());
  for (const { args } of names) assert.ok(args[1] > room.left + room.width && args[1] < 500 - 50);
  const heights = names.map(({ args }) => args[2]).sort((a, b) => a - b);
  const gaps = heights.slice(1).map((height, i) => height - heights[i]);
  assert.ok(Math.min(...gaps) >= light.fontPx, `${heights}`);
  assert.ok(heights[5] <= room.top + room.height && heights[0] >= room.top, `${heights}`);
});

test('steps stand as high as they are long, and refused ones are crosses', () => {
  const { ctx, calls } = recorder();
  const steps = [
    { t: 0, h: 0.2, accepted: true },
    { t: 0.2, h: 0.8, accepted: false },
    { t: 0.2, h: 0.4, accepted: true },
  ];
  drawStrides(ctx, { steps, xLabel: 't', yLabel: 'h' }, box, light);
  const lines = calls.filter(({ name }) => name === 'moveTo' || name === 'lineTo');
  const taken = lines.filter(({ stroke }) => stroke === light.samples);
  assert.equal(taken.length, 4);
  assert.ok(taken.every(inside));
  const [a, b] = [taken[0], taken[2]].map(({ args }) => box.top + box.height - args[1]);
  assert.ok(Math.abs(b / a - 2) < 1e-9);
  assert.equal(lines.filter(({ stroke }) => stroke === light.ink).length, 4);
});
