/** @file Threads in Chromium: the bits of Node where the page is cross-origin isolated, and a plain refusal where it is not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from '../../web/lib/model.js';
import { develop, open, visit } from './visit.js';

const CONFIG = { hidden: 24, layers: 2, features: 16, batch: 130, steps: 120, seed: 5 };
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

async function inNode() {
  const model = await Model.create(CONFIG);
  model.train(CONFIG.steps);
  return model.digest();
}

/**
 * Runs in the page: trains in its worker, on so many threads; the hash, or the refusal.
 * @param {{config: Record<string, number>, threads: number}} run
 */
async function inWorker({ config, threads }) {
  const { spawn } = await import(/* @vite-ignore */ `${location.origin}/lib/spawn.js`);
  const client = await spawn();
  try {
    const info = await client.create(config, { threads });
    await client.train({ steps: config.steps });
    const samples = await client.sample({ n: 100 });
    const file = await client.save();
    const points = samples.length / 2;
    return { threads: info.threads, hash: await client.digest(), points, bytes: file.length };
  } catch (error) {
    return { code: error.code, message: error.message };
  } finally {
    await client.dispose();
  }
}

/**
 * Runs in the page, on its own thread.
 * @param {{config: Record<string, number>, threads: number}} run
 */
async function inPlace({ config, threads }) {
  const { Model } = await import(/* @vite-ignore */ `${location.origin}/lib/model.js`);
  try {
    const model = await Model.create(config, { threads });
    model.train(config.steps);
    return { hash: model.digest() };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
}

/**
 * @param {Record<string, string>} headers
 * @param {(page: import('playwright-core').Page, files: () => string[]) => Promise<void>} body
 */
async function withPage(headers, body) {
  const site = await develop({ headers });
  try {
    const page = await site.browser.newPage();
    /** @type {string[]} */
    const files = [];
    page.context().on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(`${site.origin}/lib/errors.js`);
    await body(page, () => files);
  } finally {
    await site.close();
  }
}

test('a worker of an isolated page trains on two threads to the bits of Node', () =>
  withPage(ISOLATION, async (page, files) => {
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    const hash = await inNode();
    for (const threads of [2, 4, 1]) {
      const got = await page.evaluate(inWorker, { config: CONFIG, threads });
      assert.equal(got.message, undefined);
      assert.deepEqual([got.threads, got.hash, got.points], [threads, hash, 100]);
      assert.ok(Number(got.bytes) > 1000);
    }
    assert.ok(files().some((path) => path.includes('core_threads')));
  }));

/**
 * Runs in the page: asks its worker for two threads where the helper's file is another, and then for one thread.
 * @param {{config: Record<string, number>, file: string}} run
 */
async function withOtherFile({ config, file }) {
  const { connect } = await import(/* @vite-ignore */ `${location.origin}/lib/client.js`);
  const script = `import ${JSON.stringify(`${location.origin}/lib/worker.js`)};
    const Whole = Worker;
    self.Worker = class extends Whole { constructor() { super(${JSON.stringify(new URL(file, location.href))}); } };`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(address, { type: 'module' });
  const client = connect(worker, { terminate: () => worker.terminate() });
  const refused = await client.create(config, { threads: 2 }).catch((error) => error);
  await client.create(config);
  await client.train({ steps: config.steps });
  const hash = await client.digest();
  await client.dispose();
  return { code: refused.code, message: refused.message, hash };
}

test('a helper whose file is broken or missing is an error, and its worker lives on', () =>
  withPage(ISOLATION, async (page) => {
    const files = [
      { file: 'data:text/javascript,throw new Error("broken")', why: /ended \(.*broken\) before/ },
      { file: '/lib/absent.js', why: /ended \(error\) before/ },
      { file: 'blob:null/absent', why: /could not be started \(.*cannot be accessed/ },
    ];
    for (const { file, why } of files) {
      const run = { config: CONFIG, file };
      const { code, message, hash } = await page.evaluate(withOtherFile, run);
      assert.equal(code, 'worker', message);
      assert.match(message, /^threads: helper 1 of 1 .*; threads: 1 needs no helper$/);
      assert.match(message, why);
      assert.equal(hash, await inNode());
    }
  }));

/**
 * Runs in the page: trains on helpers without a stack, which trap in the first work they begin, until that is noticed, and
 * then to the end.
 * @param {{config: Record<string, number>}} run
 */
async function withTraps({ config }) {
  const { connect } = await import(/* @vite-ignore */ `${location.origin}/lib/client.js`);
  const script = `import { Instance } from ${JSON.stringify(`${location.origin}/lib/instance.js`)};
    import ${JSON.stringify(`${location.origin}/lib/worker.js`)};
    const Whole = Worker;
    self.Worker = class extends Whole {
      postMessage(errand) { super.postMessage({ ...errand, stack: 0 }); }
    };
    const { call } = Instance.prototype;
    Instance.prototype.call = function (name, ...args) {
      if (name === 'fm_threads') args[2] = 200;
      return call.call(this, name, ...args);
    };`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(address, { type: 'module' });
  const client = connect(worker, { terminate: () => worker.terminate() });
  await client.create(config, { threads: 3 });
  const refused = await client.train({ steps: config.steps }).catch((error) => error);
  const { step, threads } = await client.info();
  await client.train({ steps: config.steps - step });
  const hash = await client.digest();
  await client.dispose();
  return { code: refused.code, message: refused.message, step, threads, hash };
}

test('a helper that traps within its work costs the request, and its worker goes on alone to the same bits', () =>
  withPage(ISOLATION, async (page) => {
    const { code, message, step, threads, hash } = await page.evaluate(withTraps, {
      config: CONFIG,
    });
    assert.deepEqual([code, threads], ['worker', 1], message);
    assert.match(
      message,
      new RegExp(`^train: one of the 2 helpers .* after step ${step} and goes on`),
    );
    assert.equal(hash, await inNode());
  }));

test("an isolated page's own thread may not wait: two threads are refused there, one works", () =>
  withPage(ISOLATION, async (page) => {
    const { code, message } = await page.evaluate(inPlace, { config: CONFIG, threads: 2 });
    assert.equal(code, 'unsupported');
    assert.match(
      message,
      /^threads: got 2, but a page's own thread .*; threads: 1 works everywhere\.$/,
    );
    const { hash } = await page.evaluate(inPlace, { config: CONFIG, threads: 1 });
    assert.equal(hash, await inNode());
  }));

test('without the headers two threads are refused in a sentence that names them, and one works', () =>
  withPage({}, async (page, files) => {
    assert.equal(await page.evaluate(() => crossOriginIsolated), false);
    for (const run of [inWorker, inPlace]) {
      const { code, message } = await page.evaluate(run, { config: CONFIG, threads: 2 });
      assert.equal(code, 'unsupported');
      assert.match(
        message,
        /^threads: got 2, but .*Cross-Origin-Opener-Policy: same-origin .*Cross-Origin-Embedder-Policy: require-corp.*; threads: 1 works everywhere\.$/,
      );
    }
    const { hash } = await page.evaluate(inWorker, { config: CONFIG, threads: 1 });
    assert.equal(hash, await inNode());
    assert.ok(files().some((path) => path.endsWith('/core.js')));
    assert.deepEqual(
      files().filter((path) => path.includes('core_threads')),
      [],
    );
  }));

/**
 * Runs in the built page: speaks to its own worker in the words of protocol.js, since a bundle has no names to import.
 * @param {{address: string, config: Record<string, number>}} run
 */
function inBuiltWorker({ address, config }) {
  const requests = [
    ['create', { config, threads: 2 }],
    ['train', { steps: config.steps }],
    ['digest', {}],
  ];
  return new Promise((resolve, reject) => {
    const worker = new Worker(address, { type: 'module' });
    let id = 0;
    // One at a time: training gives way to what is asked after it.
    const ask = () => {
      const [operation, options] = requests[id++];
      worker.postMessage({ kind: 'request', id, operation, options });
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data: { kind, value, error } }) => {
      if (kind === 'error') reject(new Error(error.message));
      if (kind === 'frame') worker.postMessage({ kind: 'credit', id, buffers: [] });
      if (kind !== 'reply') return;
      if (id < requests.length) ask();
      else resolve(value);
    };
    ask();
  });
}

test("a bundler finds the helper's file: the built page trains on two threads as well", async () => {
  const site = await open({ headers: ISOLATION });
  try {
    const { page, requests } = await visit(site);
    await page.waitForFunction(() => document.body.dataset.phase !== undefined);
    const fetched = requests.some((address) => address.includes('core_threads'));
    assert.ok(!fetched, 'the page asks for no threads');
    const address = requests.find((each) => /worker-[^/]*[.]js$/.test(each));
    assert.ok(address, requests.join());
    const hash = await page.evaluate(inBuiltWorker, { address, config: CONFIG });
    assert.equal(hash, await inNode());
  } finally {
    await site.close();
  }
});
