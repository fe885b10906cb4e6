/** @file How the element lives in a page: when it begins, rests and ends, and what it does about what goes wrong. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  advances,
  begun,
  CONFIG,
  close,
  digest,
  hashOf,
  LONG,
  open,
  read,
  SCRIPT,
  STEPS,
  tag,
  until,
  visited,
} from './guest.js';

const SLOT = '<div style="height:4000px"></div>';

before(open);
after(close);

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

test('moved it goes on, removed it ends its worker, and put back with other wishes it begins anew', async () => {
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
  // Its model is saved first.
  for (let i = 0; i < 100 && page.workers().length > 0; i++) await page.waitForTimeout(20);
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

test('put back, it stays paused when it was, else goes on after the step it had reached, to the same bits', async () => {
  const config = JSON.stringify({ ...JSON.parse(CONFIG), steps: 1500 });
  const { page, complaints } = await visited(tag({ config, autostart: 'none' }));
  /** Starts it, and does something at the first step beyond those it has. @param {(element: any) => void} act  in the page */
  const atNextStep = (act) =>
    page.evaluate(`new Promise((done) => {
      const element = document.querySelector('moon-flow');
      const { step } = element;
      element.addEventListener('moonflow-step', function heard() {
        if (element.step === step) return;
        element.removeEventListener('moonflow-step', heard);
        (${act})(element);
        done(element.step);
      });
      element.start();
    })`);
  await atNextStep((element) => element.pause());
  await until(page, 'paused');
  const rested = await read(page, 'step');
  assert.ok(rested > 0 && rested < 1500, `${rested}`);
  await page.evaluate(async () => {
    const element = document.querySelector('moon-flow');
    const place = element.parentElement;
    element.remove();
    await Promise.resolve();
    place.append(element);
  });
  await page.waitForFunction(
    (rested) => document.querySelector('moon-flow').step === rested,
    rested,
  );
  assert.equal(await read(page, 'state'), 'paused');
  await atNextStep((element) => {
    const place = element.parentElement;
    element.remove();
    setTimeout(() => place.append(element), 300);
  });
  await until(page, 'finished');
  assert.equal(page.workers().length, 1);
  assert.equal(await digest(page), await hashOf({ steps: 1500 }));
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
    const shown = page.locator('moon-flow [part="message"]');
    await page.waitForFunction(
      // Both: the frame that shows the words comes after the property has them.
      (word) =>
        [
          document.querySelector('moon-flow').message,
          document.querySelector('moon-flow').shadowRoot.querySelector('[part="message"]')
            .textContent,
        ].every((text) => text.startsWith(word)),
      /^\w+/.exec(message.source.slice(1))?.[0],
    );
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

test('a model that diverges is told; Start, Reset and other settings begin again', async () => {
  const lost =
    '{"optimiser":"adamw","batch":16,"layers":8,"clip":0,"schedule":"constant","lr":10,"steps":60,"solver_steps":2}';
  const { page, complaints } = await visited(tag({ config: lost, controls: 'full' }));
  const element = page.locator('moon-flow');
  const told = /^train: the (loss|gradient) of step \d+ .* smaller lr/;
  const fails = async () => {
    await page.waitForFunction(
      () => ['failed', 'finished'].includes(document.querySelector('moon-flow').state),
      undefined,
      { timeout: 30_000 },
    );
    if ((await read(page, 'state')) === 'finished') throw new Error('this run was to diverge');
    assert.match(String(await read(page, 'message')), told);
  };
  await fails();
  // What has nothing to do with it leaves it told.
  await page.evaluate(() => document.querySelector('moon-flow').setAttribute('theme', 'dark'));
  await page.evaluate(() => document.querySelector('moon-flow').setAttribute('seed', '-1'));
  await page.waitForFunction(() => document.querySelector('moon-flow').message.startsWith('seed'));
  await page.evaluate(() => document.querySelector('moon-flow').removeAttribute('seed'));
  await page.waitForFunction(() => document.querySelector('moon-flow').message.startsWith('train'));
  assert.equal(await read(page, 'state'), 'failed');
  await element.getByRole('button', { name: 'Reset' }).click();
  await until(page, 'waiting');
  assert.deepEqual([await read(page, 'message'), await read(page, 'step')], ['', 0]);
  await page.waitForTimeout(200);
  assert.deepEqual([page.workers().length, await read(page, 'state')], [0, 'waiting']);
  await element.getByRole('button', { name: 'Start' }).click();
  await fails();
  await element.getByRole('button', { name: 'Start' }).click();
  assert.equal(await read(page, 'message'), '');
  await fails();
  await page.evaluate(
    (config) => document.querySelector('moon-flow').setAttribute('config', config),
    CONFIG,
  );
  await until(page, 'finished');
  assert.deepEqual([await read(page, 'message'), page.workers().length], ['', 1]);
  assert.equal(await digest(page), await hashOf({}));
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a worker that is lost is told, and Start begins again in another', async () => {
  const keep = `<script>globalThis.workers = []; globalThis.Worker = class extends Worker {
    constructor(...words) { super(...words); workers.push(this); } };</script>`;
  const { page } = await visited(keep + tag({ config: LONG }));
  await begun(page);
  await page.evaluate(() => {
    globalThis.workers[0].terminate();
    globalThis.workers[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  });
  await until(page, 'failed');
  await page.evaluate((config) => {
    const element = document.querySelector('moon-flow');
    element.autostart = 'none';
    element.setAttribute('config', config);
  }, CONFIG);
  await until(page, 'waiting');
  await page.locator('moon-flow').getByRole('button', { name: 'Start' }).click();
  await until(page, 'finished');
  assert.equal(await digest(page), await hashOf({}));
  assert.equal(page.workers().length, 1);
  await page.close();
});

test('a language as systems write it is read, and the run ends in words', async () => {
  for (const [lang, again] of [
    ['en_US', 'Train again'],
    ['zh_CN', '重新训练'],
  ]) {
    const { page, complaints } = await visited(tag(), { lang });
    await until(page, 'finished');
    await page.locator('moon-flow').getByRole('button', { name: again }).waitFor();
    assert.deepEqual(complaints, []);
    await page.close();
  }
});

test('a poster that does not come leaves the drawing, and another one is shown', async () => {
  const dot = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>';
  const { page } = await visited(tag({ autostart: 'none', poster: '/absent.png' }));
  const poster = page.locator('moon-flow [part="poster"]');
  await poster.locator('svg').waitFor();
  assert.equal(await poster.locator('img').isVisible(), false);
  await page.evaluate((dot) => {
    document.querySelector('moon-flow').poster = dot;
  }, dot);
  await poster.locator('img').waitFor();
  assert.equal(await poster.locator('svg').isVisible(), false);
  await page.close();
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
  assert.deepEqual(told[0].slice(0, 1), ['start']);
  assert.ok(told.filter(([name]) => name === 'step').length > 1);
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
