/** @file The reader's own points from a table: between quotes or not, and at more than one place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pointsOfTable } from '../../web/app/points.js';

/** @param {string} text @param {boolean} [labelled] */
const read = (text, labelled) => pointsOfTable(new TextEncoder().encode(text), { labelled });

test('points that lie at one place are refused with the reason', () => {
  assert.throws(() => read('1,2\n'), {
    message: 'points: got 1 point; allowed are at least two that differ',
  });
  assert.throws(() => read('x,y\n1,2\n1,2\n1,2\n'), {
    message: 'points: got 3 points at one place; allowed are at least two that differ',
  });
  // Two classes at one place have no shape either.
  assert.throws(() => read('1,2,0\n1,2,1\n', true), { message: /got 2 points at one place/ });
  assert.equal(read('1,2\n1,3\n').n, 2);
});

test('numbers between quotes are numbers, in the first row as in the others', () => {
  const table = read('"1","2.5"\n"3", "-4"\n5,"6e1"\n');
  assert.deepEqual([table.n, [...table.data]], [3, [1, 2.5, 3, -4, 5, 60]]);
  assert.deepEqual([...read('"a, b";"c"\n"1";"2"\n3;4\n').data], [1, 2, 3, 4]);
  const { names, data } = read('"1","a ""b"", c"\n"2",d\n', true);
  assert.deepEqual(
    [names, [...data]],
    [
      ['a "b", c', 'd'],
      [1, 2],
    ],
  );
  assert.throws(() => read('"1,5";"2"\n"3,5";"4"\n'), {
    message: 'csv, line 1, column 1: got "1,5"; allowed is a finite number',
  });
  assert.throws(() => read('"1,5";2;a\n3;4;b\n', true), {
    message: 'csv, line 1, column 1: got "1,5"; allowed is a finite number',
  });
  assert.throws(() => read('1,"2\n3,4\n'), { message: /line 1, column 2: got "\\"2"/ });
});
