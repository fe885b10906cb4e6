/** @file What the library refuses, in Chinese: real refusals, none of which may come out as a quotation or in English words. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { interpret } from '../../web/app/interpreter.js';
import { pointsOfTable } from '../../web/app/points.js';
import { speak } from '../../web/app/tongue.js';
import { read } from '../../web/lib/address.js';
import { MoonflowError } from '../../web/lib/errors.js';
import { pointsOfInk } from '../../web/lib/ink.js';
import { compileSync } from '../../web/lib/loader.js';
import { resolve } from '../../web/lib/parameters.js';
import { rehearse } from '../../web/lib/rehearsal.js';

const module = compileSync();

afterEach(() => speak('en'));

/** Names and values stay as they are; three words in a row are a sentence. @param {string} message */
function assertChinese(message) {
  speak('zh');
  const said = interpret(message);
  speak('en');
  assert.match(said, /\p{Script=Han}/u, message);
  assert.doesNotMatch(said, /英文原话|[a-z]{2,} [a-z]{2,} [a-z]{2,}/i, message);
  return said;
}

/** @param {() => unknown} act */
function messageOf(act) {
  try {
    act();
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
  throw new Error(`not refused: ${act}`);
}

test('every rule that ties settings together is told in Chinese with its values', () => {
  /** Settings, the row that is blamed, and what must still stand in the sentence. @type {[Record<string, any>, string, RegExp][]} */
  const cases = [
    [{ features: 3 }, 'features', /3.*4/],
    [{ dim: 3 }, 'dim', /2.*moons.*points/],
    [{ data: 'points', dim: 3, source: 'circles' }, 'source', /gaussian.*3/],
    [{ source: 'circles', path: 've' }, 'source', /vp-cosine/],
    [{ path: 've', predict: 'x1' }, 'predict', /v：/],
    [{ predict: 'score', coupling: 'ot' }, 'predict', /independent.*ot/],
    [{ predict: 'score', source: 'circles' }, 'predict', /gaussian.*circles/],
    [{ sde: 'sigma', coupling: 'ot' }, 'sde', /independent.*ot/],
    [{ sde: 'sigma', solver: 'ab2' }, 'sde', /ab2.*heun/],
    [{ sigma_min: 1, sigma_max: 1 }, 'sigma_min', /小于 1/],
    [{ batch: 4096, coupling: 'ot' }, 'batch', /2048/],
    [{ ot_batch: 16, coupling: 'ot' }, 'ot_batch', /256.*2048/],
    [{ classes: 3 }, 'classes', /0.*2/],
    [{ coupling: 'ot-conditional' }, 'coupling', /ot-conditional/],
    [{ coupling: 'distilled', path: 'vp-cosine' }, 'coupling', /paired|直/],
    [{ coupling: 'distilled', weight: 'snr' }, 'coupling', /paired|权重/],
    [{ weight_decay: 1, lr: 5 }, 'weight_decay', /0\.2/],
    [{ hidden: 0 }, 'hidden', /1 到/],
    [{ lr: 1e9 }, 'lr', /到 10/],
    [{ data: 'suns' }, 'data', /moons/],
    [{ stratified: 1 }, 'stratified', /true/],
  ];
  for (const [settings, row, rest] of cases) {
    const said = assertChinese(messageOf(() => resolve(module, settings)));
    assert.ok(said.includes(`（${row}）`), said);
    assert.match(said, rest);
  }
  const config = resolve(module, { data: 'points', classes: 2 });
  const points = Float32Array.of(1, 2, 3, 4);
  assertChinese(messageOf(() => rehearse(module, config, { points })));
});

test('what is wrong in a table, an image or a link is told in Chinese', () => {
  const table = (/** @type {string} */ text, labelled = false) =>
    messageOf(() => pointsOfTable(new Uint8Array(Buffer.from(text, 'latin1')), { labelled }));
  const messages = [
    table('1,2\n3,four\n'),
    table('1,2\n3\n'),
    table(''),
    table('x,y\n'),
    table(`${Array.from({ length: 65 }, (_, i) => i).join()}\n`),
    table('\x93NUMPY'),
    table('1,2\n'),
    table('1,2\n1,2\n'),
    table('\xff\xfe\x00'),
    table('1,2,0.5\n', true),
    table('1\n', true),
    table('1,\n2,a\n', true),
    table(Array.from({ length: 128 }, (_, i) => `1,a${i}`).join('\n'), true),
    messageOf(() =>
      pointsOfInk({ width: 2, height: 2, data: new Uint8ClampedArray(16).fill(255) }, 9),
    ),
  ];
  const links = ['sun=1', 'lr=9e9', 'lr=1&lr=2', 'data=points', 'path=custom', 'source=points'];
  links.push('points=AQ', 'data=points&points=%21', 'curve=AQ', 'coupling=paired', 'stratified=2');
  links.push('data=suns', 'features=3', `seed=${'1'.repeat(20_000)}`);
  for (const link of links) {
    const { faults } = read(module, link);
    assert.ok(faults.length > 0, link);
    messages.push(...faults);
  }
  for (const message of messages) assertChinese(message);
});

test('in English nothing is changed; what has no phrase is told to be a quotation; what is said in Chinese stays', () => {
  const { message } = new MoonflowError('state', 'the moon is made of cheese');
  assert.equal(interpret(message), message);
  speak('zh');
  assert.equal(interpret(message), '“the moon is made of cheese”（英文原话）');
  assert.equal(interpret('已经是中文'), '已经是中文');
  assert.match(
    interpret('csv, line 1, column 2: got "月亮"; allowed is a finite number'),
    /第 1 行/,
  );
});
