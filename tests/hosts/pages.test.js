/**
 * @file The package in pages without a bundler, as other people's hosts are: from a file, beside an AMD loader, from another
 * origin, in a sandbox, under a strict Content-Security-Policy. Each trains to the bits of Node and says by which way.
 */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { launch } from '../browser/visit.js';
import { install } from '../js/installed.js';
import { opened, serving } from './serving.js';
import { HASH, outcomeOf, scriptOf } from './trial.js';

const STRICT = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'";
const HEAD = '<!doctype html><link rel="icon" href="data:,">';
const CLASSIC = '<script src="/node_modules/moonflow/moonflow.iife.js"></script>';
const WORKER = '/node_modules/moonflow/worker.js';

/** @type {ReturnType<typeof install>} */
let user;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  user = install();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  user?.remove();
});

/**
 * Opens a page of a site that is given for this.
 * @param {{html: string, script?: string, inner?: string, headers?: Record<string, string>}} given `script` is at /main.js,
 *   and the page of a frame at /inner.html
 */
async function visited({ html, script = '', inner = '', headers = {} }) {
  const site = await serving(user.folder);
  site.pages.set('/index.html', { body: HEAD + html, headers });
  site.pages.set('/main.js', { body: script });
  site.pages.set('/inner.html', { body: HEAD + inner });
  const { page, complaints } = await opened(browser, `${site.origin}/index.html`);
  const close = async () => {
    await page.close();
    site.close();
  };
  return { page, complaints, close };
}

/**
 * @param {Parameters<typeof visited>[0]} given
 * @param {string} transport
 */
async function trains(given, transport) {
  const { page, complaints, close } = await visited(given);
  try {
    const { refused, ...outcome } = await outcomeOf(page);
    assert.deepEqual(outcome, { hash: HASH, threads: 1, transport });
    return { refused, complaints };
  } finally {
    await close();
  }
}

test('a plain script tag from file:// trains in a worker and asks for nothing', async () => {
  const script = scriptOf('Moonflow');
  const tag = CLASSIC.replace('/node_modules', './node_modules');
  const file = user.write('plain.html', `${HEAD}${tag}<script>${script}</script>`);
  const { page, complaints, requests } = await opened(browser, pathToFileURL(file).href);
  const outcome = await outcomeOf(page);
  assert.deepEqual(outcome, { hash: HASH, threads: 1, transport: 'blob', refused: [] });
  assert.deepEqual(complaints, []);
  const others = requests.filter(
    (address) => !/^(data:|blob:|file:.*(plain\.html|iife\.js)$)/.test(address),
  );
  assert.deepEqual(others, []);
  await page.close();
});

test('beside RequireJS it is the global Moonflow, and the loader does not see it', async () => {
  const loader = fileURLToPath(new URL('./node_modules/requirejs/', import.meta.url));
  const amd = await serving(loader);
  try {
    const html = `<script src="${amd.origin}/require.js"></script>${CLASSIC}<script src="/main.js"></script>`;
    // A module that takes part in AMD without a name makes the next require fail.
    const script = `define('own', [], () => 7);
      ${scriptOf('Moonflow')}
      globalThis.own = new Promise((resolve) => require(['own'], resolve));`;
    const { page, complaints, close } = await visited({ html, script });
    const outcome = await outcomeOf(page);
    assert.deepEqual([outcome.hash, outcome.transport], [HASH, 'blob']);
    assert.equal(await page.evaluate(() => globalThis.own), 7);
    assert.equal(await page.evaluate(() => typeof globalThis.define.amd), 'object');
    assert.deepEqual(complaints, []);
    await close();
  } finally {
    amd.close();
  }
});

test('the script tag adds one global', async () => {
  const before = '<script>globalThis.before = Object.getOwnPropertyNames(globalThis)</script>';
  const { page, close } = await visited({ html: before + CLASSIC });
  const added = await page.evaluate(() =>
    Object.getOwnPropertyNames(globalThis).filter((name) => !globalThis.before.includes(name)),
  );
  assert.deepEqual(added.sort(), ['Moonflow', 'before']);
  await close();
});

