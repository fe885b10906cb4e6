/** @file The words of the engine's table on the page: none may be missing in either language. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { CHINESE, group, helpOf, nameOf } from '../../web/app/glossary.js';
import { choiceOf, MEANINGS, meaningOf } from '../../web/app/meanings.js';
import { speak } from '../../web/app/tongue.js';
import { compileSync } from '../../web/lib/loader.js';
import { parameters } from '../../web/lib/parameters.js';

const table = parameters(compileSync());
const HAN = /\p{Script=Han}/u;

afterEach(() => speak('en'));

test('every row of the table has a name and a help in Chinese, and no other has', () => {
  assert.ok(table.length > 50, `${table.length} rows`);
  assert.deepEqual(Object.keys(CHINESE).sort(), table.map(({ name }) => name).sort());
  speak('zh');
  for (const info of table) {
    assert.match(nameOf(info.name), HAN, info.name);
    assert.match(helpOf(info), HAN, info.name);
    assert.match(helpOf(info), /[。；]$/, `${info.name} ends as a sentence`);
  }
  const names = table.map(({ name }) => nameOf(name));
  assert.equal(new Set(names).size, names.length, 'two rows have one name');
});

test('in English a row keeps the name and the help that the engine gives it; other rows have their names there', () => {
  for (const info of table) {
    assert.equal(nameOf(info.name), info.name.replaceAll('_', ' '));
    assert.equal(helpOf(info).replace(/[ _“”]/g, ''), info.help.replace(/[ _`]/g, ''));
    assert.doesNotMatch(helpOf(info), /`|sinkhorn_reg/);
  }
});

test('a row that a Chinese help speaks of has the name that it has on the page', () => {
  speak('zh');
  for (const info of table) {
    for (const { name } of table.filter(({ name }) => name.includes('_'))) {
      assert.ok(!helpOf(info).includes(name.replaceAll('_', ' ')), `${info.name}: ${name}`);
    }
  }
  const coupling = helpOf(
    /** @type {import('../../web/lib/parameters.js').ParameterInfo} */ (
      table.find(({ name }) => name === 'coupling')
    ),
  );
  assert.ok(coupling.includes(`“${nameOf('sinkhorn_reg')}”`));
});

test('every group of the table has a title in both languages', () => {
  const groups = [...new Set(table.map((info) => info.group))];
  assert.ok(groups.length >= 5, `${groups}`);
  for (const name of groups) {
    const titles = /** @type {const} */ (['en', 'zh']).map((language) => {
      speak(language);
      return group(/** @type {'data'} */ (name));
    });
    assert.ok(titles[0], name);
    assert.match(titles[1], HAN, name);
  }
});

test('every choice has a meaning in both languages and keeps its own name beside the Chinese one', () => {
  let choices = 0;
  for (const { name, kind, choices: list } of table) {
    if (kind !== 'choice') continue;
    assert.deepEqual(Object.keys(MEANINGS[name] ?? {}).sort(), [...list].sort(), name);
    for (const choice of list) {
      choices++;
      speak('en');
      assert.match(meaningOf(name, choice), /^[A-Z\d]?[a-z]* ?.+[^.]$/, `${name} ${choice}`);
      assert.equal(choiceOf(name, choice), choice);
      speak('zh');
      assert.match(meaningOf(name, choice), HAN, `${name} ${choice}`);
      assert.ok(choiceOf(name, choice).toLowerCase().includes(choice), `${name} ${choice}`);
    }
  }
  assert.ok(choices > 40, `${choices} choices`);
});
