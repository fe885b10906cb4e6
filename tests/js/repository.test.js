import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, extname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync, inflateRawSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = new Set(['.c', '.h', '.js', '.py', '.sh', '.mk', '.css', '.html']);

/** Every file that is or would be in the repository, so that a new file is judged before it is committed. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && readable(path));
const sources = files.filter((path) => SOURCE.has(extname(path)) || basename(path) === 'Makefile');

/** @param {string} path */
function readable(path) {
  try {
    return readFileSync(join(root, path)).length >= 0;
  } catch {
    return false; // deleted in the working tree, and not yet in the index
  }
}

/** @param {string} path */
const read = (path) => readFileSync(join(root, path), 'utf8');

/**
 * The engine from the bottom up: L0 to L6 of the design, each split where one file of a layer stands on another.
 * A file may include its own header and what lies in a row before its own.
 */
const ROWS = [
  { layer: 0, nouns: ['course', 'setting'] },
  { layer: 0, nouns: ['fm'] },
  { layer: 0, nouns: ['base'] },
  { layer: 0, nouns: ['simd', 'scalar'] },
  { layer: 0, nouns: ['vmath'] },
  { layer: 1, nouns: ['arena', 'rng', 'digest', 'pool'] },
  { layer: 2, nouns: ['kernels'] },
  { layer: 2, nouns: ['gemm', 'act', 'reduce'] },
  { layer: 3, nouns: ['shape'] },
  { layer: 3, nouns: ['timenet', 'mlp', 'adamw', 'muon'] },
  { layer: 3, nouns: ['label'] },
  { layer: 4, nouns: ['pchip', 'cloud'] },
  { layer: 4, nouns: ['assignment'] },
  {
    layer: 4,
    nouns: [
      'path',
      'coupling',
      'timelaw',
      'dataset',
      'ode',
      'blend',
      'dopri5',
      'metric',
      'chebyshev',
      'posterior',
      'interval',
    ],
  },
  { layer: 4, nouns: ['source', 'sinkhorn'] },
  { layer: 4, nouns: ['transport'] },
  { layer: 4, nouns: ['minibatch', 'churn', 'conversion', 'oracle'] },
  { layer: 4, nouns: ['condition'] },
  { layer: 4, nouns: ['weight'] },
  { layer: 5, nouns: ['field'] },
  { layer: 5, nouns: ['train', 'sample', 'adaptive', 'divergence'] },
  { layer: 5, nouns: ['likelihood'] },
  { layer: 6, nouns: ['params'] },
  { layer: 6, nouns: ['model'] },
  { layer: 6, nouns: ['learn', 'flow', 'travel', 'excess'] },
];
const engine = files.filter((path) => /^src\/\w+\.[ch]$/.test(path));

/** @param {string} noun */
function rowOf(noun) {
  const row = ROWS.findIndex(({ nouns }) => nouns.includes(noun));
  assert.ok(row >= 0, `src/${noun} has no place in the table of layers`);
  return row;
}

