/** The command with the handwritten digits: trained, resumed, sampled, drawn, exported. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import { digits } from '../../web/lib/digits.js';
import { Model } from '../../web/lib/model.js';
import * as npy from '../../web/lib/npy.js';
import { loadSync } from '../../web/lib/weights.js';
import { gap, good, python, TOLERANCE } from './python.js';
import { scratch } from './scratch.js';
import { module } from './small.js';
import { run, succeed } from './typed.js';

const { at } = scratch('imagery');

const shape = '--hidden 64 --layers 2 --features 16 --batch 64 --seed 7'.split(' ');
const latentWords = ['--data', 'digits', '--latent', '12', '--classes', '10', ...shape];
const [latent, pixels, moons] = ['latent', 'pixels', 'moons'].map((name) => {
  return at(`${name}.safetensors`);
});

before(async () => {
  await succeed('train', ...latentWords, '--steps', '150', '--out', latent);
  await succeed('train', '--data', 'digits', ...shape, '--steps', '40', '--out', pixels);
  await succeed('train', ...shape, '--steps', '2', '--out', moons);
});

/** @param {string} path */
const opened = (path) => loadSync(readFileSync(path), { module });

/**
 * The grey values of a picture.
 * @param {string} path
 */
async function greys(path) {
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  const image = await loadImage(path);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const { width, height } = image;
  return { width, height, red: data.filter((_, i) => i % 4 === 0) };
}

test('a latent run of digits is sampled in its latent space, and as pixels', async () => {
  const model = opened(latent);
  assert.deepEqual([model.dim, model.config.classes, model.config.data], [12, 10, 'points']);
  const words = ['sample', latent, '-n', '30', '--label', 'all', '--guidance', '2'];
  const { dim, data } = csv.read(await succeed(...words, '--latents'));
  assert.equal(dim, 12);
  const labels = Int32Array.from({ length: 30 }, (_, i) => Math.floor(i / 3));
  const expected = model.sample({ n: 30, labels, guidance: 2 });
  assert.deepEqual(data, expected);
  const file = at('pixels.npy');
  await succeed(...words, '--out', file);
  assert.deepEqual(npy.read(readFileSync(file)), { shape: [30, 64], data: model.pixels(expected) });
});

test('--preset digits is all that learns the digits by class, in pixels and in a latent space', async () => {
  const quick = [
    'train',
    '--preset',
    'digits',
    '--steps',
    '300',
    '--out',
    at('preset.safetensors'),
  ];
  const report = JSON.parse(await succeed(...quick, '--latent', '24', '--json'));
  assert.equal(report.conditional.classes.length, 10);
  for (const { label, sw2, sw2_floor } of report.conditional.classes) {
    assert.ok(sw2 < 5 * sw2_floor, `class ${label}: SW2 ${sw2}, floor ${sw2_floor}`);
  }
  const { config, images } = opened(at('preset.safetensors'));
  assert.deepEqual(
    [config.data, config.dim, config.classes, config.muon_lr],
    ['points', 24, 10, 0.02],
  );
  assert.equal(images?.width, 8);
  const shorter = quick.map((word) => (word === '300' ? '2' : word));
  await succeed(...shorter, '--classes', '0');
  assert.deepEqual([opened(at('preset.safetensors')).config.classes], [0]);
  const { code, stderr } = await run(...quick, '--data', 'moons');
  assert.equal(code, 2);
  assert.match(
    stderr,
    /--data: got "moons"; allowed is digits, or left out, beside --preset digits/,
  );
});

test('the rates of preset digits leave no image of pixels far out, as the default ones do', async (context) => {
  const { points, labels } = await digits();
  const { lr, muon_lr } = Model.createSync({}, module).config;
  // A smaller batch for fewer steps: a few seconds, and the default rates throw points out as far.
  const brief = { preset: 'digits', batch: 64, steps: 600 };
  const n = 1000;
  const told = { n, labels: Int32Array.from({ length: n }, (_, i) => i % 10), guidance: 2 };
  const [own, standard] = [{}, { lr, muon_lr }].map((rates) => {
    const model = Model.createSync({ ...brief, ...rates }, module);
    model.setPoints(points, undefined, labels);
    model.train(brief.steps);
    return model.sample(told).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  });
  context.diagnostic(`farthest pixel: ${own}, by the default rates ${standard}`);
  assert.ok(own < 5, `${own}`);
  assert.ok(standard > 100, `${standard}: the default rates would do, so this test proves nothing`);
});

test('an interrupted run of digits resumes to the same bits without its data being given again', async () => {
  const [first, whole] = [at('first.safetensors'), at('whole.safetensors')];
  await succeed('train', ...latentWords, '--steps', '150', '--out', first);
  assert.deepEqual(readFileSync(first), readFileSync(latent));
  await succeed('train', '--resume', latent, '--steps', '160', '--out', first);
  const more = ['--data', 'digits', '--latent', '12', '--steps', '160'];
  await succeed('train', '--resume', latent, ...more, '--out', whole);
  assert.deepEqual(readFileSync(first), readFileSync(whole));
  const { conditional } = JSON.parse(await succeed('eval', latent, '-n', '500', '--json'));
  assert.equal(conditional.classes.length, 10);
  for (const { sw2 } of conditional.classes) assert.ok(Number.isFinite(sw2) && sw2 > 0);
});

