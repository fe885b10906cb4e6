/** A fair match: what may differ, at equal cost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dials } from '../../web/app/dials.js';
import {
  baseOf,
  contender,
  costOf,
  leadOf,
  level,
  scoreOf,
  settingsOf,
  stepsFor,
  suggest,
  valuesOf,
} from '../../web/app/match.js';
import { module } from './small.js';

/** @param {import('../../web/lib/parameters.js').PartialConfig} [values] */
function dialsOf(values = {}) {
  const dials = new Dials(module);
  dials.config = dials.vary(dials.config, values);
  return dials;
}

/**
 * @param {Dials} dials
 * @param {string} name
 * @param {[any, any]} values
 */
function matched(dials, name, [a, b]) {
  const sides = [a, b].map((value) => contender(dials, { [name]: value }));
  return level(dials, /** @type {any} */ (sides), name);
}

test('every pair of solvers with fixed steps meets at one cost, near that of the first', () => {
  const solvers = ['euler', 'midpoint', 'heun', 'rk4', 'ab2'];
  let pairs = 0;
  for (const first of solvers) {
    for (const second of solvers) {
      for (const solver_steps of [1, 4, 25]) {
        const dials = dialsOf({ solver_steps });
        const { sides, nfe } = matched(dials, 'solver', [first, second]);
        const costs = sides.map((side) => costOf(dials, side));
        assert.deepEqual(costs, [nfe, nfe], `${first} and ${second} in ${solver_steps}`);
        assert.ok(Number(nfe) >= 1);
        assert.equal(sides[0].config.solver, first);
        assert.equal(sides[1].config.solver, second);
        const own = dials.cost({ ...dials.config, solver: first });
        assert.ok(Math.abs(Number(nfe) - own) < 4, `${nfe} for ${own}`);
        pairs++;
      }
    }
  }
  assert.equal(pairs, 75);
});

test('a setting that costs nothing leaves the steps alone; steps that are compared stay as they are', () => {
  const dials = dialsOf();
  const { sides, nfe } = matched(dials, 'coupling', ['independent', 'ot']);
  assert.deepEqual([nfe, sides[0].config.solver_steps, sides[1].config.solver_steps], [50, 25, 25]);
  assert.deepEqual(sides[1].config, { ...sides[0].config, coupling: 'ot' });
  const steps = matched(dials, 'solver_steps', [25, 5]);
  assert.equal(steps.nfe, null);
  assert.deepEqual(
    steps.sides.map(({ config }) => config.solver_steps),
    [25, 5],
  );
});

test('guidance above 1 asks the network twice, so it takes half the steps', () => {
  const dials = dialsOf({ classes: 2 });
  const { sides, nfe } = matched(dials, 'guidance', [1, 3]);
  assert.equal(nfe, 48);
  assert.deepEqual(
    sides.map(({ config }) => config.solver_steps),
    [24, 12],
  );
  assert.deepEqual(leadOf(sides[1], 4), { labels: Int32Array.of(0, 0, 1, 1), guidance: 3 });
  assert.equal(settingsOf(dials).at(-1)?.name, 'guidance');
  assert.ok(settingsOf(dialsOf()).every(({ name }) => name !== 'guidance'));
});

test('where classes lead, their mean is compared, without those that have no point', () => {
  const classes = [
    { label: 0, n: 5, sw2: 0.2, sw2_floor: 0.1 },
    { label: 1, n: 0, sw2: null, sw2_floor: null },
    { label: 2, n: 5, sw2: 0.4, sw2_floor: 0.2 },
  ];
  const quality = { sw2: 9, sw2_floor: 8, nfe: 4, conditional: { guidance: 2, nfe: 8, classes } };
  const side = contender(dialsOf(), {});
  assert.deepEqual(scoreOf(quality, side), { sw2: 9, floor: 8, nfe: 4 });
  const { sw2, floor, nfe } = scoreOf(quality, { ...side, guidance: 2 });
  assert.deepEqual([sw2.toFixed(6), floor.toFixed(6), nfe], ['0.300000', '0.150000', 8]);
});

test('steps are found only where a solver costs exactly that', () => {
  const dials = dialsOf();
  const side = contender(dials, { solver: 'rk4' });
  assert.equal(stepsFor(dials, side, 48), 12);
  assert.equal(stepsFor(dials, side, 50), null);
  assert.equal(stepsFor(dials, side, 0), null);
});

test('what is suggested is what the engine takes, and another value than the main run has', () => {
  let settings = 0;
  for (const dials of [dialsOf(), dialsOf({ coupling: 'ot', path: 've', optimiser: 'adamw' })]) {
    for (const setting of settingsOf(dials)) {
      const [now, other] = suggest(dials, setting);
      assert.equal(now, baseOf(dials)[setting.name], setting.name);
      if (valuesOf(setting).length === 0) assert.notEqual(now, other, setting.name);
      // A number may be refused beside others, which the page tells; a list offers only what is taken.
      else contender(dials, { [setting.name]: other });
      settings++;
    }
  }
  assert.ok(settings > 80, `${settings} settings`);
});

test('the pairs of a reflow belong to the main run alone, and nobody is offered them', () => {
  const dials = dialsOf({ coupling: 'paired' });
  assert.equal(baseOf(dials).coupling, 'independent');
  const coupling = settingsOf(dials).find(({ name }) => name === 'coupling');
  assert.ok(coupling);
  assert.deepEqual(valuesOf(coupling), ['independent', 'ot', 'sinkhorn', 'ot-conditional']);
  assert.throws(() => contender(dials, { coupling: 'ot-conditional' }), /only with classes/);
});