test('from another origin a module needs CORS and a script nothing, and both train in a worker', async () => {
  const folder = join(user.folder, 'node_modules/moonflow');
  const open = await serving(folder, { 'Access-Control-Allow-Origin': '*' });
  const shut = await serving(folder);
  try {
    const module = {
      html: '<script type="module" src="/main.js"></script>',
      script: scriptOf(`${open.origin}/index.js`, { imported: true }),
    };
    const classic = {
      html: `<script src="${shut.origin}/moonflow.iife.js"></script><script src="/main.js"></script>`,
      script: scriptOf('Moonflow'),
    };
    for (const given of [module, classic]) {
      const { refused, complaints } = await trains(given, 'blob');
      assert.deepEqual([refused, complaints], [[], []]);
    }
  } finally {
    open.close();
    shut.close();
  }
});

test('in a sandboxed frame without an origin of its own it trains in a worker', async () => {
  const { page, complaints, close } = await visited({
    html: '<iframe sandbox="allow-scripts" src="/inner.html"></iframe>',
    inner: `${CLASSIC}<script>${scriptOf('Moonflow')}</script>`,
  });
  const frame = page.frames().find((each) => each.url().endsWith('/inner.html'));
  assert.ok(frame);
  assert.equal(await frame.evaluate(() => origin), 'null');
  const outcome = await outcomeOf(frame);
  assert.deepEqual(outcome, { hash: HASH, threads: 1, transport: 'blob', refused: [] });
  assert.deepEqual(complaints, []);
  await close();
});

/** Pages under a policy, by script tag and as a module. @param {object} [options] of spawn */
const strictly = (options) => [
  { html: `${CLASSIC}<script src="/main.js"></script>`, script: scriptOf('Moonflow', { options }) },
  {
    html: '<script type="module" src="/main.js"></script>',
    script: scriptOf('/node_modules/moonflow/index.js', { imported: true, options }),
  },
];

/** @param {string} policy */
const under = (policy) => ({ 'Content-Security-Policy': `${STRICT}; ${policy}` });

test('a strict policy that allows blob workers is met without one report', async () => {
  for (const given of strictly()) {
    const headers = under("worker-src 'self' blob:");
    const { refused, complaints } = await trains({ ...given, headers }, 'blob');
    assert.deepEqual([refused, complaints], [[], []]);
  }
});

test('where the policy forbids blob workers, workerUrl is taken without one report', async () => {
  for (const given of strictly({ workerUrl: WORKER })) {
    const headers = under("worker-src 'self'");
    const { refused, complaints } = await trains({ ...given, headers }, 'url');
    assert.deepEqual([refused, complaints], [[], []]);
  }
});

test('a workerUrl that leads nowhere is told, and the next way is taken', async () => {
  for (const given of strictly({ workerUrl: '/absent.js' })) {
    const { refused } = await trains(given, 'blob');
    assert.deepEqual(
      refused.map(({ transport }) => transport),
      ['url'],
    );
    assert.match(refused[0].reason, /^error; workerUrl must lead to the file moonflow.worker/);
  }
});

test('where no worker may be, the page’s own thread trains, and the client says why', async () => {
  for (const given of strictly({ workerUrl: WORKER })) {
    const headers = under("worker-src 'none'");
    const { refused } = await trains({ ...given, headers }, 'main');
    assert.deepEqual(
      refused.map(({ transport }) => transport),
      ['url', 'blob'],
    );
    assert.match(
      refused[1].reason,
      /^(error|.*violates.*); a Content-Security-Policy must allow worker-src blob:$/s,
    );
  }
  const [given] = strictly({ workerUrl: '/absent.js', transport: 'url' });
  const { page, close } = await visited({ ...given, headers: under("worker-src 'self'") });
  await assert.rejects(
    outcomeOf(page),
    /spawn: transport url: error; workerUrl must lead to the file moonflow.worker/,
  );
  await close();
});

test('a page whose own thread trains goes on drawing', async () => {
  const script = `${scriptOf('Moonflow', { options: { transport: 'main' } })}
    globalThis.frames = 0;
    const count = () => { globalThis.frames++; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    globalThis.long = Moonflow.spawn({ transport: 'main' }).then(async (client) => {
      await client.create({ steps: 100000 });
      const before = globalThis.frames;
      const training = client.train();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await client.stop();
      const { step } = await training;
      await client.dispose();
      return { step, frames: globalThis.frames - before };
    });`;
  const html = `${CLASSIC}<script src="/main.js"></script>`;
  const { page, complaints, close } = await visited({ html, script });
  const { hash, transport } = await outcomeOf(page);
  assert.deepEqual([hash, transport], [HASH, 'main']);
  const { step, frames } = await page.evaluate(() => globalThis.long);
  assert.ok(step > 10 && frames >= 10, `${step} steps, ${frames} frames`);
  assert.deepEqual(complaints, []);
  await close();
});
