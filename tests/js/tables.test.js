/** Points as files: npy and csv. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as csv from '../../web/lib/csv.js';
import * as npy from '../../web/lib/npy.js';

const DATA = Float32Array.of(1, -2.5, 0.1, 1e-30, 3e38, -0.25);

/**
 * @param {string} header
 * @param {number} [body]
 * @param {{version?: number[], length?: number}} [claims]
 */
function file(header, body = 0, { version = [1, 0], length = header.length } = {}) {
  const wide = version[0] > 1;
  const bytes = new Uint8Array((wide ? 12 : 10) + header.length + body);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, ...version]);
  const view = new DataView(bytes.buffer);
  if (wide) view.setUint32(8, length, true);
  else view.setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(header), wide ? 12 : 10);
  return bytes;
}

/** @param {string} [shape] @param {string} [descr] @param {string} [fortran] */
const dict = (shape = '(2, 3)', descr = "'<f4'", fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

test('an array comes back from npy as it was written, in any of its shapes', () => {
  for (const shape of [[6], [2, 3], [3, 2], [1, 2, 3]]) {
    const bytes = npy.write(DATA, shape);
    assert.equal((bytes.length - DATA.byteLength) % 64, 0);
    assert.deepEqual(npy.read(bytes), { shape, data: DATA });
  }
});

test('npy headers of every version and order of keys are read, and float64 is rounded', () => {
  const doubles = new Float64Array([0.1, -7, 1e-60]);
  const bytes = file(dict('(3,)', "'<f8'"), 24, { version: [2, 0] });
  bytes.set(new Uint8Array(doubles.buffer), bytes.length - 24);
  assert.deepEqual(npy.read(bytes), { shape: [3], data: Float32Array.of(0.1, -7, 0) });
  const turned = `{"shape": (3 , 2), "fortran_order": False, "descr": "<f4"}`;
  assert.deepEqual(npy.read(file(turned, 24)).shape, [3, 2]);
  assert.deepEqual(npy.read(file(dict(), 24, { version: [3, 0] })).shape, [2, 3]);
});

test('each malformed npy file is refused with a message that names its fault', () => {
  const nan = file(dict('(2,)'), 8);
  new DataView(nan.buffer).setFloat32(nan.length - 4, Number.NaN, true);
  const large = file(dict('(1,)', "'<f8'"), 8);
  new DataView(large.buffer).setFloat64(large.length - 8, 1e39, true);
  /** @type {[Uint8Array, RegExp][]} */
  const cases = [
    [new Uint8Array(0), /npy, file: got another beginning/],
    [new TextEncoder().encode('1,2\n3,4\n5,6\n'), /file: got another beginning/],
    [file(dict(), 24, { version: [0, 0] }), /version: got 0.0/],
    [file(dict(), 24, { version: [4, 0] }), /version: got 4.0/],
    [file(dict(), 24, { version: [1, 1] }), /version: got 1.1/],
    [file(dict(), 0, { length: 60000 }), /header length: got 60000; allowed is up to/],
    [file(dict(), 24, { version: [2, 0], length: 0xffffffff }), /header length: got 4294967295/],
    [file('', 24), /header: got ""; allowed is a dict/],
    [file('[1, 2]', 24), /header: got "\[1, 2\]"; allowed is a dict/],
    [file(`${dict()}x`, 24), /allowed is a dict/],
    [file("{'descr': '<f4', 'shape': (2, 3)}", 24), /header: got no fortran_order/],
    [
      file("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}", 24),
      /header: got descr twice/,
    ],
    [
      file("{'descr': '<f4', 'extra': 1, 'fortran_order': False, 'shape': (6,)}", 24),
      /header: got " 'extra': 1/,
    ],
    [
      file("{'descr': __import__('os'), 'fortran_order': False, 'shape': (6,)}", 24),
      /header: got /,
    ],
    [file(dict(undefined, "'<i4'"), 24), /descr: got '<i4'; allowed are '<f4' and '<f8'/],
    [file(dict(undefined, "'>f4'"), 24), /descr: got '>f4'/],
    [file(dict(undefined, "'|O'"), 24), /descr: got '\|O'/],
    [file(dict(undefined, undefined, 'True'), 24), /fortran_order: got True; allowed is False/],
    [file(dict('()'), 4), /shape: got \(\)/],
    [file(dict('(6)'), 24), /shape: got \(6\)/],
    [file(dict('(0, 3)')), /shape: got \(0, 3\)/],
    [file(dict('(2, , 3)'), 24), /shape: got \(2, , 3\)/],
    [file(dict('(-2, 3)'), 24), /header: got /],
    [file(dict('(99999999999999999999,)'), 24), /shape: got \(99999999999999999999,\)/],
    [file(dict('(4294967296, 4294967296)'), 24), /data: got 24 bytes; allowed are 7\d+/],
    [file(dict(), 23), /data: got 23 bytes; allowed are 24, as the shape \(2, 3\) of <f4 says/],
    [file(dict(), 25), /data: got 25 bytes/],
    [nan, /number 1: got NaN; allowed is a finite float32/],
    [large, /number 0: got Infinity/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(() => npy.read(bytes), { name: 'MoonflowError', code: 'format', message });
  }
  assert.ok(cases.length >= 29);
  assert.throws(() => npy.read(/** @type {any} */ ('text')), {
    code: 'format',
    message: /got no bytes/,
  });
  assert.throws(() => npy.write(DATA, [2, 2]), {
    code: 'argument',
    message: /shape: got \[2, 2\]/,
  });
});

test('an npy file with any byte of its end cut off is refused', () => {
  const whole = npy.write(DATA, [3, 2]);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => npy.read(whole.subarray(0, length)), { code: 'format' }, `${length} bytes`);
  }
  assert.equal(whole.length, 152);
});

