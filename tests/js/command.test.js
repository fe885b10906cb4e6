import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setImmediate as breath } from 'node:timers/promises';
import { moonflow } from '../../web/cli/command.js';
import { duration, Progress } from '../../web/cli/progress.js';
import * as csv from '../../web/lib/csv.js';
import { compileSync } from '../../web/lib/loader.js';
import * as npy from '../../web/lib/npy.js';
import { parameters } from '../../web/lib/parameters.js';
import { load } from '../../web/lib/weights.js';
import { run, succeed } from './typed.js';

const folder = mkdtempSync(join(tmpdir(), 'moonflow-command-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name */
const at = (name) => join(folder, name);

// A network and a solver as small as they get: these tests are about the command.
const network = ['--hidden', '8', '--layers', '1', '--features', '8', '--batch', '32'];
const travel = ['--solver', 'euler', '--solver-steps', '2', '--schedule', 'constant'];
const small = [...network, ...travel, '--seed', '7'];
const trained = at('trained.safetensors');

before(() => succeed('train', ...small, '--steps', '30', '--out', trained));

test('train --json prints one object with exactly the promised fields', async () => {
  const out = await succeed('train', ...small, '--steps', '20', '--json');
  assert.equal(out.trim().split('\n').length, 1);
  const result = JSON.parse(out);
  const fields = 'steps loss loss_floor excess seconds ms_per_step sw2 sw2_floor hash'.split(' ');
  assert.deepEqual(Object.keys(result), [...fields, 'loss_by_time']);
  assert.equal(result.loss_by_time.length, 20);
  assert.ok(result.loss_by_time.every((/** @type {number} */ loss) => loss > 0));
  assert.equal(result.steps, 20);
  for (const field of fields.slice(1, 8)) {
    assert.ok(Number.isFinite(result[field]) && result[field] > 0, `${field} ${result[field]}`);
  }
  assert.ok(result.sw2 > result.sw2_floor);
  assert.match(result.hash, /^[0-9a-f]{64}$/);
});

test('a resumed run has the bits of an uninterrupted one, in the file and in the hash', async () => {
  const [resumed, whole] = [at('resumed.safetensors'), at('whole.safetensors')];
  const words = ['--resume', trained, '--steps', '50', '--out', resumed, '--json'];
  const [a, b] = await Promise.all([
    succeed('train', ...words),
    succeed('train', ...small, '--steps', '50', '--out', whole, '--json'),
  ]);
  assert.equal(JSON.parse(a).hash, JSON.parse(b).hash);
  assert.equal(JSON.parse(a).loss, JSON.parse(b).loss);
  assert.equal(JSON.parse(a).steps, 50);
  assert.ok(readFileSync(resumed).equals(readFileSync(whole)));
  assert.ok(!readFileSync(trained).equals(readFileSync(whole)), 'the source was not touched');
});

test('Ctrl-C while training exits with 130, and the saved run continues to the same bits', async () => {
  const stopped = at('stopped.safetensors');
  const heard = process.listenerCount('SIGINT');
  const running = moonflow(['train', ...small, '--steps', '1000000', '--out', stopped]);
  while (process.listenerCount('SIGINT') === heard) await breath();
  for (let i = 0; i < 5; i++) await breath();
  process.emit('SIGINT', 'SIGINT');
  assert.equal(await running, 130);
  assert.equal(process.listenerCount('SIGINT'), heard, 'the signal is given back');
  const { step } = await load(readFileSync(stopped), { module: compileSync() });
  assert.ok(step > 0 && step < 1000000, `step ${step}`);
  const steps = String(step + 10);
  const [a, b] = await Promise.all([
    succeed('train', '--resume', stopped, '--steps', steps, '--json'),
    succeed('train', ...small, '--steps', steps, '--json'),
  ]);
  assert.equal(JSON.parse(a).hash, JSON.parse(b).hash);
});

test('sample writes the same points as npy, as csv and on stdout', async () => {
  const words = ['sample', trained, '-n', '50', '--seed', '3', '--solver', 'rk4', '--steps', '4'];
  const [, , printed] = await Promise.all([
    succeed(...words, '--out', at('x.npy')),
    succeed(...words, '--out', at('x.csv')),
    succeed(...words),
  ]);
  const { shape, data } = npy.read(readFileSync(at('x.npy')));
  assert.deepEqual([...shape], [50, 2]);
  for (const text of [printed, readFileSync(at('x.csv'), 'utf8')]) {
    const points = csv.read(text);
    assert.deepEqual([points.n, points.dim], [50, 2]);
    assert.deepEqual(points.data, data);
  }
  const model = await load(readFileSync(trained), { module: compileSync() });
  assert.deepEqual(data, model.sample({ n: 50, seed: 3, solver: 'rk4', steps: 4 }));
});

test('raw and averaged weights give different samples, and the averaged ones are the default', async () => {
  const words = ['sample', trained, '-n', '5'];
  const [plain, ema, raw] = await Promise.all([
    succeed(...words),
    succeed(...words, '--weights', 'ema'),
    succeed(...words, '--weights=raw'),
  ]);
  assert.equal(plain, ema);
  assert.notEqual(raw, ema);
});

test('velocity gives the field of the model at the points of a file', async () => {
  const x = Float32Array.of(0.5, -1, 2, 0.25, -0.75, 1.5);
  writeFileSync(at('p.npy'), npy.write(x, [3, 2]));
  const words = ['--points', at('p.npy'), '--t', '0.3', '--weights', 'raw', '--out', at('v.npy')];
  await succeed('velocity', trained, ...words);
  const model = await load(readFileSync(trained), { module: compileSync() });
  const { shape, data } = npy.read(readFileSync(at('v.npy')));
  assert.deepEqual([...shape], [3, 2]);
  assert.deepEqual(data, model.velocity({ t: 0.3, x, weights: 'raw' }));
});

test('eval --json names its measure, its floor and what it cost', async () => {
  const words = ['-n', '500', '--solver', 'heun', '--steps', '3', '--json'];
  const result = JSON.parse(await succeed('eval', trained, ...words));
  const fields =
    'sw2 sw2_floor nfe field_error loss_floor n solver steps grid seed weights seconds';
  assert.deepEqual(Object.keys(result), fields.split(' '));
  assert.ok(result.sw2 > result.sw2_floor && result.sw2_floor > 0);
  assert.ok(result.field_error > 0.01 && result.loss_floor > 0.01);
  const { nfe, n, solver, steps } = result;
  assert.deepEqual({ nfe, n, solver, steps }, { nfe: 6, n: 500, solver: 'heun', steps: 3 });
});

test('eval --pairs and --energy take as many points as --pair-points says', async () => {
  const words = ['-n', '60', '--pairs', '--energy', '--steps', '2', '--json'];
  for (const [more, n] of /** @type {[string[], number][]} */ ([
    [[], 60],
    [['--pair-points', '2300'], 2300],
  ])) {
    const { pairs, energy } = JSON.parse(await succeed('eval', trained, ...words, ...more));
    assert.deepEqual([pairs.n, energy.n], [n, n]);
  }
  const refused = [
    ['--pair-points', '500'],
    ['--pairs', '--pair-points', '16385'],
    ['--pairs', '--pair-points', '1'],
  ];
  const [idle, many, few] = await Promise.all(refused.map((each) => run('eval', trained, ...each)));
  assert.match(idle.stderr, /--pair-points: got 500; allowed is left out without --pairs and --en/);
  for (const { code, stderr } of [many, few]) {
    assert.equal(code, 2);
    assert.match(stderr, /--pair-points: got \d+; allowed is an integer from 2 to 16384/);
  }
});

test('--threads changes neither hash nor file of train, --resume and reflow', async () => {
  const results = [];
  for (const threads of ['1', '2']) {
    const out = at(`threads-${threads}.safetensors`);
    const words = ['--resume', trained, '--steps', '50', '--out', out, '--threads', threads];
    const { hash } = JSON.parse(await succeed('train', ...words, '--json'));
    const online = ['--pairs-from', 'online', '--pairs', '500', '--refresh', '4', '-n', '500'];
    const pairs = [...online, '--steps', '10', '--threads', threads];
    const straight = JSON.parse(await succeed('reflow', out, ...pairs, '--json'));
    const fresh = [...small, '--steps', '10', '--threads', threads];
    const { hash: other } = JSON.parse(await succeed('train', ...fresh, '--json'));
    const file = readFileSync(out).toString('base64');
    results.push({ hash, file, straight: straight.hash, other });
  }
  assert.deepEqual(results[1], results[0]);
});

test('own points train from csv and from npy to the same bits, and later verbs ask for them', async () => {
  const points = Float32Array.from({ length: 90 }, (_, i) => Math.sin(i * i));
  writeFileSync(at('own.csv'), csv.write(points, 30, 3));
  writeFileSync(at('own.npy'), npy.write(points, [30, 3]));
  const out = at('own.safetensors');
  const words = ['train', ...small, '--steps', '10', '--json'];
  const [a, b] = await Promise.all([
    succeed(...words, '--data', at('own.csv'), '--out', out),
    succeed(...words, '--data', at('own.npy')),
  ]);
  assert.equal(JSON.parse(a).hash, JSON.parse(b).hash);
  assert.equal(csv.read(await succeed('sample', out, '-n', '2')).dim, 3);
  const [without, given, more] = await Promise.all([
    run('eval', out),
    succeed('eval', out, '-n', '30', '--data', at('own.csv'), '--json'),
    succeed('train', '--resume', out, '--data', at('own.npy'), '--steps', '12', '--json'),
  ]);
  assert.equal(without.code, 2);
  assert.match(without.stderr, /--data/);
  assert.ok(JSON.parse(given).sw2 > 0);
  assert.equal(JSON.parse(more).steps, 12);
});

test('bad usage exits with 2 and names the option, the value and what is allowed', async () => {
  const sample = ['sample', trained];
  /** @type {[string[], RegExp][]} */
  const cases = [
    [['train', '--lr', '50'], /--lr: got 50; allowed is a number from 1e-7 to 10/],
    [['train', '--lr', 'fast'], /--lr: got "fast"; allowed/],
    [['train', '--lr', 'NaN'], /--lr: got "NaN"; allowed/],
    [['train', '--lr', '0x1'], /--lr: got "0x1"; allowed/],
    [['train', '--hidden', '12.5'], /--hidden: got 12.5; allowed is an integer/],
    [['train', '--steps', '-5'], /--steps: got -5; allowed/],
    [['train', '--features', '7'], /--features: got 7; allowed is an even number/],
    [['train', '--data', 'noons'], /--data: got "noons"; allowed is one of moons,/],
    [['train', '--data', 'points'], /--data: got "points"; allowed/],
    [
      ['train', '--dim', '3'],
      /--dim: got 3; allowed is 2, or left out: --data moons .* --data FILE may/,
    ],
    [['train', '--path', 'straight'], /--path: got "straight"; allowed is one of linear/],
    [['train', '--coupling', 'paired'], /--coupling: got "paired"; allowed/],
    [['train', '--coupling', 'distilled'], /--coupling: got "distilled"; allowed/],
    [['train', '--coupling', 'ot', '--batch', '4096'], /--batch: got 4096; allowed/],
    [
      ['train', '--preset', 'best'],
      /--preset: got "best"; allowed is one of default, seed, digits/,
    ],
    [['train', '--out', 'run.bin'], /--out: got "run.bin"; allowed is .*\.safetensors/],
    [['train', '--png', 'run.jpg'], /--png: got "run.jpg"; allowed/],
    [['train', '--hiden', '8'], /option: got "--hiden"; allowed is --hidden/],
    [['train', '--weight_decay', '0'], /option: got "--weight_decay"; allowed is --weight-decay/],
    [['train', '--json=yes'], /--json: got "yes"; allowed/],
    [['train', 'moons'], /"moons"/],
    [['train', '--lr'], /--lr: got nothing/],
    [['train', '--resume', trained, '--hidden', '9'], /--hidden: got 9; allowed is 8/],
    [['train', '--resume', trained, '--preset', 'seed'], /--preset: got "seed"/],
    [['train', '--resume', trained, '--steps', '3'], /--steps: got 3; allowed is at least/],
    [['sample'], /RUN: got nothing/],
    [['sample', trained, '--time-grid', ''], /--time-grid: got ""; .* or times, T,T,\.\./],
    [[...sample, '-n', '0'], /-n: got 0; allowed/],
    [[...sample, '--solver', 'dopri'], /--solver: got "dopri"; allowed is one of euler/],
    [[...sample, '--weights', 'best'], /--weights: got "best"; allowed is one of ema, raw/],
    [[...sample, '--out', 'x.txt'], /--out: got "x.txt"; allowed/],
    [[...sample, '--label', '3'], /--label: got 3; allowed is left out: .*without classes/],
    [['velocity', trained, '--t', '0.5'], /--points: got nothing/],
    [['velocity', trained, '--points', 'p.npy'], /--t: got nothing/],
    [['velocity', trained, '--points', 'p.npy', '--t', '1.5'], /--t: got 1.5; allowed/],
    [['reflow', trained, '--rounds', '0'], /--rounds: got 0; allowed/],
    [['reflow', trained, '--pairs-from', 'disk'], /--pairs-from: got "disk"; allowed is one of st/],
    [
      ['reflow', trained, '--refresh', '5'],
      /refresh: got 5; allowed is none, or pairs_from 'online'/,
    ],
    [['reflow', trained, '--refresh', '0'], /--refresh: got 0; allowed is an integer from 1/],
    [['reflow', trained, '--resume', trained], /teacher: got "round 0 before a model in round 0"/],
    [['reflow', trained, '--coupling', 'ot'], /option: got "--coupling"/],
    [['reflow', trained, '--threads', '0'], /--threads: got 0; allowed is an integer from 1 to 16/],
    [['train', '--threads', '17'], /--threads: got 17; allowed is an integer from 1 to 16/],
    [['train', '--threads', 'two'], /--threads: got "two"; allowed is an integer from 1 to 16/],
    [['eval', trained, '--data', 'own.bin'], /--data: got "own.bin"; allowed/],
    [['trian'], /verb: got "trian"; allowed .*train is nearest/],
  ];
  const halves = [cases.filter((_, i) => i % 2 === 0), cases.filter((_, i) => i % 2 === 1)];
  let seen = 0;
  const work = halves.map(async (half) => {
    for (const [words, pattern] of half) {
      const { code, stdout, stderr } = await run(...words);
      assert.equal(code, 2, `${words.join(' ')}: ${stderr}`);
      assert.equal(stdout, '');
      assert.match(stderr, pattern);
      assert.equal(stderr.trim().split('\n').length, 1, 'one sentence, no stack');
      seen++;
    }
  });
  await Promise.all(work);
  assert.equal(seen, cases.length);
});

test('no verb at all prints the usage on stderr and exits with 2', async () => {
  const { code, stdout, stderr } = await run();
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /^usage: moonflow VERB/);
});

test('a bad file exits with 1, names itself and its fault, and leaves nothing behind', async () => {
  const bytes = readFileSync(trained);
  writeFileSync(at('short.safetensors'), bytes.subarray(0, bytes.length - 5));
  writeFileSync(at('noise.safetensors'), Buffer.alloc(64, 255));
  writeFileSync(at('nan.csv'), '1,2\n3,nan\n');
  writeFileSync(at('ragged.csv'), '1,2\n3\n');
  writeFileSync(at('empty.csv'), '');
  writeFileSync(at('wide.csv'), `${Array(65).fill(1).join(',')}\n`);
  writeFileSync(at('wide.npy'), npy.write(new Float32Array(65), [1, 65]));
  writeFileSync(at('text.npy'), 'not an array');
  writeFileSync(at('flat.npy'), npy.write(Float32Array.of(1, 2, 3), [3]));
  writeFileSync(at('inf.npy'), npy.write(Float32Array.of(1, Infinity), [1, 2]));
  const before = readdirSync(folder).sort();
  const out = ['--out', at('never.safetensors')];
  const velocity = ['velocity', trained, '--t', '0', '--out', at('never.npy'), '--points'];
  /** @type {[string[], RegExp][]} */
  const cases = [
    [['sample', at('absent.safetensors')], /RUN: cannot read .*absent.safetensors: no such file/],
    [['sample', at('short.safetensors')], /short\.safetensors/],
    [['eval', at('noise.safetensors')], /noise\.safetensors/],
    [['train', '--resume', at('short.safetensors'), ...out], /short\.safetensors/],
    [['train', '--data', at('absent.csv'), ...out], /--data: cannot read .*absent.csv/],
    [['train', '--data', at('nan.csv'), ...out], /--data .*nan.csv.*line 2.*column 2/],
    [['train', '--data', at('ragged.csv'), ...out], /ragged.csv.*line 2/],
    [['train', '--data', at('empty.csv'), ...out], /empty.csv/],
    [['train', '--data', at('wide.csv'), ...out], /wide.csv: columns: got 65; allowed is 1 to 64/],
    [[...velocity, at('wide.npy')], /wide.npy: columns: got 65; allowed is 1 to 64/],
    [[...velocity, at('text.npy')], /text.npy/],
    [[...velocity, at('flat.npy')], /flat.npy.*shape: got \(3\)/],
    [[...velocity, at('inf.npy')], /inf.npy.*Infinity/],
    [['train', '--steps', '5', '--out', at('no/run.safetensors')], /--out: cannot write/],
    [['sample', trained, '--out', at('no/x.csv')], /--out: cannot write .*no such file/],
  ];
  for (const [words, pattern] of cases) {
    const { code, stdout, stderr } = await run(...words);
    assert.deepEqual([code, stdout], [1, ''], `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, pattern);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
  assert.equal(cases.length, 15);
  assert.deepEqual(readdirSync(folder).sort(), before);
});

test('a run that diverges exits with 1, says why and saves its last finite weights', async () => {
  writeFileSync(at('huge.csv'), '1e30,0\n-1e30,1\n');
  const out = at('diverged.safetensors');
  const words = ['--data', at('huge.csv'), '--steps', '5', '--out', out, '--json'];
  const { code, stdout, stderr } = await run('train', ...small, ...words);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /left the range of \+-1e18.*saved to/);
  const model = await load(readFileSync(out), { module: compileSync() });
  assert.equal(model.step, 0);
});

test('--help lists every parameter of the engine with its range, and --version the version', async () => {
  const [overview, train, sample, version] = await Promise.all([
    succeed('--help'),
    succeed('train', '--help'),
    succeed('sample', '--help'),
    succeed('--version'),
  ]);
  for (const verb of ['train', 'sample', 'velocity', 'interpolate', 'reflow', 'eval', 'loglik']) {
    assert.match(overview, new RegExp(`^  ${verb} `, 'm'));
  }
  const rows = parameters(compileSync());
  const unwrapped = train.replace(/\s+/g, ' ');
  assert.ok(rows.length > 30);
  for (const { name, kind, min, max } of rows) {
    assert.ok(train.includes(`--${name.replaceAll('_', '-')} `), name);
    if (kind === 'integer') assert.ok(unwrapped.includes(`${min} to ${max}.`), name);
  }
  for (const flag of ['-n', '--solver', '--steps', '--seed', '--weights', '--out']) {
    assert.match(sample, new RegExp(`^  ${flag} `, 'm'));
  }
  const { version: expected } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  assert.equal(version, `${expected}\n`);
});

test('--png draws a picture with points of both colours and words', async () => {
  const png = at('moons.png');
  await succeed('train', ...small, '--steps', '5', '--png', png);
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  const image = await loadImage(png);
  assert.deepEqual([image.width, image.height], [1536, 1152]);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const count = { blue: 0, orange: 0, ink: 0 };
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.subarray(i, i + 3);
    if (blue > red + 40) count.blue++;
    if (red > blue + 40) count.orange++;
    if (red < 80 && green < 80 && blue < 90) count.ink++;
  }
  assert.ok(count.blue > 5000 && count.orange > 5000, JSON.stringify(count));
  assert.ok(count.ink > 2 * (1536 + 1152), 'more ink than the frame has: there are words');
});

test('progress shows counts, rate and time left on a terminal and nothing elsewhere', () => {
  /** @type {string[]} */
  const written = [];
  let time = 0;
  const stream = { isTTY: true, write: (/** @type {string} */ text) => written.push(text) };
  const progress = new Progress('training', stream, () => time);
  progress.show(100, 500, { unit: 'steps' });
  time = 2000;
  progress.show(300, 500, { unit: 'steps', note: 'loss 1.5' });
  time = 2010;
  progress.show(301, 500, { unit: 'steps' });
  progress.end();
  assert.equal(written.length, 3, 'two lines, the third came too early, and the end');
  assert.match(written[1], /training 60 % {2}300\/500 {2}100 steps\/s {2}2 s left {2}loss 1\.5$/);
  const silent = new Progress('training', { write: () => assert.fail('not a terminal') });
  silent.show(1, 2);
  silent.end();
  assert.deepEqual([0.2, 89, 91, 7200].map(duration), ['1 s', '89 s', '2 min', '2.0 h']);
});
