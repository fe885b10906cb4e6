/** @file How the element shows itself: by keyboard and at a press, in every theme and width, in frames, and to axe. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { opened, serving } from '../hosts/serving.js';
import {
  advances,
  begun,
  browser,
  close,
  digest,
  folder,
  hashOf,
  LONG,
  open,
  read,
  site,
  tag,
  until,
  visited,
} from './guest.js';

const axe = readFileSync(
  fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
);

before(open);
after(close);

test('where little motion is asked for, and with click or none, it waits for a press', async () => {
  /** @type {[Record<string, string>, any][]} */
  const cases = [
    [{}, { reducedMotion: 'reduce' }],
    [{ autostart: 'click' }, {}],
    [{ autostart: 'none', controls: 'none' }, {}],
  ];
  for (const [attributes, options] of cases) {
    const { page } = await visited(tag(attributes), { options });
    await page.waitForTimeout(300);
    assert.deepEqual([page.workers().length, await read(page, 'state')], [0, 'waiting']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(page, 'finished');
    assert.equal(await digest(page), await hashOf({}));
    await page.close();
  }
});

test('a poster is shown until it begins, and by keyboard it is paused and its time is moved', async () => {
  const dot = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
  const { page } = await visited(tag({ config: LONG, poster: dot, autostart: 'click' }));
  const poster = page.locator('moon-flow [part="poster"]');
  assert.equal(await poster.locator('img').getAttribute('src'), dot);
  assert.equal(await poster.isVisible(), true);
  await poster.click();
  await begun(page);
  await poster.waitFor({ state: 'hidden' });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await until(page, 'paused');
  await page.waitForTimeout(300);
  assert.equal(await advances(page), false);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Home');
  const slider = page.locator('moon-flow').getByRole('slider', { name: 'Flow time' });
  assert.equal(await read(page, 't'), 0);
  await page.keyboard.press('ArrowRight');
  assert.equal(await read(page, 't'), 0.01);
  await page.waitForTimeout(100);
  assert.equal(await slider.getAttribute('aria-valuetext'), 't = 0.01');
  assert.match(
    (await page.locator('moon-flow canvas').getAttribute('aria-label')) ?? '',
    /800 samples at flow time 0\.01/,
  );
  await assert.rejects(
    page.evaluate(() => {
      document.querySelector('moon-flow').t = 2;
    }),
    /t: got 2; allowed is 0 to 1/,
  );
  await page.close();
});

test('a picture in the slot is the poster, and words in the element are for those without scripts', async () => {
  const dot = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
  const inside = `<img slot="poster" alt="Two moons" src="${dot}"><p>It needs scripts.</p></moon-flow>`;
  const { page } = await visited(tag({ autostart: 'none' }).replace('</moon-flow>', inside));
  const picture = page.getByAltText('Two moons');
  assert.equal(await picture.isVisible(), true);
  assert.equal(await page.getByText('It needs scripts.').isVisible(), false);
  assert.equal(await page.locator('moon-flow svg').isVisible(), false);
  await page.evaluate(() => document.querySelector('moon-flow').start());
  await begun(page);
  await picture.waitFor({ state: 'hidden' });
  await page.close();
});

test('the theme is that of the page around, however that changes it, unless it is said', async () => {
  const style =
    'html { background: #fff; color: #222 } html.night { background: #111; color: #eee }';
  const { page } = await visited(tag() + tag({ theme: 'dark' }), { style });
  const scheme = (/** @type {string} */ wanted) =>
    page.waitForFunction(
      (wanted) => {
        const [auto, said] = [...document.querySelectorAll('moon-flow')].map(
          ({ shadowRoot }) => shadowRoot.querySelector('figure').dataset.scheme,
        );
        return auto === wanted && said === 'dark';
      },
      wanted,
      { timeout: 5000 },
    );
  await scheme('light');
  await page.evaluate(() => document.documentElement.classList.add('night'));
  await scheme('dark');
  await page.evaluate(() => document.documentElement.classList.remove('night'));
  await scheme('light');
  await page.close();
});

test('axe finds nothing, light and dark, before, while and after', async () => {
  for (const [lang, style] of [
    ['en', ''],
    ['zh', 'html { background: #111; color: #eee }'],
  ]) {
    const body = `<h1>A page</h1>${tag({ autostart: 'click', controls: 'full' })}`;
    const { page } = await visited(body, { style, lang });
    const scheme = await page.locator('moon-flow figure[data-scheme]').getAttribute('data-scheme');
    assert.equal(scheme, lang === 'en' ? 'light' : 'dark');
    await page.evaluate(axe);
    const violations = () =>
      page.evaluate(async () => {
        const { violations } = await globalThis.axe.run();
        return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      });
    assert.deepEqual(await violations(), [], `${scheme}, before`);
    await page.evaluate(() => document.querySelector('moon-flow').start());
    await begun(page);
    assert.deepEqual(await violations(), [], `${scheme}, while`);
    await page.evaluate(() => document.querySelector('moon-flow').setAttribute('seed', 'x'));
    await until(page, 'finished');
    await page.locator('moon-flow [part="message"]').waitFor();
    assert.deepEqual(await violations(), [], `${scheme}, after`);
    await page.close();
  }
});

