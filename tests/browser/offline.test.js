/** @file The built page without a network, after it was opened once. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, open, settled, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

test('opened once, the page opens and trains without a network', async () => {
  const { page, context, complaints } = await visit(site);
  await settled(page, 'ready');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await settled(page, 'ready');
  assert.ok(await page.evaluate(() => navigator.serviceWorker.controller), 'a worker answers');
  await choose(page, 'steps', '100');
  await page.click('#start');
  await settled(page, 'finished');
  const distance = Number(await page.textContent('#sw2'));
  assert.ok(distance > 0 && distance < 1, `SW2 ${distance}`);
  await page.goto(`${site.origin}/?from=elsewhere`);
  await settled(page, 'ready');
  assert.deepEqual(complaints, []);
});

test('the page can be installed: its manifest names it, and its icons are there', async () => {
  const { page } = await visit(site);
  const manifest = await page.evaluate(async () => {
    const link = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel=manifest]'));
    const manifest = await (await fetch(link.href)).json();
    const sizes = await Promise.all(
      manifest.icons.map(async ({ src }) => {
        const image = new Image();
        image.src = new URL(src, link.href).href;
        await image.decode();
        return image.naturalWidth;
      }),
    );
    return { ...manifest, sizes };
  });
  assert.equal(manifest.name, 'Moonflow');
  assert.equal(manifest.display, 'standalone');
  assert.deepEqual(manifest.sizes.slice(1), [192, 512]);
  assert.equal(manifest.start_url, './');
  const client = await page.context().newCDPSession(page);
  const { installabilityErrors } = await client.send('Page.getInstallabilityErrors');
  assert.deepEqual(
    installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
    [],
  );
});
