/** @file The engine's bytes as they travel: inflated to what zlib deflated, and refused when broken. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { inflate } from '../../web/lib/inflate.js';
import { bytes } from '../../web/lib/loader.js';

const wasm = readFileSync(new URL('../../wasm_build/core.wasm', import.meta.url));
const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;

/**
 * @param {() => unknown} act
 * @param {RegExp} message
 */
const refuses = (act, message) => assert.throws(act, { code: 'format', message });

/** Bytes that no compressor shortens. @param {number} n */
function scattered(n) {
  let state = 1;
  return Uint8Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

test('every kind of block that zlib writes comes back as it went', () => {
  const texts = [
    new Uint8Array(),
    Uint8Array.of(7),
    new Uint8Array(100_000),
    scattered(70_000),
    Uint8Array.from({ length: 40_000 }, (_, i) => (i * i) >> 7),
    wasm,
  ];
  let cases = 0;
  for (const text of texts) {
    for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
      for (const level of [0, 1, 9]) {
        const back = inflate(deflateRawSync(text, { level, strategy }), text.length);
        assert.ok(Buffer.from(text).equals(back), `${text.length} bytes, ${strategy}, ${level}`);
        cases++;
      }
    }
  }
  assert.equal(cases, 72);
});

test('the engine that is compiled is the file core.wasm', () => {
  assert.ok(wasm.equals(bytes()));
});

test('a stream cut at any byte, or of another size than announced, is refused', () => {
  const text = wasm.subarray(0, 3000);
  for (const level of [0, 9]) {
    const whole = deflateRawSync(text, { level });
    for (let n = 0; n < whole.length; n++) {
      refuses(() => inflate(whole.subarray(0, n), text.length), /^deflate: got /);
    }
    for (const size of [0, 1, text.length - 1, text.length + 1]) {
      refuses(() => inflate(whole, size), /^deflate: got .* announced/);
    }
  }
});

test('a stream that is no deflate is refused or ends, and never writes beyond its size', () => {
  let refused = 0;
  const noise = scattered(2000);
  for (let from = 0; from < 1900; from++) {
    try {
      assert.equal(inflate(noise.subarray(from), 500).length, 500);
    } catch (error) {
      assert.equal(/** @type {{code?: string}} */ (error).code, 'format');
      refused++;
    }
  }
  assert.ok(refused > 1800, `${refused}`);
});

test('the engine in base64 is lighter after gzip than its own file', () => {
  const carried = gzipSync(readFileSync(new URL('../../wasm_build/core.js', import.meta.url)), {
    level: 9,
  });
  const bare = gzipSync(wasm, { level: 9 });
  assert.ok(carried.length < 0.97 * bare.length, `${carried.length} of ${bare.length}`);
});
