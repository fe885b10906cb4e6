/** @file The page's link: it follows the settings, opening it gives the same weights, and no link breaks the page. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { choose, follow, open, SMALL_LINK, settled, stepOf, trained, visit } from './visit.js';

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/** @param {import('playwright-core').Page} page */
async function address(page) {
  const before = await page.evaluate(() => history.length);
  await page.waitForTimeout(500);
  assert.equal(await page.evaluate(() => history.length), before);
  return page.evaluate(() => location.hash);
}

test('the address follows the settings, and opened elsewhere gives the same weights', async () => {
  const { page, complaints } = await follow(site, '');
  assert.equal(await address(page), '');
  const past = await page.evaluate(() => history.length);
  for (const [name, value] of [
    ['data', '8gaussians'],
    ['hidden', '8'],
    ['batch', '32'],
    ['seed', '7'],
    ['steps', '40'],
    ['solver_steps', '3'],
  ]) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  const fragment = await address(page);
  assert.equal(await page.evaluate(() => history.length), past);
  assert.deepEqual(fragment.slice(1).split('&').sort(), [
    'batch=32',
    'data=8gaussians',
    'hidden=8',
    'seed=7',
    'solver_steps=3',
    'steps=40',
  ]);
  const hash = await trained(page);
  const other = await follow(site, fragment.slice(1));
  assert.equal(await trained(other.page), hash);
  assert.equal(await other.page.isVisible('#link-notice'), false);
  assert.deepEqual([...complaints, ...other.complaints], []);
});

test('Copy link copies it', async () => {
  const { page, context } = await follow(site);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await choose(page, 'seed', '9');
  await settled(page, 'ready');
  await page.click('#copy-link');
  await page.waitForFunction(() => /copied/.test(document.querySelector('#link').textContent));
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.evaluate(() => location.href));
  assert.match(copied, /seed=9/);
});

test('where copying is refused the link is there to be copied by hand', async () => {
  const { page } = await follow(site, undefined, {
    before: () =>
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new Error('refused')) },
      }),
  });
  await page.click('#copy-link');
  await page.waitForSelector('#link-address');
  assert.match(await page.inputValue('#link-address'), /#.*hidden=8/);
  await page.waitForFunction(() => document.activeElement?.id === 'link-address');
});

test('another link in the same tab makes another model, and a place of the page makes none', async () => {
  const { page, complaints } = await follow(site);
  await trained(page);
  await page.evaluate(() => {
    location.hash = '#own';
  });
  await settled(page, 'finished');
  assert.equal(await stepOf(page), 30);
  await page.evaluate((link) => {
    location.hash = link;
  }, `#${SMALL_LINK}&data=circles`);
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-data'), 'circles');
  assert.equal(await stepOf(page), 0);
  assert.deepEqual(complaints, []);
});

test('what the link does not tell of a model is said, and only then', async () => {
  const { page, context } = await follow(site);
  const says = (/** @type {string} */ words) =>
    page.waitForFunction(
      (words) => document.querySelector('#link-text').textContent.includes(words),
      words,
    );
  const exact = 'the same weights, bit for bit';
  await trained(page);
  await says(exact);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click('#save-weights'),
  ]);
  // Longer: the learning rate falls more slowly, so the first steps would have been others.
  await choose(page, 'steps', '40');
  await says('Settings were changed while this model trained');
  assert.equal((await page.textContent('#link-text'))?.includes(exact), false);
  await page.click('#reset');
  await settled(page, 'ready');
  await says(exact);
  await page.setInputFiles('#load-weights', await download.path());
  await says('These weights came from a file');
  await choose(page, 'steps', '1000000');
  await page.click('#start');
  await settled(page, 'training');
  await choose(page, 'hidden', '16');
  await says('It already holds the settings that wait for a reset');
  await page.click('#reset');
  await settled(page, 'ready');
  await says(exact);
  await context.close();
});

test('the way back from a link that was put in by hand leads to the settings before', async () => {
  const { page, context } = await visit(site);
  await settled(page, 'ready');
  const hidden = await page.inputValue('#p-hidden');
  await page.evaluate((link) => {
    location.hash = link;
  }, `#${SMALL_LINK}&data=circles`);
  await page.waitForFunction(() => document.querySelector('#p-data').value === 'circles');
  await settled(page, 'ready');
  await page.goBack();
  await page.waitForFunction(() => document.querySelector('#p-data').value === 'moons');
  await settled(page, 'ready');
  assert.equal(await page.inputValue('#p-hidden'), hidden);
  assert.equal(await page.evaluate(() => location.hash), '');
  await page.goForward();
  await page.waitForFunction(() => document.querySelector('#p-data').value === 'circles');
  // A place of the page is gone to, and the settings stay in the address.
  await page.evaluate(() => {
    location.hash = '#settings';
  });
  await page.waitForFunction(() => /data=circles/.test(location.hash));
  await context.close();
});

test('hostile and foreign links are used as far as they are understood, and say the rest', async () => {
  const cases = /** @type {[string, RegExp[]][]} */ ([
    [
      '__proto__=1&constructor=2&%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E=1&data=digits&dim=7',
      [
        /"__proto__": no such setting/,
        /"constructor": no such setting/,
        /"<img src=x onerror=alert\(1\)>": no such/,
        /data: got "digits"; allowed is one of moons/,
        /dim: got 7; allowed is 2 /,
      ],
    ],
    [
      'lr=1e999&schedule=%3Cb%3E&path=custom&data=points&points=AAAA',
      [
        /lr: got "1e999"; allowed is a number/,
        /schedule: got "<b>"/,
        /its samples are not in the link/,
        /points: got "AAAA"; allowed is one written by Copy link/,
      ],
    ],
    ['points=AQIAAQAAEAAQ&data=points', [/points: got 1 point; allowed are at least two/]],
  ]);
  for (const [part, said] of cases) {
    const { page, complaints, context } = await follow(site, `${part}&${SMALL_LINK}`);
    const notice = (await page.textContent('#link-notice')) ?? '';
    for (const sentence of said) assert.match(notice, sentence);
    assert.equal(await page.inputValue('#p-hidden'), '8', part);
    assert.equal(await page.inputValue('#p-lr'), '0.02');
    assert.equal(await page.inputValue('#p-data'), 'moons');
    assert.equal(await page.$('#link-notice img, #link-notice b'), null);
    await trained(page);
    await page.click('#link-notice button');
    await page.waitForSelector('#link-notice', { state: 'hidden' });
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test('a link of 100 kB leaves the preset', async () => {
  const { page, complaints } = await follow(site, `seed=${'9'.repeat(100_000)}`);
  assert.match(
    (await page.textContent('#link-notice')) ?? '',
    /got 100005 char.* allowed are 16384/,
  );
  assert.equal(await page.inputValue('#preset'), 'default');
  assert.deepEqual(complaints, []);
});
