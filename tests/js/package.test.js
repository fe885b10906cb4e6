/** @file The npm package as a user gets it: installed from its archive, imported, typed, and with the bits of the sources. */

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as sources from '../../web/lib/index.js';
import { RUNS } from './golden.js';
import { install } from './installed.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const golden = JSON.parse(readFileSync(join(root, 'tests/fixtures/golden.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {ReturnType<typeof install>} */
let user;

before(() => {
  user = install();
});

after(() => user?.remove());

/** @param {string} body of a module whose last line of output is JSON */
const evaluate = (body) => JSON.parse(user.run('--input-type=module', '-e', body));

test('it installs offline, alone, and has every name of the sources', () => {
  const packages = readdirSync(join(user.folder, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  );
  assert.deepEqual(packages, ['moonflow']);
  const names = evaluate(
    `console.log(JSON.stringify(Object.keys(await import('moonflow')).sort()))`,
  );
  assert.deepEqual(names, Object.keys(sources).sort());
});

test('what not every program needs has entries of its own, whose errors are the library’s, and the script tag has all', () => {
  const got = evaluate(`
    import { readFileSync } from 'node:fs';
    import { runInThisContext } from 'node:vm';
    const { Model, MoonflowError } = await import('moonflow');
    const [csv, npy, pca, torch] = await Promise.all(['csv', 'npy', 'pca', 'torch'].map((name) => import('moonflow/' + name)));
    const model = await Model.create({ seed: 1 });
    const wrong = [() => csv.read('1,two'), () => npy.read(new Uint8Array(3)), () => pca.pca(3, 2, 1)];
    const caught = wrong.map((call) => { try { call(); } catch (error) { return error instanceof MoonflowError && error.code; } });
    const texts = Object.fromEntries(torch.SOURCES.map((name) =>
      [name, readFileSync('node_modules/moonflow/web/lib/' + name + '.py', 'utf8')]));
    const files = [...torch.torchFiles(model, texts).keys()];
    const global = runInThisContext(readFileSync('node_modules/moonflow/moonflow.iife.js', 'utf8') + ';Moonflow');
    const lacking = Object.keys(await import('moonflow')).concat('csv', 'npy', 'pca', 'torchFiles').filter((name) => !global[name]);
    const table = [...global.csv.read('1,2').data].join();
    console.log(JSON.stringify({ caught, files, lacking, table }));`);
  assert.deepEqual(got, {
    caught: ['format', 'format', 'argument'],
    files: ['flow.py', 'weights.safetensors'],
    lacking: [],
    table: '1,2',
  });
});

test('importing any entry has no side effect', () => {
  const left = evaluate(`
    const before = Reflect.ownKeys(globalThis).map(String);
    for (const entry of ['', '/csv', '/npy', '/pca', '/torch', '/worker', '/digits.js', '/element', '/anywidget']) await import('moonflow' + entry);
    const after = Reflect.ownKeys(globalThis).map(String).filter((name) => !before.includes(name));
    console.log(JSON.stringify({ after, active: process.getActiveResourcesInfo().filter((name) => /Port|Worker|Timer/.test(name)) }));`);
  assert.deepEqual(left, { after: [], active: [] });
});

test('it trains the golden run to its bits: at once, in a thread, and on helpers of both', () => {
  const { steps, config } = RUNS[3];
  const got = evaluate(`
    import { Model, spawn } from 'moonflow';
    const [config, steps] = ${JSON.stringify([config, steps])};
    const hashes = [];
    const client = await spawn();
    for (const threads of [1, 2]) {
      const model = await Model.create(config, { threads });
      model.train(steps);
      await client.create(config, { threads });
      await client.train({ steps });
      const info = await client.info();
      hashes.push([threads, model.threads, model.digest(), info.threads, await client.digest()]);
      model.dispose();
    }
    await client.dispose();
    console.log(JSON.stringify({ hashes, transport: client.transport, refused: client.refused }));`);
  const { weights } = golden[3];
  const hashes = [1, 2].map((threads) => [threads, threads, weights, threads, weights]);
  assert.deepEqual(got, { hashes, transport: 'thread', refused: [] });
});

test('the engine compiles at once, and the file core.wasm is the same engine', () => {
  const got = evaluate(`
    import { compileSync } from 'moonflow';
    import { createRequire } from 'node:module';
    import { readFileSync } from 'node:fs';
    const file = createRequire(import.meta.url).resolve('moonflow/core.wasm');
    const names = (module) => WebAssembly.Module.exports(module).map(({ name }) => name);
    const inline = compileSync();
    const imports = WebAssembly.Module.imports(inline).length;
    const same = names(inline).join() === names(new WebAssembly.Module(readFileSync(file))).join();
    console.log(JSON.stringify({ imports, same, names: names(inline).length > 30 }));`);
  assert.deepEqual(got, { imports: 0, same: true, names: true });
});

test('the digits come with an entry of their own, and the library does not carry them', () => {
  const n = evaluate(
    `const { digits } = await import('moonflow/digits.js'); console.log((await digits()).labels.length)`,
  );
  assert.equal(n, 1797);
  const { pixels } = /** @type {{pixels: string}} */ (
    evaluate(`import { readFileSync } from 'node:fs';
      const text = readFileSync('node_modules/moonflow/web/lib/pixels.js', 'utf8');
      console.log(JSON.stringify({ pixels: text.match(/'([^']{1000,})'/)[1].slice(0, 200) }))`)
  );
  const folder = join(user.folder, 'node_modules/moonflow');
  for (const file of ['index.js', 'moonflow.iife.js', 'worker.js']) {
    assert.ok(!readFileSync(join(folder, file), 'utf8').includes(pixels), file);
  }
});

test('the command runs from the package', () => {
  const command = join(user.folder, 'node_modules/.bin/moonflow');
  assert.equal(execFileSync(command, ['--version'], { encoding: 'utf8' }).trim(), version);
});

const PROGRAM = `
import { type Client, compileSync, Model, MoonflowError, parameters, spawn, weights } from 'moonflow';
import widget from 'moonflow/anywidget';
import { read } from 'moonflow/csv';
import { digits } from 'moonflow/digits.js';
import { define, type MoonFlowElement } from 'moonflow/element';
const element = new (define())() as MoonFlowElement;
const reached: number = element.step;
const quality: { sw2: number; floor: number } | null = element.quality;
const render: Function = widget.render;
const model: Model = await Model.create({ hidden: 16, seed: 1 }, { threads: 1 });
const losses: Float64Array = model.train(10);
const client: Client = await spawn({ transport: 'thread', onExit: (error: MoonflowError) => console.log(error.code) });
const way: 'thread' | 'blob' | 'url' | 'main' | undefined = client.transport;
const reasons: string[] = client.refused.map(({ reason }) => reason);
const file: Uint8Array = weights.save(model);
const { data, dim }: { data: Float32Array; dim: number } = read('1,2');
const { labels }: { labels: Int32Array } = await digits();
const names: string[] = parameters(compileSync()).map(({ name }) => name);
// @ts-expect-error a model is made of an object
await Model.create(3);
// @ts-expect-error there is no such way
await spawn({ transport: 'pigeon' });
export { data, dim, file, labels, losses, names, quality, reached, reasons, render, way };
`;

test('TypeScript finds its types without those of Node, and refuses what they forbid', () => {
  const file = user.write('program.ts', PROGRAM);
  const tsc = join(root, 'node_modules/.bin/tsc');
  const common = ['--ignoreConfig', '--strict', '--noEmit', '--target', 'ES2022', '--types', ''];
  const lib = ['--lib', 'ES2023,DOM,DOM.Iterable'];
  for (const [module, resolution] of [
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ]) {
    const words = [...common, ...lib, '--module', module, '--moduleResolution', resolution, file];
    const { status, stdout } = spawnSync(tsc, words, { cwd: user.folder, encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  }
});

test('a way that does not exist here is refused with those that do', () => {
  const message = evaluate(`
    import { spawn } from 'moonflow';
    const refused = [];
    for (const transport of ['blob', 'pigeon']) await spawn({ transport }).catch((error) => refused.push(error.message));
    console.log(JSON.stringify(refused));`);
  assert.deepEqual(message, [
    'transport: got "blob"; allowed is thread here',
    'transport: got "pigeon"; allowed is one of thread, blob, url, main',
  ]);
});

test('the weight of what is published is checked', () => {
  const words = [join(root, 'wasm_build/weight.js')];
  const out = execFileSync(process.execPath, words, { encoding: 'utf8' });
  assert.match(
    out,
    /^index\.js: \d\d\.\d kB after gzip, \d\d\.\d kB of them the engine; at most /m,
  );
});
