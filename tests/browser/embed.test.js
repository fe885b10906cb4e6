/** @file How the element behaves in a page: when it begins, rests and ends, what it says, and that it minds its own business. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Model } from '../../web/lib/model.js';
import { opened, serving } from '../hosts/serving.js';
import { launch } from './visit.js';

const folder = fileURLToPath(new URL('../../wasm_build/npm', import.meta.url));
const axe = readFileSync(
  fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)),
  'utf8',
);
const STEPS = 300;
const CONFIG = `{"hidden":24,"steps":${STEPS},"solver_steps":10}`;
const LONG = '{"hidden":24,"steps":200000,"solver_steps":10}';
const SCRIPT = '<script src="/element.iife.js"></script>';
const SLOT = '<div style="height:4000px"></div>';

/** @type {Awaited<ReturnType<typeof serving>>} */
let site;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  site = await serving(folder);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  site?.close();
});

/** @param {string} body @param {{options?: any, style?: string, lang?: string}} [more] */
async function visited(body, { options = {}, style = '', lang = 'en' } = {}) {
  const html = `<!doctype html><html lang="${lang}"><title>A page</title><link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width"><style>${style}</style><main>${body}</main>${SCRIPT}</html>`;
  site.pages.set('/page.html', { body: html });
  return opened(browser, `${site.origin}/page.html`, options);
}

/** @param {Record<string, string>} attributes */
const tag = (attributes = {}) => {
  const text = Object.entries({ config: CONFIG, ...attributes }).map(
    ([name, value]) => `${name}='${value}'`,
  );
  return `<moon-flow ${text.join(' ')}></moon-flow>`;
};

/** @typedef {import('playwright-core').Page | import('playwright-core').Frame} Place */

/** A property of the element. @param {Place} page @param {string} name @param {number} [index] */
const read = (page, name, index = 0) =>
  page.evaluate(
    ([name, index]) => document.querySelectorAll('moon-flow')[index][name],
    /** @type {[string, number]} */ ([name, index]),
  );

/** @param {Place} page @param {string} state @param {number} [index] */
const until = (page, state, index = 0) =>
  page.waitForFunction(
    ([state, index]) => document.querySelectorAll('moon-flow')[index]?.state === state,
    /** @type {[string, number]} */ ([state, index]),
    { timeout: 30_000 },
  );

/** @param {Place} page @param {number} [index] */
const digest = (page, index = 0) =>
  page.evaluate((index) => document.querySelectorAll('moon-flow')[index].digest(), index);

/** The hash that a run has in Node. @param {object} config */
async function hashOf(config) {
  const model = await Model.create({ ...JSON.parse(CONFIG), ...config });
  model.train(STEPS);
  const hash = model.digest();
  model.dispose();
  return hash;
}

/** Whether training goes on. @param {import('playwright-core').Page} page */
async function advances(page) {
  const before = await read(page, 'step');
  await page.waitForTimeout(400);
  return (await read(page, 'step')) > before;
}

/** Waits for the first steps of a run. @param {Place} page @param {number} [index] */
const begun = (page, index = 0) =>
  page.waitForFunction((index) => document.querySelectorAll('moon-flow')[index].step > 0, index);

test('nothing is computed before it is seen; out of sight it rests, and the bits are those of one go', async () => {
  const { page, complaints, requests } = await visited(SLOT + tag({ seed: '7' }));
  await page.waitForTimeout(300);
  assert.deepEqual([page.workers().length, await read(page, 'state')], [0, 'waiting']);
  await page.evaluate(() => document.querySelector('moon-flow').scrollIntoView());
  await begun(page);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForFunction(
    () => ['sleeping', 'finished'].includes(document.querySelector('moon-flow').state),
    undefined,
  );
  await page.waitForTimeout(300);
  const rested = await read(page, 'step');
  await page.waitForTimeout(300);
  assert.equal(await read(page, 'step'), rested);
  await page.evaluate(() => document.querySelector('moon-flow').scrollIntoView());
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({ seed: 7 }));
  assert.deepEqual(complaints, []);
  assert.deepEqual(
    requests.filter((address) => !/^(blob|data):|page\.html$|element\.iife\.js$/.test(address)),
    [],
  );
  await page.close();
});

