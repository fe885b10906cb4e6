/** The flow time of the page: where it stands, and how it plays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from '../../web/app/clock.js';

/**
 * The times that a clock shows when it is looked at every 10 ms.
 * @param {Clock} clock
 * @param {number} ms
 */
function played(clock, ms) {
  const seen = [];
  for (let now = 0; now <= ms; now += 10) {
    clock.tick(5000 + now);
    seen.push(clock.t);
  }
  return seen;
}

test('from the data, playing goes back to noise and then to the data again, without a jump', () => {
  const clock = new Clock(() => {});
  clock.play();
  const seen = played(clock, 12_000);
  assert.ok(seen.includes(0) && seen.includes(1));
  assert.equal(seen[0], 1);
  const steps = seen.slice(1).map((t, i) => Math.abs(t - seen[i]));
  assert.ok(Math.max(...steps) < 0.02, `${Math.max(...steps)}`);
  const first = seen.indexOf(0);
  const arrived = seen.indexOf(1, first);
  assert.ok(first > 0 && arrived - first > 250, `noise at ${first}0 ms, data at ${arrived}0 ms`);
  assert.equal(clock.playing, true);
});

test('playing goes on from where the time stands', () => {
  let cases = 0;
  for (const t of [0, 0.001, 0.25, 0.5, 0.9, 0.999]) {
    const clock = new Clock(() => {});
    clock.seek(t);
    clock.play();
    const [now, , next] = played(clock, 20);
    assert.ok(Math.abs(now - t) < 1e-9, `${t} became ${now}`);
    assert.ok(next >= now && next - now < 0.02, `${now} to ${next}`);
    cases++;
  }
  assert.equal(cases, 6);
});

test('a number of laps ends at the data, and the clock rests', () => {
  for (const laps of [1, 2]) {
    const clock = new Clock(() => {});
    clock.seek(0);
    clock.play(laps);
    const seen = played(clock, 20_000);
    assert.equal(clock.playing, false);
    assert.equal(clock.t, 1);
    const arrivals = seen.filter((t, i) => t === 1 && seen[i - 1] < 1).length;
    assert.equal(arrivals, laps);
  }
});

test('to seek stops the playing and stays within 0 and 1; every change is told', () => {
  let told = 0;
  const clock = new Clock(() => told++);
  clock.play();
  clock.seek(0.3);
  assert.deepEqual([clock.t, clock.playing, told], [0.3, false, 2]);
  clock.tick(1e6);
  assert.deepEqual([clock.t, told], [0.3, 2]);
  clock.seek(-1);
  assert.equal(clock.t, 0);
  clock.seek(7);
  assert.equal(clock.t, 1);
});

test('a page that was not drawn for a minute goes on where it was', () => {
  const clock = new Clock(() => {});
  clock.seek(0.5);
  clock.play();
  clock.tick(0);
  clock.tick(60_000);
  assert.ok(clock.t > 0.5 && clock.t < 0.6, `${clock.t}`);
});
