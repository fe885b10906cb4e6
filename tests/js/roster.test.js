/** @file Classes by name: what stands in the last column of a table, and what the parts of a shape are called. */

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { listed, namesOf, namesOfOwn, partsOf } from '../../web/app/categories.js';
import { pointsOfTable } from '../../web/app/points.js';
import { speak } from '../../web/app/tongue.js';
import { classesOf } from '../../web/lib/guidance.js';
import { compileSync } from '../../web/lib/loader.js';
import { Model } from '../../web/lib/model.js';
import { parameters, preset } from '../../web/lib/parameters.js';

const module = compileSync();

afterEach(() => speak('en'));

/** @param {string} text */
const read = (text) => pointsOfTable(new TextEncoder().encode(text), { labelled: true });

test('words and whole numbers in the last column become classes in their own order, whatever that of the rows', () => {
  const { labels, names, dim } = read('x,y,kind\n1,2,pear\n# none\n3,4,apple\n5,6,pear\n');
  assert.deepEqual([labels, names, dim], [Int32Array.of(1, 0, 1), ['apple', 'pear'], 2]);
  const numbers = read('1;10\n2;-3\n3;9\n');
  assert.deepEqual([numbers.labels, numbers.names], [Int32Array.of(2, 0, 1), ['-3', '9', '10']]);
  const counted = read('1,1\n2,0\n');
  assert.deepEqual([counted.labels, counted.names], [Int32Array.of(1, 0), undefined]);
});

test('a last column that holds no classes is refused with what is allowed, at its line', () => {
  const many = Array.from({ length: 128 }, (_, i) => `1,a${i}`).join('\n');
  /** @type {[string, RegExp][]} */
  const cases = [
    ['1,2,0.5\n3,4,1\n', /label of point 0: got 0.5; allowed is an integer/],
    [many, /128 different values; allowed are at most 127 classes/],
    ['1,2,a\n\n3,4,\n', /line 3: got no class in the last column; allowed is a name/],
    ['1,2,a\n\n3,four,b\n', /line 3, column 2: got "four"/],
    ['a\nb\n', /heading only|at least/],
  ];
  for (const [text, message] of cases) assert.throws(() => read(text), { message });
});

test('every named data set has a name for each of its classes, in both languages, and no two alike', () => {
  const sets = parameters(module).find(({ name }) => name === 'data')?.choices ?? [];
  assert.ok(sets.length >= 9);
  for (const language of /** @type {const} */ (['en', 'zh'])) {
    speak(language);
    for (const data of sets) {
      if (data === 'points') continue;
      const names = partsOf(data);
      assert.equal(names.length, classesOf(module, data), data);
      assert.equal(new Set(names).size, names.length, data);
      const config = { ...preset(module, 'default'), data, classes: names.length };
      assert.deepEqual(namesOf({ config, points: null }), names);
      assert.deepEqual(namesOf({ config: { ...config, classes: 0 }, points: null }), []);
    }
  }
});

test('the parts lie where their names say', () => {
  /** Means of the points of each class. @param {string} data @returns {number[][]} */
  const middles = (data) => {
    const classes = partsOf(data).length;
    const model = Model.createSync({ data, classes, hidden: 1, layers: 1, noise: 0 }, module);
    const [points, labels] = [
      model.data({ n: 4000, seed: 1 }),
      model.dataLabels({ n: 4000, seed: 1 }),
    ];
    model.dispose();
    return Array.from({ length: classes }, (_, label) => {
      const own = Array.from(labels).flatMap((each, i) => (each === label ? [i] : []));
      const mean = (/** @type {(i: number) => number} */ of) =>
        own.reduce((sum, i) => sum + of(i), 0) / own.length;
      const [x, y] = [mean((i) => points[2 * i]), mean((i) => points[2 * i + 1])];
      return [x, y, mean((i) => Math.hypot(points[2 * i], points[2 * i + 1]))];
    });
  };
  const [upper, lower] = middles('moons');
  assert.match(partsOf('moons')[0], /upper/);
  assert.ok(upper[1] > lower[1]);
  const [inner, outer] = middles('circles');
  assert.match(partsOf('circles')[0], /inner/);
  assert.ok(inner[2] < outer[2]);
  for (const [part, [x, y]] of middles('8gaussians').entries()) {
    const degrees = (Math.atan2(y, x) * 180) / Math.PI;
    const said = Number(/at (\d+)°/.exec(partsOf('8gaussians')[part])?.[1]);
    assert.ok(Math.abs(((degrees - said + 540) % 360) - 180) < 5, `${part} ${degrees}`);
  }
  for (const [part, [x, y]] of middles('checkerboard').entries()) {
    const [row, column] = [y, x].map((at) => Math.floor((at + 4) / 2) + 1);
    assert.equal(partsOf('checkerboard')[part], `square in row ${row}, column ${column}`);
  }
});

test('own classes are called as their table calls them, and numbers are said to be classes', () => {
  assert.deepEqual(namesOfOwn(2, ['apple', '7']), ['apple', 'class 7']);
  assert.deepEqual(namesOfOwn(2), ['class 0', 'class 1']);
  speak('zh');
  assert.deepEqual(namesOfOwn(1, ['7']), ['类别 7']);
  assert.equal(listed(['一', '二']), '一、二');
  assert.match(listed(Array.from({ length: 20 }, (_, i) => `${i}`)), /、11、…$/);
});