test('nothing is wider than 320 px', async () => {
  for (const lang of ['en', 'zh']) {
    const options = { viewport: { width: 320, height: 640 } };
    const { page } = await visited(tag({ controls: 'full' }), {
      options,
      lang,
      style: 'body { margin: 0 }',
    });
    await until(page, 'finished');
    const wide = await page.evaluate(() => {
      const { shadowRoot } = document.querySelector('moon-flow');
      const boxes = [...shadowRoot.querySelectorAll('*')].map((each) =>
        each.getBoundingClientRect(),
      );
      return [document.documentElement.scrollWidth, Math.max(...boxes.map(({ right }) => right))];
    });
    assert.ok(wide[0] <= 320 && wide[1] <= 320, `${wide}`);
    await page.close();
  }
});

test('in a frame it tells its height and takes a theme, to and from its host alone', async () => {
  const other = await serving(folder);
  const source = `${other.origin}/moonflow.html#autostart=click&host=${encodeURIComponent(site.origin)}`;
  const html = `<!doctype html><link rel="icon" href="data:,"><iframe src="${source}" width="500"></iframe><script>
    const frame = document.querySelector('iframe');
    globalThis.heights = [];
    addEventListener('message', ({ source, origin, data }) => {
      if (source === frame.contentWindow && data.type === 'moonflow:height') heights.push([origin, data]);
    });
    globalThis.tell = (theme) => frame.contentWindow.postMessage({ type: 'moonflow:theme', version: 1, theme }, '*');
  </script>`;
  site.pages.set('/around.html', { body: html });
  const { page, complaints } = await opened(browser, `${site.origin}/around.html`);
  const frame = page.frames().find((each) => each.url().includes('moonflow.html'));
  assert.ok(frame);
  await page.waitForFunction(() => globalThis.heights.length > 0);
  const [[origin, { version, height }]] = await page.evaluate(() => globalThis.heights);
  assert.deepEqual([origin, version], [other.origin, 1]);
  assert.ok(Number.isInteger(height) && height > 300 && height < 700, `${height}`);
  const scheme = () =>
    frame.evaluate(
      () => document.querySelector('moon-flow').shadowRoot.querySelector('figure').dataset.scheme,
    );
  assert.equal(await scheme(), 'light');
  await page.evaluate(() => globalThis.tell('dark'));
  await frame.waitForFunction(
    () =>
      document.querySelector('moon-flow').shadowRoot.querySelector('figure').dataset.scheme ===
      'dark',
  );
  // What it said stays said when something else changes.
  for (const [name, value] of [
    ['seed', '4'],
    ['theme', 'pink'],
  ]) {
    await frame.evaluate(
      ([name, value]) => document.querySelector('moon-flow').setAttribute(name, value),
      [name, value],
    );
    await page.waitForTimeout(100);
    assert.equal(await scheme(), 'dark', name);
  }
  // A page of another origin is neither told nor heard.
  other.pages.set('/around.html', { body: html });
  const stranger = await opened(browser, `${other.origin}/around.html`);
  const inner = stranger.page.frames().find((each) => each.url().includes('moonflow.html'));
  await stranger.page.evaluate(() => globalThis.tell('dark'));
  await stranger.page.waitForTimeout(300);
  assert.deepEqual(await stranger.page.evaluate(() => globalThis.heights), []);
  assert.equal(
    await inner?.evaluate(
      () => document.querySelector('moon-flow').shadowRoot.querySelector('figure').dataset.scheme,
    ),
    'light',
  );
  assert.deepEqual(complaints, []);
  await page.close();
  await stranger.page.close();
  other.close();
});

test('the scheme is that of the text around, in whatever colour space it is written', async () => {
  const { page, complaints } = await visited(tag({ autostart: 'none' }));
  /** @type {[string, string][]} */
  const colours = [
    ['oklch(0.2 0.02 250)', 'light'],
    ['oklch(0.93 0.02 250)', 'dark'],
    ['lab(10 5 5)', 'light'],
    ['lch(90 5 250)', 'dark'],
    ['lch(10 5 250)', 'light'],
    ['color(display-p3 0.9 0.9 0.9)', 'dark'],
    ['color(display-p3 0.1 0.1 0.1)', 'light'],
    ['oklab(0.95 none none)', 'dark'],
    ['hsl(250 20% 10%)', 'light'],
    ['rgb(240, 240, 240)', 'dark'],
  ];
  for (const [colour, scheme] of colours) {
    await page.evaluate((colour) => {
      document.body.style.color = colour;
    }, colour);
    await page.waitForFunction(
      (scheme) =>
        document.querySelector('moon-flow').shadowRoot.querySelector('.frame').dataset.scheme ===
        scheme,
      scheme,
      { timeout: 2000 },
    );
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a property that is set to nothing takes its attribute away', async () => {
  const { page } = await visited(tag({ autostart: 'none', seed: '3' }));
  for (const name of ['config', 'seed']) {
    for (const nothing of [null, undefined]) {
      const has = await page.evaluate(
        ([name, nothing]) => {
          const element = document.querySelector('moon-flow');
          element[name] = 'steps=9';
          element[name] = nothing;
          return element.hasAttribute(name);
        },
        /** @type {[string, null | undefined]} */ ([name, nothing]),
      );
      assert.equal(has, false, `${name} ${nothing}`);
    }
  }
  await page.close();
});
