/** @file The whole page as it is read: in both languages, light and dark, at every width, by axe and by keyboard. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { choose, open, project, settled, visit } from './visit.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @type {Awaited<ReturnType<typeof open>>} */
let site;

before(async () => {
  site = await open();
});

after(() => site?.close());

/**
 * A page that has trained and reflowed a small model, with everything open that can be opened.
 * @param {Parameters<typeof visit>[1]} options
 */
async function unfolded(options) {
  const visited = await visit(site, options);
  const { page } = visited;
  await settled(page, 'ready');
  await page.$$eval('details', (all) => {
    for (const details of all) details.open = true;
  });
  for (const [name, value] of [
    ['hidden', '8'],
    ['layers', '1'],
    ['steps', '20'],
    ['solver_steps', '2'],
  ]) {
    await choose(page, name, value);
    await settled(page, 'ready');
  }
  await page.click('#start');
  await settled(page, 'finished');
  await page.click('#reflow');
  await settled(page, 'finished');
  await page.waitForSelector('#reflow-result:not([hidden])');
  return visited;
}

/**
 * Violations in one line each.
 * @param {import('playwright-core').Page} page
 */
async function violations(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 20, `${passes.length} rules passed`);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

/**
 * Words that the page shows in Latin letters although Chinese ones were to be had: sentences, not names.
 * @param {import('playwright-core').Page} page
 */
async function english(page) {
  return page.evaluate(() => {
    const sentence = /[a-z]+ [a-z]+ [a-z]+/;
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest('script, noscript, code')) continue;
      if (sentence.test(node.textContent)) found.push(node.textContent.trim());
    }
    for (const element of document.body.querySelectorAll('*')) {
      for (const name of [
        'title',
        'aria-label',
        'placeholder',
        'aria-description',
        'aria-valuetext',
      ]) {
        const words = element.getAttribute(name) ?? '';
        if (sentence.test(words)) found.push(`${name}: ${words}`);
      }
    }
    return found;
  });
}

/** @param {import('playwright-core').Page} page */
const widest = (page) => page.evaluate(() => document.documentElement.scrollWidth);

describe('everything open', () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const locale of ['en-US', 'zh-CN']) {
      test(`axe finds nothing, ${colorScheme}, ${locale}`, async () => {
        const { page, context, complaints } = await unfolded({ colorScheme, locale });
        assert.deepEqual(await violations(page), []);
        if (locale === 'zh-CN') assert.deepEqual(await english(page), []);
        const language = await page.getAttribute('html', 'lang');
        assert.equal(language, locale === 'zh-CN' ? 'zh-Hans' : 'en');
        for (const width of [1440, 768, 360, 320]) {
          await page.setViewportSize({ width, height: 900 });
          assert.ok((await widest(page)) <= width, `${await widest(page)} px at ${width}`);
        }
        assert.deepEqual(complaints, []);
        await context.close();
      });
    }
  }

  test('headings go down one level at a time', async () => {
    const { page } = await visit(site);
    await settled(page, 'ready');
    const levels = await page.$$eval('h1, h2, h3, h4', (all) =>
      all.filter((heading) => heading.offsetParent).map(({ tagName }) => Number(tagName[1])),
    );
    assert.equal(levels[0], 1);
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.ok(levels.length > 4, `${levels}`);
    levels.forEach((level, i) => {
      assert.ok(i === 0 || level <= levels[i - 1] + 1, `${levels}`);
    });
  });
});

