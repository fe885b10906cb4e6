/** @file The site as `make site` writes it, put into a folder of a plain server that sends no headers of its own. */

import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildSite } from '../../web/site.js';
import { choose, launch, project, settled, visit } from './visit.js';

const folder = `${project}wasm_build/site-${process.pid}`;
const UNDER = '/some/where/';
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://site');
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  try {
    if (!path.startsWith(UNDER)) throw new Error('outside');
    const bytes = await readFile(join(folder, path.slice(UNDER.length)));
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
});

/** @type {{browser: import('playwright-core').Browser, origin: string}} */
let site;

before(async () => {
  await buildSite(folder);
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  site = { browser: await launch(), origin: `http://127.0.0.1:${port}${UNDER}` };
});

after(async () => {
  await site?.browser.close();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test('in a folder of any server the page trains, and nothing complains', async () => {
  const { page, requests, complaints } = await visit(site);
  await settled(page, 'ready');
  await choose(page, 'steps', '100');
  await page.click('#start');
  await settled(page, 'finished');
  assert.ok(Number(await page.textContent('#sw2')) < 1);
  await page.evaluate(() => navigator.serviceWorker.ready);
  for (const url of requests)
    assert.ok(url.startsWith(site.origin) || url.startsWith('data:'), url);
  await page.click('footer a');
  await page.waitForSelector('main h1');
  assert.match(await page.title(), /Moonflow/);
  assert.deepEqual(complaints, []);
});

test('every link of every page leads to a file, and to a heading that is there', async () => {
  const names = await readdir(folder, { recursive: true });
  const pages = names.filter((name) => name.endsWith('.html'));
  assert.ok(pages.includes('index.html') && pages.includes('docs/index.html'), `${pages}`);
  const texts = new Map();
  for (const name of pages) texts.set(name, await readFile(join(folder, name), 'utf8'));
  let links = 0;
  for (const [name, text] of texts) {
    for (const [, address] of text.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const { origin, pathname, hash } = new URL(address, `http://site/${name}`);
      if (origin !== 'http://site') continue;
      links++;
      assert.ok(!address.startsWith('/'), `${name}: ${address} is not relative`);
      const to = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1));
      assert.ok(names.includes(to), `${name}: ${address} leads to no file`);
      if (!hash) continue;
      assert.ok(texts.get(to)?.includes(`id="${hash.slice(1)}"`), `${name}: ${address}`);
    }
  }
  assert.ok(links > 10, `${links} links`);
});

test('the documentation fits a phone, light and dark, and opens without a network after the page', async () => {
  const { page, context, complaints } = await visit(site, {
    viewport: { width: 320, height: 700 },
    colorScheme: 'dark',
  });
  await settled(page, 'ready');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto(`${site.origin}docs/`);
  const [wide, paper] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    getComputedStyle(document.body).backgroundColor,
  ]);
  assert.ok(Number(wide) <= 320, `${wide} px`);
  assert.equal(paper, 'rgb(16, 20, 29)');
  assert.ok((await page.$$('main h2')).length > 5);
  assert.deepEqual(complaints, []);
});
