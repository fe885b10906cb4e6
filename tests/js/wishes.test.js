/** @file The pieces of the element that need no page: what attributes may ask for, what messages count. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressed } from '../../web/element/alone.js';
import { languageIn } from '../../web/element/habitat.js';
import { originOf, themeIn } from '../../web/element/mailbox.js';
import { phrases } from '../../web/element/phrases.js';
import { configOf, mannerOf } from '../../web/element/wishes.js';

/** An element as far as its attributes go. @param {Record<string, string>} attributes */
const element = (attributes) =>
  /** @type {Element} */ (
    /** @type {unknown} */ ({
      getAttribute: (/** @type {string} */ name) => attributes[name] ?? null,
    })
  );

test('importing the element and the widget where there are no elements does nothing', async () => {
  const before = Reflect.ownKeys(globalThis).length;
  const { define } = await import('../../web/element/element.js');
  const widget = await import('../../web/element/anywidget.js');
  assert.deepEqual(Object.keys(widget.default), ['render']);
  assert.equal(typeof define, 'function');
  assert.equal(Reflect.ownKeys(globalThis).length, before);
});

test('a language is read as pages and systems write it, and none is English', () => {
  /** @type {[string, string][]} */
  const read = [
    ['de', 'de'],
    ['zh-Hans-CN', 'zh-Hans-CN'],
    ['en_US', 'en-US'],
    ['zh_CN', 'zh-CN'],
    ['zh_CN.UTF-8', 'zh-CN'],
    ['zh-!', 'zh'],
    ['', 'en'],
    ['C', 'en'],
    ['english language', 'en'],
    ['__', 'en'],
  ];
  for (const [text, language] of read) {
    assert.equal(languageIn(text), language, text);
    assert.doesNotThrow(() => (1.5).toLocaleString(languageIn(text)));
    assert.equal(phrases(languageIn(text)).start, language.startsWith('zh') ? '开始' : 'Start');
  }
});

test('attributes make a whole configuration, data and seed over config', async () => {
  const config = await configOf(
    element({ config: '{"seed": 1, "steps": 50, "data": "moons"}', seed: '9', data: 'spirals' }),
  );
  assert.deepEqual([config.seed, config.steps, config.data], [9, 50, 'spirals']);
  assert.equal((await configOf(element({}))).data, 'moons');
  const link = '#preset=seed&data=spirals&steps=2e3&stratified=false&lr=.01';
  const { data, steps, stratified, lr, hidden } = await configOf(element({ config: link }));
  assert.deepEqual([data, steps, stratified, lr, hidden], ['spirals', 2000, false, 0.01, 128]);
});

