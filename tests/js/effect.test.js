/** Options of the command that would do nothing under the others. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { requireEffect, requireGuided } from '../../web/cli/effect.js';
import { save } from '../../web/lib/weights.js';
import { small } from './small.js';
import { run } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-effect-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'run.safetensors');
writeFileSync(file, save(small()));
const points = join(folder, 'points.csv');
writeFileSync(points, '0.1,0.2\n0.3,0.4\n');

/**
 * @param {string[]} words
 * @param {RegExp} message
 */
async function refused(words, message) {
  const { code, stderr } = await run(...words);
  assert.match(stderr, message);
  assert.equal(code, 2, words.join(' '));
}

/** What makes each count. @type {[string, string, string][]} */
const rows = [
  ['ot_batch', 'coupling', 'ot'],
  ['ot_class_weight', 'coupling', 'ot-conditional'],
  ['sinkhorn_reg', 'coupling', 'sinkhorn'],
  ['path_power', 'path', 'polynomial'],
  ['sigma_min', 'path', 've'],
  ['sigma_max', 'path', 've'],
  ['weight_gamma', 'weight', 'min-snr'],
  ['time_mean', 'time', 'logit-normal'],
  ['time_std', 'time', 'logit-normal'],
  ['time_exponent', 'time', 'power'],
  ['time_ends', 'time', 'u-shaped'],
  ['muon_lr', 'optimiser', 'muon'],
  ['muon_momentum', 'optimiser', 'muon'],
  ['sde_strength', 'sde', 'sigma'],
];

test('what belongs to one choice of another setting is refused under the rest', () => {
  for (const [name, of, choice] of rows) {
    const flag = `--${name.replaceAll('_', '-')}`;
    const message = new RegExp(
      `^${flag}: got 1; allowed is left out beside ${of} other: .*${choice}`,
    );
    assert.throws(() => requireEffect({ [name]: 1 }, { [of]: 'other' }), { message });
    requireEffect({ [name]: 1 }, { [of]: choice });
    requireEffect({}, { [of]: 'other' });
  }
});

test('an interval of guidance counts beside a guidance other than 1', () => {
  const guidance_interval = [0, 0.5];
  const message = /^--guidance-interval: got "0,0.5"; allowed is left out at guidance 1/;
  assert.throws(() => requireGuided({ guidance_interval }), { message });
  assert.throws(() => requireGuided({ guidance: 1, guidance_interval }), { message });
  requireGuided({ guidance: 2, guidance_interval });
});

test('the command refuses what would do nothing, and an option given twice', async () => {
  await refused(
    ['train', '--steps', '1', '--ot-batch', '512'],
    /--ot-batch: got 512; allowed is left out beside coupling independent/,
  );
  await refused(
    ['reflow', file, '--sinkhorn-reg', '1'],
    /option: got "--sinkhorn-reg"; allowed is one of/,
  );
  await refused(['sample', file, '--from', points, '--seed', '2'], /--seed: got 2; .*--from/);
  await refused(['loglik', file, '--points', points, '--seed', '2'], /--seed: got 2; .*--probes/);
  await refused(
    ['velocity', file, '--exact', '--points', points, '--t', '0.5', '--guidance-interval', '0,1'],
    /--guidance-interval: got "0,1"; allowed is left out at guidance 1/,
  );
  await refused(['sample', file, '-n', '2', '-n', '3'], /-n: got "3"; allowed is given once/);
  await refused(
    ['sample', file, '--json', '--json'],
    /--json: got "--json"; allowed is given once/,
  );
});

test('an array is shown by its value', async () => {
  const words = ['loglik', file, '--grid', '4', '--box', '1,2,3'];
  await refused(words, /--box: got \[1, 2, 3\]; allowed is/);
});

test('one step of dopri5 is refused before the work, by the flag it was typed as', async () => {
  const one = ['--solver', 'dopri5', '--solver-steps', '1'];
  const allowed = /--solver-steps: got 1; allowed is 2 or more beside dopri5/;
  const out = join(folder, 'out.safetensors');
  await refused(['train', '--steps', '1', ...one, '--out', out], allowed);
  assert.equal(existsSync(out), false);
  await refused(['reflow', file, ...one], allowed);
  await refused(
    ['eval', file, '--solver', 'dopri5', '--steps', '1'],
    /--steps: got 1; allowed is 2 or more beside dopri5/,
  );
  await refused(
    ['reflow', file, '--solver', 'dopri5', '--solver-steps', '2', '--pairs', '64'],
    /--solver-steps: got 2; allowed is more/,
  );
  await refused(['eval', file, '-n', '1', '--pairs'], /-n: got 1; allowed is/);
});
