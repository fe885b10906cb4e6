/** @file What must hold of the element in every host, whoever made the page: see `lives`. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Model } from '../../web/lib/model.js';

/** What the recipes ask for. */
const CONFIG = { data: 'moons', seed: 7 };

/** @type {Promise<string> | undefined} */
let hash;

/** The hash of that run in Node. */
function expected() {
  hash ??= (async () => {
    const model = await Model.create(CONFIG);
    model.train(Number(model.config.steps));
    const digest = model.digest();
    model.dispose();
    return digest;
  })();
  return hash;
}

/** Rows of the table that is printed at the end. @type {string[][]} */
const rows = [];

/** @param {string} host @param {string} version @param {string[]} held */
export function note(host, version, ...held) {
  rows.push([host, version, ...held]);
}

/** Prints what held where. */
export function table() {
  const head = ['host', 'by', 'hash of Node', 'worker', 'requests after load', 'after removal'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  for (const row of all)
    console.log(row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
}

/** Workers of the element; a host may have others. @param {import('playwright-core').Page} page */
export const workersOf = (page) =>
  page.workers().filter((worker) => /^blob:|moonflow/.test(worker.url()));

/**
 * Waits until the page's element is done: it is drawn, has the bits of Node, and asked for nothing.
 * @param {{page: import('playwright-core').Page, complaints: string[], requests: string[]}} visit
 * @param {{frame?: import('playwright-core').Frame, transport?: string, own?: RegExp}} [more] `own` are the requests of the host
 */
export async function trained(
  { page, complaints, requests },
  { frame, transport = 'blob', own } = {},
) {
  const place = frame ?? page.mainFrame();
  const loaded = requests.length;
  // A selector looks into shadow roots too, where marimo has it.
  const shown = await place.waitForSelector('moon-flow', { state: 'attached' });
  await shown.evaluate((element) => element.scrollIntoView());
  await place.waitForFunction((element) => element.state === 'finished', shown, {
    timeout: 60_000,
  });
  const got = await shown.evaluate(async (element) => {
    const { width, height } = element.shadowRoot.querySelector('canvas');
    const { transport, step, total, quality } = element;
    const figures = { transport, step, total, near: quality.sw2 < 2 * quality.floor };
    return { ...figures, drawn: width * height > 0, hash: await element.digest() };
  });
  const { total } = got;
  assert.deepEqual(got, {
    transport,
    step: total,
    total,
    near: true,
    drawn: true,
    hash: await expected(),
  });
  assert.ok(total > 0);
  const asked = requests
    .slice(loaded)
    .filter((address) => !/^(blob|data):/.test(address) && !own?.test(address));
  assert.deepEqual(asked, []);
  assert.deepEqual(complaints, []);
}

/**
 * Takes the element out of its document and waits until its worker has ended.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Page | import('playwright-core').Frame} [place]
 */
export async function leaves(page, place = page) {
  await place
    .locator('moon-flow')
    .first()
    .evaluate((element) => element.remove());
  await ended(page);
}

/** Waits until no worker of an element is left. @param {import('playwright-core').Page} page */
export async function ended(page) {
  for (let tries = 0; workersOf(page).length > 0 && tries < 50; tries++)
    await page.waitForTimeout(50);
  assert.deepEqual(workersOf(page), []);
}

/**
 * All of it, and a row of the table.
 * @param {string} host
 * @param {string} version
 * @param {Parameters<typeof trained>[0]} visit
 * @param {Parameters<typeof trained>[1]} [more]
 */
export async function lives(host, version, visit, more) {
  await trained(visit, more);
  await leaves(visit.page, more?.frame);
  note(host, version, 'same', more?.transport ?? 'blob', '0', 'ended');
  await visit.page.close();
}

/**
 * Answers what a host asks of the world outside: RequireJS as itself, anything else as nothing.
 * @param {import('playwright-core').Page} page
 */
export async function outside(page) {
  const loader = createRequire(import.meta.url).resolve('requirejs/require.js');
  await page.route(
    (address) => address.hostname !== '127.0.0.1' && address.protocol.startsWith('http'),
    (route) => {
      const path = new URL(route.request().url()).pathname;
      const contentType = /\.js$/.test(path) ? 'text/javascript' : 'text/css';
      const body = /require(\.min)?\.js$/.test(path) ? readFileSync(loader, 'utf8') : '';
      return route.fulfill({ contentType, body });
    },
  );
}

/** Waits for a process, and throws what it said when it fails. @param {import('node:child_process').ChildProcess} child */
export async function succeeded(child) {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      said += text;
    });
  }
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(said);
  return said;
}
