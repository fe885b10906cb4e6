import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, write } from '../../web/lib/safetensors.js';
import { loadSync, save } from '../../web/lib/weights.js';
import { module, small } from './small.js';

const TINY = { hidden: 2, layers: 1, features: 2, batch: 4 };

/**
 * A file from a header as it is spelled and a body of zeros.
 * @param {string | Uint8Array} header
 * @param {number} [body]
 * @param {number | bigint} [length] what the first eight bytes claim
 */
function file(header, body = 0, length) {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/**
 * @param {string} name
 * @param {string} shape
 * @param {string} offsets
 * @param {string} [dtype]
 */
const entry = (name, shape, offsets, dtype = '"F32"') =>
  `${JSON.stringify(name)}:{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

/** @type {[string, Uint8Array, RegExp][]} */
const MALFORMED = [
  ['nothing', new Uint8Array(0), /file: got 0 bytes/],
  ['part of a length', new Uint8Array(7), /file: got 7 bytes/],
  [
    'a length and no header',
    file('', 0, 2n ** 63n - 1n),
    /file: got 8 bytes; allowed are at least 10/,
  ],
  ['a length of nothing', file('{}', 0, 0), /header length: got 0/],
  ['a length beyond the file', file('{}', 0, 3), /header length: got 3; allowed is from 2 to 2/],
  ['a length of 2^63', file('{}', 0, 2n ** 63n), /header length: got 9223372036854775808/],
  [
    'a length of 2^64 - 1',
    file('{}', 0, 2n ** 64n - 1n),
    /header length: got 18446744073709551615/,
  ],
  [
    'a header of more than a megabyte',
    file(`{${' '.repeat(2 ** 20)}}`),
    /header length: got 1048578/,
  ],
  ['a header that is an array', file('[]'), /header: got another first byte; allowed is \{/],
  ['a header that begins with a blank', file(' {}'), /header: got another first byte/],
  ['a byte order mark', file('\uFEFF{}'), /header: got another first byte/],
  [
    'bytes that are not UTF-8',
    file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)),
    /not strict JSON in UTF-8/,
  ],
  ['an open brace', file('{"a"'), /header: got text that is not strict JSON/],
  ['two objects', file('{}{}'), /header: got text that is not strict JSON/],
  ['a comma too many', file('{"a":1,}'), /header: got text that is not strict JSON/],
  [
    'the same tensor twice',
    file(`{${entry('a', '[1]', '[0,4]')},${entry('a', '[1]', '[4,8]')}}`, 8),
    /the key "a" appears twice/,
  ],
  [
    'the same name, one escaped',
    file(`{${entry('a', '[1]', '[0,4]')},"\\u0061":{}}`, 4),
    /the key "a" appears twice/,
  ],
  [
    'a dtype twice',
    file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    /the key "dtype" appears twice/,
  ],
  ['a tensor that is null', file('{"a":null}'), /tensor "a": got null; allowed is an object/],
  ['a tensor that is an array', file('{"a":[]}'), /tensor "a": got \[\]; allowed is an object/],
  [
    'no shape',
    file('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4),
    /tensor "a": got the keys data_offsets, dtype;/,
  ],
  [
    'a key too many',
    file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4),
    /tensor "a": got the keys .*, x;/,
  ],
  [
    'float16',
    file(`{${entry('a', '[2]', '[0,4]', '"F16"')}}`, 4),
    /tensor "a", dtype: got "F16"; allowed is "F32"/,
  ],
  ['a dtype that is a number', file(`{${entry('a', '[1]', '[0,4]', '32')}}`, 4), /dtype: got 32/],
  ['a negative size', file(`{${entry('a', '[-1]', '[0,4]')}}`, 4), /tensor "a", shape: got \[-1\]/],
  ['a size of nothing', file(`{${entry('a', '[0]', '[0,0]')}}`), /tensor "a", shape: got \[0\]/],
  ['half a size', file(`{${entry('a', '[0.5]', '[0,2]')}}`, 2), /tensor "a", shape: got \[0.5\]/],
  [
    'a size in words',
    file(`{${entry('a', '["1"]', '[0,4]')}}`, 4),
    /tensor "a", shape: got \["1"\]/,
  ],
  [
    'a shape that is a number',
    file(`{${entry('a', '1', '[0,4]')}}`, 4),
    /tensor "a", shape: got 1/,
  ],
  [
    'a shape whose product overflows',
    file(`{${entry('a', '[4294967296,4294967296,1]', '[0,4]')}}`, 4),
    /tensor "a": got 4 bytes; allowed are 7\d+/,
  ],
  [
    'a size that no integer holds',
    file(`{${entry('a', '[1e300]', '[0,4]')}}`, 4),
    /tensor "a", shape: got \[1e\+300\]/,
  ],
  [
    'a shape larger than its bytes',
    file(`{${entry('a', '[2]', '[0,4]')}}`, 4),
    /tensor "a": got 4 bytes; allowed are 8, as its shape \[2\] says/,
  ],
  [
    'offsets in words',
    file(`{${entry('a', '[1]', '["0","4"]')}}`, 4),
    /data_offsets: got \["0","4"\]/,
  ],
  [
    'three offsets',
    file(`{${entry('a', '[1]', '[0,4,4]')}}`, 4),
    /data_offsets: got \[0,4,4\]; allowed is \[start, end\]/,
  ],
  ['offsets backwards', file(`{${entry('a', '[1]', '[4,0]')}}`, 4), /data_offsets: got \[4,0\]/],
  ['a negative offset', file(`{${entry('a', '[1]', '[-4,0]')}}`, 4), /data_offsets: got \[-4,0\]/],
  [
    'a hole at the beginning',
    file(`{${entry('a', '[1]', '[4,8]')}}`, 8),
    /tensor "a": got a hole, it starts at byte 4; allowed is 0/,
  ],
  [
    'a hole in the middle',
    file(`{${entry('a', '[1]', '[0,4]')},${entry('b', '[1]', '[8,12]')}}`, 12),
    /tensor "b": got a hole/,
  ],
  [
    'an overlap',
    file(`{${entry('a', '[2]', '[0,8]')},${entry('b', '[2]', '[4,12]')}}`, 12),
    /tensor "b": got an overlap/,
  ],
  [
    'the same bytes for two',
    file(`{${entry('a', '[1]', '[0,4]')},${entry('b', '[1]', '[0,4]')}}`, 4),
    /tensor "b": got an overlap/,
  ],
  [
    'offsets beyond the file',
    file(`{${entry('a', '[2]', '[0,8]')}}`, 4),
    /file: got 4 bytes of numbers; allowed are the 8/,
  ],
  [
    'a claim of a terabyte',
    file(`{${entry('a', '[274877906944]', '[0,1099511627776]')}}`, 4),
    /file: got 4 bytes of numbers; allowed are the 1099511627776/,
  ],
  [
    'a byte too many',
    file(`{${entry('a', '[1]', '[0,4]')}}`, 5),
    /file: got 5 bytes of numbers; allowed are the 4/,
  ],
  ['numbers without a tensor', file('{}', 4), /file: got 4 bytes of numbers; allowed are the 0/],
  [
    'metadata that is an array',
    file('{"__metadata__":[]}'),
    /__metadata__: got \[\]; allowed is an object of strings/,
  ],
  ['metadata that is null', file('{"__metadata__":null}'), /__metadata__: got null/],
  [
    'a number in the metadata',
    file('{"__metadata__":{"step":1}}'),
    /__metadata__ "step": got 1; allowed is a string/,
  ],
  [
    'an object for __proto__',
    file('{"__proto__":{"polluted":1}}'),
    /tensor "__proto__": got the keys polluted/,
  ],
];

for (const [what, bits] of /** @type {[string, number][]} */ ([
  ['NaN', 0x7fc00000],
  ['infinity', 0x7f800000],
])) {
  const bytes = file(`{${entry('a', '[2]', '[0,8]')}}`, 8);
  new DataView(bytes.buffer).setUint32(bytes.length - 4, bits, true);
  MALFORMED.push([
    what,
    bytes,
    /tensor "a", number 1: got (NaN|Infinity); allowed is a finite number/,
  ]);
}

test('each malformed safetensors file is refused with a message that names its fault', () => {
  for (const [what, bytes, message] of MALFORMED) {
    assert.throws(() => read(bytes), { name: 'MoonflowError', code: 'format', message }, what);
  }
  assert.ok(MALFORMED.length >= 45, `${MALFORMED.length} files`);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  for (const wrong of /** @type {any[]} */ ([
    null,
    undefined,
    'text',
    [1, 2],
    new ArrayBuffer(8),
  ])) {
    assert.throws(() => read(wrong), { code: 'format', message: /file: got no bytes/ });
  }
});

test('a file with any byte of its end cut off is refused', () => {
  const whole = save(small(TINY));
  assert.ok(whole.length > 1500, `${whole.length}`);
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => read(whole.subarray(0, length)), { code: 'format' }, `${length} bytes`);
  }
  assert.ok(read(whole).tensors.size > 0);
});

test('a file with any one byte of its header changed loads the same or is refused, and never breaks', () => {
  const model = small(TINY);
  model.train(2);
  const whole = save(model);
  const end = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  let refused = 0;
  for (let at = 0; at < end; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 1;
    try {
      loadSync(bytes, { module }).dispose();
    } catch (error) {
      assert.ok(
        ['format', 'argument'].includes(/** @type {any} */ (error).code),
        `${at}: ${error}`,
      );
      refused++;
    }
  }
  assert.ok(refused > 0.8 * end, `${refused} of ${end}`);
});

test('what was written reads back, with its metadata', () => {
  const tensors = new Map([
    ['b', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 1e30) }],
    ['__proto__', { shape: [], data: Float32Array.of(7) }],
  ]);
  const back = read(write({ tensors, metadata: { a: 'text "é"' } }));
  assert.deepEqual(back.tensors.get('b'), tensors.get('b'));
  assert.deepEqual({ ...back.metadata }, { a: 'text "é"' });
});

test('the numbers begin at a multiple of eight, as readers that map the file expect', () => {
  const bytes = save(small(TINY));
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.equal(bytes[8], 0x7b);
});