test('the language button says the whole page anew, and the choice outlives the visit', async () => {
  const { page, complaints } = await visit(site);
  await settled(page, 'ready');
  assert.equal(await page.textContent('#language'), '中文');
  await page.click('#language');
  await page.waitForFunction(() => document.querySelector('#start')?.textContent === '开始');
  assert.equal(await page.title(), 'Moonflow：浏览器里的流匹配');
  const description = await page.getAttribute('meta[name=description]', 'content');
  assert.match(description ?? '', /流匹配/);
  assert.equal(await page.textContent('label[for=p-hidden]'), '隐藏层宽度');
  assert.equal(await page.textContent('#p-solver option[value=euler]'), '欧拉 euler');
  assert.match((await page.textContent('#status')) ?? '', /尚未训练/);
  assert.match((await page.getAttribute('#stage', 'aria-label')) ?? '', /散点图/);
  await page.click('summary');
  await choose(page, 'lr', '50');
  assert.equal(
    await page.textContent('#p-lr-fault'),
    'lr：50 超出了范围；可以填 1e-7 到 10 之间的数',
  );
  await choose(page, 'features', '7');
  assert.equal(
    await page.textContent('#p-features-fault'),
    '引擎不接受：时间特征数（features）：得到 7；允许的是：偶数，最近的是 8',
  );
  await page.reload();
  await settled(page, 'ready');
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hans');
  assert.equal(await page.textContent('#reset'), '重置');
  await page.click('#language');
  await page.waitForFunction(
    () => document.querySelector('#start')?.textContent?.trim() === 'Start',
  );
  assert.equal(await page.title(), 'Moonflow');
  assert.equal(await page.textContent('#reset'), 'Reset');
  assert.equal(await page.getAttribute('#theatre', 'aria-label'), 'Training');
  assert.deepEqual(complaints, []);
});

test('the theme button goes from the system’s scheme to light and dark, page and picture, and is kept', async () => {
  const { page } = await visit(site, { colorScheme: 'dark' });
  await settled(page, 'ready');
  const colours = () =>
    page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('#stage'));
      const { data } = canvas.getContext('2d').getImageData(0, 0, 1, 1);
      return [
        document.documentElement.dataset.theme,
        getComputedStyle(document.body).backgroundColor,
        `rgb(${[...data].slice(0, 3).join(', ')})`,
      ];
    });
  const [black, white] = ['rgb(16, 20, 29)', 'rgb(255, 255, 255)'];
  assert.deepEqual(await colours(), ['auto', black, black]);
  await page.click('#look');
  assert.deepEqual(await colours(), ['light', white, white]);
  await page.reload();
  await settled(page, 'ready');
  assert.deepEqual(await colours(), ['light', white, white]);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.click('#look');
  assert.deepEqual(await colours(), ['dark', black, black]);
  await page.click('#look');
  assert.deepEqual(await colours(), ['auto', white, white]);
});

test('the way through the page leads to its sections, marks the one that is read and skips empty ones', async () => {
  const { page } = await visit(site);
  await settled(page, 'ready');
  const links = page.locator('#bearings a:visible');
  const shown = await links.evaluateAll((all) =>
    all.map((link) => document.getElementById(link.hash.slice(1))?.childElementCount ?? 0),
  );
  assert.ok(shown.length >= 4 && shown.every((children) => children > 0), `${shown}`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip');
  await page.keyboard.press('Enter');
  await page.click('#bearings a[href="#files"]');
  await page.waitForSelector('#bearings a[href="#files"][aria-current]');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'files');
  assert.equal(new URL(page.url()).hash, '', 'the address holds settings and stays');
  const bar = await page.locator('#bearings').boundingBox();
  assert.ok(bar && Math.abs(bar.y) < 1, `the bar is at ${bar?.y} px`);
  await page.screenshot({ path: `${project}wasm_build/page-files.png` });
});

test('a section is called by one name, in the way through the page and over itself, in both languages', async () => {
  const { page } = await visit(site);
  await settled(page, 'ready');
  for (const language of ['en', 'zh']) {
    if (language === 'zh') await page.click('#language');
    const names = new Map();
    for (const id of await page.$$eval('#bearings a', (all) => all.map(({ hash }) => hash))) {
      const heading = page.locator(`${id} h2`).first();
      if (id === '#theatre') continue;
      if (await page.isVisible(`#bearings a[href="${id}"]`)) {
        await page.click(`#bearings a[href="${id}"]`);
      }
      // A Chinese heading gives the English word beside its own.
      const over = ((await heading.textContent()) ?? '').replace(/（[a-z]+）$/, '');
      names.set(await page.textContent(`#bearings a[href="${id}"]`), over);
    }
    assert.equal(names.size, 8, language);
    assert.deepEqual([...names.keys()], [...names.values()], language);
  }
});
