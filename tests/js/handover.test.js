/**
 * @file `moonflow export --torch` and the flow.py it writes, by their command lines: samples, training on one process and on
 * two, what is refused. Fails when python3-torch is missing.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileSync } from '../../web/lib/loader.js';
import * as npy from '../../web/lib/npy.js';
import { SOURCES } from '../../web/lib/torch.js';
import { loadSync } from '../../web/lib/weights.js';
import { command, gap, good, python, TOLERANCE, torchrun } from './python.js';

const module = compileSync();
const folder = mkdtempSync(join(tmpdir(), 'moonflow-handover-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {...string} names */
const at = (...names) => join(folder, ...names);

describe('the command lines', () => {
  const trained = at('trained.safetensors');
  const home = at('home');

  before(async () => {
    const words = ['--steps', '60', '--hidden', '16', '--layers', '3', '--batch', '64'];
    good(await command('train', ...words, '--steps', '60', '--out', trained));
    good(await command('export', trained, '--torch', home));
  });

  test('sample writes the points of moonflow sample', async () => {
    good(await python(join(home, 'flow.py'), 'sample', '-n', '500', '--out', at('theirs.npy')));
    good(await command('sample', trained, '-n', '500', '--out', at('ours.npy')));
    const [theirs, ours] = ['theirs', 'ours'].map((name) =>
      npy.read(readFileSync(at(`${name}.npy`))),
    );
    assert.deepEqual(theirs.shape, ours.shape);
    assert.ok(gap(theirs.data, ours.data) <= TOLERANCE, `${gap(theirs.data, ours.data)} off`);
  });

  test('train goes on, on one process and on two, and moonflow goes on from there', async () => {
    const words = [join(home, 'flow.py'), 'train', '--steps', '40', '--every', '20'];
    const printed = good(await python(...words));
    assert.match(
      printed,
      /^step 80 of 100, loss [\d.]+, saved\nstep 100 of 100, loss [\d.]+, saved\n$/,
    );
    const onTwo = good(await torchrun(...words, '--out', at('two.safetensors')));
    assert.match(onTwo, /step 140 of 140, loss [\d.]+, saved/);
    // The engine's own continuation: the same steps over the same cosine.
    const model = loadSync(readFileSync(trained), { module });
    model.set({ steps: 100 });
    model.train(40);
    const theirs = loadSync(readFileSync(join(home, 'weights.safetensors')), { module });
    assert.deepEqual([theirs.step, theirs.config], [100, model.config]);
    assert.ok(Math.abs(theirs.batch().t[0] - model.batch().t[0]) === 0);
    const [lost, kept] = [theirs, model].map((each) => each.loss(model.batch()).loss);
    assert.ok(Math.abs(lost - kept) <= 1e-3 * kept, `loss ${lost} in PyTorch, ${kept} here`);
    const after = good(
      await command('train', '--resume', at('two.safetensors'), '--steps', '150', '--json'),
    );
    assert.equal(JSON.parse(after).steps, 150);
  });

  test('a run of points is trained with --data and refused without it', async () => {
    const [points, out] = [at('mine.csv'), at('mine.safetensors')];
    writeFileSync(points, '1,2,3\n2,3,5\n-1,0,1\n0,1,1\n');
    const words = ['--steps', '3', '--hidden', '8', '--layers', '1', '--batch', '8'];
    good(await command('train', '--data', points, ...words, '--out', out));
    good(await command('export', out, '--torch', at('bare')));
    good(await command('export', out, '--torch', at('full'), '--data', points));
    const [bare, full] = await Promise.all(
      ['bare', 'full'].map((name) => python(at(name, 'flow.py'), 'train', '--steps', '2')),
    );
    assert.equal(bare.code, 1);
    assert.match(bare.stderr, /^flow.py: .*points.safetensors: there is no such file; .*--data\n$/);
    assert.match(good(full), /^step 5 of 5/);
  });

  test('a reflowed run is sampled, and its training refused', async () => {
    const [out, straight] = [at('straight.safetensors'), at('straight')];
    good(await command('reflow', trained, '--pairs', '64', '--steps', '2', '--out', out));
    good(await command('export', out, '--torch', straight));
    const file = join(straight, 'flow.py');
    good(await python(file, 'sample', '-n', '5', '--out', at('five.npy')));
    const { code, stderr } = await python(file, 'train', '--steps', '2');
    assert.equal(code, 1);
    assert.match(stderr, /^flow.py: coupling: got paired, /);
  });

  test('a folder that holds something is left alone unless --force is given', async () => {
    mkdirSync(at('held'));
    writeFileSync(at('held', 'flow.py'), 'mine');
    const refused = await command('export', trained, '--torch', at('held'));
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--torch: got .*held.*holds flow.py, --force/);
    assert.deepEqual(readdirSync(at('held')), ['flow.py']);
    assert.equal(readFileSync(at('held', 'flow.py'), 'utf8'), 'mine');
    const printed = good(await command('export', trained, '--torch', at('held'), '--force'));
    assert.equal(printed.split('\n').length, 3);
    assert.notEqual(readFileSync(at('held', 'flow.py'), 'utf8'), 'mine');
  });

  test('what cannot be written is named', async () => {
    const cases = [
      { words: [], code: 2, says: /--torch: got nothing; allowed is the name of a folder/ },
      {
        words: ['--torch', trained],
        code: 1,
        says: /--torch: cannot write .*trained.safetensors: not a directory/,
      },
      {
        words: ['--torch', at('no', 'where')],
        code: 1,
        says: /--torch: cannot write .*: no such file/,
      },
    ];
    for (const { words, code, says } of cases) {
      const result = await command('export', trained, ...words);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
    }
  });
});

test('the package brings the Python sources along', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const text = execFileSync('npm', words, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  /** @type {{path: string}[]} */
  const packed = JSON.parse(text)[0].files;
  const paths = packed.map(({ path }) => path);
  for (const source of SOURCES) assert.ok(paths.includes(`web/lib/${source}.py`), source);
});