/** @type {[Record<string, string>, RegExp][]} */
const REFUSED = [
  [{ seed: '-4' }, /^seed: got "-4"; allowed is a whole number from 0 to 4294967295$/],
  [{ seed: '1e3' }, /^seed: got "1e3"; allowed is a whole number/],
  [{ seed: '4294967296' }, /^seed: got 4294967296; allowed is .*4294967295/],
  [{ data: 'moon' }, /^data: got "moon"; allowed is one of moons, /],
  [{ data: '<img src=x onerror=alert(1)>' }, /^data: got "<img .*allowed is one of moons, /],
  [{ data: 'points' }, /^data: got "points"; allowed is another: an element is given no data$/],
  [{ config: '{"coupling": "paired"}' }, /^coupling: got "paired"; allowed is another/],
  [
    { config: 'step' },
    /^config: got "step"; allowed is a JSON object .*or the same as a link has it/,
  ],
  [{ config: 'steps=many' }, /^steps: got "many"; allowed is /],
  [
    { config: 'steps=5&steps=6' },
    /^config: got "steps=5&steps=6"; allowed is each parameter once$/,
  ],
  [{ config: 'stratified=1' }, /^stratified: got "1"; allowed is true or false$/],
  [{ config: 'onload=alert(1)' }, /^parameter: got "onload"; allowed is one of /],
  [{ config: '__proto__=1' }, /^parameter: got "__proto__"; allowed is one of /],
  [
    { config: '{"steps": 100, "st\\u0065ps": 200}' },
    /^config: got ".*"; allowed is a JSON object of parameters, each once, such as /,
  ],
  [{ config: '[1]' }, /^config: got "\[1\]"; allowed is a JSON object/],
  [{ config: 'null' }, /^config: got "null"; allowed is a JSON object/],
  [{ config: '{"steps": -1}' }, /^steps: got -1; allowed is /],
  [{ config: '{"step": 10}' }, /^parameter: got "step"; allowed is one of /],
  [{ config: '{"__proto__": {"steps": 3}}' }, /^parameter: got "__proto__"; allowed is one of /],
  [{ config: '{"preset": "huge"}' }, /^preset: got "huge"; allowed is one of /],
  [{ config: ' '.repeat(20_000) }, /allowed is a JSON object .*at most 16384 characters$/],
];

test('an attribute out of range or hostile is refused with what is allowed', async () => {
  for (const [attributes, message] of REFUSED) {
    await assert.rejects(configOf(element(attributes)), (/** @type {Error} */ error) => {
      assert.match(error.message, message);
      return true;
    });
  }
  for (const name of ['autostart', 'controls', 'theme']) {
    const message = new RegExp(`^${name}: got "pink"; allowed is one of \\w+, \\w+, \\w+$`);
    assert.throws(() => mannerOf(element({ [name]: 'pink' })), { message });
  }
  assert.throws(
    () => mannerOf(element({ host: '*' })),
    /^MoonflowError: host: got "\*"; allowed is the origin/,
  );
  const manner = { autostart: 'visible', controls: 'minimal', theme: 'auto', host: null };
  assert.deepEqual(mannerOf(element({})), manner);
});

test('a message counts only from the window around, its origin, and in its form', () => {
  const parent = {};
  const host = 'https://docs.example';
  const data = { type: 'moonflow:theme', version: 1, theme: 'dark' };
  const sound = { source: parent, origin: host, data };
  const expected = { parent, host };
  assert.equal(themeIn(sound, expected), 'dark');
  const others = [
    { source: {} },
    { origin: 'https://docs.example.evil' },
    { origin: 'null' },
    ...[null, 'dark', 7, {}].map((each) => ({ data: each })),
    { data: { ...data, version: 2 } },
    { data: { ...data, type: 'theme' } },
    { data: { ...data, theme: 'javascript:alert(1)' } },
    { data: { ...data, theme: ['dark'] } },
  ];
  for (const other of others) assert.equal(themeIn({ ...sound, ...other }, expected), null);
});

test('an origin is written as a browser writes it', () => {
  for (const text of ['https://docs.example', 'http://127.0.0.1:8000']) {
    assert.equal(originOf(text), text);
  }
  for (const text of ['*', '', 'docs.example', 'https://docs.example/', 'javascript:1', 'null']) {
    assert.equal(originOf(text), null, text);
  }
});

test('an address sets only attributes, and names what is none', () => {
  const { attributes, unknown } = addressed('#data=moons&onclick=alert(1)&seed=3&worker-url=//x');
  assert.deepEqual(attributes, [
    ['data', 'moons'],
    ['seed', '3'],
  ]);
  assert.deepEqual(unknown, ['onclick', 'worker-url']);
});

test('both languages say everything, and Chinese is spoken for every zh', () => {
  const [en, zh] = [phrases('en'), phrases('zh-Hans')];
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  assert.equal(phrases('zh').start, zh.start);
  assert.equal(phrases('fr').start, en.start);
  for (const key of /** @type {(keyof typeof en)[]} */ (Object.keys(en))) {
    assert.equal(typeof zh[key], typeof en[key], key);
    assert.notEqual(String(zh[key]), String(en[key]), key);
  }
});
