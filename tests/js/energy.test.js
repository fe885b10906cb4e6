/** Path energy beside W2^2, and the pairs of a step. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exactW2 } from '../../web/lib/discrepancy.js';
import { save } from '../../web/lib/weights.js';
import { connected } from './channel.js';
import { small } from './small.js';
import { run, succeed } from './typed.js';

/** @param {import('../../web/lib/model.js').Model} model @param {number} n @param {number} steps */
function energyByHand(model, n, steps) {
  let x = model.noise({ n, seed: 1 });
  let energy = 0;
  for (let k = 0; k < steps; k++) {
    const v = model.velocity({ t: k / steps, x });
    energy += v.reduce((sum, each) => sum + each * each, 0) / (n * steps);
    x = x.map((each, i) => each + v[i] / steps);
  }
  return energy;
}

test('the path energy is the mean of |v|^2 along the path, and W2 that of its ends', () => {
  const model = small({ source: '8gaussians', data: 'moons-iid' });
  model.train(30);
  const { path_energy, w2_squared, normalised_path_energy } = model.pathEnergy({ n: 60, steps: 8 });
  const byHand = energyByHand(model, 60, 8);
  assert.ok(Math.abs(path_energy / byHand - 1) < 1e-4, `${path_energy}, by hand ${byHand}`);
  const ends = [model.noise({ n: 60, seed: 1 }), model.data({ n: 60, seed: 1 })];
  const w2 = exactW2(model, ends[0], ends[1]);
  assert.ok(w2_squared > 0.5 * w2 ** 2 && w2_squared < 2 * w2 ** 2, `${w2_squared}, ${w2 ** 2}`);
  const normalised = Math.abs(path_energy - w2_squared) / w2_squared;
  assert.ok(Math.abs(normalised_path_energy - normalised) < 1e-12);
  const ve = small({ path: 've', sigma_max: 20 });
  assert.ok(ve.pathEnergy({ n: 100, steps: 5 }).w2_squared > 400, 'from where the path begins');
});

test('from 8 Gaussians to moons transport moves less than independent pairs, near the least', (context) => {
  const [plain, ot] = ['independent', 'ot'].map((coupling) => {
    const config = { hidden: 24, layers: 4, features: 32, batch: 256, steps: 900, warmup: 20 };
    const model = small({ ...config, source: '8gaussians', data: 'moons', coupling });
    model.train(900);
    const energy = model.pathEnergy({ n: 1000 });
    context.diagnostic(`${coupling}: ${JSON.stringify(energy)}`);
    return energy.normalised_path_energy;
  });
  assert.ok(ot < 0.1 && plain > 3 * ot, `independent ${plain}, ot ${ot}`);
});

test('the pairs of a step are those it draws, cost what the coupling says', () => {
  const config = { data: 'moons-iid', batch: 64 };
  const cost = (/** @type {{x0: Float32Array, x1: Float32Array}} */ { x0, x1 }) =>
    x0.reduce((sum, each, i) => sum + (each - x1[i]) ** 2, 0) / 64;
  const independent = small(config);
  const ot = small({ ...config, coupling: 'ot' });
  const pairs = ot.pairing({ step: 3 });
  const { x0, x1 } = ot.batch(3);
  assert.deepEqual(pairs, { x0, x1 });
  assert.deepEqual(ot.pairing(), ot.pairing({ step: 0 }));
  const own = independent.pairing({ step: 3 });
  assert.deepEqual(own.x0, pairs.x0);
  assert.notDeepEqual(own.x1, independent.batch(3).x1, 'the stable target is of the batch');
  assert.deepEqual(own.x1.slice().sort(), pairs.x1.slice().sort(), 'the same points, coupled');
  assert.ok(cost(pairs) < 0.6 * cost(own));
  assert.throws(() => ot.pairing({ step: -1 }), { message: /^step: got -1/ });
  assert.throws(() => small({ data: 'points' }).pairing(), {
    code: 'state',
    message: /^pairing: /,
  });
  assert.throws(() => ot.pathEnergy({ n: 20000 }), {
    message: /^n: got 20000; allowed is .* 2 to 16384/,
  });
});

test('both come through a worker, and the command reports the energy of a run', async () => {
  const model = small();
  model.train(5);
  await connected(async (client) => {
    await client.create(model.config);
    assert.deepEqual(await client.pairing({ step: 2 }), model.pairing({ step: 2 }));
    const fresh = small();
    assert.deepEqual(await client.pathEnergy({ n: 50 }), fresh.pathEnergy({ n: 50 }));
  });
  const folder = mkdtempSync(join(tmpdir(), 'moonflow-energy-'));
  try {
    const file = join(folder, 'run.safetensors');
    writeFileSync(file, save(model));
    const words = ['eval', file, '-n', '200', '--steps', '2', '--energy'];
    const { energy } = JSON.parse(await succeed(...words, '--json'));
    assert.deepEqual(energy, model.pathEnergy({ n: 200, steps: 2 }));
    assert.match(await succeed(...words), /path energy \d.*W2\^2 \d.*above that of.*normalised \d/);
    const refused = [
      [['--solver', 'rk4'], /--solver: got "rk4"; allowed is euler or left out/],
      [['--sde', 'sigma'], /--sde: got "sigma"; allowed is none or left out/],
      [['--time-grid', '0,0.5,1'], /--time-grid: got "0,0.5,1"; allowed is left out/],
      [['--guidance', '2'], /--guidance: got 2; allowed is left out beside --energy/],
    ];
    for (const [more, message] of /** @type {[string[], RegExp][]} */ (refused)) {
      const { code, stderr } = await run('eval', file, '--energy', ...more);
      assert.equal(code, 2);
      assert.match(stderr, message);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