test('in a hidden tab it takes no step and asks for no frame', async () => {
  const { page } = await visited(tag({ config: LONG }));
  await begun(page);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await until(page, 'sleeping');
  await page.waitForTimeout(300);
  await page.evaluate(() => {
    const ask = requestAnimationFrame;
    globalThis.frames_ = 0;
    globalThis.requestAnimationFrame = (work) => {
      globalThis.frames_++;
      return ask(work);
    };
  });
  assert.equal(await advances(page), false);
  assert.equal(await page.evaluate(() => globalThis.frames_), 0);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await until(page, 'training');
  assert.equal(await advances(page), true);
  assert.ok((await page.evaluate(() => globalThis.frames_)) > 0);
  await page.close();
});

test('several on a page do not interfere: each has the bits of its own seed', async () => {
  const tags = [1, 2, 3].map((seed) => tag({ seed: String(seed) })).join('');
  const { page, complaints } = await visited(tags, {
    style: 'main { display: flex } moon-flow { width: 33% }',
  });
  for (const index of [0, 1, 2]) await until(page, 'finished', index);
  for (const index of [0, 1, 2]) {
    assert.equal(await digest(page, index), await hashOf({ seed: index + 1 }));
  }
  assert.equal(page.workers().length, 3);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('moved it goes on, removed it ends its worker, and put back it begins anew', async () => {
  const { page, complaints } = await visited(`<div id="other"></div>${tag({ config: LONG })}`);
  await begun(page);
  const [worker] = page.workers();
  await page.evaluate(() =>
    document.querySelector('#other').append(document.querySelector('moon-flow')),
  );
  assert.equal(await advances(page), true);
  assert.deepEqual(page.workers(), [worker]);
  await page.evaluate((config) => {
    const element = document.querySelector('moon-flow');
    globalThis.kept = element;
    element.remove();
    element.setAttribute('config', config);
  }, CONFIG);
  await page.waitForFunction(() => globalThis.kept.state === 'waiting');
  await page.waitForTimeout(200);
  assert.deepEqual(page.workers(), []);
  await page.evaluate(() => document.querySelector('main').append(globalThis.kept));
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({}));
  // Removed before its worker has answered, it leaves none behind.
  await page.evaluate(() => {
    const element = document.createElement('moon-flow');
    document.querySelector('main').replaceChildren(element);
    setTimeout(() => element.remove(), 30);
  });
  await page.waitForTimeout(1000);
  assert.deepEqual(page.workers(), []);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('an attribute that cannot be is told in the element, and the run goes on as it was', async () => {
  const { page, complaints } = await visited(tag({ config: LONG, seed: '5' }));
  await begun(page);
  /** @type {[string, string, RegExp][]} */
  const wrong = [
    ['seed', '-1', /^seed: got "-1"; allowed is a whole number from 0/],
    ['data', '<b>moons', /^data: got "<b>moons"; allowed is one of moons/],
    ['config', '{"lr": "fast"}', /^lr: got "fast"; allowed is /],
    ['theme', 'pink', /^theme: got "pink"; allowed is one of auto, light, dark$/],
    ['host', '*', /^host: got "\*"; allowed is the origin of the page around/],
  ];
  for (const [name, value, message] of wrong) {
    const before = await page.evaluate(
      ([name, value]) => {
        const element = document.querySelector('moon-flow');
        const before = element.getAttribute(name);
        element.setAttribute(name, value);
        return before;
      },
      [name, value],
    );
    await page.waitForFunction(
      (name) => document.querySelector('moon-flow').message.startsWith(name),
      /^\w+/.exec(message.source.slice(1))?.[0],
    );
    const shown = page.locator('moon-flow [part="message"]');
    await shown.waitFor();
    assert.match((await shown.textContent()) ?? '', message);
    assert.equal(await shown.locator('*').count(), 0);
    assert.equal(await advances(page), true, name);
    assert.equal(await read(page, 'state'), 'training');
    await page.evaluate(
      ([name, before]) => {
        const element = document.querySelector('moon-flow');
        if (before === null) element.removeAttribute(name);
        else element.setAttribute(name, before);
      },
      [name, before],
    );
    await page.waitForFunction(() => document.querySelector('moon-flow').message === '');
  }
  // And one that can be begins another run.
  await page.evaluate((config) => {
    document.querySelector('moon-flow').config = JSON.parse(config);
  }, CONFIG);
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({ seed: 5 }));
  assert.deepEqual(complaints, []);
  await page.close();
});

test('what never could be does not begin, and begins when it is mended', async () => {
  const { page } = await visited(tag({ data: 'moon' }));
  await page.waitForFunction(() => document.querySelector('moon-flow').message !== '');
  await page.waitForTimeout(200);
  assert.deepEqual([page.workers().length, await read(page, 'state')], [0, 'waiting']);
  await page.evaluate(() => {
    document.querySelector('moon-flow').data = 'moons';
  });
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({ data: 'moons' }));
  await page.close();
});

test('a model that diverges is told, and Start begins again', async () => {
  const lost =
    '{"optimiser":"adamw","batch":16,"layers":8,"clip":0,"schedule":"constant","lr":10,"steps":60,"solver_steps":2}';
  const { page, complaints } = await visited(tag({ config: lost }));
  await page.waitForFunction(
    () => ['failed', 'finished'].includes(document.querySelector('moon-flow').state),
    undefined,
    { timeout: 30_000 },
  );
  if ((await read(page, 'state')) === 'finished') throw new Error('this run was to diverge');
  assert.match(
    String(await read(page, 'message')),
    /^train: the (loss|gradient) of step \d+ .* smaller lr/,
  );
  await page.evaluate(
    (config) => document.querySelector('moon-flow').setAttribute('config', config),
    CONFIG,
  );
  await page.locator('moon-flow').getByRole('button').click();
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({}));
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a worker that is lost is told, and Start begins again in another', async () => {
  const keep = `<script>globalThis.workers = []; globalThis.Worker = class extends Worker {
    constructor(...words) { super(...words); workers.push(this); } };</script>`;
  const { page } = await visited(keep + tag({ config: LONG }));
  await begun(page);
  await page.evaluate((config) => {
    globalThis.workers[0].terminate();
    globalThis.workers[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    document.querySelector('moon-flow').setAttribute('config', config);
  }, CONFIG);
  await until(page, 'failed');
  await page.locator('moon-flow').getByRole('button', { name: 'Start' }).click();
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({}));
  assert.equal(page.workers().length, 1);
  await page.close();
});

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