test('points come back from csv as they were written, bit for bit', () => {
  for (const dim of [1, 2, 3, 6]) {
    const text = csv.write(DATA, 6 / dim, dim);
    assert.deepEqual(csv.read(text), { n: 6 / dim, dim, data: DATA });
  }
  assert.equal(csv.write(Float32Array.of(0.1, 2), 1, 2), '0.1,2\n');
});

test('csv is read with a heading, comments, blanks, any line end and three separators', () => {
  const want = { n: 2, dim: 2, data: Float32Array.of(1, 2, -3, 4e-2) };
  for (const text of [
    '1,2\n-3,4e-2',
    'x,y\n1,2\n-3,.04\n',
    '\uFEFF# made by hand\r\n"x";"y"\r\n\r\n 1 ; 2.\r\n-3;+4E-2\r\n',
    '1\t2\r-3\t0.04\r',
  ]) {
    assert.deepEqual(csv.read(text), want, JSON.stringify(text));
  }
});

test('the last column of a csv is taken for labels when that is asked', () => {
  const text = 'x,y,class\n1,2,1\n3,4,0\n-5,6,1\n';
  assert.deepEqual(csv.read(text, { label_column: true }), {
    n: 3,
    dim: 2,
    data: Float32Array.of(1, 2, 3, 4, -5, 6),
    labels: Int32Array.of(1, 0, 1),
  });
  assert.equal(csv.read(text).dim, 3);
  const cases = /** @type {[string, RegExp][]} */ ([
    ['1,2,0.5\n', /csv, label of point 0: got 0.5; allowed is an integer from 0 to 126/],
    ['1,2,0\n1,2,-1\n', /csv, label of point 1: got -1/],
    ['1,2,127\n', /csv, label of point 0: got 127/],
    ['1\n', /csv, columns: got 1; allowed is at least 2/],
  ]);
  for (const [wrong, message] of cases) {
    assert.throws(() => csv.read(wrong, { label_column: true }), { code: 'format', message });
  }
});

test('each malformed csv text is refused with its line and column', () => {
  /** @type {[string, RegExp][]} */
  const cases = [
    ['', /csv, file: got no points/],
    ['# only this\n\n', /file: got no points/],
    ['x,y\n', /file: got a heading only/],
    ['1,2\n3', /line 2: got 1 columns; allowed are 2, as in line 1/],
    ['x,y\n\n1,2\n3,4,5', /line 4: got 3 columns; allowed are 2, as in line 3/],
    ['1,2\n3,nan', /line 2, column 2: got "nan"; allowed is a finite number/],
    ['NaN,2', /line 1, column 1: got "NaN"/],
    ['nan,inf', /line 1, column 1: got "nan"/],
    ['1,2\n-Infinity,4', /line 2, column 1: got "-Infinity"/],
    ['1,2\n3,', /line 2, column 2: got ""/],
    ['1,2\n3,4x', /line 2, column 2: got "4x"/],
    ['1,2\n0x10,4', /line 2, column 1: got "0x10"/],
    ['1,2\n1e39,4', /line 2, column 1: got "1e39"/],
    ['1,2\n1 2,4', /line 2, column 1: got "1 2"/],
    ['1,2\nx,y', /line 2, column 1: got "x"/],
    ['1,2\n"3,4', /line 2, column 1: got "\\"3"/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => csv.read(text), { name: 'MoonflowError', code: 'format', message }, text);
  }
  assert.ok(cases.length >= 16);
  assert.throws(() => csv.read(/** @type {any} */ (7)), { code: 'format', message: /got no text/ });
  assert.throws(() => csv.write(DATA, 4, 2), {
    code: 'argument',
    message: /n and dim: got 4 and 2/,
  });
});