test('--png draws one image of 64 squares a sample, in rows', async () => {
  const png = at('grid.png');
  const said = await succeed('sample', latent, '-n', '40', '--label', 'all', '--png', png);
  assert.equal(said, '', 'the picture takes the place of the table');
  const { width, height, red } = await greys(png);
  // Twice over for density: margins of 24, names and a title of 26, nine pixels of 5 an image; four across and ten down.
  assert.deepEqual([width, height], [2 * (24 + 26 + 4 * 45 + 24), 2 * (24 + 26 + 10 * 45 + 24)]);
  const shades = new Set(red);
  assert.ok(shades.has(255) && shades.has(29) && shades.size > 60, `${shades.size} shades`);
  const plain = at('plain.png');
  await succeed('sample', pixels, '--png', plain);
  const { width: across } = await greys(plain);
  assert.equal(across, 2 * (24 + 16 * 36 + 24), 'sixteen, of pixels of 4');
});

test('train --png draws real digits beside generated ones', async () => {
  for (const words of [latentWords, ['--data', 'digits', ...shape]]) {
    const png = at('both.png');
    await succeed('train', ...words, '--steps', '1', '--png', png);
    const { width, red } = await greys(png);
    assert.ok(width > 16 * 2 * 4 * 9, `${width}`);
    assert.ok(new Set(red).size > 60);
  }
});

test('a run of digits takes their name as its data, and needs no more than that to be exported', async () => {
  const named = ['--data', 'digits', '-n', '100', '--json'];
  const plain = JSON.parse(await succeed('eval', pixels, '-n', '100', '--json'));
  assert.equal(JSON.parse(await succeed('eval', pixels, ...named)).sw2, plain.sw2);
  for (const [name, words] of /** @type {[string, string[]][]} */ ([
    ['plain', []],
    ['named', ['--data', 'digits']],
  ]))
    await succeed('export', pixels, '--torch', at(name), ...words);
  const held = ['plain', 'named'].map((name) => readFileSync(join(at(name), 'points.safetensors')));
  assert.deepEqual(held[1], held[0]);
  const [theirs, ours] = [at('theirs.npy'), at('ours.npy')];
  for (const [path, words] of /** @type {[string, string[]][]} */ ([
    [pixels, []],
    [latent, ['--label', 'all', '--guidance', '2']],
  ])) {
    const draw = ['-n', '30', ...words, '--out'];
    await succeed('export', path, '--torch', at('plain'), '--force');
    good(await python(join(at('plain'), 'flow.py'), 'sample', ...draw, theirs));
    await succeed('sample', path, ...draw, ours);
    const [got, wanted] = [theirs, ours].map((path) => npy.read(readFileSync(path)));
    assert.deepEqual(
      [got.shape, wanted.shape],
      [
        [30, 64],
        [30, 64],
      ],
    );
    assert.ok(gap(got.data, wanted.data) <= TOLERANCE, `${gap(got.data, wanted.data)} off`);
  }
});

test('a reflowed run is still one of images', async () => {
  const straight = at('straight.safetensors');
  await succeed('reflow', latent, '--pairs', '300', '--steps', '10', '--out', straight);
  assert.deepEqual(opened(straight).images, opened(latent).images);
});

test('a latent run leaves for PyTorch with its points, trains there and comes back with its space', async () => {
  const there = at('torch');
  await succeed('export', latent, '--torch', there);
  const [flow, back] = [join(there, 'flow.py'), at('back.safetensors')];
  good(await python(flow, 'train', '--steps', '2', '--out', back));
  const model = opened(back);
  assert.equal(model.step, 152);
  assert.deepEqual(model.images, opened(latent).images);
});

test('what is no run of images, and no space of digits, is refused', async () => {
  const png = at('none.png');
  /** @type {[string[], RegExp][]} */
  const cases = [
    [['train', '--latent', '8'], /--latent: got 8; allowed is left out, or --data digits/],
    [['train', '--data', 'moons', '--latent', '2'], /--latent: got 2; .*--data digits/],
    [['train', '--data', 'digits', '--latent', '65'], /--latent: got 65; .* from 1 to 64/],
    [['train', '--data', 'digits', '--latent', '0'], /--latent: got 0; /],
    [['train', '--data', 'digits', '--dim', '2'], /--dim: got 2; allowed is 64, as in digits/],
    [['train', '--data', 'digits', '--classes', '9'], /classes: got 9; allowed is 10/],
    [['train', '--data', 'digit'], /--data: got "digit"; allowed is .*digits/],
    [['train', '--resume', latent, '--latent', '8'], /--latent: got 8; allowed is left out/],
    [['train', '--resume', moons, '--data', 'digits'], /--data: got "digits"; allowed is moons/],
    [['eval', latent, '--data', 'x.csv'], /--data: got "x.csv"; allowed is digits, as in/],
    [['sample', moons, '--png', png], /--png: got .*none.png"; .*not of images/],
    [['sample', moons, '--latents'], /--latents: got "on"; .*no latent space/],
    [['sample', latent, '--png', png, '-n', '1601'], /-n: got 1601; allowed is 1600 at most/],
    [['sample', latent, '--png', png, '--latents'], /--latents: got "on"; .*without --out/],
    [['sample', pixels, '--label', 'all'], /--label: got "all"; .*without classes/],
    [['sample', latent, '--label', 'every'], /--label: got "every"; /],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await run(...words);
    assert.match(stderr, message);
    assert.deepEqual([code, stdout], [2, ''], words.join(' '));
  }
  assert.equal(cases.length, 16);
});