test('properties set before the class is there count, and a second script defines nothing', async () => {
  const early = `<script>const element = document.querySelector('moon-flow');
    element.seed = 11; element.config = { hidden: 24, steps: ${STEPS}, solver_steps: 10 };
    globalThis.told = [];
    for (const name of ['start', 'step', 'finish', 'error'])
      document.addEventListener('moonflow-' + name, ({ detail }) => told.push([name, detail]));</script>`;
  const { page, complaints } = await visited(`<moon-flow></moon-flow>${early}${SCRIPT}`);
  await until(page, 'finished');
  const hash = await hashOf({ seed: 11 });
  assert.equal(await digest(page), hash);
  await page.waitForFunction(() => globalThis.told.some(([name]) => name === 'finish'));
  const told = await page.evaluate(() => globalThis.told);
  assert.deepEqual(told[0].slice(0, 1), ['step']);
  assert.deepEqual(
    told.filter(([name]) => name === 'start').map(([, detail]) => detail),
    [{ step: 0, total: STEPS }],
  );
  const [, finish] = told.find(([name]) => name === 'finish');
  assert.equal(finish.hash, hash);
  assert.ok(finish.quality.sw2 > 0 && finish.quality.floor > 0 && finish.loss > 0);
  assert.deepEqual(complaints, []);
  await page.close();
});
