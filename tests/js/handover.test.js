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
import * as csv from '../../web/lib/csv.js';
import { compileSync } from '../../web/lib/loader.js';
import * as npy from '../../web/lib/npy.js';
import { read, write } from '../../web/lib/safetensors.js';
import { SOURCES } from '../../web/lib/torch.js';
import { loadSync } from '../../web/lib/weights.js';
import { spread } from './draw.js';
import { command, gap, good, python, TOLERANCE, torchrun } from './python.js';

const module = compileSync();
const script = fileURLToPath(new URL('../fixtures/exported.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'moonflow-handover-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {...string} names */
const at = (...names) => join(folder, ...names);

/** The words of a line, with names of files in the folder. @param {string} line */
const typed = (line) =>
  line.split(' ').map((word) => (/^\w+\.(npy|safetensors)$/.test(word) ? at(word) : word));

/** What is typed after sample, the same for either program, by the run, and how far the points may be apart. */
const LINES = /** @type {const} */ ([
  ['trained', '-n 500', TOLERANCE],
  ['trained', '-n 90 --solver dopri5 --steps 200 --rtol 1e-4 --atol 1e-4 --weights raw', 1e-4],
  ['trained', '--solver ab2 --time-grid 0,0.2,0.3,0.7,1 --seed 3 -n 80', TOLERANCE],
  ['trained', '-n 70 --solver rk4 --sde sigma --sde-strength 0.5 --t-end 0.75', TOLERANCE],
  ['told', '-n 60 --label all --guidance 2 --guidance-interval 0.2,0.6', TOLERANCE],
  ['told', '--from start.npy --t-start 1 --t-end 0 --label 1', TOLERANCE],
]);

/** What sample refuses, and how. */
/** @type {[string, RegExp][]} */
const REFUSED = [
  ['--sde constant --solver ab2', /solver: got ab2; allowed beside sde are euler, .* noise/],
  ['--sde-strength 2', /sde_strength: got 2.0; allowed is none while sde is none/],
  ['--sde-strength 200 --sde sigma', /sde_strength: got 200.0; allowed is .* 0 to 100/],
  ['--rtol 1e-3', /rtol: got 0.001; allowed is none with solver heun; it is of dopri5/],
  ['--solver dopri5 --rtol 0', /rtol: got 0.0; allowed is a number from 1e-06 to 1/],
  ['--seed -1', /seed: got -1; allowed is a number from 0 to 4294967295/],
  [
    '--run wild.safetensors --solver dopri5',
    /point 0 stopped at t = 0, where the field is not finite/,
  ],
  ['--solver dopri5 --steps 2', /steps: got 2; .* larger rtol or atol: point 0 stopped at t = /],
  ['--solver dopri5 --time-grid uniform', /time_grid: got uniform; allowed is none with .* dopri5/],
  ['--time-grid 0,0.5,0.4,1', /times: got \[0.0, 0.5, 0.4, 1.0\]; .* go one way/],
  ['--time-grid 0,1 --steps 4', /time_grid: got times beside steps/],
  ['--t-end 0', /times: got .* from 0 to 1 that go one way/],
  ['--label 0', /label: got 0; allowed is none in this run/],
  ['--guidance 2', /guidance: got 2.0 without a label; .* a run with classes/],
  ['--from trained.safetensors', /trained.safetensors: no sound .npy file of points/],
  ['--out x.txt', /--out: got .*x.txt; allowed is .*\.npy or \.safetensors/],
  [
    '--out absent/x.npy',
    /--out: got .*x.npy; allowed is a file in a folder that exists, and .*absent does not/,
  ],
  ['--out pairs.safetensors --t-end 0.5', /--out: got .*pairs.safetensors; allowed is .npy: pairs/],
];

/**
 * What a flow.py says to each of several command lines, by one process.
 * @param {string} file
 * @param {string[][]} lines
 * @returns {Promise<string[]>}
 */
async function askAll(file, lines) {
  writeFileSync(at('typed.json'), JSON.stringify({ lines }));
  const printed = good(await python(script, file, 'typed', at('typed.json')));
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '');
}

describe('the command lines', () => {
  const trained = at('trained.safetensors');
  const home = at('home');
  /** @type {string[]} */
  let said = [];

  before(async () => {
    const words = ['--steps', '60', '--hidden', '16', '--layers', '3', '--batch', '64'];
    good(await command('train', ...words, '--out', trained));
    good(await command('export', trained, '--torch', home));
    good(await command('train', ...words, '--classes', '2', '--out', at('told.safetensors')));
    const n = 40;
    writeFileSync(at('start.npy'), npy.write(spread(3, 2 * n, -2, 2), [n, 2]));
    const wild = read(readFileSync(at('trained.safetensors')));
    for (const { data } of wild.tensors.values()) data.fill(3e38);
    writeFileSync(at('wild.safetensors'), write(wild));
    const lines = LINES.map(([run, line], i) => {
      const files = ['--run', at(`${run}.safetensors`), '--out', at(`theirs${i}.npy`)];
      return [...typed(line), ...files];
    });
    for (const [line] of REFUSED) lines.push(['--out', at('none.npy'), ...typed(line)]);
    said = await askAll(
      join(home, 'flow.py'),
      lines.map((line) => ['sample', ...line]),
    );
  });

  test('sample writes the points of moonflow sample', async () => {
    for (const [i, [run, line, allowed]] of LINES.entries()) {
      assert.equal(said[i], 'nothing', line);
      good(
        await command('sample', at(`${run}.safetensors`), ...typed(line), '--out', at('ours.npy')),
      );
      const [got, wanted] = [`theirs${i}.npy`, 'ours.npy'].map((name) =>
        npy.read(readFileSync(at(name))),
      );
      assert.deepEqual(got.shape, wanted.shape);
      assert.ok(
        gap(got.data, wanted.data) <= allowed,
        `${line}: ${gap(got.data, wanted.data)} off`,
      );
    }
  });

  test('what a sample cannot have is refused with the reason and what works', () => {
    assert.equal(said.length, LINES.length + REFUSED.length);
    for (const [i, [line, says]] of REFUSED.entries()) {
      assert.match(said[LINES.length + i], says, line);
    }
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
    const without = await command('export', out, '--torch', at('bare'));
    assert.match(
      without.stderr,
      /^moonflow: warning: data: 'points', .* does not train; give --data\n$/,
    );
    good(without);
    good(await command('export', out, '--torch', at('full'), '--data', points));
    const [bare, full] = await Promise.all(
      ['bare', 'full'].map((name) => python(at(name, 'flow.py'), 'train', '--steps', '2')),
    );
    assert.equal(bare.code, 1);
    assert.match(bare.stderr, /^flow.py: .*points.safetensors: there is no such file; .*--data\n$/);
    assert.match(good(full), /^step 5 of 5/);
  });

  test('a run from points to data in a latent space is sampled and trained like here', async () => {
    const [start, end, run] = [at('start.csv'), at('end.csv'), at('spaced.safetensors')];
    writeFileSync(start, csv.write(spread(4, 30 * 5, 1, 2), 30, 5));
    writeFileSync(end, csv.write(spread(5, 40 * 5, -2, 1), 40, 5));
    const shape = ['--hidden', '8', '--layers', '2', '--batch', '16'];
    const given = ['--data', end, '--source', start, '--latent', '3'];
    good(await command('train', ...given, ...shape, '--steps', '20', '--out', run));
    good(await command('export', run, '--torch', at('spaced'), '--data', end));
    // Each file beside the words of sample and the program whose file it starts from.
    const back = ['--t-start', '1', '--t-end', '0'];
    /** @type {[string, string[]][]} */
    const lines = [
      ['data.npy', ['-n', '9', '--seed', '3']],
      ['inside.npy', ['-n', '9', '--seed', '3', '--latents']],
      ['times.npy', ['-n', '9', '--time-grid', '0,0.3,1']],
      ['short.npy', ['-n', '9', '--t-end', '0.5']],
      ['back.npy', ['--from', at('ours-data.npy'), ...back]],
      ['inner.npy', ['--from', at('ours-inside.npy'), ...back]],
      ['forth.npy', ['--from', at('ours-back.npy')]],
    ];
    const ours = lines.map(([name]) => at(`ours-${name}`));
    for (const [i, [, words]] of lines.entries())
      good(await command('sample', run, ...words, '--out', ours[i]));
    const said = await askAll(at('spaced', 'flow.py'), [
      ...lines.map(([name, words]) => ['sample', ...words, '--out', at(name)]),
      ['sample', '--from', at('data.npy'), '--out', at('none.npy')],
      ['sample', '--latents', '--run', trained, '--out', at('none.npy')],
      ['train', '--steps', '12', '--out', at('spacious.safetensors')],
    ]);
    assert.equal(said.length, lines.length + 3);
    assert.deepEqual(new Set([...said.slice(0, lines.length), said.at(-1)]), new Set(['nothing']));
    for (const [i, [name]] of lines.entries()) {
      const [got, wanted] = [at(name), ours[i]].map((path) => npy.read(readFileSync(path)));
      assert.deepEqual(got.shape, wanted.shape, name);
      const off = gap(got.data, wanted.data);
      assert.ok(off <= TOLERANCE, `${name}: ${off} off`);
    }
    assert.deepEqual(npy.read(readFileSync(at('data.npy'))).shape, [9, 5]);
    assert.match(
      said[lines.length],
      /data.npy: got .* \[5\] at t = 0; allowed is \[3\] or \[5\], data/,
    );
    assert.match(
      said[lines.length + 1],
      /--latents: got it; .*trained.safetensors is in no latent/,
    );
    const model = loadSync(readFileSync(run), { module });
    model.setPoints(model.encode(csv.read(readFileSync(end, 'utf8')).data));
    model.set({ steps: 32 });
    model.train(12);
    const theirs = loadSync(readFileSync(at('spacious.safetensors')), { module });
    assert.deepEqual([theirs.latent, theirs.source], [model.latent, model.source]);
    const [got, wanted] = [theirs, model].map((each) => each.sample({ n: 50, weights: 'raw' }));
    assert.ok(gap(got, wanted) <= 1e-4, `${gap(got, wanted)} off`);
  });

  test('a reflowed run is sampled, and trained on pairs that the run before it writes', async () => {
    const [out, straight, pairs] = [
      at('straight.safetensors'),
      at('straight'),
      at('p.safetensors'),
    ];
    const words = ['--pairs', '64', '--steps', '4'];
    good(await command('reflow', trained, ...words, '--out', out));
    const exported = await command('export', out, '--torch', straight);
    assert.match(
      exported.stderr,
      /^moonflow: warning: coupling: 'paired', whose pairs are in no file/,
    );
    good(exported);
    // The pairs of round 1 are those of the seed after that of the reflow.
    const said = await askAll(join(straight, 'flow.py'), [
      ['sample', '-n', '5', '--out', at('five.npy')],
      ['train', '--steps', '2'],
      ['train', '--steps', '2', '--points', trained],
      ['sample', '-n', '64', '--seed', '2', '--run', trained, '--out', pairs],
      ['train', '--steps', '6', '--points', pairs],
      ['train', '--steps', '2', '--points', pairs, '--run', trained],
      ['train', '--steps', '2', '--points', pairs, '--out', at('absent', 'x.safetensors')],
    ]);
    assert.deepEqual([said[0], said[3], said[4]], ['nothing', 'nothing', 'nothing']);
    assert.match(said[1], /^flow.py: coupling: got paired, .*--out pairs.safetensors$/);
    assert.match(said[2], /: got t_embed.1.weight .*; allowed is x0, x1, N of each/);
    assert.match(
      said[5],
      /^flow.py: --points: got .*; allowed is none: this run draws its batches/,
    );
    assert.match(said[6], /^flow.py: --out: got .*; allowed is a file in a folder that exists/);
    const theirs = loadSync(readFileSync(join(straight, 'weights.safetensors')), { module });
    const teacher = loadSync(readFileSync(trained), { module });
    const ours = loadSync(readFileSync(out), { module });
    const x0 = teacher.noise({ n: 64, seed: 2 });
    ours.setPairs(x0, teacher.sample({ x0 }));
    ours.set({ steps: 10 });
    ours.train(6);
    const [got, wanted] = [theirs, ours].map((each) => each.sample({ n: 50, weights: 'raw' }));
    assert.ok(gap(got, wanted) <= 1e-4, `${gap(got, wanted)} off`);
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