/** @param {string} path */
function includesOf(path) {
  return [...read(path).matchAll(/^\s*#include "(\w+)\.h"/gm)].map(([, noun]) => noun);
}

/** @param {string} path */
const nounOf = (path) => basename(path, extname(path));

test('a file of the engine includes only what lies below it', () => {
  let includes = 0;
  for (const path of engine) {
    for (const noun of includesOf(path)) {
      includes++;
      const own = path.endsWith('.c') && noun === nounOf(path);
      assert.ok(own || rowOf(noun) < rowOf(nounOf(path)), `${path} includes ${noun}.h`);
    }
  }
  assert.ok(engine.length > 40 && includes > 60, `${engine.length} files, ${includes} includes`);
});

test('the mathematics of layer 4 does not know the network of layer 3', () => {
  const layer4 = engine.filter((path) => ROWS[rowOf(nounOf(path))].layer === 4);
  assert.ok(layer4.length >= 12, `${layer4.length} files`);
  for (const path of layer4) {
    for (const noun of includesOf(path)) {
      const { layer } = ROWS[rowOf(noun)];
      assert.ok(layer !== 2 && layer !== 3, `${path} includes ${noun}.h of layer ${layer}`);
    }
  }
});

test('the engine includes no header of the system but stdint and stddef', () => {
  let seen = 0;
  for (const path of engine) {
    for (const [, header] of read(path).matchAll(/^\s*#include <([^>]+)>/gm)) {
      seen++;
      const allowed = ['stdint.h', 'stddef.h', 'wasm_simd128.h', 'simde/wasm/simd128.h'];
      assert.ok(allowed.includes(header), `${path} includes <${header}>`);
    }
  }
  assert.ok(seen > 0);
});

/**
 * What a module imports, statically or not.
 * @param {string} path
 */
function importsOf(path) {
  const statement = /^\s*(?:(?:import|export)\b[^'";]*\bfrom|import)\s*['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]/g;
  const text = read(path);
  return [...text.matchAll(statement), ...text.matchAll(dynamic)].map(([, target]) => target);
}

/** Which folders of web/ a folder may import from, besides its own. */
const IMPORTS = new Map([
  ['lib', ['wasm_build/']],
  ['view', []],
  ['app', ['web/lib/', 'web/view/', 'wasm_build/']],
  ['cli', ['web/lib/', 'web/view/']],
  ['element', ['web/lib/', 'web/view/']],
]);

test('a folder of web/ imports only from the folders below it', () => {
  let imports = 0;
  for (const [folder, below] of IMPORTS) {
    const here = `web/${folder}/`;
    for (const path of files.filter((file) => file.startsWith(here) && file.endsWith('.js'))) {
      for (const target of importsOf(path).filter((each) => each.startsWith('.'))) {
        imports++;
        const to = join(dirname(path), target);
        const allowed = [here, ...below].some((prefix) => to.startsWith(prefix));
        assert.ok(allowed, `${path} imports ${to}`);
      }
    }
  }
  assert.ok(imports > 40, `${imports} imports`);
});

test('the library and the drawing import no package', () => {
  let seen = 0;
  for (const path of files.filter((file) => /^web\/(lib|view)\/.*\.js$/.test(file))) {
    seen++;
    for (const target of importsOf(path)) {
      assert.match(target, /^(\.|node:)/, `${path} imports ${target}`);
    }
  }
  assert.ok(seen > 10, `${seen} files`);
});

test('no source has more than 400 lines', () => {
  assert.ok(sources.length > 60, `${sources.length} sources`);
  const long = sources
    .map((path) => ({ path, lines: read(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 400);
  assert.deepEqual(long, []);
});

test('every source has a name of its own in lower case, and none is a drawer', () => {
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const path of sources) {
    const name = basename(path);
    if (['Makefile', 'rules.mk', 'index.html', 'index.js'].includes(name)) continue;
    assert.equal(seen.get(name), undefined, `${path} and ${seen.get(name)}`);
    seen.set(name, path);
    assert.match(name, /^[a-z0-9_.]+$/, path);
    assert.doesNotMatch(name, /^(utils?|helpers?|common|misc|shared|lib)\./, path);
  }
  assert.ok(seen.size > 60, `${seen.size} names`);
});

test('no file names a path of somebody’s machine or a host of a package registry', () => {
  // Written in pieces, so that this file does not find itself.
  const machine = new RegExp(
    `(^|[^\\w.])/(${['work', 'root', 'home', 'tmp', 'Users'].join('|')})/`,
    'm',
  );
  const registry = new RegExp(['registry', 'npmjs', 'org'].join('[.]'));
  for (const path of files) {
    const text = read(path);
    assert.doesNotMatch(text, machine, path);
    assert.doesNotMatch(text, registry, path);
    if (basename(path) === 'package-lock.json') assert.doesNotMatch(text, /"resolved"/, path);
  }
  assert.ok(files.length > 70, `${files.length} files`);
});

test('nothing draws random numbers but the engine', () => {
  const random = new RegExp(['Math', 'random'].join('[.]'));
  const calls = /\b(srand|rand|random|drand48|arc4random)\s*\(/;
  let seen = 0;
  for (const path of sources.filter((file) => /^(src|web)\//.test(file))) {
    seen++;
    assert.doesNotMatch(read(path), random, path);
    if (path.startsWith('src/')) assert.doesNotMatch(read(path), calls, path);
  }
  assert.ok(seen > 60, `${seen} sources`);
});

test('no recipe lets the compiler change the arithmetic, and each forbids fused multiply-adds', () => {
  const loose = /-ffast-math|-Ofast|-funsafe-math|-mrelaxed-simd/;
  const recipes = sources.filter((path) => /(\.mk|Makefile|\.sh)$/.test(path));
  assert.ok(recipes.length >= 3, `${recipes.length} recipes`);
  for (const path of recipes) {
    assert.doesNotMatch(read(path), loose, path);
    if (/\bFLAGS|CFLAGS|EMFLAGS/.test(read(path)))
      assert.match(read(path), /-ffp-contract=off/, path);
  }
});

test('the engine is at most 45.5 kB after gzip, and 43 as it travels', () => {
  for (const [file, most] of /** @type {const} */ ([
    ['core.wasm', 45_500],
    ['core.js', 43_000],
  ])) {
    const bytes = gzipSync(readFileSync(join(root, 'wasm_build', file)), { level: 9 }).length;
    assert.ok(bytes > 5_000 && bytes <= most, `${file}: ${bytes} bytes`);
  }
});

test('core.js carries the bytes of core.wasm', async () => {
  const { size, deflated } = await import('../../wasm_build/core.js');
  const file = readFileSync(join(root, 'wasm_build/core.wasm'));
  assert.equal(size, file.length);
  assert.ok(file.equals(inflateRawSync(Buffer.from(deflated, 'base64'))));
});

test('a busy port is said in one sentence with another to try, before anything is built', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (holder.address());
  // What the demo needs counts as there: this is about the port. The make that runs the tests must not speak to this one.
  const words = ['--no-print-directory', '-o', 'setup-demo', '-o', 'wasm', 'demo', `PORT=${port}`];
  const env = { ...process.env, MAKEFLAGS: '' };
  const { status, stdout, stderr } = spawnSync('make', words, { cwd: root, env, encoding: 'utf8' });
  holder.close();
  assert.ok(status !== 0);
  assert.equal(stdout, '');
  const [sentence, ...rest] = stderr.trim().split('\n');
  assert.equal(sentence, `Port ${port} is busy; try another: make demo PORT=${port + 1}`);
  assert.ok(rest.length <= 1, stderr);
});

test('every target that make prints has something to do', () => {
  const env = { ...process.env, MAKEFLAGS: '' };
  /** @param {...string} words */
  const make = (...words) =>
    spawnSync('make', ['--no-print-directory', ...words], { cwd: root, env, encoding: 'utf8' });
  const targets = [...make('help').stdout.matchAll(/^make (\S+)/gm)].map(([, target]) => target);
  assert.ok(targets.includes('test') && targets.length > 10, targets.join());
  const setup = ['build', 'demo', 'check', 'test', 'hosts', 'bench'].flatMap((level) => [
    '-o',
    `setup-${level}`,
  ]);
  for (const target of targets.filter((each) => !['wasm', 'package'].includes(each))) {
    const { status, stdout } = make('-n', ...setup, '-o', 'wasm', '-o', 'package', target);
    assert.equal(status, 0, target);
    assert.doesNotMatch(stdout, /Nothing to be done/, target);
  }
});
